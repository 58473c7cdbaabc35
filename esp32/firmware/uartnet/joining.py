"""How the device joins a network, and again when that was lost (PROTOCOL.md, section 8: Networks).

| state | event | next |
| --- | --- | --- |
| IDLE: no network is wanted | WIFI_CONNECT | WAITING |
| WAITING: for `at` | `at`, a network to join | JOINING |
| | `at`, any that is known (`search`) | stays, while a scan says which are there; then JOINING, or a longer wait |
| | `at`, none is known | IDLE |
| JOINING: an attempt is under way | there is an address | UP |
| | it has failed | WAITING; with the network before, if that ends a WIFI_CONNECT (IDLE, if none was wanted) |
| UP | the network is lost | JOINING, the same at once |
| | WIFI_CONNECT | WAITING, after a disconnect |
| any | WIFI_DISCONNECT | IDLE |
"""

from time import ticks_add, ticks_diff
from micropython import const

from . import dns, failure, networks
from .attempt import Attempt, words
from .board import Board
from .failure import Failure
from .msgpack import cut

_KIND_EVENT = const(8)
_EVENT_NETWORK = const(2)
_ERROR_TIMED_OUT = const(20)
_ERROR_NETWORK_DOWN = const(23)
_ERROR_WIFI_NOT_FOUND = const(56)

IDLE = const(0)
_WAITING = const(1)
_JOINING = const(2)
UP = const(3)

_OUTAGE_MS = const(10000)  # that connections survive
_LEAVE_MS = const(100)  # until the platform takes a connect() behind a disconnect()
_AGAIN_MS = const(250)  # between the first attempts
_PAUSE_MS = const(30000)  # at most, between later ones
_LOOK_MS = const(5000)  # between looks at the address
_TEXT_BYTES = const(120)
_SSID_BYTES = const(64)  # of one that is no text, and so with \x for each byte
_LISTENER = const(2)
_NONE_THERE = "none of the saved networks is in reach"


def serves(board):
    """True if there is a network of our own."""
    return board.access_point and board.access_point.active()


def _connected(board):
    return board.wlan is None or board.wlan.isconnected() or serves(board)


def _address(board):
    return (board.wlan if board.wlan.isconnected() or not serves(board) else board.access_point).ifconfig()[0]


class Joining:
    due = None
    state = _WAITING
    at = 0
    target = None  # the network that is joined or to be joined: ssid, password (None: what the platform has), bssid or None
    home = None  # the target behind attempts with others
    others = ()  # those to try when that does not do
    auto = True  # joins by itself
    search = False  # any that is known, not the target
    tries = 0  # that have failed, of this target
    pause = _AGAIN_MS
    request = None  # WIFI_CONNECT
    until = 0  # its timeout
    save = False
    auto_before = True  # it
    joined = None  # ssid and address of the network that our connections are in
    address = None
    since = None  # when that was lost; None once they have ended
    bssid = None
    reason = None  # why there is no network

    def __init__(self, device):
        self.device = device
        self.board = board = device.board
        Board.access_point = None  # our own network, once there was one
        Board.connected = _connected
        Board.address = _address
        self.attempt = Attempt(board.wlan)
        self.scans = networks.Scans(board.wlan)
        self.at = self.attempt.began = device.tick_at
        ssid = board.config["ssid"]
        if ssid:
            self.target = self.home = (ssid, board.config["password"], None)
        self.attempt.alone()
        if board.wlan.isconnected():
            self.state = UP
            self.joined = ssid
            self.address = board.address()
        elif ssid:
            self.state = _JOINING  # board.py has begun it

    def name(self):
        if not self.target and self.state == UP:
            self.target = self.home = (self.board.wlan.config("ssid"), None, None)  # joined by somebody else
        return self.target[0] if self.target else ""

    def tick(self, now):
        if self.request and ticks_diff(now, self.until) >= 0:
            self.request.stop(Failure(_ERROR_TIMED_OUT, "Wi-Fi was not joined in time" + (": " + self.reason if self.reason else "")))
        if self.since is not None and ticks_diff(now, self.since) >= _OUTAGE_MS:
            self.end(self.board.lost)
        if self.state == UP:
            if not self.board.wlan.isconnected():
                self.down('Wi-Fi "%s" was lost: %s' % (self.name(), words(self.board.wlan.status())))
                self.tries = 0
                self._begin(now)
            elif ticks_diff(now, self.at) >= 0:
                self._up(now)
        elif self.state == _JOINING:
            if self.board.wlan.isconnected():
                self._up(now)
            elif not self.attempt.look(now):
                self._failed(now)
        self.scans.tick()
        if self.scans.busy or self.state == _JOINING:
            return
        if self.scans.waiting:
            self.scans.begin()
        elif self.state == _WAITING and ticks_diff(now, self.at) >= 0:
            if self.target and not self.search:
                self._begin(now)
            elif networks.known(self.board.config):
                self.scans.waiting.append(self._found)
            else:
                self.state = IDLE

    # One network after the other

    def _begin(self, now):
        self.bssid = self.target[2]
        self.state = _JOINING
        if not self.attempt.begin(now, *self.target):
            self._failed(now)

    def _failed(self, now):
        self.state = _WAITING
        self.at = ticks_add(now, _AGAIN_MS)
        self.tries += 1
        self.reason = cut('Wi-Fi "%s": %s' % (cut(str(self.target[0]), _SSID_BYTES), self.attempt.reason), _TEXT_BYTES)
        if not self.joined:
            self.board.lost = self.reason
        if self.attempt.final(self.tries):
            if self.others:
                self.target = self.others.pop(0)
                self.tries = 0
            elif self.request:
                self.request.stop(Failure(self.attempt.error, self.reason))
            elif not self.search and len(networks.known(self.board.config)) > 1:
                self.search = True
            else:
                self._wait(now)

    def _wait(self, now):
        """Longer and longer, and then the first again, which may be one that no scan shows."""
        self._reset(self.home)
        self.at = ticks_add(now, self.pause)
        self.pause = min(self.pause * 2, _PAUSE_MS)

    def _reset(self, target, others=()):
        self.target = target
        self.others = others
        self.tries = 0
        self.search = False
        self.state = _WAITING
        self.at = ticks_add(self.device.link.now, _LEAVE_MS)

    def choose(self):
        """Asks a scan for the strongest that is known."""
        request = self.request
        self.scans.waiting.append(lambda found: self._chosen(request, found))

    def _chosen(self, request, found):
        if self.request is request:
            there = networks.there(found, self.board.config, None)
            if not there:
                request.stop(Failure(_ERROR_WIFI_NOT_FOUND, _NONE_THERE))
            elif self.state == UP and self.name() == there[0][0]:
                self.answer()
            else:
                self.go(there.pop(0), there)

    def _found(self, found):
        if self.state == _WAITING and not self.request:
            there = networks.there(found, self.board.config, self.home and self.home[0])
            now = self.device.link.now
            if there:
                self._reset(there.pop(0), there)
                self.search = True
                self._begin(now)
            else:
                self.reason = self.reason or _NONE_THERE
                self._wait(now)

    # Up and down

    def _up(self, now):
        address = self.board.address()
        ssid = self.name()
        self.at = ticks_add(now, _LOOK_MS)
        if self.state == UP and address == self.address:
            return
        text = 'Wi-Fi "%s" was joined%s' % (ssid, " again" if self.joined == ssid else "")
        if self.joined and (ssid != self.joined or address != self.address):
            text += " with another address"
            self.end(text)
        self.joined = ssid
        self.address = address
        self._reset(self.target[:2] + (None,))
        self.state = UP
        self.home = self.target
        self.pause = _AGAIN_MS
        self.board.lost = self.reason = self.since = None
        self._say(True, text)
        if self.request:
            self.answer()

    def answer(self):
        """The end of a WIFI_CONNECT that did what it should."""
        request = self.request
        self.request = None
        try:
            if self.save and self.target[1] is not None:
                networks.save(*self.target[:2])
            request.done((self.status(),))
        except Exception as e:
            request.fail(failure.of(e))

    def down(self, text):
        self.joined = self.name()
        self.board.lost = self.reason = cut(text, _TEXT_BYTES)
        self.since = self.device.link.now
        self.state = _WAITING
        self._say(False, text)

    def _say(self, up, text):
        link = self.device.link
        link.begin().put((_KIND_EVENT, _EVENT_NETWORK, up, dns.literal(self.address) if up else None, cut(text, _TEXT_BYTES)))
        link.commit()

    def end(self, text):
        """Ends what was open in a network that is no more."""
        self.since = None
        if serves(self.board):
            return  # some may be in that
        reason = Failure(_ERROR_NETWORK_DOWN, text)
        for channel in list(self.device.channels.values()):
            if channel.kind != _LISTENER:
                if channel.sock:
                    self.board.set_reset(channel.raw())
                channel.broken(reason)

    def go(self, target, others=()):
        """To another network."""
        if self.state == UP:
            self.down('Wi-Fi "%s" was left for "%s"' % (self.name(), target[0]))
            if self.joined != target[0]:
                self.end(self.board.lost)
        self.attempt.leave()
        self._reset(target, others)

    def revert(self):
        """A WIFI_CONNECT did not come to its end: back to what was before."""
        self.request = None
        self.auto = self.auto_before
        if self.state != UP:
            self.attempt.leave()
            self._reset(self.home)
            if not self.auto:
                self.state = IDLE
