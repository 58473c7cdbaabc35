import gc
import random
import check
from uartnet.msgpack import Ext, Malformed, Overflow, Reader, Writer, cut
from vectors import data, value, vectors


def _read(text):
    r = Reader(text).start(0, len(text))
    n = r.array()
    v = tuple(r.value() for _ in range(n))
    if r.pos != len(text):
        raise Malformed
    return v


def _passes(text):
    """True if skip() finds no fault."""
    r = Reader(text).start(0, len(text))
    try:
        r.skip(r.array())
    except Malformed:
        return False
    return r.pos == len(text)


def _write(v, size=2048):
    w = Writer(bytearray(size))
    w.put(v)
    return bytes(w.buf[: w.pos])


def test_vectors_both_ways():
    for name, text, v in vectors("message", 2):
        check.equal(_read(data(text)), value(v), name)
        assert _passes(data(text)), name
        # A map has no order in MicroPython: of those, only that they come back.
        if "{" in v:
            check.equal(_read(_write(value(v))), value(v), name)
        else:
            check.equal(_write(value(v)), data(text), name)


def test_lenient_vectors():
    for name, text, v in vectors("message-lenient", 2):
        check.equal(_read(data(text)), value(v), name)
        assert _passes(data(text)), name


def test_what_is_not_whole_or_not_valid_is_refused():
    # The other bad vectors are valid MessagePack, but no messages: test_device has them all.
    for name, text in [("string-not-utf8", "930205a2c328")] + list(vectors("message-bad", 1)):
        if name in ("nothing", "int", "map", "truncated-array", "truncated-bin", "trailing-byte", "two-messages", "huge-bin",
                    "huge-array", "huge-map", "reserved-byte", "too-deep", "string-not-utf8"):
            check.raises(Malformed, _read, data(text))
            assert not _passes(data(text)), name


def test_every_prefix_is_refused():
    for name, text, _ in vectors("message", 2):
        text = data(text)
        for n in range(len(text)):
            check.raises(Malformed, _read, text[:n])


def test_typed_reads():
    r = Reader(b"\x05\xa1x\xc4\x02ab\xc3").start(0, 8)
    check.equal(r.int(0, 5), 5)
    check.equal(r.text(), "x")
    check.equal(r.binary(), (5, 7))
    check.raises(Malformed, r.int, 0, 5)  # true is not an int
    check.raises(Malformed, Reader(b"\x06").start(0, 1).int, 0, 5)
    check.raises(Malformed, Reader(b"\xa1x").start(0, 2).binary)
    check.raises(Malformed, Reader(b"\xc4\x01").start(0, 2).binary)
    check.raises(Malformed, Reader(b"\x01").start(0, 1).text)


def _random_value(depth):
    kind = random.randint(0, 9 if depth < 6 else 6)
    if kind == 0:
        return random.choice((None, True, False))
    if kind < 4:
        bits = random.randint(1, 62)
        v = random.getrandbits(bits - 30) << 30 | random.getrandbits(30) if bits > 30 else random.getrandbits(bits)
        return v if random.getrandbits(1) else -v
    if kind == 4:
        return random.random()
    if kind == 5:
        return "äx€"[random.randint(0, 1) :] * random.randint(0, 30)
    if kind == 6:
        return bytes(random.getrandbits(8) for _ in range(random.randint(0, 20)))
    if kind == 7:
        return {random.randint(0, 99): _random_value(depth + 1) for _ in range(random.randint(0, 4))}
    return tuple(_random_value(depth + 1) for _ in range(random.randint(0, 4)))


def test_random_values_come_back():
    random.seed(4)
    for _ in range(300):
        v = tuple(_random_value(1) for _ in range(random.randint(1, 5)))
        check.equal(_read(_write(v, 16384)), v)


def test_random_bytes_are_read_or_refused():
    random.seed(5)
    for _ in range(3000):
        text = bytes(random.choice(b"\x90\x91\x93\x81\xc4\xa2\xd9\xdc\xcf\x01") if random.getrandbits(1) else
                     random.getrandbits(8) for _ in range(random.randint(1, 40)))
        try:
            _read(text)
            read = True
        except Malformed:
            read = False
        # skip() keeps less: it lets pass maps with keys that no map of ours can hold.
        assert _passes(text) or not read, text


def test_sizes_that_lie_allocate_nothing():
    for head in (b"\xc6\x7f\xff\xff\xff", b"\xdb\x7f\xff\xff\xff", b"\xdd\x7f\xff\xff\xff", b"\xdf\x7f\xff\xff\xff", b"\xc9\x7f\xff\xff\xff"):
        gc.collect()
        before = gc.mem_alloc()
        check.raises(Malformed, _read, b"\x91" + head)
        assert gc.mem_alloc() - before < 4096


def test_the_writer_stays_inside_its_buffer():
    v = (1, "text", b"bytes" * 10, 1 << 40, -5000, {"a": 1.5}, [None] * 20)
    n = len(_write(v))
    for size in range(n):
        check.raises(Overflow, _write, v, size)
    check.equal(len(_write(v, n)), n)


def test_cut():
    for text in ("", "abc", "\u20ac" * 9, "a\u00e4" * 9, "\U0001f600" * 7, "abc\u20ac"):
        for size in range(40):
            part = cut(text, size)
            assert text.startswith(part), (text, size, part)
            n = len(part.encode())
            assert n <= size and (part == text or n + len(text[len(part)].encode()) > size), (text, size, part)


def test_extension_types():
    for n in (0, 1, 2, 3, 4, 8, 15, 16, 17, 300):
        back = _read(_write([Ext(1, bytes(n))]))[0]
        check.equal((back.code, back.data), (1, bytes(n)))
    check.equal(_write(Ext(1, b"abcd")), b"\xd6\x01abcd")
    check.equal(_read(_write([Ext(-1, b"x")]))[0].code, -1)


check.run(globals())
