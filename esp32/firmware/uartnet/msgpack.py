"""MessagePack: a writer into a fixed buffer, and a reader that believes nothing of what it reads."""

from struct import pack_into, unpack_from
from micropython import const

_LIMIT_NESTING_MAX = const(8)


class Malformed(Exception):
    """What was read is not whole, valid MessagePack, or not of the type expected."""


class Overflow(Exception):
    """What was written does not fit the buffer."""


def cut(text, size):
    """As much of a text as fits this many bytes of UTF-8."""
    data = text[:size].encode()
    if len(data) <= size:
        return text[:size]
    while size and data[size] & 0xC0 == 0x80:
        size -= 1
    return str(data[:size], "utf-8")


def is_int(v, low, high):
    """True if a value is an int within these bounds."""
    return isinstance(v, int) and not isinstance(v, bool) and low <= v <= high


class Ext:
    """A value of an extension type."""

    def __init__(self, code, data):
        self.code = code
        self.data = data


class Writer:
    """Writes values in their shortest form from `pos` up to `limit`."""

    def __init__(self, buf):
        self.buf = buf
        self.view = memoryview(buf)
        self.pos = 0
        self.limit = len(buf)

    def array(self, n):
        self._head(n, 0x90, 16, 0xDC)

    def map(self, n):
        self._head(n, 0x80, 16, 0xDE)

    def put(self, v):
        if v is None:
            self._byte(0xC0)
        elif v is True:
            self._byte(0xC3)
        elif v is False:
            self._byte(0xC2)
        elif isinstance(v, int):
            self._int(v)
        elif isinstance(v, str):
            v = v.encode()
            n = len(v)
            if 32 <= n < 256:
                self._fixed(0xD9, ">B", n, 1)
            else:
                self._head(n, 0xA0, 32, 0xDA)
            self.raw(v)
        elif isinstance(v, (bytes, bytearray, memoryview)):
            self._sized(len(v), 0xC4)
            self.raw(v)
        elif isinstance(v, (tuple, list)):
            self.array(len(v))
            for item in v:
                self.put(item)
        elif isinstance(v, dict):
            self.map(len(v))
            for key, item in v.items():
                self.put(key)
                self.put(item)
        elif isinstance(v, float):
            self._fixed(0xCB, ">d", v, 8)
        elif isinstance(v, Ext):
            n = len(v.data)
            if n in (1, 2, 4, 8, 16):
                self._byte((0xD4, 0xD5, 0, 0xD6, 0, 0, 0, 0xD7)[n - 1] if n < 16 else 0xD8)
            else:
                self._sized(n, 0xC7)
            self._fixed(v.code & 255, None, 0, 0)
            self.raw(v.data)
        else:
            raise TypeError("no MessagePack for " + type(v).__name__)

    def small(self, v):
        """An int from 0 to 65535, as put() writes it."""
        if v < 128:
            self._byte(v)
        elif v < 256:
            self._fixed(0xCC, ">B", v, 1)
        else:
            self._fixed(0xCD, ">H", v, 2)

    def raw(self, data):
        """Bytes as they are: what a value holds, or values that are MessagePack already."""
        end = self.pos + len(data)
        if end > self.limit:
            raise Overflow
        self.view[self.pos : end] = data
        self.pos = end

    def _int(self, v):
        if 0 <= v < 128:
            self._byte(v)
        elif v >= 0:
            if v < 256:
                self._fixed(0xCC, ">B", v, 1)
            elif v < 0x10000:
                self._fixed(0xCD, ">H", v, 2)
            elif v <= 0xFFFFFFFF:
                self._fixed(0xCE, ">I", v, 4)
            elif v <= 0xFFFFFFFFFFFFFFFF:
                self._fixed(0xCF, ">Q", v, 8)
            else:
                raise TypeError("int of more than 64 bits")
        elif v >= -32:
            self._byte(256 + v)
        elif v >= -128:
            self._fixed(0xD0, ">b", v, 1)
        elif v >= -32768:
            self._fixed(0xD1, ">h", v, 2)
        elif v >= -0x80000000:
            self._fixed(0xD2, ">i", v, 4)
        elif v >= -0x8000000000000000:
            self._fixed(0xD3, ">q", v, 8)
        else:
            raise TypeError("int of more than 64 bits")

    def _sized(self, n, code):
        if n < 256:
            self._fixed(code, ">B", n, 1)
        elif n < 0x10000:
            self._fixed(code + 1, ">H", n, 2)
        else:
            raise Overflow

    def _head(self, n, fix, small, code16):
        if n < small:
            self._byte(fix + n)
        elif n < 0x10000:
            self._fixed(code16, ">H", n, 2)
        else:
            raise Overflow

    def _byte(self, b):
        if self.pos >= self.limit:
            raise Overflow
        self.buf[self.pos] = b
        self.pos += 1

    def _fixed(self, code, fmt, v, n):
        pos = self.pos
        if pos + n >= self.limit:
            raise Overflow
        self.buf[pos] = code
        if n:
            pack_into(fmt, self.buf, pos + 1, v)
        self.pos = pos + 1 + n


# Numbers by their byte, from CA (float 32) to D3 (int 64): format and size.
_NUMBERS = (">f", 4, ">d", 8, ">B", 1, ">H", 2, ">I", 4, ">Q", 8, ">b", 1, ">h", 2, ">i", 4, ">q", 8)


class Reader:
    """Reads values from buf[pos:end]. Sizes are checked against what is there before anything is allocated."""

    def __init__(self, buf):
        self.buf = buf
        self.view = memoryview(buf)
        self.pos = 0
        self.end = 0

    def start(self, pos, end):
        self.pos = pos
        self.end = end
        return self

    def array(self):
        """Number of elements of the array that begins here."""
        pos = self.pos
        if pos < self.end and 0x90 <= self.buf[pos] <= 0x9F:
            self.pos = pos + 1
            n = self.buf[pos] & 15
        elif pos < self.end and 0xDC <= self.buf[pos] <= 0xDD:
            self.pos = pos + 1
            n = self._size(2 << (self.buf[pos] - 0xDC))
        else:
            raise Malformed
        if n > self.end - self.pos:
            raise Malformed
        return n

    def int(self, low, high):
        """The int that begins here, within these bounds."""
        v = self.value(_LIMIT_NESTING_MAX)
        if not is_int(v, low, high):
            raise Malformed
        return v

    def text(self):
        v = self.value(_LIMIT_NESTING_MAX)
        if not isinstance(v, str):
            raise Malformed
        return v

    def binary(self):
        """Bounds in buf of the bin that begins here."""
        pos = self._take(1)
        t = self.buf[pos]
        if not 0xC4 <= t <= 0xC6:
            raise Malformed
        pos = self._take(self._size(1 << (t - 0xC4)))
        return pos, self.pos

    def skip(self, n, depth=1):
        """Passes over n values, checking them as much as value() does."""
        for _ in range(n):
            self.value(depth, False)

    def value(self, depth=1, keep=True):
        """The value that begins here, arrays as tuples; depth is that of the array around it."""
        buf = self.buf
        pos = self.pos
        if pos >= self.end:
            raise Malformed
        t = buf[pos]
        self.pos = pos = pos + 1
        if t < 0x80:
            return t
        if t >= 0xE0:
            return t - 256
        if t < 0x90:
            return self._map(t & 15, depth, keep)
        if t < 0xA0:
            return self._array(t & 15, depth, keep)
        if t < 0xC0:
            return self._text(t & 31)
        if 0xCA <= t <= 0xD3:
            t = (t - 0xCA) * 2
            n = _NUMBERS[t + 1]
            if pos + n > self.end:
                raise Malformed
            self.pos = pos + n
            # CC and CD: unpacking makes a tuple.
            if t == 4:
                return buf[pos]
            if t == 6:
                return buf[pos] << 8 | buf[pos + 1]
            return unpack_from(_NUMBERS[t], buf, pos)[0]
        if t == 0xC0:
            return None
        if t == 0xC2:
            return False
        if t == 0xC3:
            return True
        if 0xC4 <= t <= 0xC6:
            pos = self._take(self._size(1 << (t - 0xC4)))
            return bytes(self.view[pos : self.pos]) if keep else None
        if 0xC7 <= t <= 0xC9:
            return self._ext(self._size(1 << (t - 0xC7)), keep)
        if 0xD4 <= t <= 0xD8:
            return self._ext(1 << (t - 0xD4), keep)
        if 0xD9 <= t <= 0xDB:
            return self._text(self._size(1 << (t - 0xD9)))
        if t == 0xDC or t == 0xDD:
            return self._array(self._size(2 << (t - 0xDC)), depth, keep)
        if t == 0xDE or t == 0xDF:
            return self._map(self._size(2 << (t - 0xDE)), depth, keep)
        raise Malformed  # C1

    def _take(self, n):
        pos = self.pos
        if n > self.end - pos:
            raise Malformed
        self.pos = pos + n
        return pos

    def _size(self, n):
        pos = self._take(n)
        size = 0
        for i in range(pos, pos + n):
            size = size << 8 | self.buf[i]
        return size

    def _text(self, n):
        pos = self._take(n)
        try:
            return str(self.view[pos : self.pos], "utf-8")
        except UnicodeError:
            raise Malformed

    def _ext(self, n, keep):
        pos = self._take(n + 1)
        if keep:
            code = self.buf[pos]
            return Ext(code - 256 if code > 127 else code, bytes(self.view[pos + 1 : self.pos]))

    def _array(self, n, depth, keep):
        if depth >= _LIMIT_NESTING_MAX or n > self.end - self.pos:
            raise Malformed
        if not keep:
            return self.skip(n, depth + 1)
        items = []
        for _ in range(n):
            items.append(self.value(depth + 1))
        return tuple(items)

    def _map(self, n, depth, keep):
        if depth >= _LIMIT_NESTING_MAX or 2 * n > self.end - self.pos:
            raise Malformed
        if not keep:
            return self.skip(2 * n, depth + 1)
        items = {}
        for _ in range(n):
            key = self.value(depth + 1)
            if not isinstance(key, (str, int, bytes)):
                raise Malformed
            items[key] = self.value(depth + 1)
        return items
