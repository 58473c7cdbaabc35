"""The groups of operations that are loaded where /uartnet.json allows them and the heap has room. Only the start needs this."""

import gc
import sys
from micropython import const

import uartnet
from .sockets import OPERATIONS

_FEATURE_OBJECTS = const(32)
_OP_DEVICE_RESET = const(113)
_OP_DEVICE_WATCHDOG = const(114)
_ERROR_NOT_ALLOWED = const(5)
_ERROR_NO_RESOURCES = const(6)

# One string, for a short one is a name that stays for good. Of each group, in the order in which memory is given to them: its word of "allow", first and
# last operation, hundreds of bytes that it takes with the 32-bit interpreter, and its modules; those with service(device) get a place in the loop.
_GROUPS = """wifi 64 70 108 networks attempt joining wifi
clock 80 82 37 clock
pins 96 102 78 streams pins edges analog
device 113 115 44 streams events control
files 116 119 80 streams secrets writing files
objects 32 45 160 calls blobs events handles objects remote"""
_COMPILE_BYTES = const(9000)  # more than that, while they are compiled
# What is to be left, beside what is reserved for the buffers: for them, for each socket, and to serve with.
_LEFT_BYTES = const(7000)
_SOCKET_BYTES = const(250)


def table():
    """(word, first and last operation, bytes, modules) of each group."""
    for line in _GROUPS.split("\n"):
        line = line.split()
        yield line[0], int(line[1]), int(line[2]), 100 * int(line[3]), line[4:]


def _refuse(board, code, text, first, last):
    for op in range(first, last + 1):
        OPERATIONS.pop(op, None)
    board.refusals.append((first, last, code, text))


def _not_allowed(board, words, first, last):
    _refuse(board, _ERROR_NOT_ALLOWED, words + ' in "allow" of /uartnet.json', first, last)


def _wanted(board, word):
    if word == "objects":
        groups = [group[0] for group in table()]
        return any(word not in groups for word in board.allow)  # "exec", or the name of a module
    return word == "device" or board.allows(word)  # what says how the device is nobody has to allow


def _load(names, need):
    """These modules; None if they find no room."""
    gc.collect()
    if gc.mem_free() < (need if sys.maxsize < 1 << 32 else 2 * need):
        return None
    loaded = [name for name in names if "uartnet." + name not in sys.modules]
    try:
        for name in loaded:
            __import__("uartnet." + name)
            gc.collect()
        return [getattr(uartnet, name) for name in names]
    except MemoryError:
        for name in loaded:
            if sys.modules.pop("uartnet." + name, None) and hasattr(uartnet, name):
                delattr(uartnet, name)
    gc.collect()


def load(board):
    """Loads the groups that the board's configuration allows; the others' operations are refused in words."""
    left = _LEFT_BYTES + _SOCKET_BYTES * board.channels_max
    for word, first, last, size, names in table():
        if not _wanted(board, word):
            _not_allowed(board, "no module and no exec is" if word == "objects" else word + " is not", first, last)
            continue
        try:
            modules = _load(names, max(size + left, _COMPILE_BYTES))
        except ImportError:
            continue  # not for this platform: unsupported
        if not modules:
            _refuse(board, _ERROR_NO_RESOURCES, "too little memory for %s beside %d channels: set fewer" % (word, board.channels_max), first, last)
            continue
        board.modules.extend([m for m in modules if hasattr(m, "service") and m not in board.modules])
        if word == "objects":
            board.features |= _FEATURE_OBJECTS
        if word == "device" and not board.allows(word):
            _not_allowed(board, "device is not", _OP_DEVICE_RESET, _OP_DEVICE_WATCHDOG)
