"""Stand-in for a board's `network`: this machine's own network, and what its C library can beyond MicroPython."""

import ffi
import gc
import os
import socket
import struct
from micropython import const

STA_IF = 0
AP_IF = 1
SOCKETS = 128 if gc.mem_free() > 500000 else 34  # a board has 15
DATAGRAM = 65507 if SOCKETS > 34 else 1472
IPV6 = True
SOCKET_OPTIONS = {"receive_buffer": 8, "send_buffer": 7}  # SO_RCVBUF, SO_SNDBUF

_SO_LINGER = const(13)
_libc = ffi.open(None)
_shutdown = _libc.func("i", "shutdown", "ii")
_getsockname = _libc.func("i", "getsockname", "iPP")
_size = bytearray(4)
_name = bytearray(28)


class WLAN:
    """Always connected: all that the firmware asks of it without Wi-Fi in its care. Who asks for more gets wlan.py's."""

    own = False

    def __init__(self, interface=STA_IF):
        if interface:
            self.own = True
            __import__("wlan").simulate()

    def isconnected(self):
        return True

    def ifconfig(self):
        return "127.0.0.1", "255.0.0.0", "127.0.0.1", ",".join(_servers())

    def __getattr__(self, name):
        return __import__("wlan").get(self, name)


def __getattr__(name):
    if name != "hostname":
        raise AttributeError(name)
    return __import__("wlan").hostname


def configuration():
    """What the environment sets of the board's configuration: $UARTNET_DNS, $UARTNET_PAYLOAD, $UARTNET_BAUD, $UARTNET_MAX_BAUD, $UARTNET_CHANNELS, $UARTNET_ALLOW."""
    c = {"baud": 921600}  # a pty has no speed of its own
    if os.getenv("UARTNET_DNS") is not None:
        c["dns"] = os.getenv("UARTNET_DNS")
    for name in ("payload", "baud", "max_baud", "channels"):
        if os.getenv("UARTNET_" + name.upper()):
            c[name] = int(os.getenv("UARTNET_" + name.upper()))
    if os.getenv("UARTNET_ALLOW"):
        c["allow"] = os.getenv("UARTNET_ALLOW")
    return c


def _servers():
    servers = []
    for words in _lines("/etc/resolv.conf"):
        if len(words) > 1 and words[0] == "nameserver":
            servers.append(words[1])
    return servers


def hosts(name):
    """Addresses of a name in the hosts file ($UARTNET_HOSTS in place of /etc/hosts)."""
    found = []
    for words in _lines(os.getenv("UARTNET_HOSTS") or "/etc/hosts"):
        if name in words[1:]:
            found.append(words[0])
    return found


def _lines(path):
    try:
        with open(path) as f:
            for line in f:
                yield line.partition("#")[0].lower().split()
    except OSError:
        pass


def shut_output(sock):
    if _shutdown(sock.fileno(), 1) < 0:
        raise OSError(os.errno())


def set_reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, _SO_LINGER, struct.pack("ii", 1, 0))


def socket_name(sock):
    struct.pack_into("i", _size, 0, len(_name))
    if _getsockname(sock.fileno(), _name, _size) < 0:
        raise OSError(os.errno())
    return address_of(_name)


def address_of(name):
    """Address and port in a sockaddr."""
    port = name[2] << 8 | name[3]
    if struct.unpack_from("H", name)[0] == socket.AF_INET:
        return bytes(name[4:8]), port
    return bytes(name[8:24]), port


if os.getenv("UARTNET_RADIO") or os.getenv("UARTNET_BENCH"):
    __import__("wlan").simulate()
