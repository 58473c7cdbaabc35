"""Messages of the host to what they ask for (PROTOCOL.md, sections 7 and 8)."""

from time import ticks_add, ticks_diff
from micropython import const

from . import failure
from .failure import Failure, check
from .msgpack import Malformed, Overflow, is_int
from .requests import OPERATIONS, Request

_KIND_REQUEST = const(1)
_KIND_RESPONSE = const(2)
_KIND_ERROR = const(3)
_KIND_CANCEL = const(4)
_KIND_DEMAND = const(6)
_KIND_CHANNEL_DATA = const(16)
_KIND_CHANNEL_CREDIT = const(17)
_KIND_CHANNEL_EOF = const(18)
_KIND_CHANNEL_CLOSE = const(19)
_KIND_CHANNEL_DATAGRAM = const(21)
_OP_PING = const(0)
_RESET_PROTOCOL = const(5)
_ERROR_UNSUPPORTED = const(1)
_ERROR_BAD_REQUEST = const(2)
_ERROR_CANCELLED = const(3)
_ERROR_DEADLINE = const(4)
_ERROR_NOT_ALLOWED = const(5)
_ERROR_NO_RESOURCES = const(6)
_ERROR_MESSAGE_TOO_BIG = const(27)
_LIMIT_CHANNEL_ID_MAX = const(65535)
_LIMIT_REQUEST_ID_MAX = const(65535)
_LIMIT_CREDIT_BYTES_MAX = const(16777216)

_PENDING = const(64)  # requests at the same time
_DEADLINE_MS_MAX = const(0x1FFFFFFF)  # what ticks_diff() can tell apart; six days
_WORDS = "wifi clock pins device files objects TLS"  # of "allow", in the order of groups.py


class Dispatcher:
    demanded = None  # where a group of operations has streaming requests: takes a DEMAND

    def __init__(self, device):
        self.device = device
        self.link = device.link
        self.pending = {}
        self.operations = OPERATIONS

    def clear(self):
        """The session is over: nobody waits for answers any more."""
        for request in self.pending.values():
            request.over = True
            request.cancel = None
        self.pending.clear()

    def tick(self, now):
        if self.pending:
            for request in list(self.pending.values()):
                if request.deadline is not None and ticks_diff(now, request.deadline) >= 0:
                    request.stop(Failure(_ERROR_DEADLINE, "not done by its deadline"))

    def error(self, number, reason):
        self.link.report(_KIND_ERROR, number, reason)

    @micropython.native
    def message(self, end):
        """The message in link.frame[4:end]. Raises Malformed."""
        frame = self.link.frame
        # A channel's data in its usual form, the one message that has to be quick.
        if end > 9 and frame[5] == _KIND_CHANNEL_DATA and frame[4] == 0x93:
            number = frame[6]
            pos = 7
            if number == 0xCC:
                number = frame[7]
                pos = 8
            if number < 128 or pos == 8:
                if frame[pos] == 0xC4:
                    start = pos + 2
                    size = frame[pos + 1]
                elif frame[pos] == 0xC5:
                    start = pos + 3
                    size = frame[pos + 1] << 8 | frame[pos + 2]
                else:
                    start = size = 0
                if start and start + size == end:
                    self._data(number, start, end)
                    return
        self._any(end)

    def _any(self, end):
        r = self.link.reader.start(4, end)
        n = r.array() - 1
        if n < 0:
            raise Malformed
        kind = r.value()
        if not is_int(kind, -1 << 63, 1 << 64):
            raise Malformed
        if kind == _KIND_REQUEST:
            self._request(r, n, end)
        elif _KIND_CHANNEL_DATA <= kind <= _KIND_CHANNEL_CLOSE or kind == _KIND_CANCEL:
            self._known(r, kind, n, end)
        elif kind == _KIND_CHANNEL_DATAGRAM:
            self._datagram(r, n, end)
        elif kind == _KIND_DEMAND and self.demanded:
            self.demanded(r, n, end)
        else:
            self.rest(r, n, end)
            self.link.counters.ignored += 1

    def rest(self, r, n, end):
        if n < 0:
            raise Malformed
        r.skip(n)
        if r.pos != end:
            raise Malformed

    def _known(self, r, kind, n, end):
        number = r.int(0, _LIMIT_CHANNEL_ID_MAX)
        if kind == _KIND_CHANNEL_DATA:
            start, stop = r.binary()
            self.rest(r, n - 2, end)
            self._data(number, start, stop)
            return
        value = 0
        if kind == _KIND_CHANNEL_CREDIT:
            value = r.int(0, _LIMIT_CREDIT_BYTES_MAX)
            n -= 1
        elif kind == _KIND_CHANNEL_CLOSE:
            value = r.int(0, 0xFFFF)
            r.text()
            n -= 2
        self.rest(r, n - 1, end)
        if kind == _KIND_CANCEL:
            request = self.pending.get(number)
            if request:
                request.stop(Failure(_ERROR_CANCELLED, "cancelled"))
            return
        channel = self.device.channels.get(number)
        if not channel:
            self.link.counters.ignored += 1
            return
        try:
            if kind == _KIND_CHANNEL_EOF:
                channel.eof()
            elif kind == _KIND_CHANNEL_CLOSE:
                channel.close(value)
            elif not channel.more(value):
                self.link.fail(_RESET_PROTOCOL, "credit beyond the limit")
        except Exception as e:
            self.device.trouble(e)
            channel.broken(e)

    @micropython.native
    def _data(self, number, start, end):
        channel = self.device.channels.get(number)
        if not channel:
            self.link.counters.ignored += 1
            return
        try:
            channel.data(self.link.frame, start, end)
        except Exception as e:
            self.device.trouble(e)
            channel.broken(e)

    def _datagram(self, r, n, end):
        number = r.int(0, _LIMIT_CHANNEL_ID_MAX)
        at, stop = r.binary()
        port = r.int(0, 0xFFFF)
        start, end_of_data = r.binary()
        more = n > 4 and r.value()
        if stop - at not in (4, 16) or not isinstance(more, bool):
            raise Malformed
        self.rest(r, n - (5 if n > 4 else 4), end)
        channel = self.device.channels.get(number)
        if not channel:
            self.link.counters.ignored += 1
            return
        view = self.link.view
        try:
            channel.datagram(view[at:stop], port, view[start:end_of_data], more)
        except Exception as e:
            self.device.trouble(e)
            channel.broken(e)

    def _request(self, r, n, end):
        number = r.int(0, _LIMIT_REQUEST_ID_MAX)
        op = r.int(0, _LIMIT_REQUEST_ID_MAX)
        deadline = r.value()
        start = r.pos
        n -= 3
        args = ()
        try:
            if op == _OP_PING:
                self.rest(r, n, end)
            else:
                args = [r.value() for _ in range(n)]
                self.rest(r, min(n, 0), end)
            if number in self.pending:
                self.link.fail(_RESET_PROTOCOL, "request %d is running already" % number)
                return
            check(is_int(deadline, 0, 1 << 64), "deadline")
            if op == _OP_PING:
                self._ping(number, n, start, end)
                return
            if n == 1 and self.device.taken:
                args = self.device.taken(args)
            operation = self.operations.get(op)
            if not operation:
                raise self._refusal(op)
            if len(self.pending) >= _PENDING:
                raise Failure(_ERROR_NO_RESOURCES, "more than %d requests" % _PENDING)
            due = ticks_add(self.link.now, min(deadline, _DEADLINE_MS_MAX)) if deadline else None
            request = self.pending[number] = Request(self, number, due)
        except Malformed:
            raise
        except Exception as e:
            self.device.trouble(e)
            self.error(number, failure.of(e))
            return
        try:
            operation(self.device, request, args)
        except Exception as e:
            self.device.trouble(e)
            request.stop(failure.of(e))

    def _refusal(self, op):
        board = self.device.board
        refused = board.refused
        for i in range(0, len(refused), 3):
            if refused[i] <= op <= refused[i + 1]:
                word = _WORDS.split()[refused[i + 2] & 7]
                if refused[i + 2] > 7:
                    return Failure(_ERROR_NO_RESOURCES, 'too little memory for %s beside %d channels: set fewer "channels", or a shorter "allow"' % (word, board.channels_max))
                return Failure(_ERROR_NOT_ALLOWED, ("no module and no exec is" if word == "objects" else word + " is not") + ' in "allow" of /uartnet.json')
        return Failure(_ERROR_UNSUPPORTED, "operation %d" % op)

    def _ping(self, number, n, start, end):
        # The arguments go back as they came, without being decoded.
        w = self.link.begin()
        try:
            w.array(2 + n)
            w.put(_KIND_RESPONSE)
            w.put(number)
            w.raw(self.link.view[start:end])
        except Overflow:
            raise Failure(_ERROR_MESSAGE_TOO_BIG, "the answer exceeds a frame")
        self.link.commit()
