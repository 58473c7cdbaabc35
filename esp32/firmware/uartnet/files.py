"""The board's files (PROTOCOL.md, section 8). Its configuration tells its passwords to nobody: secrets.py."""

import machine
import os
import time
from micropython import const
from time import ticks_add

from . import failure, secrets
from .failure import Failure, check
from .msgpack import is_int
from .sockets import OPERATIONS
from .streams import Streams

_OP_FILE_LIST = const(116)
_OP_FILE_READ = const(117)
_OP_FILE_WRITE = const(118)
_OP_FILE_REMOVE = const(119)
_ERROR_BAD_REQUEST = const(2)

_FOLDER = const(0x4000)  # in the mode of a file
_PIECE_BYTES = const(512)
_AT_ONCE = const(4)  # items in a round
_PART = "/.uartnet.part"  # new contents that are not whole: in the first folder of the file's path, for another file system may begin there
_CLOCK_SET = const(978307200)  # 2001: a board whose clock was never set counts from 2000
_EPOCH_2000 = const(946684800)

_files = None  # of the device


def _refuse(text):
    raise Failure(_ERROR_BAD_REQUEST, text)


def _path(args):
    """The path that was asked for: "" for the root."""
    check(len(args) > 0 and isinstance(args[0], str), "path")
    path = args[0]
    if path == "/":
        return ""
    parts = path.split("/")
    if parts[0] or "" in parts[1:] or "." in parts or ".." in parts or "\0" in path or parts[-1] == _PART[1:]:
        _refuse('path: is to begin with "/", and to have no empty part, ".", "..": ' + path)
    secrets.check(path)
    return path


def _attempt(path, function, *args):
    """What the platform says of this path; an error's text names it."""
    try:
        return function(*args)
    except OSError as e:
        reason = failure.of(e)
        reason.text = "%s: %s" % (path or "/", reason.text)
        raise reason


def _is_folder(path):
    return os.stat(path)[0] & _FOLDER != 0


class _Files(Streams):
    path = None  # of the file that is being written
    file = None
    size = 0

    def __init__(self):
        super().__init__()
        self.root = machine.root if hasattr(machine, "root") else ""
        self._forget("")
        for name in os.listdir(self.root or "/"):
            self._forget("/" + name)

    def _forget(self, folder):
        """Removes contents that nobody will complete."""
        try:
            os.remove(self.root + folder + _PART)
        except OSError:
            pass

    def _part(self, path):
        """Where the new contents stand."""
        end = path.find("/", 1)
        return self.root + (path[:end] if end > 0 else "") + _PART

    def clear(self):
        super().clear()
        self.drop()

    def drop(self):
        if self.file:
            path = self.path
            self.path = None
            self.file.close()
            self.file = None
            os.remove(self._part(path))

    def write(self, path, position, data, last):
        """Bytes that the new contents have now."""
        if not position:
            self.drop()
            _attempt(path, self._begin, path)
        elif path != self.path or position != self.size:
            _refuse("position: the new contents of %s have %d bytes so far" % (path, self.size if path == self.path else 0))
        try:
            _attempt(path, self._add, data)
            if last:
                _attempt(path, self._complete)
        except Exception:
            self.drop()
            raise
        return self.size

    def _begin(self, path):
        at = path.find("/", 1)
        while at > 0:
            try:
                os.mkdir(self.root + path[:at])
            except OSError:
                if not _is_folder(self.root + path[:at]):
                    raise
            at = path.find("/", at + 1)
        try:
            folder = _is_folder(self.root + path)
        except OSError:
            folder = False
        if folder:
            _refuse("path: %s is a directory" % path)
        self.file = open(self._part(path), "wb")
        self.path = path
        self.size = 0

    def _add(self, data):
        at = 0
        while at < len(data):
            n = self.file.write(data[at:] if at else data)
            if not n:
                raise OSError(28)  # ENOSPC
            at += n
        self.size += len(data)

    def _complete(self):
        path = self.path
        part = self._part(path)
        self.file.close()
        if secrets.hides(path):
            secrets.restore(part, self.root + path)
        os.rename(part, self.root + path)
        self.path = self.file = None


class _List:
    """What is in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.entries = os.ilistdir(folder or "/")

    def serve(self, now):
        request = self.request
        for _ in range(_AT_ONCE):
            if not request.ready():
                return ticks_add(now, 1) if request.demand else None
            name = None
            for entry in self.entries:
                name = entry[0]
                if name not in (".", "..", _PART[1:]):
                    break
                name = None
            if name is None:
                _files.done(self)
                return None
            request.next(self._item(name, entry[1]))
        return now

    def _item(self, name, kind):
        try:
            said = os.stat(self.folder + "/" + name)
        except OSError:
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
                _files.done(self)
                return None
            request.next(self.view[:n])
        return now

    def close(self):
        self.file.close()


def _list(device, request, args):
    path = _path(args)
    folder = _files.root + path
    if not _attempt(path, _is_folder, folder or "/"):
        _refuse("path: %s is no directory" % path)
    _files.begin(request, _List(folder))


def _read(device, request, args):
    path = _path(args)
    if _attempt(path, _is_folder, _files.root + path or "/"):
        _refuse("path: %s is a directory" % (path or "/"))
    if secrets.hides(path):
        file = _attempt(path, secrets.masked, _files.root + path)
    else:
        file = _attempt(path, open, _files.root + path, "rb")
    _files.begin(request, _Read(file))


def _write(device, request, args):
    path = _path(args)
    check(path, "path")
    check(len(args) > 3 and is_int(args[1], 0, 0x3FFFFFFF), "position")
    check(isinstance(args[2], bytes), "bin")
    check(isinstance(args[3], bool), "last")
    request.done((_files.write(path, *args[1:4]),))


def _remove(device, request, args):
    path = _path(args)
    check(path, "path")
    place = _files.root + path
    if _attempt(path, _is_folder, place):
        for _ in os.ilistdir(place):
            _refuse("path: %s is not empty" % path)
        _attempt(path, os.rmdir, place)
    else:
        _attempt(path, os.remove, place)
    request.done()


def service(device):
    global _files
    _files = _Files()
    return _files


OPERATIONS[_OP_FILE_LIST] = _list
OPERATIONS[_OP_FILE_READ] = _read
OPERATIONS[_OP_FILE_WRITE] = _write
OPERATIONS[_OP_FILE_REMOVE] = _remove
