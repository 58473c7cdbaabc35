"""The start of a board. What only that needs is gone afterwards: a heap has better uses for it."""

import gc
from select import POLLIN
from socket import socket
from micropython import const

import uartnet
from .board import Board
from .device import Device

_FEATURE_TLS = const(16)


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


def main(board, reserve):
    """The device, ready to run. reserve: memory for its buffers and for a TLS connection, in pieces in which nothing has made holes."""
    board.start_network()
    if board.features & _FEATURE_TLS:
        uartnet.tls.take(reserve)
    reserve.clear()
    device = Device(board)
    device.start()
    link = device.link
    # None, for what is deleted from a class keeps its place and its memory there.
    for once in (board, device, device.store, device.dispatcher, device.resolver, link, link.pool, link.incoming, link.outgoing, link.pacing, link.speed):
        type(once).__init__ = None
    Board._open_uart = Board.fit = Board.start_network = Device.start = type(link).booted = None
    return device
