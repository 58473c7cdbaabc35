"""New contents of files (PROTOCOL.md, section 8): beside the old ones until they are whole."""

import os
from micropython import const

from . import failure, secrets
from .failure import Failure

_ERROR_BAD_REQUEST = const(2)
_ENOTDIR = const(20)
_ENOSPC = const(28)
_FOLDER = const(0x4000)  # in the mode of a file
PART = "/.uartnet.part"  # what is not whole: in the first folder of the file's path, for another file system may begin there


def refuse(text):
    raise Failure(_ERROR_BAD_REQUEST, text)


def attempt(path, function, *args):
    """What the platform says of this path; an error's text names it."""
    try:
        return function(*args)
    except OSError as e:
        if e.errno == _ENOTDIR:
            refuse("path: %s is below what is no directory" % path)
        reason = failure.of(e)
        reason.text = "%s: %s" % (path or "/", reason.text)
        raise reason


def is_folder(place):
    return os.stat(place)[0] & _FOLDER != 0


class Writing:
    """The one file that is being written."""

    path = None
    file = None
    size = 0

    def __init__(self, root):
        self.root = root
        # What a loss of power has left.
        root = root.encode()
        for name in [b""] + [b"/" + name for name in os.listdir(root or b"/")]:
            try:
                os.remove(root + name + PART.encode())
            except OSError:
                pass

    def _part(self, path):
        """Where the new contents stand."""
        end = path.find("/", 1)
        return self.root + (path[:end] if end > 0 else "") + PART

    def drop(self):
        """Gives up what is not whole."""
        if self.file:
            path = self.path
            self.file.close()
            self.path = self.file = None
            os.remove(self._part(path))

    def write(self, path, position, data, last):
        """Bytes that the new contents have now."""
        if not position:
            self.drop()
            attempt(path, self._begin, path)
        elif path != self.path or position != self.size:
            refuse("position: the new contents of %s have %d bytes so far" % (path, self.size if path == self.path else 0))
        try:
            attempt(path, self._add, data)
            if last:
                attempt(path, self._complete)
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
                if not is_folder(self.root + path[:at]):
                    refuse("path: %s is no directory" % path[:at])
            at = path.find("/", at + 1)
        try:
            folder = is_folder(self.root + path)
        except OSError:
            folder = False
        if folder:
            refuse("path: %s is a directory" % path)
        self.file = open(self._part(path), "wb")
        self.path = path
        self.size = 0

    def _add(self, data):
        at = 0
        while at < len(data):
            n = self.file.write(data[at:] if at else data)
            if not n:
                raise OSError(_ENOSPC)
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
