"""Makes a lean copy of the firmware: a device that compiles its sources keeps the name of every constant for good.

    pack.py FOLDER SOURCE...            writes the copy to FOLDER, in place of what is there
    pack.py --cache FOLDER SOURCE...    writes it to a folder in FOLDER that is named after its contents, unless it is there; prints its path

A SOURCE is a file, or a folder of which everything but `tests` is taken. Constants that are a module's own, `_NAME = const(...)`, become
their numbers; comments and docstrings go. The rest stays as it is, and so does what it does. Runs under MicroPython and Python 3.
"""

import os
import sys

_QUOTES = "\"'"
_PREFIX = "rbufRBUF"
_OPENING = "([{"
_CLOSING = ")]}"
_DIR = 0x4000  # of a file's mode


class Refused(Exception):
    """A source that cannot be packed as it is."""


# A token: its text, whether there was space before it, and what it is.
_WORD = 0  # a name or a number
_STRING = 1
_OTHER = 2


def _is_word(c):
    return c.isalpha() or c.isdigit() or c == "_" or ord(c) > 127


def _string_end(text, start):
    """Where the string ends whose first quote stands at start."""
    quote = text[start]
    if text[start : start + 3] == 3 * quote:
        quote = 3 * quote
    at = start + len(quote)
    while text[at : at + len(quote)] != quote:
        if at >= len(text) or len(quote) == 1 and text[at] == "\n":
            raise Refused("a string has no end: " + text[start : start + 40])
        at += 2 if text[at] == "\\" else 1
    return at + len(quote)


def lines(text):
    """The statements' lines, (indent, tokens) each: none that are empty, and one where brackets or a backslash join several."""
    at = 0
    while at < len(text):
        start = at
        while text[at : at + 1] in (" ", "\t"):
            at += 1
        indent = text[start:at]
        tokens = []
        depth = 0
        space = False
        while at < len(text):
            c = text[at]
            start = at
            if c == "\n":
                at += 1
                if not depth:
                    break
                space = True
            elif c == "#":
                while at < len(text) and text[at] != "\n":
                    at += 1
            elif c in " \t\r\f" or c == "\\" and text[at + 1 : at + 2] == "\n":
                at += 2 if c == "\\" else 1
                space = True
            else:
                kind = _OTHER
                if _is_word(c):
                    kind = _WORD
                    while at < len(text) and (_is_word(text[at]) or text[at] == "." and c.isdigit()):
                        at += 1
                    if text[at : at + 1] in ('"', "'") and all(c in _PREFIX for c in text[start:at]):
                        kind = _STRING
                        if "f" in text[start:at].lower():
                            raise Refused("an f-string may name anything: " + text[start : start + 40])
                        at = _string_end(text, at)
                elif c in _QUOTES:
                    kind = _STRING
                    at = _string_end(text, at)
                else:
                    at += 1
                    depth += (c in _OPENING) - (c in _CLOSING)
                tokens.append((text[start:at], space, kind))
                space = False
        if depth:
            raise Refused("a bracket is never closed")
        if tokens:
            yield indent, tokens


def _text(tokens):
    return "".join((" " if space and i else "") + text for i, (text, space, kind) in enumerate(tokens))


def _is_docstring(tokens):
    return all(kind == _STRING for text, space, kind in tokens)


def _fold(tokens, constants):
    """The tokens with numbers in the place of constants."""
    folded = []
    for i, (text, space, kind) in enumerate(tokens):
        if kind == _WORD and text in constants and not (i and tokens[i - 1][0] == "."):
            after = [t[0] for t in tokens[i + 1 : i + 3]]
            if tokens[0][0] in ("from", "import", "global", "nonlocal", "del") or after and after[0] == "=" and after[1:] != ["="]:
                raise Refused("%s is a constant: %s" % (text, _text(tokens)))
            value = constants[text]
            text = "(%d)" % value if value < 0 or after and after[0] == "." else str(value)
        folded.append((text, space, kind))
    return folded


def _constant(indent, tokens, constants):
    """True if this line says `_NAME = const(...)`: then constants has it."""
    words = [text for text, space, kind in tokens]
    if indent or len(words) < 6 or not words[0].startswith("_") or words[1:4] != ["=", "const", "("] or words[-1] != ")":
        return False
    if words[0] in constants:
        raise Refused("two constants are called " + words[0])
    value = eval(_text(_fold(tokens[4:-1], constants)), {})
    if type(value) is not int:
        return False
    constants[words[0]] = value
    return True


def pack(text):
    """The lean copy of one file."""
    constants = {}
    out = []
    bare = None  # indent of a docstring that went, until it is known whether its block has anything else
    for indent, tokens in lines(text):
        if bare is not None and len(indent) < len(bare):
            out.append(bare + "pass")
        bare = None
        if _is_docstring(tokens):
            bare = indent
        elif not _constant(indent, tokens, constants):
            out.append(indent + _text(_fold(tokens, constants)))
    if bare:
        out.append(bare + "pass")
    if "from micropython import const" in out and not any("const(" in line for line in out):
        out.remove("from micropython import const")
    return "\n".join(out) + "\n" if out else ""


# Files


def _is_folder(path):
    try:
        return bool(os.stat(path)[0] & _DIR)
    except OSError:
        return False


def _sources(path, name):
    """(name in the copy, path) of every source."""
    if not _is_folder(path):
        yield name or path.split("/")[-1], path
        return
    for entry in sorted(os.listdir(path)):
        inner = path + "/" + entry
        if _is_folder(inner) and entry not in ("tests", "__pycache__"):
            yield from _sources(inner, name + entry + "/")
        elif entry.endswith(".py"):
            yield name + entry, inner


def read(sources):
    """{name in the copy: contents}"""
    found = {}
    for source in sources:
        for name, path in _sources(source, ""):
            with open(path, "rb") as f:
                found[name] = f.read()
    return found


def _make(folder):
    if not _is_folder(folder):
        parent = folder.rpartition("/")[0]
        if parent:
            _make(parent)
        try:
            os.mkdir(folder)
        except OSError:
            if not _is_folder(folder):
                raise


def _remove(folder):
    if _is_folder(folder):
        for name in os.listdir(folder):
            if _is_folder(folder + "/" + name):
                _remove(folder + "/" + name)
            else:
                os.remove(folder + "/" + name)
        os.rmdir(folder)


def write(found, folder):
    """Packs these files into a folder, whole or not at all."""
    import random

    new = "%s.%08x" % (folder, random.getrandbits(30))
    try:
        for name in sorted(found):
            path = new + "/" + name
            _make(path.rpartition("/")[0])
            try:
                text = pack(found[name].decode())
            except Refused as e:
                raise Refused("%s: %s" % (name, e))
            with open(path, "w") as f:
                f.write(text)
        os.rename(new, folder)
    finally:
        _remove(new)


def digest(found):
    """Names what these files are packed to: another packer may do it differently."""
    import hashlib

    with open(__file__, "rb") as f:
        h = hashlib.sha256(f.read())
    for name in sorted(found):
        h.update(b"%s\0%d\0" % (name.encode(), len(found[name])))
        h.update(found[name])
    return "".join("%02x" % b for b in h.digest()[:8])


def cached(folder, sources):
    """The path of the packed copy; any number may ask at the same time."""
    found = read(sources)
    path = folder + "/" + digest(found)
    if not _is_folder(path):
        try:
            write(found, path)
        except OSError:
            if not _is_folder(path):
                raise  # else another was faster
    return path


def main(args):
    cache = args[:1] == ["--cache"]
    if cache:
        args = args[1:]
    if len(args) < 2:
        print("usage: pack.py [--cache] FOLDER SOURCE...", file=sys.stderr)
        return 2
    try:
        if cache:
            print(cached(args[0], args[1:]))
        else:
            found = read(args[1:])
            _remove(args[0])
            write(found, args[0])
    except Refused as e:
        print("pack.py: %s" % e, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
