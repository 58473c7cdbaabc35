"""TLS on the device (PROTOCOL.md, section 8)."""

import errno
import gc
import random
import socket
import tls
import check
from host import CHANNEL_DATA, CLOSE, CREDIT, EOF, ERROR, LOOPBACK, PING, RESPONSE, TLS_CONNECT, Bench, Peer, closed_port, port_of
from tlspeer import CA, EXPIRED, KEY, OTHER, SELF, SERVER, TRUST, End, read, server

TLS_LISTEN, BLOB_WRITE, ACCEPT = 21, 22, 20
NONE, BAD_REQUEST, NO_RESOURCES, IN_USE, REFUSED, RESET_BY_PEER, TIMED_OUT, TLS, CERTIFICATE = 0, 2, 6, 7, 17, 18, 20, 40, 41
EOF_OF_0 = (EOF, 0)


def _session(**config):
    bench = Bench(**config)
    host = bench.host()
    host.until(lambda: host.resets)
    host.open()
    return bench, host


def _pattern(n, seed=0):
    random.seed(n + seed)
    block = bytes(random.getrandbits(8) for _ in range(997))
    return (block * (n // 997 + 1))[:n]


def _ask(host, channel, port, address=LOOPBACK, options=TRUST, credit=65536, sink=None):
    host.data[channel] = sink or (lambda data: None)
    host.grant[channel] = 0
    return host.ask(TLS_CONNECT, channel, address, port, credit, dict(options))


def _connect(host, peer, channel=0, context=None, address=LOOPBACK, options=TRUST, sink=None, credit=65536):
    """Opens a channel; returns its results and the network's end."""
    number = _ask(host, channel, peer.port, address, options, credit, sink)
    end = End(context or server(), peer.accept(host))

    def answered():
        end.step()
        for m in host.messages:
            if m[0] in (RESPONSE, ERROR) and m[1] == number:
                host.messages.remove(m)
                return m

    m = host.until(answered)
    return m, end


def _connected(host, peer, *args, **settings):
    m, end = _connect(host, peer, *args, **settings)
    assert m[0] == RESPONSE, m
    host.until(lambda: end.step() or end.hands)
    return m[2:], end


def _refused(certificate=SERVER, key=KEY, **settings):
    """Code and text with which the device refuses a server."""
    bench, host = _session()
    peer = Peer()
    m, end = _connect(host, peer, context=server(certificate, key), **settings)
    assert m[0] == ERROR, m
    check.equal((len(bench.device.channels), len(bench.device.by_socket), bench.unexpected), (0, 0, []))
    host.until(lambda: end.step() or end.error)
    check.equal(bytes(end.got), b"")
    # And the channel's number is free.
    _connected(host, peer)
    peer.close()
    return m[2], m[3]


def test_connect():
    bench, host = _session()
    assert host.welcome[-2] & 16 or [f for f in host.welcome if isinstance(f, int) and f & 16]
    peer = Peer()
    got = bytearray()
    results, end = _connected(host, peer, sink=got.extend)
    check.equal((results[0], results[2], results[3]), (LOOPBACK, LOOPBACK, peer.port))
    credit = results[4]
    assert 256 <= credit <= 8192
    host.send(CHANNEL_DATA, 0, b"to the peer")
    end.send = b"to the host"
    host.until(lambda: end.step() or len(got) == 11 and len(end.got) == 11)
    check.equal((bytes(got), bytes(end.got)), (b"to the host", b"to the peer"))
    peer.close()


def test_name_asked_for_is_the_one_that_is_verified():
    bench, host = _session()
    peer = Peer()
    _connected(host, peer, 0, address="localhost", options={"ca": CA})
    _connected(host, peer, 2, address="localhost.", options={"ca": CA})
    _connected(host, peer, 4, address="127.0.0.1", options={"ca": CA})
    _connected(host, peer, 6, options={"ca": CA, "server_name": "device.test"})
    m, end = _connect(host, peer, 8, address="localhost", options={"ca": CA, "server_name": "elsewhere.test"})
    check.equal(m[2], CERTIFICATE)
    peer.close()


def test_certificates_that_do_not_do():
    check.equal(_refused(options={"ca": OTHER, "server_name": "localhost"}), (CERTIFICATE, "The certificate is not correctly signed by the trusted CA"))
    code, text = _refused(options={"ca": CA, "server_name": "elsewhere.test"})
    assert code == CERTIFICATE and "Common Name" in text, text
    code, text = _refused(EXPIRED)
    assert code == CERTIFICATE and "expired" in text, text
    code, text = _refused(SELF)
    assert code == CERTIFICATE and "trusted CA" in text, text


def test_without_verification_anything_goes():
    bench, host = _session()
    peer = Peer()
    for n, certificate in enumerate((SELF, EXPIRED, SERVER)):
        _connected(host, peer, 2 * n, context=server(certificate), options={"verify": False})
    peer.close()


def test_what_verification_needs():
    bench, host = _session()

    def refused(address, options):
        m = host.answer(_ask(host, 0, 1, address, options))
        check.equal(m[:1] + m[2:3], (ERROR, BAD_REQUEST))
        return m[3].partition(":")[0]

    check.equal(refused("localhost", {}), "ca")
    check.equal(refused("localhost", {"ca": 3}), "ca")
    check.equal(refused("localhost", {"ca": "text"}), "ca")
    check.equal(refused("localhost", {"ca": b""}), "ca")
    check.equal(refused("localhost", {"ca": b"no certificate"}), "ca")
    check.equal(refused("localhost", {"ca": CA[:-1]}), "ca")
    check.equal(refused(LOOPBACK, {"ca": CA}), "server_name")
    check.equal(refused(LOOPBACK, {"ca": CA, "server_name": ""}), "server_name")
    check.equal(refused(LOOPBACK, {"ca": CA, "server_name": "x" * 256}), "server_name")
    check.equal(refused(LOOPBACK, {"ca": CA, "server_name": 1}), "server_name")
    check.equal(refused("localhost", {"ca": CA, "verify": 0}), "verify")
    check.equal((len(bench.device.channels), len(bench.device.by_socket), bench.unexpected), (0, 0, []))


def test_refused_and_a_channel_in_use():
    bench, host = _session()
    check.equal(host.answer(_ask(host, 0, closed_port()))[2], REFUSED)
    peer = Peer()
    _connected(host, peer)
    check.equal(host.answer(_ask(host, 0, peer.port))[2], IN_USE)
    peer.close()


class Hello:
    """A peer that keeps what it gets, and is no TLS peer."""

    def __init__(self, host, peer, number):
        self.conn = peer.accept(host)
        self.got = b""
        host.until(self.step)

    def step(self):
        self.got += self.conn.read(1000) or b""
        return len(self.got) > 100


def test_the_peer_is_told_the_name():
    bench, host = _session()
    peer = Peer()
    for n, (address, options, name) in enumerate(
        (
            ("localhost", {"verify": False}, b"localhost"),
            ("localhost", {"verify": False, "server_name": "device.test"}, b"device.test"),
            (LOOPBACK, {"verify": False}, None),
        )
    ):
        hello = Hello(host, peer, _ask(host, 2 * n, peer.port, address, options))
        # The extension server_name (RFC 6066): 0, its size, the list's, host_name, the name's size, the name.
        if name:
            k = len(name)
            assert bytes((0, 0, 0, k + 5, 0, k + 3, 0, 0, k)) + name in hello.got, hello.got
        else:
            assert b"localhost" not in hello.got
        hello.conn.close()
    peer.close()


def test_peer_that_speaks_no_tls():
    bench, host = _session()
    peer = Peer()
    number = _ask(host, 0, peer.port)
    hello = Hello(host, peer, number)
    hello.conn.write(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 10)
    m = host.answer(number)
    check.equal(m[2], TLS)
    assert "TLS handshake failed: " in m[3], m
    check.equal((len(bench.device.channels), len(bench.device.by_socket), bench.unexpected), (0, 0, []))
    peer.close()


def test_peer_that_closes_in_the_handshake():
    import network

    bench, host = _session()
    peer = Peer()
    for reset in (False, True):
        number = _ask(host, 0, peer.port)
        hello = Hello(host, peer, number)
        if reset:
            network.set_reset(hello.conn)
        hello.conn.close()
        m = host.answer(number)
        check.equal(m[2:], (TLS, "the peer closed the connection during the TLS handshake", errno.ECONNRESET))
    check.equal((len(bench.device.channels), len(bench.device.by_socket)), (0, 0))
    peer.close()


def test_peer_that_does_not_answer_holds_up_nobody():
    bench, host = _session()
    peer = Peer()
    options = dict(TRUST)
    options["connect_timeout_ms"] = 5000
    number = _ask(host, 0, peer.port, options=options)
    hello = Hello(host, peer, number)
    got = bytearray()
    results, end = _connected(host, peer, 2, sink=got.extend)
    end.send = _pattern(50000)
    host.until(lambda: end.step() or len(got) == 50000)
    check.equal(bytes(got), _pattern(50000))
    check.equal(host.call(PING, 1), (1,))
    for _ in range(4):
        bench.skip(1000)
        host.settle(3)
    assert not [m for m in host.messages if m[1] == number], "too early"
    bench.skip(1100)
    m = host.answer(number)
    check.equal(m[2:4], (TIMED_OUT, "the TLS handshake timed out"))
    check.equal(len(bench.device.channels), 1)
    host.until(lambda: hello.conn.read(1000) == b"")
    peer.close()


def test_cancel_in_the_handshake():
    bench, host = _session()
    peer = Peer()
    number = _ask(host, 0, peer.port)
    hello = Hello(host, peer, number)
    host.send(4, number)
    check.equal(host.answer(number)[2], 3)
    check.equal((len(bench.device.channels), len(bench.device.by_socket)), (0, 0))
    host.until(lambda: hello.conn.read(1000) == b"")
    peer.close()


def test_first_bytes_with_the_end_of_the_handshake():
    bench, host = _session()
    peer = Peer()
    got = bytearray()
    # The server speaks first, and closes: all of it may be there before the device has finished.
    number = _ask(host, 0, peer.port, sink=got.extend, credit=3)
    end = End(server(), peer.accept(host))
    end.send = b"220 ready\r\n"
    host.until(lambda: end.step() or not end.send)
    end.close()
    check.equal(host.answer(number)[0], RESPONSE)
    host.until(lambda: len(got) == 3)
    host.send(CREDIT, 0, 100)
    host.until(lambda: EOF_OF_0 in host.messages)
    check.equal(bytes(got), b"220 ready\r\n")
    peer.close()


class Uploader:
    """Sends bytes on a channel as credit comes."""

    def __init__(self, host, channel, data, credit):
        self.host = host
        self.channel = channel
        self.data = memoryview(data)
        self.credit = credit

    def step(self):
        host = self.host
        for m in [m for m in host.messages if m[0] == CREDIT and m[1] == self.channel]:
            host.messages.remove(m)
            self.credit += m[2]
        while len(self.data) and self.credit and len(host.waiting) < 4:
            n = min(random.getrandbits(10) + 1, 1000, self.credit, len(self.data))
            host.send(CHANNEL_DATA, self.channel, bytes(self.data[:n]))
            self.data = self.data[n:]
            self.credit -= n
        return not len(self.data) and not host.waiting


def test_a_megabyte_each_way_with_a_slow_reader():
    bench, host = _session(credit=16384)
    peer = Peer()
    size = 1 << 20
    up_data, down_data = _pattern(size), _pattern(size, 1)
    got = bytearray()
    options = dict(TRUST)
    options["send_buffer"] = 4096
    results, end = _connected(host, peer, sink=got.extend, options=options)
    up = Uploader(host, 0, up_data, results[4])
    end.send = memoryview(down_data)
    channel = bench.device.channels[0]
    full = blocked = 0

    def both():
        nonlocal full, blocked
        # The peer rests until the device has had to keep bytes for a while, then reads a little.
        full = full + 1 if channel.held.size else 0
        blocked += channel.sock.pending > 0
        end.reads = full == 0 or full % 7 == 0 or up.step()
        end.step()
        up.step()
        return end.error or len(got) == size and len(end.got) == size

    host.until(both, 120000)
    assert not end.error, end.error
    check.equal(bytes(got) == down_data, True)
    check.equal(bytes(end.got) == up_data, True)
    assert blocked > 100, "only %d writes that had to be repeated" % blocked
    # Host ends first, then the peer: both in order.
    host.send(EOF, 0)
    end.reads = True
    host.until(lambda: end.step() or end.ended)
    end.close()
    check.equal(host.closed(0), NONE)
    host.send(CLOSE, 0, 0, "", None)
    host.until(lambda: not bench.device.channels)
    check.equal((len(bench.device.by_socket), bench.unexpected), (0, []))
    peer.close()


def test_end_of_the_host_first_and_bytes_back():
    bench, host = _session()
    peer = Peer()
    got = bytearray()
    results, end = _connected(host, peer, sink=got.extend)
    host.send(CHANNEL_DATA, 0, b"question")
    host.send(EOF, 0)
    host.until(lambda: end.step() or end.ended)
    check.equal(bytes(end.got), b"question")
    end.write(b"answer")
    end.close()
    check.equal(host.closed(0), NONE)
    check.equal((bytes(got), EOF_OF_0 in host.messages), (b"answer", True))
    peer.close()


def test_end_of_the_peer_first_and_bytes_back():
    bench, host = _session()
    peer = Peer()
    results, end = _connected(host, peer)
    end.notify()
    host.until(lambda: EOF_OF_0 in host.messages)
    host.send(CHANNEL_DATA, 0, b"more")
    host.send(EOF, 0)
    check.equal(host.closed(0), NONE)
    host.until(lambda: end.step() or end.ended)
    check.equal(bytes(end.got), b"more")
    peer.close()


def test_fin_without_close_notify_is_a_reset():
    bench, host = _session()
    peer = Peer()
    for half in (False, True):
        got = bytearray()
        results, end = _connected(host, peer, sink=got.extend)
        end.write(_pattern(3000))
        if half:
            host.send(EOF, 0)
            host.until(lambda: end.step() or end.ended)
        end.stream.close()
        check.equal(host.closed(0), RESET_BY_PEER)
        check.equal(bytes(got), _pattern(3000))
        assert EOF_OF_0 not in host.messages
        host.send(CLOSE, 0, 0, "", None)
        host.until(lambda: not bench.device.channels)
    peer.close()


def test_close_tells_the_peer_and_a_code_does_not():
    bench, host = _session()
    peer = Peer()
    for code in (NONE, RESET_BY_PEER):
        results, end = _connected(host, peer)
        host.send(CHANNEL_DATA, 0, b"last words")
        host.until(lambda: end.step() or len(end.got) == 10)
        host.send(CLOSE, 0, code, "", None)
        check.equal(host.closed(0), NONE)
        host.until(lambda: end.step() or end.ended or end.error)
        if code:
            check.equal(abs(end.error.errno), errno.ECONNRESET)
        else:
            check.equal((end.ended, bytes(end.got)), (True, b"last words"))
        check.equal((len(bench.device.channels), len(bench.device.by_socket)), (0, 0))
    peer.close()


def _close_of_a_full_connection(unread):
    bench, host = _session()
    peer = Peer()
    data = _pattern(500_000)
    options = dict(TRUST)
    options["send_buffer"] = 4096
    results, end = _connected(host, peer, options=options, credit=0 if unread else 65536)
    up = Uploader(host, 0, data, results[4])
    channel = bench.device.channels[0]
    if unread:
        check.equal(end.write(unread), len(unread))
    quiet = 0

    def stuck():
        nonlocal quiet
        up.step()
        quiet = quiet + 1 if channel.held.size and not up.credit and not host.waiting else 0
        return quiet > 100

    host.until(stuck)
    sent = len(data) - len(up.data)
    assert channel.held.size
    host.send(CLOSE, 0, 0, "", None)
    host.settle()
    host.until(lambda: end.step() or end.ended or end.error)
    assert not end.error, end.error
    check.equal(bytes(end.got) == data[:sent], True)
    check.equal(host.closed(0), NONE)
    peer.close()


def test_close_writes_first_what_the_device_holds():
    _close_of_a_full_connection(b"")


def test_what_nobody_has_read_does_not_make_the_close_a_reset():
    """A session ticket, say: with it unread a closed socket resets the connection, and what the network has not taken yet is gone."""
    _close_of_a_full_connection(b"unread" * 100)


def test_a_damaged_record_is_an_error_of_tls():
    bench, host = _session()
    peer = Peer()
    got = bytearray()
    results, end = _connected(host, peer, sink=got.extend)
    end.write(b"fine")
    end.stream.raw.write(b"\x17\x03\x03\x00\x20" + bytes(32))
    m = host.message(lambda m: m[0] == CLOSE)
    check.equal((m[1:3], bytes(got)), ((0, TLS), b"fine"))
    peer.close()


def test_bytes_of_the_peer_survive_a_failed_write():
    bench, host = _session()
    peer = Peer()
    got = bytearray()
    results, end = _connected(host, peer, sink=got.extend, credit=10)
    end.write(_pattern(5000))
    end.close()
    host.until(lambda: len(got) == 10)
    failed = lambda: bench.device.channels[0].failure
    for _ in range(50):
        # The peer is gone: its end answers these with RST, though what it had sent is there.
        host.send(CHANNEL_DATA, 0, b"x")
        host.settle(2)
        if failed():
            break
    assert failed()
    host.send(CREDIT, 0, 10000)
    host.closed(0)
    # A RST takes from the kernel what has not been read: what was there already is a beginning, and no byte wrong.
    check.equal(bytes(got), _pattern(5000)[: len(got)])
    peer.close()


def test_blobs():
    bench, host = _session()
    peer = Peer()
    check.equal(host.call(BLOB_WRITE, 0, CA[:100]), (100,))
    check.equal(host.call(BLOB_WRITE, 255, b"x"), (1,))
    check.equal(host.call(BLOB_WRITE, 0, CA[100:]), (len(CA),))
    options = {"ca": 0, "server_name": "localhost"}
    _connected(host, peer, options=options)
    # It is gone.
    check.equal(host.answer(_ask(host, 2, peer.port, options=options))[2], BAD_REQUEST)
    # Also when the request fails, for whatever reason.
    for address, number in ((LOOPBACK, 0), (b"short", 2)):
        host.call(BLOB_WRITE, 0, CA)
        m = host.answer(_ask(host, number, peer.port, address, options))
        check.equal(m[2], IN_USE if address == LOOPBACK else BAD_REQUEST)
        check.equal(host.answer(_ask(host, 2, peer.port, options=options))[3], "ca")
    check.equal(host.call(BLOB_WRITE, 255, b"y"), (2,))
    peer.close()


def test_blobs_have_a_bound_and_end_with_the_session():
    bench, host = _session()
    for n in range(16):
        check.equal(host.call(BLOB_WRITE, n % 3, bytes(1000))[0], (n // 3 + 1) * 1000)
    check.equal(host.refused(BLOB_WRITE, 3, bytes(385)), NO_RESOURCES)
    check.equal(host.call(BLOB_WRITE, 3, bytes(384)), (384,))
    check.equal(host.refused(BLOB_WRITE, 0, b"x"), NO_RESOURCES)
    check.equal(host.call(BLOB_WRITE, 0, b""), (6000,))
    host.open()
    check.equal(host.call(BLOB_WRITE, 0, bytes(1000)), (1000,))
    for args in ((), (0,), (-1, b""), (256, b""), (0, "text"), ("0", b""), (True, b"")):
        check.equal(host.refused(BLOB_WRITE, *args), BAD_REQUEST)


def test_blobs_come_into_a_heap_without_a_long_free_run():
    from uartnet import blobs

    class Request:
        def done(self, values):
            (self.length,) = values

    class Device:
        blobs = {}

    device, request, data = Device(), Request(), bytes(1000)
    filling = [None] * 20000
    try:
        for i in range(len(filling)):
            filling[i] = bytearray(3000)
    except MemoryError:
        pass
    check.equal(filling[-1], None, "the heap is not full")
    for i in range(0, len(filling), 2):
        filling[i] = None
    gc.collect()
    for n in range(16):
        blobs.write(device, request, (0, data))
        check.equal(request.length, (n + 1) * 1000)


def test_a_chain_in_pem_longer_than_a_frame():
    bench, host = _session()
    peer = Peer()
    pem = read("rsa.pem")
    for at in range(0, len(pem), 600):
        host.call(BLOB_WRITE, 7, pem[at : at + 600])
    context = server(pem, read("rsa.key"))
    _connected(host, peer, context=context, options={"ca": 7, "server_name": "localhost"})
    peer.close()


def test_end_of_the_session_in_the_handshake_and_after():
    bench, host = _session()
    peer = Peer()
    for _ in range(3):
        hellos = []
        for n in range(5):
            hellos.append(Hello(host, peer, _ask(host, 2 * n, peer.port)))
        results, end = _connected(host, peer, 10)
        host.open()
        for hello in hellos:
            check.equal(check.raises(OSError, host.until, lambda: hello.conn.read(1)).errno, errno.ECONNRESET)
            hello.conn.close()
        host.until(lambda: end.step() or end.error)
        check.equal(abs(end.error.errno), errno.ECONNRESET)
        check.equal((len(bench.device.channels), len(bench.device.by_socket)), (0, 0))
    peer.close()


def test_too_little_memory():
    bench, host = _session()
    peer = Peer()

    class Context:
        def __init__(self, e):
            self.e = e

        def wrap_socket(self, sock, **settings):
            raise self.e

    for e in (MemoryError(), OSError(errno.ENOMEM), OSError(-0x2880, "X509 - Allocation of memory failed"), OSError(16)):
        number = _ask(host, 0, peer.port)
        host.until(lambda: bench.device.channels)
        bench.device.channels[0].context = Context(e)  # before it has connected
        check.equal(host.answer(number)[2], NO_RESOURCES)
        check.equal((len(bench.device.channels), len(bench.device.by_socket)), (0, 0))
    peer.close()


def _listen(host, channel=0, credit=10, options={"certificate": SERVER, "key": KEY, "credit": 65536}, backlog=16):
    """The port."""
    return host.call(TLS_LISTEN, channel, LOOPBACK, 0, backlog, credit, dict(options))[1]


def _knock(port):
    """A connection to the device, which does not block."""
    sock = socket.socket()
    sock.setblocking(False)
    try:
        sock.connect(socket.getaddrinfo("127.0.0.1", port)[0][-1])
    except OSError as e:
        assert e.errno == errno.EINPROGRESS, e
    return sock


def _client(port, ca=CA, ciphers=None):
    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(ca)
    if ciphers:
        context.set_ciphers(ciphers)
    return End(context, _knock(port), False, "localhost")


def _accepted(host, *ends):
    """The next CHANNEL_ACCEPT."""

    def find():
        for end in ends:
            end.step()
        for m in host.messages:
            if m[0] == ACCEPT:
                host.messages.remove(m)
                return m

    return host.until(find)


def test_server():
    bench, host = _session()
    port = _listen(host)
    clients = [_client(port) for _ in range(3)]
    ports = [port_of(client.stream.raw) for client in clients]
    for _ in range(3):
        m = _accepted(host, *clients)
        check.equal((m[1], m[2] & 1, m[3:5], m[5]), (0, 1, (LOOPBACK, port), LOOPBACK))
        assert m[7] >= 256
        got = bytearray()
        host.data[m[2]] = got.extend
        host.grant[m[2]] = 0
        client = clients[ports.index(m[6])]
        client.send = b"from the client"
        host.send(CHANNEL_DATA, m[2], b"from the host")
        host.until(lambda: client.step() or len(client.got) == 13 and len(got) == 15)
        client.notify()
        host.until(lambda: (EOF, m[2]) in host.messages)
        host.send(EOF, m[2])
        host.until(lambda: client.step() or client.ended)
        check.equal(host.closed(m[2]), NONE)
        host.send(CLOSE, m[2], 0, "", None)
        check.equal((bytes(got), bytes(client.got)), (b"from the client", b"from the host"))
        client.stream.close()
    host.until(lambda: len(bench.device.channels) == 1)
    check.equal(bench.device.counted["accepted"], 3)
    check.equal(bench.device.counted["refused"], 0)


def test_client_that_speaks_first_at_once():
    bench, host = _session()
    port = _listen(host)
    client = _client(port)
    # What it sends comes in one go with the end of its handshake.
    client.send = b"hello"
    for _ in range(100):
        client.step()
        if not client.send:
            break
        host.pump()
    got = bytearray()
    host.data[1] = got.extend
    check.equal(_accepted(host, client)[2], 1)
    host.until(lambda: got == b"hello")
    client.stream.close()
    check.equal(host.closed(1), RESET_BY_PEER)


def test_clients_that_do_not_finish_the_handshake():
    bench, host = _session()
    port = _listen(host)
    counted = bench.device.counted

    def refused(n):
        host.until(lambda: counted["refused"] == n)
        check.equal(len(bench.device.channels), 1)

    plain = _knock(port)
    host.settle()
    plain.write(b"GET / HTTP/1.1\r\n\r\n")
    refused(1)
    gone = _knock(port)
    host.until(lambda: len(bench.device.channels) == 2)
    gone.close()
    refused(2)
    stranger = _client(port, OTHER)
    host.until(lambda: stranger.step() or stranger.error)
    assert "trusted CA" in str(stranger.error)
    refused(3)
    silent = _knock(port)
    host.until(lambda: len(bench.device.channels) == 2)
    for _ in range(9):
        bench.skip(1000)
        host.settle(3)
    check.equal(counted["refused"], 3)
    bench.skip(1100)
    refused(4)
    host.until(lambda: silent.read(1) == b"")
    check.equal((counted["accepted"], bench.unexpected, [m for m in host.messages if m[0] == ACCEPT]), (0, [], []))
    client = _client(port)
    _accepted(host, client)


def test_stuck_clients_take_a_bounded_number_of_places():
    bench, host = _session()
    port = _listen(host, credit=20)
    stuck = [_knock(port) for _ in range(8)]
    host.until(lambda: len(bench.device.channels) == 5)
    host.settle()
    check.equal(len(bench.device.channels), 5)
    # A plain connection and a request are not held up.
    peer = Peer()
    host.connect(2, peer.port)
    check.equal(host.call(PING, 1), (1,))
    for sock in stuck[:6]:
        sock.close()
    host.until(lambda: bench.device.counted["refused"] == 6)
    client = _client(port)
    number = _accepted(host, client)[2]
    check.equal(len(bench.device.channels), 5)
    # The rest goes with its listener; the connection that it has accepted stays.
    host.send(CLOSE, 0, 0, "", None)
    check.equal(host.closed(0), NONE)
    check.equal((len(bench.device.channels), len(bench.device.by_socket)), (2, 2))
    for sock in stuck[6:]:
        check.equal(check.raises(OSError, host.until, lambda: sock.read(1) == b"").errno, errno.ECONNRESET)
    client.send = b"still here"
    got = bytearray()
    host.data[number] = got.extend
    host.until(lambda: client.step() or got == b"still here")
    peer.close()


def test_no_more_connections_than_credit():
    bench, host = _session()
    port = _listen(host, credit=2)
    clients = [_client(port) for _ in range(4)]
    for _ in range(2):
        _accepted(host, *clients)

    def pump(rounds=30):
        for _ in range(rounds):
            host.pump()
            for client in clients:
                client.step()

    pump()
    check.equal([m for m in host.messages if m[0] == ACCEPT], [])
    check.equal(len(bench.device.channels), 3)
    host.send(CREDIT, 0, 1)
    _accepted(host, *clients)
    pump()
    check.equal((len(bench.device.channels), bench.device.channels[0].credit), (4, 0))
    # One that fails has taken none.
    host.send(CREDIT, 0, 1)
    _accepted(host, *clients)
    host.send(CREDIT, 0, 1)
    _knock(port).close()
    host.until(lambda: bench.device.counted["refused"] == 1)
    check.equal(bench.device.channels[0].credit, 1)


def test_what_a_listener_needs():
    bench, host = _session()

    def refused(options):
        m = host.answer(host.ask(TLS_LISTEN, 0, LOOPBACK, 0, 0, 10, options))
        check.equal(m[:1] + m[2:3], (ERROR, BAD_REQUEST))
        return m[3].partition(":")[0]

    check.equal(refused({}), "certificate")
    check.equal(refused({"certificate": SERVER}), "key")
    check.equal(refused({"certificate": SERVER, "key": b"no key"}), "key")
    check.equal(refused({"certificate": b"none", "key": KEY}), "certificate")
    check.equal(refused({"certificate": 1, "key": KEY}), "certificate")
    check.equal((len(bench.device.channels), len(bench.device.by_socket), bench.unexpected), (0, 0, []))
    host.call(BLOB_WRITE, 1, SERVER)
    host.call(BLOB_WRITE, 2, KEY)
    port = _listen(host, options={"certificate": 1, "key": 2})
    _accepted(host, _client(port))


def test_end_of_the_session_in_handshakes_of_clients():
    bench, host = _session()
    for _ in range(3):
        port = _listen(host)
        socks = [_knock(port) for _ in range(3)]
        host.until(lambda: len(bench.device.channels) == 4)
        host.open()
        check.equal((len(bench.device.channels), len(bench.device.by_socket)), (0, 0))
        for sock in socks:
            check.equal(check.raises(OSError, host.until, lambda: sock.read(1)).errno, errno.ECONNRESET)


def test_too_little_memory_for_a_client():
    bench, host = _session()
    port = _listen(host)
    listener = bench.device.channels[0]
    context = listener.context

    class Context:
        def wrap_socket(self, sock, **settings):
            raise OSError(errno.ENOMEM)

    listener.context = Context()
    sock = _knock(port)
    host.until(lambda: bench.device.counted["refused"] == 1)
    listener.context = context
    check.equal((len(bench.device.channels), listener.credit), (1, 10))
    _accepted(host, _client(port))


def test_where_close_notify_cannot_be_said_the_end_waits_for_the_peer_s():
    """As on every board."""
    import uartnet.tls

    said = uartnet.tls.close_notify
    uartnet.tls.close_notify = None
    try:
        bench, host = _session()
        peer = Peer()
        got = bytearray()
        results, end = _connected(host, peer, sink=got.extend)
        host.send(CHANNEL_DATA, 0, b"question")
        host.send(EOF, 0)
        host.until(lambda: end.step() or len(end.got) == 8)
        for _ in range(20):
            host.pump()
            end.step()
        check.equal((end.ended, end.error), (False, None))
        # The peer may end first all the same.
        end.write(b"answer")
        said(end.stream.tls, end.stream.wire)
        check.equal(host.closed(0), NONE)
        check.equal((bytes(got), EOF_OF_0 in host.messages), (b"answer", True))
        host.until(lambda: end.step() or end.error)
        check.equal(abs(end.error.errno), errno.ECONNRESET)  # a FIN alone
        check.equal((len(bench.device.by_socket), bench.unexpected), (0, []))
        peer.close()
    finally:
        uartnet.tls.close_notify = said


def test_close_notify_that_the_network_does_not_take_at_once():
    import uartnet.tls

    said = uartnet.tls.close_notify
    calls = []

    def late(*args):
        calls.append(args)
        return len(calls) % 3 == 0 and said(*args)

    uartnet.tls.close_notify = late
    try:
        bench, host = _session()
        peer = Peer()
        for how in ("half", "close", "after the peer"):
            results, end = _connected(host, peer)
            if how == "after the peer":
                said(end.stream.tls, end.stream.wire)
                host.until(lambda: EOF_OF_0 in host.messages)
                host.messages.remove(EOF_OF_0)
            host.send(*((CLOSE, 0, 0, "", None) if how == "close" else EOF_OF_0))
            host.until(lambda: end.step() or end.ended)
            said(end.stream.tls, end.stream.wire)
            check.equal(host.closed(0), NONE)
            if how != "close":
                host.send(CLOSE, 0, 0, "", None)
            host.until(lambda: not bench.device.channels)
            host.messages.clear()
        check.equal((len(calls), bench.unexpected), (9, []))
        # A peer that takes nothing is waited for, but not for ever.
        uartnet.tls.close_notify = lambda *args: False
        results, end = _connected(host, peer)
        host.send(CLOSE, 0, 0, "", None)
        for _ in range(31):
            bench.skip(1000)
            host.settle(3)
        check.equal(host.closed(0), TIMED_OUT)
        check.equal((len(bench.device.channels), len(bench.device.by_socket)), (0, 0))
        peer.close()
    finally:
        uartnet.tls.close_notify = said


def test_the_host_s_time_sets_a_clock_that_nobody_has_set():
    import machine
    import uartnet.tls as subject

    said = []

    class RTC:
        def datetime(self, *args):
            said.extend(args)

    real = subject.localtime, subject.gmtime
    machine.RTC = RTC
    try:
        subject.set_clock(1_800_000_000)
        check.equal(said, [])  # this machine's clock is right
        subject.localtime = lambda: (2000, 1, 1, 0, 0, 0, 5, 1)
        subject.set_clock(1_800_000_000)
        check.equal(said, [(2027, 1, 15, 4, 8, 0, 0, 0)])
        # A board counts from 2000.
        subject.gmtime = lambda s: (2000, 1, 1, 0, 0, 0, 5, 1) if not s else real[1](s + 946684800)
        subject.set_clock(1_800_000_000)
        check.equal(said[1], said[0])
    finally:
        subject.localtime, subject.gmtime = real
        del machine.RTC
    bench, host = _session()
    peer = Peer()
    options = dict(TRUST)
    options["time"] = 1_800_000_000
    results, end = _connected(host, peer, options=options)
    for bad in (-1, "now", True):
        options["time"] = bad
        m = host.answer(_ask(host, 2, peer.port, options=options))
        check.equal((m[0], m[2], m[3]), (ERROR, BAD_REQUEST, "time"))
    peer.close()


check.run(globals())
