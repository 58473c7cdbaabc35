"""What the device says unasked: log lines, and text printed outside a request (PROTOCOL.md, section 10)."""

from builtins import print as _print
import io
import sys
from time import sleep_ms
from micropython import const

import uartnet
from .msgpack import cut, is_int

try:
    from _thread import allocate_lock
except ImportError:
    allocate_lock = None

_KIND_EVENT = const(8)
_EVENT_LOG = const(1)
_EVENT_OUTPUT = const(6)
_LEVEL_ERROR = const(40)
_LEVEL_MAX = const(100)

_LINES = const(8)  # that wait for a host
_LINE_CHARS = const(200)
_TEXT_CHARS = const(1000)
_TRIES = const(20)  # ms; an interrupt may have come while its own thread holds the lock
_HEAD_BYTES = const(12)  # of a message, beside its text


class Events:
    """A service of the loop; log() and print() may be called in any thread. What nobody takes is bounded: then it says how much is lost."""

    due = None

    def __init__(self, device):
        self.device = device
        device.events = self
        self.lock = allocate_lock() if allocate_lock else None
        self.lines = []  # (level, text)
        self.text = ""
        self.lost = 0  # lines
        self.cut = 0  # characters
        self.also = device.log
        device.log = self.trouble
        uartnet.log = self.log

    def clear(self):
        pass

    def _take(self):
        for _ in range(_TRIES):
            if not self.lock or self.lock.acquire(False):
                return True
            sleep_ms(1)
        return False

    def _give(self):
        if self.lock:
            self.lock.release()

    def log(self, level, text):
        """Says a line to the host, with a level as of Python's logging: 10 to 50."""
        if not is_int(level, 0, _LEVEL_MAX):
            raise ValueError("level: 0 to 100")
        line = (level, str(text)[:_LINE_CHARS])  # before the lock: it may be the host's code
        if not self._take():
            self.lost += 1
            return
        try:
            if len(self.lines) < _LINES:
                self.lines.append(line)
            else:
                self.lost += 1
        finally:
            self._give()

    def trouble(self, e):
        """An exception that nobody expected."""
        out = io.StringIO()
        sys.print_exception(e, out)
        self.log(_LEVEL_ERROR, out.getvalue()[-_LINE_CHARS:])
        if self.also:
            self.also(e)

    def print(self, *args, sep=" ", end="\n", file=None):
        """In the place of Python's own, which would write to what may be the host's line."""
        if file is not None and file is not sys.stdout:
            _print(*args, sep=sep, end=end, file=file)
            return
        text = sep.join([str(arg) for arg in args]) + end
        if self.device.calls.write(text):
            return
        room = 0
        if self._take():
            try:
                room = max(0, _TEXT_CHARS - len(self.text))
                self.text += text[:room]
            finally:
                self._give()
        self.cut += max(0, len(text) - room)

    def tick(self, now):
        link = self.device.link
        if not link.tag:
            return
        if self.lines and link.idle() and self._take():
            try:
                level, text = self.lines.pop(0)
                if self.lost and not self.lines:
                    text += " (and %d lines more)" % self.lost
                    self.lost = 0
            finally:
                self._give()
            self._say(_EVENT_LOG, level, text)
        if self.text and link.idle() and self._take():
            try:
                text = cut(self.text, link.max_payload - _HEAD_BYTES)
                self.text = self.text[len(text) :]
                if self.cut and not self.text:
                    self.text = "... (%d characters lost)\n" % self.cut
                    self.cut = 0
            finally:
                self._give()
            self._say(_EVENT_OUTPUT, text)

    def _say(self, *event):
        link = self.device.link
        room = link.max_payload - _HEAD_BYTES
        link.begin().put((_KIND_EVENT,) + event[:-1] + (cut(event[-1], room),))
        link.commit()


service = Events
