"""The start of a board. What only that needs is gone afterwards: a heap has better uses for it."""

import gc
import machine
import sys
from select import POLLIN
from socket import socket
from micropython import const

import uartnet
from . import groups
from .board import Board
from .device import Device
from .sockets import OPERATIONS, no_memory

_OP_TLS_CONNECT = const(20)
_OP_TLS_LISTEN = const(21)
_OP_BLOB_WRITE = const(22)
_FEATURE_TLS = const(16)

# Heap that TLS asks for beside what is reserved for the buffers: 8 KB for its code, the rest for a few connections, which need pieces of 2 KB of a
# heap that has seen many sockets (with 10,500 it was offered, and often no connection found one); and for each socket.
_TLS_BYTES = const(22500)
_SOCKET_BYTES = const(430)
_TLS_MODULES = ("tls", "blobs", "tlschannel", "tlslistener")


def load_tls(board):
    """Loads TLS where MicroPython has it and the heap has room for it."""
    try:
        import tls
    except ImportError:
        return
    gc.collect()
    need = _TLS_BYTES + _SOCKET_BYTES * board.channels_max
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


def make_room(device):
    """Lets the tables of sockets grow now to what they will need, for that needs memory in large pieces."""
    socks = []
    try:
        for number in range(device.board.channels_max):
            sock = socket()
            socks.append(sock)
            device.by_socket[sock] = device.channels[number] = None
            device.all.register(sock, POLLIN)
            device.writers.register(sock, POLLIN)
    except OSError:
        pass  # the platform has fewer
    for number, sock in enumerate(socks):
        device.channels.pop(number, None)
        device.by_socket.pop(sock, None)
        device.all.unregister(sock)
        device.writers.unregister(sock)
        sock.close()


def main(reserve):
    """The device, ready to run. reserve: memory for its buffers and for a TLS connection, in pieces in which nothing has made holes."""
    board = Board(getattr(machine, "files", "") + "/uartnet.json")
    board.start_network()
    groups.load(board)
    load_tls(board)
    if board.features & _FEATURE_TLS:
        uartnet.tls.take(reserve)
    reserve.clear()
    device = Device(board)
    device.start()
    link = device.link
    # None, for what is deleted from a class keeps its place and its memory there.
    for once in (board, device, device.store, device.dispatcher, device.resolver, link, link.pool, link.incoming, link.outgoing, link.pacing, link.speed):
        type(once).__init__ = None
    Board._open_uart = Board.start_network = Device.start = type(link).booted = None
    for name in ("config", "groups", "start"):
        del sys.modules["uartnet." + name]
        delattr(uartnet, name)
    return device
