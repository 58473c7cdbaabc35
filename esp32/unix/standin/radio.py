"""A simulated radio: networks in reach, and `network`'s WLAN in them as MicroPython's ESP32 port has it (ports/esp32/network_wlan.c), with what users of that
have to know: the last reason stays in status() until an address is there; it tries again by itself for ever, unless `reconnects` says otherwise;
connect() is refused while it is connected or connecting; scan() finds nothing while it is connecting. Tests script it: add(), remove(), outage(), back()."""

import os
from time import sleep_ms, ticks_add, ticks_diff, ticks_ms
from micropython import const

_IDLE = const(1000)
_CONNECTING = const(1001)
_GOT_IP = const(1010)
_ASSOC_LEAVE = const(8)
_HANDSHAKE_4WAY_TIMEOUT = const(15)  # a wrong password of WPA2
_BEACON_TIMEOUT = const(200)
_NO_AP_FOUND = const(201)
_AUTH_FAIL = const(202)  # a wrong password of WPA3
_CONNECTION_FAIL = const(205)

join_ms = 30  # what a verdict takes
scan_ms = 50
networks = {}  # by ssid: password, RSSI, channel, security
silent = set()  # of them, those that nobody hears
address = "127.0.0.1"
clients = []  # of our access point


def add(ssid, password, rssi, channel, security=3):
    networks[ssid] = (password or "", rssi, channel, security if password else 0)


def remove(ssid):
    networks.pop(ssid, None)
    if station.joined == ssid:
        station.lost(_BEACON_TIMEOUT)


def outage(reason=_BEACON_TIMEOUT):
    """The network that we are in goes, and is not to be found until back()."""
    if station.joined:
        silent.add(station.joined)
        station.lost(reason)


def back(new=None):
    """The network is there again, which gives us this address."""
    global address
    address = new or address
    silent.clear()


def bssid(ssid):
    n = sum(ssid.encode())
    return bytes((2, 0, 0, 0, n >> 8, n & 255))


def _text(value):
    return value if isinstance(value, str) else bytes(value).decode()


class Station:
    is_active = False
    joined = None  # the network that we have an address in
    joining = None  # that we try to join: ssid, password, bssid
    at = 0  # when that is decided
    requested = False
    reason = 0
    limit = 0  # of tries, as the port counts them; 0: none
    tries = 0
    settings = None

    def active(self, value=None):
        if value is not None:
            self.is_active = value
            if not value and (self.joined or self.joining):
                self.requested = False
                self.lost(_ASSOC_LEAVE)
        return self.is_active

    def connect(self, ssid=None, password=None, *, bssid=None):
        if not self.is_active:
            raise OSError("Wifi Not Started")
        self._decide()
        if self.joined or self.joining:
            raise OSError("Wifi Internal Error")
        if bssid is not None and len(bssid) != 6:
            raise ValueError
        if ssid is not None:
            self.settings = (_text(ssid), _text(password or ""), bssid)
        self.tries = 0
        self.requested = True
        self._try()

    def _try(self):
        self.joining = self.settings
        self.at = ticks_add(ticks_ms(), join_ms)

    def _decide(self):
        while self.joining and ticks_diff(ticks_ms(), self.at) >= 0:
            ssid, password, at = self.joining
            there = networks.get(ssid)
            if not there or ssid in silent or at and at != bssid(ssid):
                self.lost(_NO_AP_FOUND)
            elif there[0] != password:
                self.lost(_HANDSHAKE_4WAY_TIMEOUT if there[3] < 6 else _AUTH_FAIL)
            else:
                self.joining = None
                self.joined = ssid
                self.reason = 0

    def lost(self, reason):
        self.joined = self.joining = None
        self.reason = reason
        if self.requested and self.is_active:
            if self.limit:
                self.tries += 1
                if self.tries >= self.limit:
                    return
            self._try()

    def disconnect(self):
        self.requested = False
        if self.joined or self.joining:
            self.lost(_ASSOC_LEAVE)

    def isconnected(self):
        self._decide()
        return self.joined is not None

    def status(self, what=None):
        self._decide()
        if what == "rssi":
            if not self.joined:
                raise OSError("Wifi Not Connected")
            return networks[self.joined][1]
        if what is not None:
            raise ValueError("unknown status param")
        if self.joined:
            return _GOT_IP
        if self.reason in (_NO_AP_FOUND, _AUTH_FAIL, _CONNECTION_FAIL):
            return _AUTH_FAIL if self.reason == _CONNECTION_FAIL else self.reason
        if self.reason == _ASSOC_LEAVE:
            return _IDLE
        if self.requested and (not self.limit or self.tries < self.limit):
            return _CONNECTING
        return self.reason or _IDLE

    def scan(self):
        if not self.is_active:
            raise OSError("STA must be active")
        self._decide()
        if self.joining:
            return []
        sleep_ms(scan_ms)
        return [(ssid.encode(), bssid(ssid), n[2], n[1], n[3], False) for ssid, n in networks.items() if ssid not in silent]

    def ifconfig(self):
        import network

        if self.isconnected():
            return address, "255.0.0.0", "127.0.0.1", ",".join(network._servers())
        return "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0"

    def ipconfig(self, what):
        if what != "addr4":
            raise ValueError("unexpected key")
        return self.ifconfig()[:2]

    def config(self, what=None, **settings):
        for name, value in settings.items():
            if name == "reconnects":
                self.limit = 0 if value == -1 else value + 1
            elif name not in ("pm", "txpower", "protocol"):
                raise ValueError("unknown config param")
        if what == "ssid":
            return self.settings[0] if self.settings else ""
        if what == "mac":
            return b"\x02uartn"
        if what == "channel":
            return networks[self.joined][2] if self.isconnected() else 1
        if what == "reconnects":
            return self.limit - 1
        if what is not None:
            raise ValueError("unknown config param")


class AccessPoint:
    is_active = False

    def __init__(self):
        self.said = {"ssid": "ESP_556172", "channel": 1, "security": 0, "hidden": False, "max_clients": 4, "key": ""}

    def active(self, value=None):
        if value is not None:
            self.is_active = value
        return self.is_active

    def config(self, what=None, **settings):
        for name, value in settings.items():
            if name not in self.said:
                raise ValueError("unknown config param")
            if name == "key" and value and len(value) < 8:
                raise OSError("Wifi Invalid Password")
            self.said[name] = value
        if what == "mac":
            return b"\x02uartA"
        if what is not None:
            if what == "key" or what not in self.said:
                raise ValueError("unknown config param")
            return self.said[what]

    def isconnected(self):
        return self.is_active and bool(clients)

    def status(self, what=None):
        return [(mac,) for mac in clients] if what == "stations" else None

    def ifconfig(self):
        return "192.168.4.1", "255.255.255.0", "192.168.4.1", "0.0.0.0"


station = Station()
access_point = AccessPoint()
if os.getenv("UARTNET_RADIO"):
    add("uartnet", "correct horse", -48, 6)
    add("open", None, -70, 1)
    add("far", "far far away", -88, 11)
else:
    add("wired", None, -30, 1)
    station.is_active = station.requested = True
    station.settings = ("wired", "", None)
    station.joined = "wired"
