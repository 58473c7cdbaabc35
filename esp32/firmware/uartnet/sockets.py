"""Requests for sockets: their arguments and options, and what they open (PROTOCOL.md, section 8)."""

from micropython import const

from .connecting import Connecting
from .failure import Failure, check
from .listener import Listener
from .msgpack import is_int

_OP_TCP_CONNECT = const(16)
_OP_TCP_LISTEN = const(17)
_OP_UDP_BIND = const(18)
_OP_SOCKET_OPTION = const(19)
_ERROR_UNSUPPORTED = const(1)
_ERROR_NO_RESOURCES = const(6)
_ERROR_CHANNEL_IN_USE = const(7)
_LIMIT_CHANNEL_ID_MAX = const(65535)
_LIMIT_CREDIT_BYTES_MAX = const(16777216)

_FEATURE_LISTEN = const(8)
_FEATURE_UDP = const(4)

# What an option is for, and when: of an open socket too, unless OPENING.
CONNECTION = const(1)
LISTENER = const(2)
DATAGRAM = const(4)
OPENING = const(8)
_ALL = const(7)
# Its type, int if none of these.
_BOOL = const(16)
_ADDRESS = const(32)
_PORT = const(64)
_OPTIONS = {
    "no_delay": CONNECTION | LISTENER | _BOOL,
    "keep_alive": CONNECTION | LISTENER | _BOOL,
    "reuse_address": _ALL | _BOOL,
    "receive_buffer": _ALL,
    "send_buffer": _ALL,
    "broadcast": DATAGRAM | _BOOL,
    "connect_timeout_ms": CONNECTION | OPENING,
    "local_address": CONNECTION | OPENING | _ADDRESS,
    "local_port": CONNECTION | OPENING | _PORT,
    "credit": LISTENER | OPENING,
}


def _shared(device, options):
    """The same options, of another channel if one has them: mostly all have."""
    for channel in device.channels.values():
        if channel.options == options:
            return channel.options
    return options


def _option(device, name, value, kind, opening):
    """Refuses what is no option of this kind of socket, or no value for it."""
    known = _OPTIONS.get(name, 0)
    if not known & kind or known & OPENING and not opening or not device.board.supports(name):
        raise Failure(_ERROR_UNSUPPORTED, "option " + str(name))
    if value is None and not opening:
        return
    if known & _BOOL:
        ok = isinstance(value, bool)
    elif known & _ADDRESS:
        ok = is_address(value)
    else:
        ok = is_int(value, 0, 65535 if known & _PORT else _LIMIT_CREDIT_BYTES_MAX if name == "credit" else 0x1FFFFFFF)
    check(ok, name)


def is_address(value):
    return isinstance(value, bytes) and len(value) in (4, 16)


def arguments(device, args, n, kind):
    """Checks the first (channel), the last (options) and the one before it (credit) of n arguments; the channel is free then."""
    check(len(args) >= n, "arguments")
    number = args[0]
    options = args[n - 1]
    check(is_int(number, 0, _LIMIT_CHANNEL_ID_MAX) and not number & 1, "channel")
    check(is_int(args[n - 2], 0, _LIMIT_CREDIT_BYTES_MAX), "credit")
    check(isinstance(options, dict), "options")
    for name, value in options.items():
        _option(device, name, value, kind, True)
    if number in device.channels:
        raise Failure(_ERROR_CHANNEL_IN_USE, "channel %d is in use" % number)
    if not device.has_room():
        raise Failure(_ERROR_NO_RESOURCES, "more than %d channels" % device.board.channels_max)
    down = device.board.reason()
    if down:
        raise down


def connect(device, request, args, connecting):
    """TCP_CONNECT, and what is like it."""
    arguments(device, args, 5, CONNECTION)
    number, host, port, credit, options = args[:5]
    if isinstance(host, bytes):
        check(is_address(host), "address")
    else:
        check(isinstance(host, str) and host, "name")
    check(is_int(port, 0, 65535), "port")
    channel = device.channels[number] = connecting(device, number, credit, _shared(device, options), request)
    channel.begin(host, port)


def _tcp_connect(device, request, args):
    connect(device, request, args, Connecting)


def listen(device, request, args, listener):
    """TCP_LISTEN, and what is like it."""
    arguments(device, args, 6, LISTENER)
    number, address, port, backlog, credit, options = args[:6]
    check(address is None or is_address(address), "address")
    check(is_int(port, 0, 65535), "port")
    check(is_int(backlog, 0, 0x7FFFFFFF), "backlog")
    channel = device.channels[number] = listener(device, number, credit, options)
    request.cancel = channel.cancel
    port = channel.open(address, port, backlog)
    local, bound = device.board.local_address(channel.raw())
    request.done((local, bound or port))


def _tcp_listen(device, request, args):
    listen(device, request, args, Listener)


def _socket_option(device, request, args):
    check(len(args) > 2, "arguments")
    number, name, value = args[:3]
    channel = device.channels.get(number) if is_int(number, 0, _LIMIT_CHANNEL_ID_MAX) else None
    check(channel and channel.kind, "channel")
    check(isinstance(name, str), "name")
    _option(device, name, value, channel.kind, False)
    options = channel.options
    if value is not None:
        channel.set_option(name, value)
        options = dict(options)
        options[name] = value
        channel.options = _shared(device, options)
    request.done((options.get(name),))


# By operation: (device, request, arguments), which answers the request at once or later.
OPERATIONS = {
    _OP_TCP_CONNECT: _tcp_connect,
    _OP_TCP_LISTEN: _tcp_listen,
    _OP_SOCKET_OPTION: _socket_option,
}


def features():
    """What these sockets can; some are only there where the heap has room for them."""
    return _FEATURE_LISTEN | (_FEATURE_UDP if _OP_UDP_BIND in OPERATIONS else 0)
