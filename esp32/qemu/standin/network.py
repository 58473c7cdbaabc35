"""There is no network; and what the configuration of this board would say."""

STA_IF = 0


class WLAN:
    def __init__(self, interface):
        pass

    def isconnected(self):
        return False

    def ifconfig(self):
        return ("0.0.0.0",) * 4


def configuration():
    return {"uart": 1, "baud": 921600, "max_baud": 921600, "allow": "sockets", "channels": 8}
