"""Values of Python as MessagePack, and the objects that the host holds by handles (PROTOCOL.md, section 8, remote objects)."""

import gc
import sys
from struct import pack, unpack_from
from micropython import const

from .failure import Failure, check
from .msgpack import Ext, cut

_EXT_HANDLE = const(1)
_ERROR_NOT_ALLOWED = const(5)
_ERROR_NO_RESOURCES = const(6)
_ERROR_NO_OBJECT = const(49)
_LIMIT_NESTING_MAX = const(8)

_CLASS_BYTES = const(32)  # of a type's name
_HANDLES_MIN = const(64)
_HANDLE_BYTES = const(200)  # of the heap that is free at the start, for each that may be held
_COPIED = (str, bool, float, bytes, type(None), Ext)
_KEYS = (str, int, bytes, bool)
_NO_MODULES = "wifi clock pins device files exec".split()  # words of "allow" that stand for something else
_module = type(sys)


class Handles:
    def __init__(self, board):
        self.allow = board.allow
        self.limit = max(_HANDLES_MIN, gc.mem_free() // (_HANDLE_BYTES if sys.maxsize < 1 << 32 else 2 * _HANDLE_BYTES))
        self.int_min = -1 << 63
        self.int_max = (1 << 63) - 1
        self.last = 0
        self.objects = {}

    def clear(self):
        self.objects = {}
        self.last = 0

    def allows(self, word):
        """True if the configuration has this word, or "everything"."""
        return word in self.allow or "everything" in self.allow

    def refused_module(self, name):
        """The Failure for a module that a host may not have; None for one that it may."""
        allows = self.allows
        parts = name.split(".")
        for n in range(len(parts)):
            word = ".".join(parts[: n + 1])
            if allows("everything") or word not in _NO_MODULES and allows(word):
                return None
        return Failure(_ERROR_NOT_ALLOWED, 'module %s is not in "allow" of /uartnet.json' % name)

    def named(self, name):
        """Checks a name of an attribute; returns it."""
        check(isinstance(name, str) and name, "name")
        if name.startswith("__") and not self.allows("everything"):
            raise Failure(_ERROR_NOT_ALLOWED, name + ': names with __ need "everything" in "allow" of /uartnet.json')
        return name

    def handle(self, v):
        """A new handle of an object."""
        if type(v) is _module:
            refused = self.refused_module(v.__name__)
            if refused:
                raise refused
        if len(self.objects) >= self.limit:
            raise Failure(_ERROR_NO_RESOURCES, "more than %d objects: release some" % self.limit)
        self.last += 1
        self.objects[self.last] = v
        return self.said(self.last, v)

    def said(self, number, v):
        return Ext(_EXT_HANDLE, pack(">I", number) + cut(type(v).__name__, _CLASS_BYTES).encode())

    def release_from(self, number):
        """Forgets the handles behind this one, which were never sent."""
        while self.last > number:
            self.objects.pop(self.last, None)
            self.last -= 1

    def put(self, w, v, depth):
        """Writes a value, inside an array of this depth."""
        t = type(v)
        if t in _COPIED:
            w.put(v)
        elif t is int:
            w.put(v if self.int_min <= v <= self.int_max else self.handle(v))
        elif depth < _LIMIT_NESTING_MAX and (t is list or t is tuple):
            # Counted: another thread may change it meanwhile.
            n = len(v)
            w.array(n)
            for i in range(n):
                self.put(w, v[i], depth + 1)
        elif depth < _LIMIT_NESTING_MAX and t is dict and all([type(key) in _KEYS for key in v]):
            items = list(v.items())
            w.map(len(items))
            for key, item in items:
                self.put(w, key, depth + 1)
                self.put(w, item, depth + 1)
        else:
            w.put(self.handle(v))

    def number(self, v):
        check(isinstance(v, Ext) and v.code == _EXT_HANDLE and len(v.data) >= 4, "object")
        return unpack_from(">I", v.data)[0]

    def object(self, v):
        """The object of a handle."""
        number = self.number(v)
        if number not in self.objects:
            raise Failure(_ERROR_NO_OBJECT, "there is no object %d (any more)" % number)
        return self.objects[number]

    def value(self, v):
        """An argument: handles in it are their objects, arrays lists."""
        t = type(v)
        if t is tuple:
            return [self.value(item) for item in v]
        if t is dict:
            return {key: self.value(item) for key, item in v.items()}
        return self.object(v) if t is Ext else v
