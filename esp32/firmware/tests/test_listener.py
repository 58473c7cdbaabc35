"""TCP listeners and the options of sockets (PROTOCOL.md, sections 8 and 9)."""

import errno
import socket
import check
from host import CHANNEL_DATA, CLOSE, CREDIT, EOF, INFO, LOOPBACK, PING, TCP_CONNECT, Bench, Peer, closed_port, port_of

TCP_LISTEN, SOCKET_OPTION = 17, 19
ACCEPT = 20
NONE, UNSUPPORTED, BAD_REQUEST, NOT_ALLOWED, NO_RESOURCES, IN_USE = 0, 1, 2, 5, 6, 7
CREDIT_EXCEEDED, REFUSED, ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE = 9, 17, 24, 25
LOOPBACK6 = bytes(15) + b"\1"


def _session(**config):
    bench = Bench(**config)
    host = bench.host()
    host.until(lambda: host.resets)
    host.open()
    return bench, host


def _listen(host, channel=0, credit=1000, backlog=0, options=None, address=LOOPBACK, port=0):
    """Its port."""
    return host.call(TCP_LISTEN, channel, address, port, backlog, credit, options or {"credit": 65536})[1]


class Client:
    """One connection to the device, of another program as it were."""

    def __init__(self, port, address="127.0.0.1"):
        info = socket.getaddrinfo(address, port, 0, socket.SOCK_STREAM)[0]
        self.sock = socket.socket(info[0], socket.SOCK_STREAM)
        self.sock.setblocking(False)
        self.got = bytearray()
        self.ended = False
        try:
            self.sock.connect(info[-1])
        except OSError as e:
            assert e.errno == errno.EINPROGRESS, e
        self.port = port_of(self.sock)

    def send(self, data):
        check.equal(self.sock.write(data), len(data))

    def read(self):
        """Takes what there is; True once the connection has ended."""
        buf = bytearray(4096)
        while not self.ended:
            try:
                n = self.sock.readinto(buf)
            except OSError as e:
                if e.errno == errno.EAGAIN:
                    n = None
                else:
                    raise
            if n is None:
                break
            self.got.extend(buf[:n])
            self.ended = not n
        return self.ended

    def close(self):
        self.sock.close()


def _accepted(host, listener=0):
    """The next connection that the device announces: channel, local address and port, remote address and port, credit."""
    m = host.message(lambda m: m[0] == ACCEPT and m[1] == listener)
    host.data.setdefault(m[2], lambda data: None)
    return m[2:]


def _counted(host):
    return host.call(INFO)[0]["sockets"]


def _close(host, channel):
    host.send(CLOSE, channel, 0, "", None)
    return host.closed(channel)


def _rests(bench):
    return len(bench.device.channels), len(bench.device.by_socket)


def test_accepts_with_the_real_addresses():
    bench, host = _session()
    address, port = host.call(TCP_LISTEN, 0, LOOPBACK, 0, 5, 10, {"credit": 1000})
    check.equal(address, LOOPBACK)
    client = Client(port)
    channel, local, local_port, remote, remote_port, credit = _accepted(host)
    check.equal((channel, local, local_port, remote, remote_port), (1, LOOPBACK, port, LOOPBACK, client.port))
    assert 64 <= credit <= 8192
    got = bytearray()
    host.data[1] = got.extend
    client.send(b"hello")
    host.until(lambda: got == b"hello")
    host.send(CHANNEL_DATA, 1, b"answer")
    host.until(lambda: client.read() or client.got == b"answer")
    host.send(EOF, 1)
    host.until(client.read)
    client.close()
    check.equal(host.closed(1), NONE)
    host.send(CLOSE, 1, 0, "", None)
    check.equal(_close(host, 0), NONE)
    check.equal(_rests(bench), (0, 0))
    check.equal(bench.unexpected, [])


def test_any_address_and_a_given_port():
    bench, host = _session()
    port = closed_port()
    check.equal(host.call(TCP_LISTEN, 0, None, port, 0, 1, {}), (bytes(4), port))
    client = Client(port)
    check.equal(_accepted(host)[1:5], (LOOPBACK, port, LOOPBACK, client.port))
    client.close()


def test_first_credit_is_the_host_s_own():
    bench, host = _session()
    port = _listen(host, options={"credit": 10})
    client = Client(port)
    got = bytearray()
    host.data[1] = got.extend
    _accepted(host)
    client.send(bytes(100))
    host.until(lambda: len(got) == 10)
    host.settle()
    check.equal(len(got), 10)
    host.send(CREDIT, 1, 90)
    host.until(lambda: len(got) == 100)
    client.close()


def test_no_first_credit():
    bench, host = _session()
    port = host.call(TCP_LISTEN, 0, LOOPBACK, 0, 0, 1, {})[1]
    client = Client(port)
    got = bytearray()
    host.data[1] = got.extend
    _accepted(host)
    client.send(b"waits")
    host.settle()
    check.equal(len(got), 0)
    host.send(CREDIT, 1, 5)
    host.until(lambda: got == b"waits")
    client.close()


def test_many_one_after_the_other():
    bench, host = _session()
    port = _listen(host)
    for n in range(100):
        client = Client(port)
        check.equal(_accepted(host)[0], 1)
        client.send(b"%d" % n)
        got = bytearray()
        host.data[1] = got.extend
        host.until(lambda: got == b"%d" % n)
        client.close()
        host.send(EOF, 1)
        check.equal(host.closed(1), NONE)
        host.send(CLOSE, 1, 0, "", None)
        host.until(lambda: len(bench.device.channels) == 1)
        host.messages.clear()
    check.equal(_counted(host), {"accepted": 100, "refused": 0, "datagrams_dropped": 0})


def test_many_at_once_each_with_its_own_bytes():
    bench, host = _session()
    port = _listen(host)
    clients = [Client(port) for _ in range(16)]
    by_port = {c.port: c for c in clients}
    channels = {}
    for _ in clients:
        channel, _, _, _, remote_port, credit = _accepted(host)
        channels[channel] = by_port.pop(remote_port)
        host.data[channel] = lambda data, channel=channel: host.send(CHANNEL_DATA, channel, data)
    check.equal(sorted(channels), list(range(1, 33, 2)))
    for n, client in enumerate(clients):
        client.send(b"client %d" % n)
    host.until(lambda: not [c for n, c in enumerate(clients) if c.read() or c.got != b"client %d" % n])
    for client in clients:
        client.close()
    for channel in channels:
        _close(host, channel)
    check.equal(_rests(bench), (1, 1))


def test_numbers_are_the_lowest_free_odd_ones():
    bench, host = _session()
    port = _listen(host)
    clients = [Client(port) for _ in range(4)]
    check.equal([_accepted(host)[0] for _ in clients], [1, 3, 5, 7])
    for channel in (5, 1):
        _close(host, channel)
    clients += [Client(port), Client(port), Client(port)]
    check.equal([_accepted(host)[0] for _ in range(3)], [1, 5, 9])
    for client in clients:
        client.close()


def test_credit_runs_out_and_comes_back():
    bench, host = _session()
    port = _listen(host, credit=2)
    clients = [Client(port) for _ in range(5)]
    check.equal([_accepted(host)[0], _accepted(host)[0]], [1, 3])
    host.settle()
    check.equal([m for m in host.messages if m[0] == ACCEPT], [])
    # Not even looked for: a waiting connection costs no turns.
    check.equal(bench.device.channels[0].mask, 0)
    host.send(CREDIT, 0, 1)
    check.equal(_accepted(host)[0], 5)
    host.settle()
    check.equal([m for m in host.messages if m[0] == ACCEPT], [])
    host.send(CREDIT, 0, 10)
    check.equal([_accepted(host)[0], _accepted(host)[0]], [7, 9])
    for client in clients:
        client.close()


def test_channels_run_out_and_come_back():
    bench, host = _session(channels=4)
    port = _listen(host)
    clients = [Client(port) for _ in range(5)]
    for _ in range(3):
        _accepted(host)
    host.settle()
    check.equal((len(bench.device.channels), bench.device.channels[0].mask), (4, 0))
    check.equal(host.refused(TCP_CONNECT, 2, LOOPBACK, port, 0, {}), NO_RESOURCES)
    _close(host, 3)
    check.equal(_accepted(host)[0], 3)
    host.settle()
    check.equal(len(bench.device.channels), 4)
    _close(host, 1)
    check.equal(_accepted(host)[0], 1)
    check.equal(_counted(host)["refused"], 0)
    for client in clients:
        client.close()


def test_two_listeners_share_the_last_channel():
    bench, host = _session(channels=3)
    a, b = _listen(host, 0), _listen(host, 2)
    clients = [Client(a), Client(b)]
    first = host.message(lambda m: m[0] == ACCEPT)
    host.settle()
    check.equal([m for m in host.messages if m[0] == ACCEPT], [])
    _close(host, first[2])
    second = host.message(lambda m: m[0] == ACCEPT)
    check.equal({first[1], second[1]}, {0, 2})
    for client in clients:
        client.close()


def test_flood_without_credit_costs_nothing():
    bench, host = _session()
    port = _listen(host, credit=0, backlog=8)
    host.settle()
    before = (len(bench.device.channels), len(bench.device.by_socket), bench.device.link.queued)
    clients = []
    for n in range(500):
        clients.append(Client(port))
        if n % 50 == 0:
            host.settle(2)
            while len(clients) > 50:
                clients.pop(0).close()
    host.settle()
    check.equal((len(bench.device.channels), len(bench.device.by_socket), bench.device.link.queued), before)
    check.equal(bench.device.channels[0].mask, 0)
    check.equal(host.call(PING, 1), (1,))
    for client in clients:
        client.close()
    check.equal(_close(host, 0), NONE)


def test_flood_takes_no_more_than_there_are_channels():
    bench, host = _session(channels=8)
    port = _listen(host, credit=1000)
    clients = [Client(port) for _ in range(100)]
    host.until(lambda: len(bench.device.channels) == 8)
    # Hosts that close what came make room for the next.
    for n in range(60):
        channel = _accepted(host)[0]
        _close(host, channel)
        assert len(bench.device.channels) <= 8
    check.equal(host.call(PING, 1), (1,))
    for client in clients:
        client.close()


def test_close_leaves_the_accepted_connections_alone():
    bench, host = _session()
    port = _listen(host, credit=1)
    client = Client(port)
    waits = Client(port)
    _accepted(host)
    check.equal(_close(host, 0), NONE)
    check.equal(_rests(bench), (1, 1))
    check.equal(check.raises(OSError, host.until, waits.read).errno, errno.ECONNRESET)
    got = bytearray()
    host.data[1] = got.extend
    client.send(b"still here")
    host.until(lambda: got == b"still here")
    # The number and the port are free again.
    check.equal(host.call(TCP_LISTEN, 0, LOOPBACK, port, 0, 1, {}), (LOOPBACK, port))
    another = Client(port)
    check.equal(_accepted(host)[0], 3)
    for client in (client, another, waits):
        client.close()


def test_session_s_end_closes_listeners_and_connections():
    bench, host = _session()
    for _ in range(3):
        port = _listen(host)
        clients = [Client(port) for _ in range(3)]
        for _ in clients:
            _accepted(host)
        host.open()
        for client in clients:
            check.equal(check.raises(OSError, host.until, client.read).errno, errno.ECONNRESET)
            client.close()
        check.equal(_rests(bench), (0, 0))
        late = Client(port)
        check.equal(check.raises(OSError, host.until, late.read).errno, errno.ECONNREFUSED)


def test_address_in_use():
    bench, host = _session()
    port = _listen(host)
    m = host.answer(host.ask(TCP_LISTEN, 2, LOOPBACK, port, 0, 1, {}))
    check.equal(m[2:], (ADDRESS_IN_USE, "address in use", 98))
    check.equal(_rests(bench), (1, 1))
    check.equal(host.call(PING, 1), (1,))


def test_address_that_is_not_ours():
    bench, host = _session()
    m = host.answer(host.ask(TCP_LISTEN, 0, b"\xc0\0\2\1", 0, 0, 1, {}))
    check.equal(m[2:], (ADDRESS_NOT_AVAILABLE, "address not available", 99))
    check.equal(_rests(bench), (0, 0))


def test_errors_of_the_platform():
    from uartnet import failure

    for number, code, text in (
        (13, NOT_ALLOWED, "not allowed"),
        (24, NO_RESOURCES, "out of sockets or memory"),
        (92, UNSUPPORTED, "not supported by this platform"),
        (5, 16, "input/output error"),
        (32, 26, "broken pipe"),
        (90, 27, "message too big"),
        (111, REFUSED, "connection refused"),
        (113, 21, "host unreachable"),
        (101, 22, "network unreachable"),
        (-0x2700, 16, "input/output error"),
        (70000, 16, "input/output error"),
    ):
        reason = failure.of(OSError(number))
        check.equal((reason.code, reason.text, reason.errno), (code, text, number))


class Refusing:
    """A listening socket whose accept() fails as said, as often as said."""

    def __init__(self, sock, number, times):
        self.sock = sock
        self.number = number
        self.times = times
        self.close = sock.close

    def accept(self):
        if self.times:
            self.times -= 1
            raise OSError(self.number)
        return self.sock.accept()


def test_accept_errors_are_counted_and_not_the_end():
    for number in (23, 24, 12, 105, 103, 71):
        bench, host = _session()
        port = _listen(host)
        listener = bench.device.channels[0]
        listener.sock = Refusing(listener.sock, number, 2)
        listener.raw = lambda: listener.sock.sock
        client = Client(port)

        def passes():
            bench.skip(50)
            return [m for m in host.messages if m[0] == ACCEPT]

        host.until(passes)
        check.equal(_counted(host), {"accepted": 1, "refused": 2, "datagrams_dropped": 0})
        client.close()
        check.equal(_close(host, 0), NONE)


def test_without_sockets_a_listener_rests_for_a_while():
    bench, host = _session()
    port = _listen(host)
    bench.freeze()
    listener = bench.device.channels[0]
    listener.sock = Refusing(listener.sock, 24, 1000)
    listener.raw = lambda: listener.sock.sock
    client = Client(port)
    host.settle(50)
    check.equal(_counted(host)["refused"], 1)
    bench.skip(100)
    host.settle(50)
    check.equal(_counted(host)["refused"], 2)
    listener.sock.times = 0
    bench.skip(100)
    _accepted(host)
    client.close()


def test_a_listener_that_is_broken_says_so():
    bench, host = _session()
    port = _listen(host)
    listener = bench.device.channels[0]
    listener.sock = Refusing(listener.sock, 22, 1)
    listener.raw = lambda: listener.sock.sock
    client = Client(port)
    m = host.message(lambda m: m[0] == CLOSE)
    check.equal(m, (CLOSE, 0, 16, "input/output error", 22))
    host.send(CLOSE, 0, 0, "", None)
    host.until(lambda: not bench.device.channels)
    check.equal(len(bench.device.by_socket), 0)
    client.close()


def test_memory_short_at_accept_costs_this_connection_only():
    bench, host = _session()
    port = _listen(host)
    listener = bench.device.channels[0]
    channel = listener.channel

    def starved(number, sock):
        listener.channel = channel
        raise MemoryError

    listener.channel = starved
    lost = Client(port)
    host.until(lambda: lost.read())
    check.equal(_counted(host), {"accepted": 0, "refused": 1, "datagrams_dropped": 0})
    check.equal(_rests(bench), (1, 1))
    client = Client(port)
    check.equal(_accepted(host)[0], 1)
    client.close()
    lost.close()


def test_memory_short_at_the_announcement():
    bench, host = _session()
    port = _listen(host)
    listener = bench.device.channels[0]
    accepted = listener.accepted

    def starved(channel, remote):
        listener.accepted = accepted
        raise MemoryError

    listener.accepted = starved
    lost = Client(port)
    check.equal(check.raises(OSError, host.until, lost.read).errno, errno.ECONNRESET)
    check.equal(_counted(host)["refused"], 1)
    check.equal((_rests(bench), listener.credit), ((1, 1), 1000))
    client = Client(port)
    check.equal(_accepted(host)[0], 1)
    client.close()
    lost.close()


def test_bytes_for_a_listener():
    bench, host = _session()
    _listen(host)
    host.send(CHANNEL_DATA, 0, b"x")
    check.equal(host.closed(0), CREDIT_EXCEEDED)
    host.send(EOF, 0)
    host.send(CREDIT, 0, 1)
    host.send(CLOSE, 0, 0, "", None)
    host.until(lambda: not bench.device.channels)


def test_credit_beyond_the_limit():
    bench, host = _session()
    _listen(host, credit=16 << 20)
    tag = host.tag
    host.send(CREDIT, 0, 1)
    check.equal(host.reset(tag), 5)
    check.equal(_rests(bench), (0, 0))


def test_bad_arguments_name_the_argument():
    bench, host = _session()
    good = (0, LOOPBACK, 0, 0, 1, {})
    for i, name, values in (
        (0, "channel", (1, -2, 65536, "a", None, True)),
        (1, "address", ("127.0.0.1", b"123", 1)),
        (2, "port", (-1, 65536, None)),
        (3, "backlog", (-1, None, "")),
        (4, "credit", (-1, (16 << 20) + 1, None)),
        (5, "options", (None, 1, ())),
        (5, "credit", ({"credit": -1}, {"credit": True})),
        (5, "reuse_address", ({"reuse_address": 1},)),
    ):
        for value in values:
            m = host.answer(host.ask(TCP_LISTEN, *(good[:i] + (value,) + good[i + 1 :])))
            check.equal(m[2:4], (BAD_REQUEST, name), value)
    m = host.answer(host.ask(TCP_LISTEN, *good[:5]))
    check.equal(m[2:4], (BAD_REQUEST, "arguments"))
    for name in ("broadcast", "connect_timeout_ms", "local_address", "no_such", 5, "ca"):
        m = host.answer(host.ask(TCP_LISTEN, 0, LOOPBACK, 0, 0, 1, {name: True}))
        check.equal(m[2:4], (UNSUPPORTED, "option %s" % name))
    check.equal(_rests(bench), (0, 0))
    _listen(host)
    check.equal(host.refused(TCP_LISTEN, *good), IN_USE)


def test_options_of_a_listener_are_those_of_its_connections():
    bench, host = _session()
    options = {"no_delay": True, "keep_alive": True, "receive_buffer": 20000, "send_buffer": 30000, "credit": 1}
    port = _listen(host, options=options)
    client = Client(port)
    _accepted(host)
    for channel in (0, 1):
        for name, value in (("no_delay", True), ("keep_alive", True), ("receive_buffer", 20000), ("send_buffer", 30000), ("reuse_address", True)):
            check.equal(host.call(SOCKET_OPTION, channel, name, None), (value,))
    sock = bench.device.channels[1].sock
    check.equal((_get(sock, 6, 1), _get(sock, 1, 9), _get(sock, 1, 8), _get(sock, 1, 7)), (1, 1, 40000, 60000))
    # Set on the listener later: of those that come then.
    check.equal(host.call(SOCKET_OPTION, 0, "no_delay", False), (False,))
    another = Client(port)
    _accepted(host)
    check.equal(host.call(SOCKET_OPTION, 3, "no_delay", None), (False,))
    check.equal(host.call(SOCKET_OPTION, 1, "no_delay", None), (True,))
    check.equal((_get(bench.device.channels[1].sock, 6, 1), _get(bench.device.channels[3].sock, 6, 1)), (1, 0))
    client.close()
    another.close()


def _get(sock, level, option):
    """What the platform says: getsockopt()."""
    import ffi

    value, size = bytearray(4), bytearray(b"\4\0\0\0")
    assert ffi.open(None).func("i", "getsockopt", "iiiPP")(sock.fileno(), level, option, value, size) == 0
    return value[0] | value[1] << 8 | value[2] << 16


def test_options_of_an_open_connection():
    bench, host = _session()
    peer = Peer()
    host.connect(0, peer.port, options={"no_delay": True})
    host.connect(2, peer.port, options={"no_delay": True})
    check.equal(host.call(SOCKET_OPTION, 0, "no_delay", None), (True,))
    check.equal(host.call(SOCKET_OPTION, 0, "keep_alive", None), (None,))
    check.equal(host.call(SOCKET_OPTION, 0, "keep_alive", True), (True,))
    check.equal(host.call(SOCKET_OPTION, 0, "keep_alive", None), (True,))
    check.equal(host.call(SOCKET_OPTION, 0, "no_delay", False), (False,))
    sock = bench.device.channels[0].sock
    check.equal((_get(sock, 6, 1), _get(sock, 1, 9)), (0, 1))
    # Others are not touched.
    check.equal(host.call(SOCKET_OPTION, 2, "keep_alive", None), (None,))
    check.equal(host.call(SOCKET_OPTION, 2, "no_delay", None), (True,))
    for args, code, text in (
        ((0, "broadcast", True), UNSUPPORTED, "option broadcast"),
        ((0, "connect_timeout_ms", 5), UNSUPPORTED, "option connect_timeout_ms"),
        ((0, "local_port", None), UNSUPPORTED, "option local_port"),
        ((0, "credit", None), UNSUPPORTED, "option credit"),
        ((0, "no_such", None), UNSUPPORTED, "option no_such"),
        ((0, "no_delay", 1), BAD_REQUEST, "no_delay"),
        ((0, "send_buffer", True), BAD_REQUEST, "send_buffer"),
        ((0, "send_buffer", -1), BAD_REQUEST, "send_buffer"),
        ((0, 5, None), BAD_REQUEST, "name"),
        ((0, {}, None), BAD_REQUEST, "name"),
        ((4, "no_delay", None), BAD_REQUEST, "channel"),
        (("0", "no_delay", None), BAD_REQUEST, "channel"),
        (({}, "no_delay", None), BAD_REQUEST, "channel"),
        ((0, "no_delay"), BAD_REQUEST, "arguments"),
    ):
        check.equal(host.answer(host.ask(SOCKET_OPTION, *args))[2:4], (code, text), args)
    # One that the network has closed still says what it had.
    peer.accept(host).close()
    peer.accept(host)
    host.send(EOF, 0)
    check.equal(host.closed(0), NONE)
    check.equal(host.call(SOCKET_OPTION, 0, "keep_alive", False), (False,))
    peer.close()


def test_equal_options_are_kept_once():
    bench, host = _session()
    peer = Peer()
    for n in range(4):
        host.connect(2 * n, peer.port, options={"no_delay": True, "keep_alive": False})
    channels = bench.device.channels
    assert all(channels[2 * n].options is channels[0].options for n in range(4))
    host.call(SOCKET_OPTION, 2, "no_delay", False)
    host.call(SOCKET_OPTION, 4, "no_delay", False)
    assert channels[2].options is channels[4].options is not channels[0].options
    peer.close()


def test_connect_from_an_address_and_a_port():
    bench, host = _session()
    peer = Peer()
    port = closed_port()
    local, local_port = host.connect(0, peer.port, options={"local_address": b"\x7f\0\0\5", "local_port": port})[:2]
    check.equal((local, local_port), (b"\x7f\0\0\5", port))
    check.equal(host.connect(2, peer.port, options={"local_address": b"\x7f\0\0\6"})[0], b"\x7f\0\0\6")
    port = closed_port()
    check.equal(host.connect(4, peer.port, options={"local_port": port})[:2], (LOOPBACK, port))
    for channel, options, code, text in (
        (6, {"local_port": peer.port}, ADDRESS_IN_USE, "address in use"),
        (6, {"local_address": b"\xc0\0\2\1"}, ADDRESS_NOT_AVAILABLE, "address not available"),
        (6, {"local_address": LOOPBACK6}, ADDRESS_NOT_AVAILABLE, "local address of another family than 127.0.0.1"),
        (6, {"local_address": b"\x7f\0\0"}, BAD_REQUEST, "local_address"),
        (6, {"local_address": "127.0.0.1"}, BAD_REQUEST, "local_address"),
        (6, {"local_port": 65536}, BAD_REQUEST, "local_port"),
    ):
        m = host.answer(host.ask(TCP_CONNECT, channel, LOOPBACK, peer.port, 0, options))
        check.equal(m[2:4], (code, text), options)
    check.equal(_rests(bench), (3, 3))
    peer.close()


def test_an_option_that_the_platform_lacks():
    bench, host = _session()
    supports = bench.device.board.supports
    bench.device.board.supports = lambda name: name != "keep_alive" and supports(name)
    for options in ({"keep_alive": True}, {"no_delay": True, "keep_alive": False}):
        m = host.answer(host.ask(TCP_LISTEN, 0, LOOPBACK, 0, 0, 1, options))
        check.equal(m[2:4], (UNSUPPORTED, "option keep_alive"))
    _listen(host)
    check.equal(host.answer(host.ask(SOCKET_OPTION, 0, "keep_alive", None))[2:4], (UNSUPPORTED, "option keep_alive"))


def test_reuse_address_unless_the_host_says_no():
    bench, host = _session()
    _listen(host, 0)
    _listen(host, 2, options={"reuse_address": False})
    channels = bench.device.channels
    check.equal((_get(channels[0].sock, 1, 2), _get(channels[2].sock, 1, 2)), (1, 0))
    check.equal(host.call(SOCKET_OPTION, 0, "reuse_address", None), (True,))
    check.equal(host.call(SOCKET_OPTION, 2, "reuse_address", None), (False,))


def test_ipv6():
    try:
        probe = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        probe.bind(socket.getaddrinfo("::1", 0, 0, socket.SOCK_STREAM)[0][-1])
        probe.close()
    except OSError:
        print("  this machine has no IPv6")
        return
    bench, host = _session()
    address, port = host.call(TCP_LISTEN, 0, LOOPBACK6, 0, 0, 10, {})
    check.equal(address, LOOPBACK6)
    client = Client(port, "::1")
    check.equal(_accepted(host)[1:5], (LOOPBACK6, port, LOOPBACK6, client.port))
    local, _, remote, remote_port, _ = host.connect(2, port, host=LOOPBACK6, options={"local_address": LOOPBACK6})
    check.equal((local, remote, remote_port), (LOOPBACK6, LOOPBACK6, port))
    client.close()


def test_the_device_connects_to_itself():
    bench, host = _session()
    port = _listen(host)
    got = bytearray()
    host.data[1] = got.extend
    local, local_port = host.connect(2, port)[:2]
    check.equal(_accepted(host)[3:5], (local, local_port))
    host.send(CHANNEL_DATA, 2, b"round")
    host.until(lambda: got == b"round")


def test_feature():
    bench, host = _session()
    assert host.welcome[10] & 8, host.welcome


def test_a_platform_that_does_not_tell_ports():
    import network

    real = network.socket_name
    del network.socket_name
    try:
        bench, host = _session()
        first = _listen(host, 0)
        assert 0xC000 <= first <= 0xFFFF, first  # chosen by the device
        asked = 20000 + first % 0x2000  # below those that the system gives to connections
        check.equal(_listen(host, 2, port=asked), asked)
        network.socket_name = real
        client = Client(asked)
        check.equal(_accepted(host, 2)[4], client.port)
        client.close()
    finally:
        network.socket_name = real


check.run(globals())
