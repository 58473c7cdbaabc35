"""Reads the data files of codec/protocol, which the Java tests read as well."""

import sys
from binascii import unhexlify

tests = sys.path[0]
_PROTOCOL = tests + "/../../../codec/protocol/"


def _lines(name):
    with open(_PROTOCOL + name) as f:
        for line in f:
            line = line.rstrip("\n")
            if line and not line.startswith("#"):
                yield line


def vectors(kind, fields):
    """(name, field...) of each line of this kind; the last field has the rest of the line."""
    found = [tuple(line.split(" ", fields + 1)[1:]) for line in _lines("vectors.txt") if line.startswith(kind + " ")]
    assert found, "no vectors of kind " + kind
    return found


def data(text):
    return b"" if text == "-" else unhexlify(text)


def constants():
    """{"GROUP NAME": value}"""
    return {line.rpartition(" ")[0]: int(line.rpartition(" ")[2]) for line in _lines("constants.txt")}


def value(text):
    """The value that a vector writes as: nil true false 1 -1 1.5 "text" h'bytes' [array] {key:value}"""
    v, rest = _value(text)
    assert not rest, rest
    return v


def _value(s):
    c = s[0]
    if c == "[":
        items, s = [], s[1:]
        while s[0] != "]":
            v, s = _value(s)
            items.append(v)
            s = s[1:] if s[0] == "," else s
        return tuple(items), s[1:]
    if c == "{":
        items, s = {}, s[1:]
        while s[0] != "}":
            k, s = _value(s)
            items[k], s = _value(s[1:])
            s = s[1:] if s[0] == "," else s
        return items, s[1:]
    if c == '"':
        end = s.index('"', 1)
        return s[1:end], s[end + 1 :]
    if s.startswith("h'"):
        end = s.index("'", 2)
        return unhexlify(s[2:end]), s[end + 1 :]
    end = 0
    while end < len(s) and s[end] not in ",]}:":
        end += 1
    word, s = s[:end], s[end:]
    names = {"nil": None, "true": True, "false": False}
    if word in names:
        return names[word], s
    return (float(word) if "." in word else int(word)), s
