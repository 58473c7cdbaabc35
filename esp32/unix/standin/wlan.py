"""What a WLAN does beyond being connected, which radio.py simulates. Loaded when somebody asks for that, for a small heap has better uses for it."""

import network
from micropython import const

_GOT_IP = const(1010)


def _simulated(wlan):
    import radio

    return radio.access_point if wlan.own else radio.station


def _isconnected(wlan):
    return _simulated(wlan).isconnected()


def _ifconfig(wlan):
    return _simulated(wlan).ifconfig()


def simulate():
    """From now on all is the radio's to say."""
    network.WLAN.isconnected = _isconnected
    network.WLAN.ifconfig = _ifconfig


def get(wlan, name):
    """What a WLAN has not itself."""
    if network.WLAN.isconnected is not _isconnected and name in _WIRED:
        return _WIRED[name]
    simulate()
    return getattr(_simulated(wlan), name)


def _config(what=None, **settings):
    """Nobody is to try again, it may say: a radio that is never lost has no need to."""
    if what:
        return {"ssid": "wired", "mac": b"\x02uartn", "channel": 1}[what]


def _status(what=None):
    return -30 if what else _GOT_IP


# As radio.py's station, which is not loaded for them.
_WIRED = {"config": _config, "status": _status}
_host = "esp32"


def hostname(name=None):
    global _host
    if name is not None:
        if len(name) > 32:
            raise ValueError
        _host = name
    return _host
