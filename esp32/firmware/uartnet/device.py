"""The device: one loop over the UART and every socket."""

import gc
import sys
from collections import deque
from select import POLLIN, POLLOUT, poll
from socket import socket
from time import ticks_add, ticks_diff, ticks_ms
from micropython import const

import uartnet
from .link import Link  # first: modules that import one another nest deep, and a board's stack is small

from . import failure
from .board import Board, LineGone
from .dispatcher import Dispatcher
from .dns import Resolver
from .info import Uptime
from .sockets import FEATURES, OPERATIONS
from .store import Store

_OP_TLS_CONNECT = const(20)
_OP_TLS_LISTEN = const(21)
_OP_BLOB_WRITE = const(22)
_RESET_PROTOCOL = const(5)
_ERROR_NO_RESOURCES = const(6)
_TICK_MS = const(20)  # how exact deadlines and keepalive are


# Heap that has to be free for TLS, before the buffers are set aside: 8 KB of code, 12 for buffers, 10 for a few connections, and for each socket.
_TLS_BYTES = const(30000)
_SOCKET_BYTES = const(600)


def _no_tls(device, request, args):
    raise failure.Failure(_ERROR_NO_RESOURCES, "too little memory for TLS")


def _load_tls(board):
    """The feature, where MicroPython has TLS and the heap has room for it."""
    try:
        import tls
    except ImportError:
        return 0
    gc.collect()
    need = _TLS_BYTES + _SOCKET_BYTES * board.channels_max
    if gc.mem_free() < (need if sys.maxsize < 1 << 32 else 2 * need):
        OPERATIONS[_OP_TLS_CONNECT] = OPERATIONS[_OP_TLS_LISTEN] = OPERATIONS[_OP_BLOB_WRITE] = _no_tls
        return 0
    from .secure import FEATURE

    gc.collect()
    return FEATURE


class Device:
    """Two poll sets: `all`, and `writers` (the UART, and sockets that wait to write) for while nothing can be sent: the pace ends that without an event."""

    def __init__(self, board):
        self.board = board
        features = _load_tls(board) | FEATURES
        self.uptime = Uptime()
        self.link = Link(board, board.config["payload"])
        self.link.handler = self
        self.link.clock = ticks_ms
        self.link.features |= features
        # Connections that came in, those that had to be turned away, and datagrams likewise; since boot.
        self.counted = {"accepted": 0, "refused": 0, "datagrams_dropped": 0}
        self.crowded = False  # a listener waits for has_room()
        self.channels = {}
        self.by_socket = {}
        self.readable = deque((), board.channels_max + 1)
        self.all = poll()
        self.writers = poll()
        self.uart = board.poll_object
        self.uart_mask = POLLIN
        self.all.register(self.uart, POLLIN)
        self.writers.register(self.uart, POLLIN)
        self.store = None
        self.blobs = {}  # by number; of the session
        self.resolver = Resolver(board, self._watch_resolver)
        self.dispatcher = Dispatcher(self)
        self.message = self.dispatcher.message
        self.log = board.log
        self.tick_at = ticks_ms()

    def _make_room(self):
        """Lets the tables of sockets grow now to what they will need, for that needs memory in large pieces."""
        socks = []
        try:
            for number in range(self.board.channels_max):
                sock = socket()
                socks.append(sock)
                self.by_socket[sock] = self.channels[number] = None
                self.all.register(sock, POLLIN)
                self.writers.register(sock, POLLIN)
        except OSError:
            pass  # the platform has fewer
        for number, sock in enumerate(socks):
            self.channels.pop(number, None)
            self.by_socket.pop(sock, None)
            self.all.unregister(sock)
            self.writers.unregister(sock)
            sock.close()

    # What the link tells

    def session_began(self):
        pass

    def session_ended(self):
        self.dispatcher.clear()
        self.resolver.close()
        self.blobs.clear()
        while self.channels:
            self.channels.popitem()[1].release()
        while self.readable:
            self.readable.popleft().ready = False
        gc.collect()

    # For channels

    def watch(self, channel, mask):
        """Changes what the poll sets look for on this channel's socket."""
        old = channel.mask
        sock = channel.raw()
        if not mask:
            self.all.unregister(sock)
            del self.by_socket[sock]
        elif not old:
            self.all.register(sock, mask)
            self.by_socket[sock] = channel
        else:
            self.all.modify(sock, mask)
        if (mask ^ old) & POLLOUT:
            if mask & POLLOUT:
                self.writers.register(sock, POLLOUT)
            else:
                self.writers.unregister(sock)

    def has_room(self):
        """True if there may be one channel more."""
        return len(self.channels) < self.board.channels_max

    def free_number(self):
        """The lowest of a channel that we open."""
        number = 1
        while number in self.channels:
            number += 2
        return number

    def forget(self, channel):
        if self.channels.get(channel.number) is channel:
            del self.channels[channel.number]
            if self.crowded:
                self.crowded = False
                for other in self.channels.values():
                    other.resume()

    def trouble(self, e, expected=(failure.Failure, OSError)):
        """An exception that a channel, a request or the loop did not expect."""
        if isinstance(e, MemoryError):
            gc.collect()
        elif self.log and not isinstance(e, expected):
            self.log(e)

    def _watch_resolver(self, sock, receive):
        if receive:
            self.by_socket[sock] = self.resolver
            self.all.register(sock, POLLIN)
            self.writers.register(sock, POLLIN)
        else:
            del self.by_socket[sock]
            self.all.unregister(sock)
            self.writers.unregister(sock)

    # The loop

    def start(self):
        gc.collect()
        size = self.board.config["credit"] or gc.mem_free() * 3 // 10
        self.store = Store(size, self.board.channels_max)
        self._make_room()
        # Collecting early keeps what lives long together at the heap's beginning, and so the rest in large pieces.
        gc.threshold(max(8192, gc.mem_free() // 4))
        self.link.now = ticks_ms()
        self.link.booted()

    def run(self):
        while True:
            self.round(ticks_ms())

    def round(self, now):
        """One round of the loop. What goes wrong in it may end the session, but only a line that is gone ends the loop."""
        self.link.now = now
        try:
            if ticks_diff(now, self.tick_at) >= 0:
                self.tick_at = ticks_add(now, _TICK_MS)
                self.tick(now)
            self.turn(ticks_diff(self.tick_at, now))
        except MemoryError:
            gc.collect()
            self.link.starved()
        except LineGone:
            raise
        except Exception as e:
            self.trouble(e, ())
            self.link.fail(_RESET_PROTOCOL, "internal error")

    def tick(self, now):
        self.link.tick()
        self.dispatcher.tick(now)
        self.resolver.tick(now)
        for channel in list(self.channels.values()):
            if channel.deadline is not None:
                channel.tick(now)
        self.uptime.now()
        if self.board.chore:
            self.board.chore()

    def turn(self, wait):
        """One round: wait for something to happen (ms at most), take it in, send what may go."""
        link = self.link
        link.pump()
        mask = POLLIN | POLLOUT if link.head < link.tail else POLLIN
        if mask != self.uart_mask:
            self.uart_mask = mask
            self.all.modify(self.uart, mask)
            self.writers.modify(self.uart, mask)
        readable = self.readable
        sets = self.writers
        if link.idle():
            sets = self.all
            if readable:
                wait = 0
        if wait and link.ack_due is not None:
            wait = max(0, min(wait, ticks_diff(link.ack_due, link.now)))
        pause = link.pacing.wait(link.now)
        if pause:
            wait = min(wait, pause)
        uart = self.uart
        by_socket = self.by_socket
        for obj, event in sets.ipoll(wait):
            link.now = link.clock()  # round trips are not to count what we have waited
            if obj is uart:
                if event & POLLOUT:
                    link.flush()
                if event & ~POLLOUT:
                    link.receive()
            else:
                # None: closed by what another event of this round has brought.
                handler = by_socket.get(obj)
                if handler is self.resolver:
                    self._answers(handler)
                elif handler:
                    self._event(handler, event)
        # A frame for each readable channel in turn, and back to the line.
        for _ in range(len(readable)):
            if not link.idle():
                break
            channel = readable.popleft()
            channel.ready = False
            try:
                more = channel.serve()
            except Exception as e:
                self.trouble(e)
                channel.broken(e)
                continue
            if more:
                channel.ready = True
                readable.append(channel)

    def _answers(self, resolver):
        try:
            resolver.receive(self.link.now)
        except MemoryError:
            gc.collect()  # a lost answer is asked for again

    def _event(self, channel, event):
        try:
            channel.event(event)
        except Exception as e:
            self.trouble(e)
            channel.broken(e)


def main(config="/uartnet.json"):
    gc.collect()
    board = Board(config)
    board.start_network()
    device = Device(board)
    device.start()
    # What only the start needs gives its memory back.
    del Board.__init__, Board._open_uart, Board.start_network
    del Device.__init__, Device._make_room, Device.start
    del Link.__init__, Link.booted
    del sys.modules["uartnet.config"], uartnet.config
    device.run()
