"""TLS, and the groups of operations, that are loaded where /uartnet.json allows them and the heap has room. Only the start needs this."""

import gc
import sys
from micropython import const

import uartnet
from .sockets import OPERATIONS, no_memory

_FEATURE_TLS = const(16)
_FEATURE_OBJECTS = const(32)
_OP_TLS_CONNECT = const(20)
_OP_TLS_LISTEN = const(21)
_OP_BLOB_WRITE = const(22)
_OP_DEVICE_RESET = const(113)
_OP_DEVICE_WATCHDOG = const(114)
_ERROR_NOT_ALLOWED = const(5)
_ERROR_NO_RESOURCES = const(6)

# One string, for a short one is a name that stays for good. Of each group, in the order in which memory is given to them: its word of "allow", first and
# last operation, hundreds of bytes that it takes with the 32-bit interpreter, and while it is compiled, and its modules; those with service(device) get a place in the loop.
_GROUPS = """wifi 64 70 108 290 joining attempt networks station wifi
clock 80 82 37 220 clock
pins 96 102 78 170 streams pins edges analog
device 113 115 44 130 streams events control
files 116 119 80 180 streams secrets writing files
objects 32 45 160 300 calls blobs events handles objects remote"""
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
    OPERATIONS[_OP_TLS_CONNECT] = OPERATIONS[_OP_TLS_LISTEN] = no_memory
    OPERATIONS.setdefault(_OP_BLOB_WRITE, no_memory)


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
    load_tls(board)
    left = _LEFT_BYTES + _SOCKET_BYTES * board.channels_max
    for word, first, last, size, peak, names in table():
        if not _wanted(board, word):
            _not_allowed(board, "no module and no exec is" if word == "objects" else word + " is not", first, last)
            continue
        try:
            modules = _load(names, max(size + left, peak))
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
