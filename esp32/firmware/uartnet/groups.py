"""TLS, and the groups of operations, that are loaded where /uartnet.json allows them and the heap has room. Only the start needs this."""

import gc
import sys
from micropython import const

import uartnet
from .sockets import OPERATIONS

_FEATURE_TLS = const(16)
_FEATURE_OBJECTS = const(32)
_OP_TLS_CONNECT = const(20)
_OP_TLS_LISTEN = const(21)
_OP_BLOB_WRITE = const(22)
_OP_DEVICE_RESET = const(113)
_OP_DEVICE_WATCHDOG = const(114)

# One string, for a short one is a name that stays for good. Of each group, in the order in which memory is given to them (and of dispatcher.py's words): its word of
# "allow", first and last operation, hundreds of bytes that it takes with the 32-bit interpreter, and while it is compiled, and its modules; those with
# service(device) get a place in the loop.
_GROUPS = """wifi 64 70 108 290 services joining attempt networks station wifi
clock 80 82 37 220 services clock
pins 96 102 78 170 services streams pins edges analog
device 113 115 44 130 services streams events control
files 116 119 80 180 services streams secrets writing files
objects 32 45 185 300 services calls blobs events handles objects remote"""
_DEVICE = const(3)
_TLS = const(6)  # the word behind these
_FULL = const(8)  # memory is why
# What is to be left, beside what is reserved for the buffers: for them, for each socket, and to serve with.
_LEFT_BYTES = const(7000)
_SOCKET_BYTES = const(330)


def table():
    """(word, first and last operation, bytes for good, bytes while it is compiled, modules) of each group."""
    for line in _GROUPS.split("\n"):
        line = line.split()
        yield line[0], int(line[1]), int(line[2]), 100 * int(line[3]), 100 * int(line[4]), line[5:]


# Heap that TLS asks for beside what is reserved for the buffers: 8 KB for its code, the rest for a few connections, which need pieces of 2 KB of a
# heap that has seen many sockets (with 10,500 it was offered, and often no connection found one); and for each socket.
_TLS_BYTES = const(22500)
_TLS_SOCKET_BYTES = const(430)
_TLS_MODULES = ("tls", "blobs", "tlschannel", "tlslistener")


def load_tls(board):
    """Loads TLS where MicroPython has it and the heap has room for it."""
    try:
        import tls
    except ImportError:
        return
    gc.collect()
    need = _TLS_BYTES + _TLS_SOCKET_BYTES * board.channels_max
    if gc.mem_free() >= (need if sys.maxsize < 1 << 32 else 2 * need):
        try:
            for name in _TLS_MODULES:
                __import__("uartnet." + name)
                gc.collect()
            board.features |= _FEATURE_TLS
            return
        except MemoryError:
            for name in _TLS_MODULES:
                if name != "blobs" and sys.modules.pop("uartnet." + name, None):
                    delattr(uartnet, name)
    _refuse(board, _OP_TLS_CONNECT, _OP_BLOB_WRITE if _OP_BLOB_WRITE not in OPERATIONS else _OP_TLS_LISTEN, _TLS | _FULL)


def _refuse(board, first, last, why):
    for op in range(first, last + 1):
        OPERATIONS.pop(op, None)
    board.refused += bytes((first, last, why))


def _allows(board, word):
    return word in board.allow or "everything" in board.allow


def _wanted(board, word):
    if word == "objects":
        groups = [group[0] for group in table()]
        return any(word not in groups for word in board.allow)  # "exec", or the name of a module
    return word == "device" or _allows(board, word)  # what says how the device is nobody has to allow


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


def _load_group(board, n, word, first, last, size, peak, names):
    if not _wanted(board, word):
        _refuse(board, first, last, n)
        return
    left = _LEFT_BYTES + _SOCKET_BYTES * board.channels_max
    try:
        modules = _load(names, max(size + left, peak))
    except ImportError:
        return  # not for this platform: unsupported
    if not modules:
        _refuse(board, first, last, n | _FULL)
        return
    board.modules.extend([m for m in modules if hasattr(m, "service") and m not in board.modules])
    if word == "objects":
        board.features |= _FEATURE_OBJECTS
    if word == "device" and not _allows(board, word):
        _refuse(board, _OP_DEVICE_RESET, _OP_DEVICE_WATCHDOG, n)


def load(board):
    """Loads the groups that the board's configuration allows, and then TLS; the others' operations are refused in words."""
    last = None
    for n, group in enumerate(table()):
        if group[0] == "device" and not _allows(board, "device"):
            last = group  # its reports, which everybody may have
        else:
            _load_group(board, n, *group)
    load_tls(board)
    if last:
        _load_group(board, _DEVICE, *last)
