"""Requests for the Wi-Fi (PROTOCOL.md, section 8: WIFI_*)."""

import network
from micropython import const

from . import networks
from .failure import Failure, check
from .msgpack import is_int
from .sockets import OPERATIONS
from .station import Found, Station

_OP_WIFI_SCAN = const(64)
_OP_WIFI_CONNECT = const(65)
_OP_WIFI_DISCONNECT = const(66)
_OP_WIFI_STATUS = const(67)
_OP_WIFI_ACCESS_POINT = const(68)
_OP_WIFI_NETWORKS = const(69)
_OP_WIFI_HOSTNAME = const(70)
_ERROR_UNSUPPORTED = const(1)

_TIMEOUT_MS = const(15000)


def _ssid(value):
    """What it is in words, for the radio takes these too; not all are UTF-8."""
    if isinstance(value, str):
        value = value.encode()
    check(isinstance(value, bytes) and 0 < len(value) < 33, "ssid: 1 to 32 bytes")
    try:
        return value.decode()
    except UnicodeError:
        return value


def _password(value):
    check(isinstance(value, str) and len(value.encode()) < 65, "password: at most 64 bytes")
    return value


_wifi = None


def service(device):
    global _wifi
    _wifi = Station(device)
    return _wifi


def _options(args, n, known):
    """The options, the last of n arguments: each of them known, and in its range."""
    options = args[n - 1] if len(args) >= n else {}
    check(isinstance(options, dict), "options")
    for name, value in options.items():
        if name not in known:
            raise Failure(_ERROR_UNSUPPORTED, "option " + str(name))
        bounds = known[name]
        if isinstance(bounds, tuple):
            check(is_int(value, *bounds), "%s: %d to %d" % ((name,) + bounds))
        else:
            check(isinstance(value, bounds), name)
    return options


def _scan(device, request, args):
    Found(_wifi, request)


def _connect(device, request, args):
    check(len(args) > 1, "arguments")
    ssid, password = args[:2]
    options = _options(args, 3, {"bssid": bytes, "save": bool, "timeout_ms": (1, 600000)})
    bssid = options.get("bssid")
    save = options.get("save", False)
    check(bssid is None or len(bssid) == 6, "bssid: 6 bytes")
    if password is not None:
        _password(password)
    target = None
    if ssid is not None:
        target = (_ssid(ssid), password, bssid)
        check(not save or isinstance(target[0], str), "ssid: to be saved it has to be UTF-8")
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
    check(not password or isinstance(password, str) and 7 < len(password.encode()) < 64, "password: 8 to 63 bytes, or none")
    _wifi.serve(ssid if ssid is None else _ssid(ssid), password or "", settings)
    request.done((_wifi.status(),))


def _networks(device, request, args):
    if args:
        ssid = _ssid(args[0])
        check(len(args) > 1 and isinstance(ssid, str), "arguments")
        networks.save(ssid, None if args[1] is None else _password(args[1]))
    request.done(sorted(networks.saved()))


def _hostname(device, request, args):
    name = args[0] if args else 0
    # The network's name servers may get it: what is no ASCII there is for nobody to read.
    check(name is None or isinstance(name, str) and 0 < len(name) < 33 and all(" " < c < "\x7f" for c in name), "name: 1 to 32 characters of ASCII, no space")
    if name:
        network.hostname(name)
    request.done((network.hostname(),))


OPERATIONS[_OP_WIFI_SCAN] = _scan
OPERATIONS[_OP_WIFI_CONNECT] = _connect
OPERATIONS[_OP_WIFI_DISCONNECT] = _disconnect
OPERATIONS[_OP_WIFI_STATUS] = _status
OPERATIONS[_OP_WIFI_ACCESS_POINT] = _access_point
OPERATIONS[_OP_WIFI_NETWORKS] = _networks
OPERATIONS[_OP_WIFI_HOSTNAME] = _hostname
