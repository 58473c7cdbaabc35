"""What a WLAN does beyond being connected, which radio.py simulates. Loaded when somebody asks for that, for a small heap has better uses for it."""

import network


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
    if name != "config" or network.WLAN.isconnected is _isconnected:
        simulate()
        return getattr(_simulated(wlan), name)

    def config(*what, **settings):
        if what:
            simulate()
            return _simulated(wlan).config(*what, **settings)
        # Nobody is to try again, then: a radio that is never lost has no need to.

    return config


def hostname(*name):
    import radio

    return radio.hostname(*name)
