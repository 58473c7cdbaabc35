"""Makes a lean copy of the firmware: a device that compiles its sources keeps the name of every constant for good.

    pack.py FOLDER SOURCE...            writes the copy to FOLDER, in place of what is there
    pack.py --cache FOLDER SOURCE...    writes it to a folder in FOLDER that is named after its contents, unless it is there; prints its path

A SOURCE is a file, or a folder of which everything but `tests` is taken; all of them are one program. What is done to them, which
changes nothing that they do, is in lean.py. Runs under MicroPython and Python 3.
"""

import hashlib
import os
import random
import sys

from lean import Privates, Refused, Variables, statements, text

_DIR = 0x4000  # of a file's mode


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
    files = {}
    for name in sorted(found):
        try:
            files[name] = list(statements(found[name].decode()))
        except Refused as e:
            raise Refused("%s: %s" % (name, e))
    privates = Privates(files)
    files = {name: privates.shared(files[name]) for name in files}
    variables = Variables(list(files.values()))
    new = "%s.%08x" % (folder, random.getrandbits(30))
    try:
        for name in files:
            path = new + "/" + name
            _make(path.rpartition("/")[0])
            with open(path, "w") as f:
                f.write(text(variables.shared(files[name])))
        os.rename(new, folder)
    finally:
        _remove(new)


def digest(found):
    """Names what these files are packed to: another packer may do it differently."""
    h = hashlib.sha256()
    for path in (__file__, __file__.replace("pack.py", "lean.py")):
        with open(path, "rb") as f:
            h.update(f.read())
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
