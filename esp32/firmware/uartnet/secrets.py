"""What files must not tell: the passwords of the configuration, and the saved networks."""

import io
import json
from micropython import const

from .failure import Failure

_ERROR_BAD_REQUEST = const(2)
_ERROR_NOT_ALLOWED = const(5)
_CONFIGURATION = "/uartnet.json"
_NETWORKS = "/uartnet.networks"  # and what follows
_BYTES_MAX = const(4096)
_MASK = '"***"'


def _plain(path):
    """As a file system sees it that does not tell all letters apart."""
    return path.lower().rstrip(". ")


def check(path):
    if _plain(path).startswith(_NETWORKS):
        raise Failure(_ERROR_NOT_ALLOWED, path + " has passwords in it")


def hides(path):
    return _plain(path) == _CONFIGURATION


def _text(place):
    with open(place) as f:
        text = f.read(_BYTES_MAX + 1)
    if len(text) > _BYTES_MAX:
        raise Failure(_ERROR_BAD_REQUEST, "%s has more than %d bytes" % (_CONFIGURATION, _BYTES_MAX))
    try:
        if not isinstance(json.loads(text), dict):
            raise ValueError("it is no object")
    except ValueError as e:
        raise Failure(_ERROR_BAD_REQUEST, "%s is no configuration: %s" % (_CONFIGURATION, e))
    return text


def _passwords(text):
    """(start, end) of each string that stands behind the key "password"."""
    spans = []
    key = ""
    at = text.find('"')
    while at >= 0:
        end = at + 1
        while text[end] != '"':
            end += 2 if text[end] == "\\" else 1
        end += 1
        if key == "password":
            spans.append((at, end))
            key = ""
        else:
            key = ""
            rest = end
            while text[rest] in " \t\r\n":
                rest += 1
            if text[rest] == ":":
                rest += 1
                while text[rest] in " \t\r\n":
                    rest += 1
                if text[rest] == '"':
                    key = json.loads(text[at:end])
        at = text.find('"', end)
    return spans


def _replaced(text, spans, by):
    """The text with these in place of its spans."""
    parts = []
    at = 0
    for span, new in zip(spans, by):
        parts.append(text[at : span[0]])
        parts.append(new)
        at = span[1]
    parts.append(text[at:])
    return "".join(parts)


def _tells(value):
    """True if there is a password: MicroPython reads more than JSON."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "password" and isinstance(inner, str) and inner != _MASK[1:-1] or _tells(inner):
                return True
    elif isinstance(value, list):
        return any(_tells(inner) for inner in value)
    return False


def masked(place):
    """The configuration as a stream, with a mask in place of each password."""
    try:
        text = _text(place)
    except Failure as e:
        # Where its passwords are nobody can say.
        raise Failure(_ERROR_NOT_ALLOWED, e.text + ": what is in it is not told, it can only be written")
    spans = _passwords(text)
    text = _replaced(text, spans, [_MASK] * len(spans))
    if _tells(json.loads(text)):
        raise Failure(_ERROR_NOT_ALLOWED, "%s is not strict JSON: what is in it is not told, it can only be written" % _CONFIGURATION)
    return io.BytesIO(text.encode())


def restore(part, place):
    """Puts the passwords that the configuration had into the new one, where that has masks."""
    text = _text(part)
    spans = _passwords(text)
    by = [text[start:end] for start, end in spans]
    if _MASK in by:
        try:
            old = _text(place)
            had = [old[start:end] for start, end in _passwords(old)]
        except (Failure, OSError):
            had = []
        for i, word in enumerate(by):
            if word == _MASK:
                if i >= len(had):
                    raise Failure(_ERROR_BAD_REQUEST, "password: *** stands for the one that %s has, and it has none" % _CONFIGURATION)
                by[i] = had[i]
        with open(part, "w") as f:
            f.write(_replaced(text, spans, by))
