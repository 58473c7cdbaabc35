"""A simulated NTP server (RFC 5905) on 127.0.0.1 at network.NTP_PORT, there instead of all others; its time is the PC's and an offset."""

import network
import socket
import struct
from time import time_ns
from micropython import const

_EPOCH = const(2208988800)  # 1970, in seconds since 1900

_offset = 0
_silent = False
_sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
_sock.bind(socket.getaddrinfo("127.0.0.1", 0, 0, socket.SOCK_DGRAM)[0][-1])
_sock.setblocking(False)
network.NTP_PORT = network.socket_name(_sock)[1]
_hosts = network.hosts
network.hosts = lambda name: ("127.0.0.1",) if name == "pool.ntp.org" else _hosts(name)


def offset(us):
    """What its time is off from the PC's."""
    global _offset
    _offset = us


def silent(value):
    """Whether it lets everybody wait for an answer."""
    global _silent
    _silent = value


def now():
    return time_ns() // 1000 + _offset


def serve():
    while True:
        try:
            query, sender = _sock.recvfrom(100)
        except OSError:
            return
        if len(query) >= 48 and query[0] & 7 == 3 and not _silent:
            seconds, us = divmod(now(), 1000000)
            stamp = struct.pack("!II", seconds + _EPOCH & 0xFFFFFFFF, (us << 32) // 1000000)
            _sock.sendto(b"\x24\1\6\xec" + bytes(8) + b"SIMU" + stamp + query[40:48] + stamp + stamp, sender)
