"""The board: its UART as bytes in and out, its network, and what a platform's sockets can and cannot do."""

import errno
import gc
import machine
import micropython
import network
import socket
import sys
from random import getrandbits
from time import sleep_ms
from select import POLLOUT
from micropython import const

from . import dns
from .failure import Failure

_ERROR_IO = const(16)
_ERROR_NETWORK_DOWN = const(23)
_IPPROTO_TCP = const(6)
_TCP_NODELAY = const(1)
_FEATURE_SPEED = const(2)
_FEATURE_IPV6 = const(64)
_SMALL_BYTES = const(98000)  # of a heap that has no room for frames of 1024 bytes


class LineGone(OSError):
    """The line to the host is gone for good: nothing is left to serve."""


class Board:
    lost = None  # what has happened to the Wi-Fi, in words

    def __init__(self, config="/uartnet.json"):
        from . import config as configuration

        c, self.problem = configuration.read(config)  # the problem in words, which INFO tells
        self.config = c
        c.update(getattr(network, "configuration", dict)())
        allow = c["allow"]
        if isinstance(allow, str):
            allow = allow.split(",")
        self.allow = tuple(word for word in allow if word != "sockets")
        self.refused = b""  # operations: first, last, which group, and 8 more if memory is why
        self.modules = []  # of the groups of operations that were loaded
        self.platform = sys.platform
        self.ipv6 = hasattr(network, "IPV6")
        self.features = _FEATURE_IPV6 if self.ipv6 else 0
        self.fit()
        self.empty_ends = sys.platform == "esp32"  # its sockets take an empty datagram for the end of a connection
        self.wlan = None
        self.chore = getattr(machine, "chore", None)  # what a platform wants done now and then
        self.log = getattr(machine, "log", None)  # where unexpected exceptions go; a board's console may be the line itself
        try:
            self._open_uart(c)
        except (ValueError, OSError, MemoryError) as e:
            # A number or a pin that this board has not, or a speed or a buffer. Without a line nobody could be told.
            self.problem = "%s: uart or its pins: %s" % (config, e)
            configuration.usual_uart(c)
            c.update(getattr(network, "configuration", dict)())
            self._open_uart(c)

    def fit(self):
        c = self.config
        if not c["payload"]:
            heap = gc.mem_free() + gc.mem_alloc()
            c["payload"] = 512 if heap < (_SMALL_BYTES if sys.maxsize < 1 << 32 else 2 * _SMALL_BYTES) else 1024
        # lwIP of the stock ESP32 firmware has 16 sockets; one stays for the resolver.
        self.channels_max = c["channels"] or getattr(network, "SOCKETS", 15)
        self.datagram = c["datagram"] or getattr(network, "DATAGRAM", 1472)  # lwIP there puts no fragments together

    def _open_uart(self, c):
        self.baud = c["baud"]
        if c["uart"] in (0, "usb") and sys.platform != "linux":
            micropython.kbd_intr(-1)  # the REPL's own line: a 3 in the data is not Ctrl-C
        if c["uart"] == "usb":
            from .usb import UsbSerial

            uart = UsbSerial()
            self.poll_object = uart.poll_object
        else:
            pins = {name: machine.Pin(c[name]) for name in ("tx", "rx", "rts", "cts") if c[name] is not None}
            if "rts" in pins and "cts" in pins:
                pins["flow"] = machine.UART.RTS | machine.UART.CTS
            try:
                uart = machine.UART(c["uart"], c["baud"], timeout=0, rxbuf=c["rxbuf"], txbuf=c["txbuf"], **pins)
            except ValueError:
                # The REPL's UART keeps its buffers: usable, but for a host that sends little at a time.
                uart = machine.UART(c["uart"], c["baud"], timeout=0, **pins)
            self.poll_object = getattr(uart, "poll_object", uart)
            self.max_baud = c["max_baud"]
            if self.max_baud > self.baud:
                self.features |= _FEATURE_SPEED
        self.uart = uart
        self._readinto = uart.readinto
        self._write = uart.write

    @micropython.native
    def read(self, buf):
        try:
            n = self._readinto(buf)
        except OSError as e:
            raise LineGone(e.errno)
        if n == 0:
            raise LineGone(errno.EIO)  # a UART has no end
        return n

    @micropython.native
    def write(self, buf, start, n):
        """Gives the UART these n bytes; how many it has taken, or None."""
        try:
            return self._write(buf, start, n)
        except OSError as e:
            raise LineGone(e.errno)

    def sent(self):
        """True if the UART has nothing left to send, or cannot tell."""
        done = getattr(self.uart, "txdone", None)
        return not done or done()

    def set_baud(self, baud):
        """Sets the UART's speed, once it has nothing left to send; False if it cannot have that one."""
        try:
            self.uart.init(baudrate=baud, timeout=0)
        except (OSError, ValueError):
            return False
        return True

    def start_network(self):
        """Begins to join the Wi-Fi network; it joins again by itself whenever it was lost."""
        c = self.config
        try:
            if c["country"]:
                network.country(c["country"])
            if c["hostname"]:
                network.hostname(c["hostname"])
        except AttributeError:
            self.problem = "country or hostname: not on this platform"
        except (ValueError, OSError) as e:
            self.problem = "country or hostname: %s" % e
        self.wlan = network.WLAN(network.STA_IF)
        if c["ssid"]:
            self.wlan.active(True)
            try:
                self.wlan.config(pm=self.wlan.PM_NONE)  # power saving costs 100 ms and more in each direction
            except (AttributeError, OSError, ValueError):
                pass
            try:
                if self.wlan.isconnected() and self.wlan.config("ssid") != c["ssid"]:
                    self.wlan.disconnect()  # a soft reset leaves it as it was
                    sleep_ms(100)
                if not self.wlan.isconnected():
                    self.wlan.connect(c["ssid"], c["password"])
            except (ValueError, OSError) as e:
                self.problem = "ssid or password: %s" % e

    def connected(self):
        return self.wlan is None or self.wlan.isconnected()

    def reason(self, reason=None):
        """Why something fails: the same for all while there is no network, unless its reason has nothing to do with that."""
        if self.connected() or reason and reason.code < _ERROR_IO:
            return reason
        return Failure(_ERROR_NETWORK_DOWN, self.lost or "Wi-Fi is not connected")

    def address(self):
        return self.wlan.ifconfig()[0]

    def network_state(self):
        """The board's address for people, or why it has none."""
        if self.connected():
            return self.address()
        return self.lost or ("not connected" if self.config["ssid"] else "no ssid in the configuration")

    def dns_servers(self):
        servers = self.config["dns"]
        if servers is None:
            servers = self.wlan.ifconfig()[3]
        return [s.strip() for s in servers.split(",") if s.strip() and s.strip() != "0.0.0.0"]

    def hosts(self, name):
        """Addresses that the board itself knows for a name; a board has no hosts file."""
        lookup = getattr(network, "hosts", None)
        return lookup(name) if lookup else ()

    def set_options(self, sock, options):
        for name, value in options.items():
            self.set_option(sock, name, value)

    def set_option(self, sock, name, value):
        """Does nothing for what is no option of a socket as the platform has it."""
        if name == "no_delay":
            sock.setsockopt(_IPPROTO_TCP, _TCP_NODELAY, 1 if value else 0)
        elif name in _SOCKET_OPTIONS:
            option = getattr(socket, _SOCKET_OPTIONS[name], None)
            if option is None:
                option = network.SOCKET_OPTIONS[name]
            sock.setsockopt(socket.SOL_SOCKET, option, int(value))

    def supports(self, option):
        """True if sockets here have this option."""
        return (
            option not in _SOCKET_OPTIONS
            or hasattr(socket, _SOCKET_OPTIONS[option])
            or option in getattr(network, "SOCKET_OPTIONS", ())
        )

    def local_address(self, sock):
        """Address and port of our side; MicroPython's sockets do not tell the port."""
        name = getattr(network, "socket_name", None)
        if name:
            return name(sock)
        return bytes(int(part) for part in self.address().split(".")), 0

    def free_port(self):
        """A port to bind to where any will do: 0 if the platform is to choose one, and tells which."""
        return 0 if hasattr(network, "socket_name") else 0xC000 | getrandbits(14)

    def bound_address(self, sock, address, port):
        """Address and port of a socket that was bound to these."""
        name = getattr(network, "socket_name", None)
        return name(sock) if name else (address, port)

    def send_datagram(self, sock, data, to):
        """None if the network has taken it; else it is to be tried again: when the poll reports what is returned, or, if that is 0, a little later."""
        try:
            sock.sendto(data, to)
        except OSError as e:
            n = e.errno
            if n == errno.EAGAIN:
                return POLLOUT
            if n == errno.ENOMEM or n == errno.ENOBUFS:
                return 0
            # So the ESP32 says both that it takes none now, and that it has sent 0 bytes.
            if n != errno.ETIMEDOUT:
                raise
            if len(data):
                return POLLOUT
        return None

    def peer_address(self, name):
        """Address and port that accept() and recvfrom() tell; stock MicroPython says them as text and number."""
        parse = getattr(network, "address_of", None)
        return parse(name) if parse else (dns.literal(name[0]), name[1])

    def shut_output(self, sock):
        """Sends FIN. Stock MicroPython has no shutdown(): there the peer sees our end when the socket closes."""
        shut = getattr(sock, "shutdown", None) or getattr(network, "shut_output", None)
        if shut:
            shut(sock)

    def set_reset(self, sock):
        """Makes the close of this socket a RST, where the platform can."""
        reset = getattr(network, "set_reset", None)
        if reset:
            reset(sock)


_SOCKET_OPTIONS = {
    "broadcast": "SO_BROADCAST",
    "keep_alive": "SO_KEEPALIVE",
    "reuse_address": "SO_REUSEADDR",
    "receive_buffer": "SO_RCVBUF",
    "send_buffer": "SO_SNDBUF",
}
