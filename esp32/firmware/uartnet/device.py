"""The device: one loop over the UART and every socket."""

import gc
from select import POLLIN, POLLOUT
from time import ticks_add, ticks_diff, ticks_ms
from micropython import const

import uartnet
from .link import Link  # first: modules that import one another nest deep, and a board's stack is small

from . import failure
from .board import LineGone
from .dispatcher import Dispatcher
from .dns import Resolver
from .info import Uptime
from .sockets import features
from .store import Store
from .table import Table

_FEATURE_TLS = const(16)
_RESET_PROTOCOL = const(5)
_LINK_PAYLOADS = const(24)  # that its buffers and tables take, and what is to be left
_FRAMES = const(4)  # between two looks at the line: a poll costs as much as half of one
_TICK_MS = const(20)  # how exact deadlines and keepalive are


class Device(Table):
    """What the channels know as their device."""

    def __init__(self, board):
        super().__init__(board)
        self.uptime = Uptime()
        # First what needs the largest pieces.
        gc.collect()
        # A tenth where TLS is loaded, whose connections take more of the heap; no more than the link's buffers leave.
        free = gc.mem_free()
        share = min(free // (10 if board.features & _FEATURE_TLS else 5), free - _LINK_PAYLOADS * board.config["payload"])
        self.store = Store(board.config["credit"] or share, board.channels_max)
        self.link = Link(board, board.config["payload"])
        self.link.handler = self
        self.link.clock = ticks_ms
        self.link.features |= features()
        self.uart = board.poll_object
        self.uart_mask = POLLIN
        self.all.register(self.uart, POLLIN)
        self.writers.register(self.uart, POLLIN)
        self.resolver = Resolver(board, self.watch_resolver)
        self.dispatcher = Dispatcher(self)
        self.message = self.dispatcher.message
        self.log = board.log
        self.tick_at = ticks_ms()
        if board.modules:
            self.services = uartnet.services.Services(self)

    # What the link tells

    def session_began(self):
        pass

    def session_ended(self):
        self.dispatcher.clear()
        if self.services:
            self.services.clear()
        self.resolver.close()
        self.blobs.clear()
        while self.channels:
            self.channels.popitem()[1].release()
        while self.readable:
            self.readable.popleft().ready = False
        gc.collect()

    # The loop

    def start(self):
        from . import start

        gc.collect()
        # Their growing needs memory in large pieces: now.
        start.make_room(self)
        # Collecting early keeps what lives long together at the heap's beginning, and so the rest in large pieces.
        gc.threshold(max(8192, gc.mem_free() // 4))
        self.link.now = ticks_ms()
        self.link.booted()

    def run(self):
        calls = self.calls
        while True:
            self.round(ticks_ms())
            if calls and calls.queue:
                try:
                    calls.serve()
                except Exception as e:
                    self._failed(e)

    @micropython.native
    def round(self, now):
        """One round of the loop. What goes wrong in it may end the session, but only a line that is gone ends the loop."""
        self.link.now = now
        try:
            if ticks_diff(now, self.tick_at) >= 0:
                self.tick_at = ticks_add(now, _TICK_MS)
                self.tick(now)
            self.turn(ticks_diff(self.tick_at, now))
        except Exception as e:
            self._failed(e)

    def _failed(self, e):
        if isinstance(e, LineGone):
            raise e
        try:
            if not isinstance(e, MemoryError):
                self.trouble(e, ())
                self.link.fail(_RESET_PROTOCOL, "internal error")
                return
        except MemoryError:
            pass
        gc.collect()
        (self.calls or self.link).starved()

    def tick(self, now):
        self.link.tick()
        self.dispatcher.tick(now)
        self.resolver.tick(now)
        # Over the table itself, without a list of it: MicroPython's iterator bears that a channel goes or comes; one that it misses has its turn 20 ms later.
        channels = self.channels
        for number in channels:
            channel = channels[number]
            if channel.deadline is not None:
                channel.tick(now)
        if self.services:
            self.services.tick(now)
        self.uptime.now()
        if self.board.chore:
            self.board.chore()

    @micropython.native
    def turn(self, wait):
        """One round: wait for something to happen (ms at most), take it in, send what may go."""
        link = self.link
        if self.services:
            wait = self.services.wait(wait, link.now)
        readable = self.readable
        link.pump(readable)
        mask = POLLIN | POLLOUT if link.head < link.tail else POLLIN
        if mask != self.uart_mask:
            self.uart_mask = mask
            self.all.modify(self.uart, mask)
            self.writers.modify(self.uart, mask)
        sets = self.writers
        if link.idle():
            sets = self.all
            if readable:
                wait = 0
        if wait and link.ack_due is not None and not link.owe:
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
        # A frame for each readable channel in turn, some where there are few, and back to the line.
        for _ in range(max(len(readable), _FRAMES)):
            if not readable or not link.idle():
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
