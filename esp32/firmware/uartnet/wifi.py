"""Requests for the Wi-Fi (PROTOCOL.md, section 8: WIFI_*)."""

import network
from time import ticks_add
from micropython import const

from . import dns, info, networks
from .failure import Failure, check
from .joining import IDLE, UP, Joining
from .msgpack import is_int
from .sockets import OPERATIONS

_OP_WIFI_SCAN = const(64)
_OP_WIFI_CONNECT = const(65)
_OP_WIFI_DISCONNECT = const(66)
_OP_WIFI_STATUS = const(67)
_OP_WIFI_ACCESS_POINT = const(68)
_OP_WIFI_NETWORKS = const(69)
_OP_WIFI_HOSTNAME = const(70)
_ERROR_UNSUPPORTED = const(1)
_ERROR_CANCELLED = const(3)
_ERROR_WIFI_FAILED = const(58)

_TIMEOUT_MS = const(15000)
_WPA2 = const(3)


def _ssid(value):
    """What it is in words, for the radio takes these too; not all are UTF-8."""
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeError:
            return value
    check(isinstance(value, str) and 0 < len(value.encode()) < 33, "ssid")
    return value


def _password(value):
    check(isinstance(value, str) and len(value.encode()) < 65, "password")
    return value


class _Found:
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


class Wifi(Joining):
    def __init__(self, device):
        super().__init__(device)
        self.streams = []

    def tick(self, now):
        super().tick(now)
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
        if not self.board.serves():
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


_wifi = None


def service(device):
    global _wifi
    _wifi = Wifi(device)
    return _wifi


def _options(args, n, known):
    """The options, the last of n arguments: each of them known, and in its range."""
    options = args[n - 1] if len(args) >= n else {}
    check(isinstance(options, dict), "options")
    for name, value in options.items():
        if name not in known:
            raise Failure(_ERROR_UNSUPPORTED, "option " + str(name))
        bounds = known[name]
        check(is_int(value, *bounds) if isinstance(bounds, tuple) else isinstance(value, bounds), name)
    return options


def _scan(device, request, args):
    _Found(_wifi, request)


def _connect(device, request, args):
    check(len(args) > 1, "arguments")
    ssid, password = args[:2]
    options = _options(args, 3, {"bssid": bytes, "save": bool, "timeout_ms": (1, 600000)})
    bssid = options.get("bssid")
    save = options.get("save", False)
    check(bssid is None or len(bssid) == 6, "bssid")
    if password is not None:
        _password(password)
    target = None
    if ssid is not None:
        target = (_ssid(ssid), password, bssid)
        check(not save or isinstance(target[0], str), "ssid")
    _wifi.connect(request, target, save and target, options.get("timeout_ms", _TIMEOUT_MS))


def _disconnect(device, request, args):
    _wifi.disconnect()
    request.done()


def _status(device, request, args):
    request.done((_wifi.status(),))


def _access_point(device, request, args):
    check(len(args) > 1, "arguments")
    ssid, password = args[:2]
    options = _options(args, 3, {"channel": (1, 14), "hidden": bool, "clients_max": (1, 10)})
    settings = {("max_clients" if name == "clients_max" else name): value for name, value in options.items()}
    check(not password or len(_password(password)) > 7, "password: at least 8 characters")
    _wifi.serve(ssid if ssid is None else _ssid(ssid), password or "", settings)
    request.done((_wifi.status(),))


def _networks(device, request, args):
    if args:
        ssid = _ssid(args[0])
        check(len(args) > 1 and isinstance(ssid, str), "arguments")
        networks.save(ssid, None if args[1] is None else _password(args[1]))
    request.done(sorted(networks.saved()))


def _hostname(device, request, args):
    check(args and (args[0] is None or isinstance(args[0], str) and 0 < len(args[0].encode()) < 33), "name")
    if args[0]:
        network.hostname(args[0])
    request.done((network.hostname(),))


OPERATIONS[_OP_WIFI_SCAN] = _scan
OPERATIONS[_OP_WIFI_CONNECT] = _connect
OPERATIONS[_OP_WIFI_DISCONNECT] = _disconnect
OPERATIONS[_OP_WIFI_STATUS] = _status
OPERATIONS[_OP_WIFI_ACCESS_POINT] = _access_point
OPERATIONS[_OP_WIFI_NETWORKS] = _networks
OPERATIONS[_OP_WIFI_HOSTNAME] = _hostname
