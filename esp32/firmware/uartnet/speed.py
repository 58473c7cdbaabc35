"""The line's speed: the device's side of a change (PROTOCOL.md, section 6)."""

from time import ticks_diff
from micropython import const

from .msgpack import Malformed

_SPEED_PROPOSE = const(0)
_SPEED_AGREE = const(1)
_SPEED_REFUSE = const(2)
_SPEED_CONFIRM = const(3)
_SPEED_TRY = const(4)

# States. From DRAINING on, no new DATA goes; from AGREED on, none again, either; in AGREED and TRIAL silence means nothing.
_STEADY = const(0)
_LEAVING = const(1)  # the session is over: until its RESET has left the UART
_DRAINING = const(2)  # until our DATA is acknowledged
_AGREED = const(3)  # until that has left the UART
_TRIAL = const(4)  # at the new speed, until the host confirms
_RETURNING = const(5)  # at the speed from before, until the host is heard

_OWE_SPEED = const(16)  # link's
_BAUD_MIN = const(9600)
_PROPOSAL_MS = const(1000)
_DRAIN_MS = const(500)  # on a bad line large frames never arrive; they come again later
_CHANGE_OVER_MS = const(10)
_LEAVE_MS = const(1000)  # what has not left by then is not going to
_TRIAL_MS = const(500)
_TRIAL_BITS_MS = const(10000000)  # the time of 1000 bytes, times the speed
_FRAME_BITS_MS = const(200000)  # of a SPEED frame
_TRY_BYTES = const(200)


class Speed:
    def __init__(self, link):
        self.link = link
        self.first = self.in_force = self.baud = link.board.baud  # between sessions; agreed on; of the UART now
        self.wanted = 0
        self.on = False  # the session has the feature
        self._to(_STEADY)

    def _to(self, state):
        self.state = state
        self.began = self.at = self.link.now

    def _say(self, step, baud, data=None):
        self.said = (step, baud) if data is None else (step, baud, data)
        self.link.owe |= _OWE_SPEED

    def _set(self, baud, state):
        if baud != self.baud and self.link.board.set_baud(baud):
            self.baud = baud
        self._to(state)

    def frame(self, end):
        """A SPEED frame of the session."""
        r = self.link.reader.start(4, end)
        data = None
        try:
            n = r.array()
            step = r.int(0, 255)
            baud = r.int(1, 0x3FFFFFFF)
            if step == _SPEED_TRY:
                data = r.value()  # a line that carries it carries data
        except Malformed:
            n = 0
        state = self.state
        if n < 2 or not self.on or step == _SPEED_TRY and (n < 3 or not isinstance(data, bytes) or len(data) > _TRY_BYTES):
            step = -1
        elif step == _SPEED_PROPOSE and state <= _DRAINING:
            if baud == self.first or _BAUD_MIN <= baud <= self.link.board.max_baud:
                self.wanted = baud
                if state == _DRAINING:
                    self.began = self.link.now
                else:
                    self._to(_DRAINING)
                self.heard()
                return
            self._to(_STEADY)
            step = _SPEED_REFUSE
        elif step == _SPEED_PROPOSE and state == _AGREED and baud == self.wanted:
            step = _SPEED_AGREE
        elif step == _SPEED_CONFIRM and state == _TRIAL and baud == self.wanted:
            self.in_force = baud
            self.link.timing(baud)
            self._to(_STEADY)
        elif not (step == _SPEED_TRY and state == _TRIAL and baud == self.wanted or step == _SPEED_CONFIRM and not state and baud == self.in_force):
            step = -1
        if step < 0:
            self.link.counters.ignored += 1
        else:
            self._say(step, baud, data)

    def heard(self):
        """A valid frame of the session came, in another state than STEADY."""
        if self.state == _DRAINING:
            if not self.link.outgoing.flight or ticks_diff(self.link.now, self.at) >= _DRAIN_MS:
                self._to(_AGREED)
                self._say(_SPEED_AGREE, self.wanted)
        elif self.state == _RETURNING:
            self._to(_STEADY)

    def tick(self, now):
        """What time brings, in another state than STEADY."""
        link = self.link
        state = self.state
        passed = ticks_diff(now, self.began)
        if state == _DRAINING:
            if passed >= _PROPOSAL_MS:
                self._to(_STEADY)
        elif state == _TRIAL:
            if passed >= _TRIAL_MS + _TRIAL_BITS_MS // self.wanted:
                link.leave_trial()
                self._set(self.in_force, _RETURNING)
        elif state < _RETURNING:
            # AGREED, LEAVING
            if passed < _LEAVE_MS:
                if not link.drained():
                    self.at = now
                wait = _CHANGE_OVER_MS + _FRAME_BITS_MS // self.baud
                if ticks_diff(now, self.at) < wait or not link.board.sent():
                    return
            if state == _AGREED:
                self._set(self.wanted, _TRIAL)
            else:
                self._set(self.first, _STEADY)

    def silence(self):
        """Nothing was heard for 3/2 keepalive intervals: back to where the session began."""
        if self.in_force != self.first:
            self.in_force = self.first
            self.link.timing(self.first)
            self._set(self.first, _RETURNING)

    def ended(self):
        """The session is over, and its last frame perhaps not sent yet."""
        self.on = False
        self.in_force = self.first
        self.link.timing(self.first)
        self._to(_STEADY if self.baud == self.first else _LEAVING)
