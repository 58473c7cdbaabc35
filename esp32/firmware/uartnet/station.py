"""The Wi-Fi as hosts see it: its status, what they ask for, and our own network."""

import network
from time import ticks_add
from micropython import const

from . import dns, info, networks
from .failure import Failure
from .joining import IDLE, UP, Joining, serves

_ERROR_CANCELLED = const(3)
_ERROR_WIFI_FAILED = const(58)
_WPA2 = const(3)


class Found:
    """The stream of what a scan has found."""

    def __init__(self, wifi, request):
        self.wifi = wifi
        self.request = request
        self.items = None
        request.cancel = self.end
        request.more = self.go
        wifi.streams.append(self)
        wifi.scans.waiting.append(self.found)

    def found(self, found):
        if isinstance(found, Failure):
            if self in self.wifi.streams:
                self.end()
                self.request.fail(found)
            return
        self.items = list(found)  # others may have asked for the same scan
        self.go()

    def go(self):
        items = self.items
        if items is None or self not in self.wifi.streams:
            return
        while items and self.request.ready():
            ssid, bssid, channel, rssi, security, hidden = items.pop(0)
            self.request.next((ssid, bssid, channel, rssi, security if security < 8 else 255, hidden or not ssid))
        if not items:
            self.end()
            self.request.done()

    def end(self):
        if self in self.wifi.streams:
            self.wifi.streams.remove(self)


class Station(Joining):
    def __init__(self, device):
        super().__init__(device)
        self.streams = []

    def tick(self, now):
        super().tick(now)
        if self.streams:
            for stream in list(self.streams):
                stream.go()

    def clear(self):
        self.streams.clear()
        if self.request:
            self.revert()

    def status(self):
        """The map of WIFI_STATUS, of what fits a frame."""
        up = self.state == UP
        name = self.name()
        wlan = self.board.wlan
        if self.state == IDLE:
            state = "idle" if wlan.active() else "off"
        else:
            state = "connected" if up else "lost" if self.joined and not self.request else "connecting"
        address, netmask, gateway, _ = wlan.ifconfig() if up else (None,) * 4
        said = [
            ("state", state),
            ("reason", None if up else self.reason),
            ("ssid", name if name and isinstance(name, str) else None),
            ("address", address and dns.literal(address)),
            ("rssi", self._of(wlan.status, "rssi") if up else None),
            ("channel", self._of(wlan.config, "channel") if up else None),
            ("hostname", network.hostname()),
            ("mac", self._of(wlan.config, "mac")),
            ("bssid", self.bssid if up else None),
            ("netmask", netmask and dns.literal(netmask)),
            ("gateway", gateway and dns.literal(gateway)),
            ("access_point", self._access_point()),
            ("dns", self.board.dns_servers()),
        ]
        return info.fit(self.device.link, said)

    def _of(self, what, name):
        try:
            return what(name)
        except (OSError, ValueError):
            return None  # this platform does not tell, or not now

    def _access_point(self):
        ap = self.board.access_point
        if not serves(self.board):
            return None
        said = {name: self._of(ap.config, name) for name in ("ssid", "channel", "security")}
        said["address"] = dns.literal(ap.ifconfig()[0])
        said["clients"] = len(self._of(ap.status, "stations") or ())
        return said

    def connect(self, request, target, save, ms):
        if self.request:
            self.request.stop(Failure(_ERROR_CANCELLED, "another WIFI_CONNECT took its place"))
        self.auto_before = self.auto
        self.auto = True
        self.save = save
        self.request = request
        request.cancel = self.revert
        self.until = ticks_add(self.device.link.now, ms)
        if not target:
            self.choose()
            return
        ssid, password, bssid = target
        there = self.state == UP and self.name() == ssid and not bssid
        if there and (password is None or password == self.target[1]):
            self.answer()
            return
        if password is None:
            password = networks.known(self.board.config).get(ssid, "")
        self.go((ssid, password, bssid))

    def disconnect(self):
        if self.request:
            self.request.stop(Failure(_ERROR_CANCELLED, "a WIFI_DISCONNECT came"))
        name = self.name()
        if self.state == UP:
            self.down('Wi-Fi "%s" was left: the host has asked for that' % name)
            self.end(self.board.lost)
        self.auto = False
        self.attempt.leave()
        self.joined = self.since = self.home = self.target = None
        self.state = IDLE

    def serve(self, ssid, password, settings):
        """Our own network."""
        ap = self.board.access_point = network.WLAN(network.AP_IF)
        if ssid is None:
            ap.active(False)
            return
        ap.active(True)  # it can be configured only then
        try:
            ap.config(ssid=ssid, security=_WPA2 if password else 0, key=password, **settings)
        except (OSError, ValueError) as e:
            ap.active(False)
            raise Failure(_ERROR_WIFI_FAILED, "access point: " + str(e))
