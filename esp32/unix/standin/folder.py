"""The folder that is the board's file system, `root`: $UARTNET_FILES, else one of our own that leaving.py removes at the end. Loaded when one is first used."""

import ffi
import os
import sys


def __getattr__(name):
    """`root`, looked up each time: a test may give the board another."""
    if name != "root":
        raise AttributeError(name)
    path = os.getenv("UARTNET_FILES")
    if not path:
        template = bytearray(b"/tmp/uartnet-files-XXXXXX\0")
        if not ffi.open(None).func("P", "mkdtemp", "P")(template):
            raise OSError(os.errno())
        path = template[:-1].decode()
        os.putenv("UARTNET_FILES", path)  # for the life after a reset, too
        os.putenv("UARTNET_FILES_OURS", path)
        sys.path.append(path)  # as start.py does with one that is given
    return path
