"""One attempt to join a network, in what ESP-IDF says about it.

The platform is told not to try again by itself: it would keep most of its reasons to itself, and find nothing in a scan meanwhile. Its last reason stays in
status() until there is an address: one that stands there right after connect() counts only when it has had the time to come again.
"""

from time import ticks_diff
from micropython import const

from . import failure

_ERROR_WIFI_NOT_FOUND = const(56)
_ERROR_WIFI_WRONG_PASSWORD = const(57)
_ERROR_WIFI_FAILED = const(58)

_WRONG_PASSWORD = b"\x0f\xca\xcc\xcd"  # timeouts and failures of handshakes: an access point says no more
_NOT_FOUND = b"\xc9\xd2"
_BEACON_TIMEOUT = const(200)
_NO_REASON = const(1000)  # and above: states

_TRY_MS = const(10000)  # a scan, the handshake, an address
_STALE_MS = const(3000)  # that the same reason needs to come again: a scan of all channels


def words(code):
    """Why there is no connection."""
    if code >= 256:
        return "no connection"
    if code == _BEACON_TIMEOUT:
        return "beacon timeout"
    if code in _NOT_FOUND:
        return "no such network in reach"
    return "wrong password" if code in _WRONG_PASSWORD else "reason %d of the radio" % code


class Attempt:
    began = 0
    stale = 0  # a reason that was there before
    reason = None  # why it has failed, in words
    error = 0  # what a host is told if it stays so

    def __init__(self, wlan):
        self.wlan = wlan

    def alone(self):
        """Makes us the one who tries again."""
        try:
            self.wlan.config(reconnects=0)
        except (ValueError, OSError):
            pass

    def begin(self, now, ssid, password, bssid):
        """False if it has failed at once."""
        self.began = now
        wlan = self.wlan
        try:
            if not wlan.active():
                wlan.active(True)
            self.alone()
            if password is None:
                wlan.connect()  # to what the platform has joined last
            elif bssid:
                wlan.connect(ssid, password, bssid=bssid)
            else:
                wlan.connect(ssid, password)
            self.stale = wlan.status()
        except Exception as e:
            return self._failed(_ERROR_WIFI_FAILED, str(e) if isinstance(e, OSError) else failure.of(e).text)
        return True

    def look(self, now):
        """True if it is under way still; else it has failed."""
        code = self.wlan.status()
        passed = ticks_diff(now, self.began)
        if passed >= _TRY_MS:
            return self._failed(_ERROR_WIFI_FAILED, "no answer, or no address")
        if code >= _NO_REASON or code == self.stale and passed < _STALE_MS:
            return True
        if code in _NOT_FOUND:
            error = _ERROR_WIFI_NOT_FOUND
        else:
            error = _ERROR_WIFI_WRONG_PASSWORD if code in _WRONG_PASSWORD else _ERROR_WIFI_FAILED
        return self._failed(error, words(code))

    def _failed(self, error, reason):
        self.error = error
        self.reason = reason
        if error == _ERROR_WIFI_FAILED:
            self.leave()
        return False

    def final(self, tries):
        """True if another try would hardly do: a network is there or not, but handshakes fail now and then."""
        return tries > (0 if self.error == _ERROR_WIFI_NOT_FOUND else 1 if self.error == _ERROR_WIFI_WRONG_PASSWORD else 2)

    def leave(self):
        try:
            self.wlan.disconnect()
        except OSError:
            pass
