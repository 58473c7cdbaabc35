"""What files must not tell: the passwords of the configuration, and the saved networks."""

import gc
import io
import json
import sys
from micropython import const

import uartnet
from .failure import Failure

_ERROR_BAD_REQUEST = const(2)
_ERROR_NOT_ALLOWED = const(5)
_CONFIGURATION = "/uartnet.json"
_NETWORKS = "/uartnet.networks"  # and what follows
_SHORT = "/ua"  # and what follows up to "~" and a digit
_BYTES_MAX = const(4096)
_NESTING_MAX = const(8)
_MASK = '"***"'


def _plain(path):
    """As a file system sees it that does not tell all letters apart."""
    return path.lower().rstrip(". ")


def check(path):
    plain = _plain(path)
    at = plain.find("~")
    # /UARTNE~1.JSO and /UA1B2C~1.JSO are what a FAT file system calls them, too.
    if at > 0 and plain.startswith(_SHORT) and plain[at + 1 : at + 2].isdigit() and plain.find("/", 1) < 0:
        raise Failure(_ERROR_NOT_ALLOWED, path + " may be a short name of a file with passwords in it")
    if plain.startswith(_NETWORKS):
        raise Failure(_ERROR_NOT_ALLOWED, path + " has passwords in it")


def hides(path):
    return _plain(path) == _CONFIGURATION


class _Scan:
    """Where the passwords of a JSON object stand: the strings behind the key "password". MicroPython takes more than JSON for JSON, and is not asked."""

    def __init__(self, text):
        self.text = text
        self.at = 0
        self.spans = []  # (start, end) of each
        try:
            if self._next() != "{":
                raise ValueError
            self._value(1, False)
            self._next()
            if self.at < len(text):
                raise ValueError
        except (ValueError, IndexError):
            raise Failure(_ERROR_BAD_REQUEST, "%s is no JSON object from character %d on" % (_CONFIGURATION, self.at + 1))

    def _next(self):
        """The character that comes, behind any space."""
        text = self.text
        while text[self.at : self.at + 1] in (" ", "\t", "\r", "\n"):
            self.at += 1
        return text[self.at : self.at + 1]

    def _value(self, depth, secret):
        c = self._next()
        if c == "{" or c == "[":
            if depth > _NESTING_MAX:
                raise ValueError
            end = "}" if c == "{" else "]"
            self.at += 1
            if self._next() != end:
                while True:
                    key = None
                    if c == "{":
                        start = self.at
                        self._string()
                        key = json.loads(self.text[start : self.at])
                        if self._next() != ":":
                            raise ValueError
                        self.at += 1
                    self._value(depth + 1, key == "password")
                    if self._next() != ",":
                        break
                    self.at += 1
                    self._next()
                if self._next() != end:
                    raise ValueError
            self.at += 1
        elif c == '"':
            start = self.at
            self._string()
            if secret:
                self.spans.append((start, self.at))
        else:
            start = self.at
            while self.text[self.at] not in " \t\r\n,]}":
                self.at += 1
            word = self.text[start : self.at]
            if word not in ("true", "false", "null"):
                if word[0] not in "-0123456789":
                    raise ValueError
                float(word)

    def _string(self):
        text = self.text
        if text[self.at] != '"':
            raise ValueError
        self.at += 1
        while text[self.at] != '"':
            if text[self.at] < " ":
                raise ValueError
            self.at += 2 if text[self.at] == "\\" else 1
        self.at += 1

    def words(self):
        return [self.text[start:end] for start, end in self.spans]

    def replaced(self, by):
        """The text with these in place of the passwords."""
        parts = []
        at = 0
        for span, new in zip(self.spans, by):
            parts.append(self.text[at : span[0]])
            parts.append(new)
            at = span[1]
        parts.append(self.text[at:])
        return "".join(parts)


def _scan(place):
    with open(place, "rb") as f:
        data = f.read(_BYTES_MAX + 1)
    if len(data) > _BYTES_MAX:
        raise Failure(_ERROR_BAD_REQUEST, "%s has more than %d bytes" % (_CONFIGURATION, _BYTES_MAX))
    try:
        return _Scan(data.decode())
    except UnicodeError:
        raise Failure(_ERROR_BAD_REQUEST, _CONFIGURATION + " is not UTF-8")


def masked(place):
    """The configuration as a stream, with a mask in place of each password."""
    try:
        scan = _scan(place)
    except Failure as e:
        # Where its passwords are nobody can say.
        raise Failure(_ERROR_NOT_ALLOWED, e.text + ": what is in it is not told, it can only be written")
    return io.BytesIO(scan.replaced([_MASK] * len(scan.spans)).encode())


def _problem(place):
    """What is wrong with a configuration in the firmware's eyes. What says it is loaded for that alone: it is large."""
    gc.collect()
    try:
        from . import config
    except MemoryError:
        gc.collect()
        return None  # the next start will say
    if sys.modules.pop("uartnet.config", None):
        delattr(uartnet, "config")
    problem = config.read(place)[1]
    return problem and problem.replace(place, _CONFIGURATION)


def restore(part, place):
    """Puts the passwords that the configuration had into the new one, where that has masks; refuses one with which the device would not start as it says."""
    scan = _scan(part)
    problem = _problem(part)
    if problem:
        raise Failure(_ERROR_BAD_REQUEST, problem)
    by = scan.words()
    if _MASK in by:
        try:
            had = _scan(place).words()
        except (Failure, OSError):
            had = []
        for i, word in enumerate(by):
            if word == _MASK:
                if i >= len(had):
                    raise Failure(_ERROR_BAD_REQUEST, "password: *** stands for the one that %s has, and it has none" % _CONFIGURATION)
                by[i] = had[i]
        with open(part, "w") as f:
            f.write(scan.replaced(by))
