"""The board's files (PROTOCOL.md, section 8). Its configuration tells its passwords to nobody: secrets.py."""

import machine
import os
import time
from micropython import const
from time import ticks_add

from . import secrets
from .failure import check
from .msgpack import is_int
from .sockets import OPERATIONS
from .streams import Streams
from .writing import PART, Writing, attempt, is_folder, refuse

_OP_FILE_LIST = const(116)
_OP_FILE_READ = const(117)
_OP_FILE_WRITE = const(118)
_OP_FILE_REMOVE = const(119)
_FOLDER = const(0x4000)  # in the mode of a file
_PIECE_BYTES = const(512)
_AT_ONCE = const(4)  # items in a round
_CLOCK_SET = const(978307200)  # 2001: a board whose clock was never set counts from 2000
_EPOCH_2000 = const(946684800)

_PART = PART[1:].encode()

_root = ""  # where the board's file system is
_streams = None
_writing = None


def _path(args):
    """The path that was asked for: "" for the root."""
    check(len(args) > 0 and isinstance(args[0], str), "path")
    path = args[0]
    if path == "/":
        return ""
    parts = path.split("/")
    if len(parts) < 2 or parts[0] or "" in parts[1:] or "." in parts or ".." in parts or "\0" in path or parts[-1] == PART[1:]:
        refuse('path: is to begin with "/", and to have no empty part, ".", "..": ' + path)
    secrets.check(path)
    return path


def _text(name):
    """With a replacement character for each byte that is no ASCII where a name is no UTF-8: such a file is there, if out of a host's reach."""
    try:
        text = name.decode()
        if not any(0xD7FF < ord(c) < 0xE000 for c in text):  # halves of characters, which MicroPython takes
            return text
    except UnicodeError:
        pass
    return "".join(chr(b) if b < 128 else "\ufffd" for b in name)


class _List:
    """What is in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.entries = os.ilistdir((folder or "/").encode())  # not all names are UTF-8

    def serve(self, now):
        request = self.request
        for _ in range(_AT_ONCE):
            if not request.ready():
                return ticks_add(now, 1) if request.demand else None
            name = None
            for entry in self.entries:
                name = entry[0]
                if name not in (b".", b"..", _PART):
                    break
                name = None
            if name is None:
                _streams.end(self)
                request.done()
                return None
            request.next(self._item(name, entry[1]))
        return now

    def _item(self, name, kind):
        try:
            said = os.stat(self.folder.encode() + b"/" + name)
        except OSError:
            said = None
        name = _text(name)
        if not said:
            return name, kind & _FOLDER != 0, 0, None
        modified = said[8] + (_EPOCH_2000 if time.gmtime(0)[0] == 2000 else 0)
        return name, said[0] & _FOLDER != 0, said[6], modified if modified >= _CLOCK_SET else None

    def close(self):
        self.entries = ()


class _Read:
    """What is in a file."""

    def __init__(self, file):
        self.file = file
        self.buf = bytearray(_PIECE_BYTES)
        self.view = memoryview(self.buf)

    def serve(self, now):
        request = self.request
        for _ in range(_AT_ONCE):
            if not request.ready():
                return ticks_add(now, 1) if request.demand else None
            n = self.file.readinto(self.view[: min(_PIECE_BYTES, request.dispatcher.link.max_payload - 10)])
            if not n:
                _streams.end(self)
                request.done()
                return None
            request.next(self.view[:n])
        return now

    def close(self):
        self.file.close()


def _list(device, request, args):
    path = _path(args)
    folder = _root + path
    if not attempt(path, is_folder, folder or "/"):
        refuse("path: %s is no directory" % path)
    _streams.begin(request, _List(folder))


def _read(device, request, args):
    path = _path(args)
    if attempt(path, is_folder, _root + path or "/"):
        refuse("path: %s is a directory" % (path or "/"))
    if secrets.hides(path):
        file = attempt(path, secrets.masked, _root + path)
    else:
        file = attempt(path, open, _root + path, "rb")
    _streams.begin(request, _Read(file))


def _write(device, request, args):
    path = _path(args)
    check(path, "path")
    check(len(args) > 3 and is_int(args[1], 0, 0x3FFFFFFF), "position")
    check(isinstance(args[2], bytes), "bin")
    check(isinstance(args[3], bool), "last")
    request.done((_writing.write(path, *args[1:4]),))


def _remove(device, request, args):
    path = _path(args)
    check(path, "path")
    place = _root + path
    if attempt(path, is_folder, place):
        for _ in os.ilistdir(place.encode()):
            refuse("path: %s is not empty" % path)
        attempt(path, os.rmdir, place)
    else:
        attempt(path, os.remove, place)
    request.done()


class _Files(Streams):
    def clear(self):
        super().clear()
        _writing.drop()


def service(device):
    global _root, _streams, _writing
    _root = machine.root if hasattr(machine, "root") else ""
    _writing = Writing(_root)
    _streams = _Files()
    return _streams


OPERATIONS[_OP_FILE_LIST] = _list
OPERATIONS[_OP_FILE_READ] = _read
OPERATIONS[_OP_FILE_WRITE] = _write
OPERATIONS[_OP_FILE_REMOVE] = _remove
