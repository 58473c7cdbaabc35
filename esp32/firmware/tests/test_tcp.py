"""TCP client channels (PROTOCOL.md, section 9)."""

import random
import check
from host import (CHANNEL_DATA, CLOSE, CREDIT, EOF, LOOPBACK, PING, TCP_CONNECT, Bench, Peer, closed_port, port_of)

NONE, CREDIT_EXCEEDED, REFUSED, RESET_BY_PEER, TIMED_OUT, BROKEN_PIPE = 0, 9, 17, 18, 20, 26
EOF_OF_0 = (EOF, 0)


def _session(**config):
    bench = Bench(**config)
    host = bench.host()
    host.until(lambda: host.resets)
    host.open()
    return bench, host


def _pattern(n, seed=0):
    random.seed(n + seed)
    block = bytes(random.choice((0xC0, 0xDB, random.getrandbits(8))) for _ in range(997))
    return (block * (n // 997 + 1))[:n]


class Sender:
    """Writes bytes to a socket that does not block, as it takes them; then closes it."""

    def __init__(self, sock, data, then=None):
        self.sock = sock
        self.data = memoryview(data)
        self.then = then or sock.close

    def step(self):
        if self.data is not None:
            n = self.sock.write(self.data) if len(self.data) else 0
            self.data = self.data[n or 0 :]
            if not len(self.data):
                self.data = None
                self.then()


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
            n = min(1000, self.credit, len(self.data))
            host.send(CHANNEL_DATA, self.channel, bytes(self.data[:n]))
            self.data = self.data[n:]
            self.credit -= n
        return not len(self.data) and not host.waiting


def _fill(host, up, channel):
    """Uploads until the network takes no more, and goes on taking no more for a while."""
    quiet = 0

    def stuck():
        nonlocal quiet
        up.step()
        quiet = quiet + 1 if channel.held.size and not up.credit and not host.waiting else 0
        return quiet > 100

    host.until(stuck)


def _read(sock, into):
    """Reads what there is; False at the end."""
    buf = bytearray(8192)
    n = sock.readinto(buf)
    if n:
        into.extend(buf[:n])
    return n != 0


def test_connect_tells_both_addresses():
    bench, host = _session()
    peer = Peer()
    local, local_port, remote, remote_port, credit = host.connect(0, peer.port)
    conn = peer.accept(host)
    check.equal((local, remote, remote_port), (LOOPBACK, LOOPBACK, peer.port))
    check.equal(local_port, port_of(next(iter(bench.device.channels.values())).sock))
    assert 256 <= credit <= 8192
    check.equal(host.connect(2, peer.port, host="localhost")[2], LOOPBACK)
    check.equal(host.connect(4, peer.port, host="127.0.0.1")[2], LOOPBACK)
    conn.close()
    peer.close()


def test_options():
    bench, host = _session()
    peer = Peer()
    options = {"no_delay": True, "keep_alive": True, "reuse_address": False, "receive_buffer": 20000, "send_buffer": 20000, "connect_timeout_ms": 500}
    host.connect(0, peer.port, options=options)
    peer.close()


def test_refused():
    bench, host = _session()
    m = host.answer(host.ask(TCP_CONNECT, 0, LOOPBACK, closed_port(), 0, {}))
    check.equal(m[2:], (REFUSED, "connection refused", 111))
    check.equal((len(bench.device.channels), len(bench.device.by_socket)), (0, 0))


def test_accepted_and_reset_at_once():
    import network

    for platform, code, text in (("linux", RESET_BY_PEER, "connection reset by peer"), ("esp32", REFUSED, "connection refused")):
        bench, host = _session()
        bench.device.board.platform = platform  # lwIP's word for a refusal is the same
        peer = Peer()
        asked = host.ask(TCP_CONNECT, 0, LOOPBACK, peer.port, 0, {})
        conn = peer.accept(host)  # before the device has looked again
        network.set_reset(conn)
        conn.close()
        check.equal(host.answer(asked)[2:], (code, text, 104))
        check.equal((len(bench.device.channels), len(bench.device.by_socket)), (0, 0))
        peer.close()


def test_connect_timeout():
    bench, host = _session()
    peer = Peer(backlog=0)
    # The listener's queue is filled, so that further connections get no answer.
    waiting = []
    for n in range(4):
        waiting.append(host.ask(TCP_CONNECT, 2 * n, LOOPBACK, peer.port, 0, {"connect_timeout_ms": 2000}))
    host.settle()
    open_now = len([m for m in host.messages if m[0] == 2])
    assert open_now < 4
    bench.skip(2100)
    host.until(lambda: len(host.messages) == 4)
    check.equal({m[2] for m in host.messages if m[0] == 3}, {TIMED_OUT})
    check.equal(len(bench.device.channels), open_now)
    peer.close()


def test_download_of_every_size():
    bench, host = _session()
    peer = Peer()
    for size in (0, 1, 255, 256, 257, 1017, 1018, 1019, 4096, 100000):
        got = bytearray()
        host.connect(0, peer.port, sink=got.extend)
        conn = peer.accept(host)
        sender = Sender(conn, _pattern(size))
        host.until(lambda: sender.step() or EOF_OF_0 in host.messages)
        host.messages.remove(EOF_OF_0)
        check.equal(bytes(got), _pattern(size))
        host.send(EOF, 0)
        check.equal(host.closed(0), NONE)
        host.send(CLOSE, 0, 0, "", None)
        host.until(lambda: not bench.device.channels)
    peer.close()


def test_channel_numbers_of_every_length():
    bench, host = _session()
    peer = Peer()
    for channel in (0, 126, 128, 254, 256, 65534):
        for size in (10, 5000):
            got = bytearray()
            host.connect(channel, peer.port, sink=got.extend)
            conn = peer.accept(host)
            sender = Sender(conn, _pattern(size), then=lambda: None)
            host.until(lambda: sender.step() or len(got) == size)
            check.equal(bytes(got), _pattern(size))
            there = bytearray()
            host.send(CHANNEL_DATA, channel, b"hello")
            host.until(lambda: _read(conn, there) and len(there) == 5)
            conn.close()
            host.send(CLOSE, channel, 0, "", None)
            host.closed(channel)
            host.settle(3)
            host.messages.clear()
    peer.close()


def test_upload_and_half_close():
    bench, host = _session()
    peer = Peer()
    data = _pattern(200000)
    back = bytearray()
    credit = host.connect(0, peer.port, sink=back.extend)[4]
    conn = peer.accept(host)
    up = Uploader(host, 0, data, credit)
    there = bytearray()
    host.until(lambda: _read(conn, there) and up.step())
    host.send(EOF, 0)
    host.until(lambda: not _read(conn, there))
    check.equal(bytes(there), data)
    # The peer answers after it has seen our end.
    conn.write(b"thanks")
    conn.close()
    check.equal(host.closed(0), NONE)
    check.equal(bytes(back), b"thanks")
    assert EOF_OF_0 in host.messages
    host.send(CLOSE, 0, 0, "", None)
    host.until(lambda: not bench.device.channels)
    check.equal(len(bench.device.by_socket), 0)
    peer.close()


def test_peer_that_does_not_read_stops_only_its_own_channel():
    bench, host = _session(channels=8, credit=16384)
    peer = Peer()
    data = _pattern(500_000)
    credit = host.connect(0, peer.port, options={"send_buffer": 4096})[4]
    conn = peer.accept(host)
    up = Uploader(host, 0, data, credit)
    # Until the network takes no more: then the device holds no more than it has granted.
    held = bench.device.channels[0].held
    _fill(host, up, bench.device.channels[0])
    assert held.size <= credit
    check.equal(host.call(PING, 1), (1,))
    got = bytearray()
    host.connect(2, peer.port, sink=got.extend)
    other = peer.accept(host)
    sender = Sender(other, _pattern(50000))
    host.until(lambda: sender.step() or len(got) == 50000)
    # And goes on when the peer reads.
    there = bytearray()
    sent = len(data) - len(up.data)
    host.until(lambda: _read(conn, there) and len(there) >= sent)
    check.equal(bytes(there), data[: len(there)])
    peer.close()


def test_host_that_grants_nothing_gets_nothing():
    bench, host = _session()
    peer = Peer()
    got = bytearray()
    host.connect(0, peer.port, credit=0, sink=got.extend, grant=False)
    conn = peer.accept(host)
    conn.write(bytes(5000))
    host.settle()
    check.equal(len(got), 0)
    for n in (1, 2, 300, 1018, 1019):
        before = len(got)
        host.send(CREDIT, 0, n)
        host.until(lambda: len(got) == before + n)
        host.settle()
        check.equal(len(got), before + n)
    conn.close()
    peer.close()


def test_close_without_reading_all():
    bench, host = _session()
    peer = Peer()
    host.connect(0, peer.port, credit=100, grant=False)
    conn = peer.accept(host)
    conn.write(bytes(100000))
    host.settle()
    host.send(CLOSE, 0, 0, "", None)
    check.equal(host.closed(0), NONE)
    check.equal((len(bench.device.channels), len(bench.device.by_socket)), (0, 0))
    conn.close()
    peer.close()


def _close_of_a_full_connection(unread):
    bench, host = _session()
    peer = Peer()
    data = _pattern(500_000)
    credit = host.connect(0, peer.port, credit=0 if unread else 65536, options={"send_buffer": 4096})[4]
    conn = peer.accept(host)
    if unread:
        check.equal(conn.write(unread), len(unread))
    up = Uploader(host, 0, data, credit)
    channel = bench.device.channels[0]
    _fill(host, up, channel)
    sent = len(data) - len(up.data)
    host.send(CLOSE, 0, 0, "", None)
    host.settle()
    assert channel.held.size and not [m for m in host.messages if m[0] == CLOSE]
    there = bytearray()
    host.until(lambda: not _read(conn, there))
    check.equal(bytes(there), data[:sent])
    check.equal(host.closed(0), NONE)
    peer.close()


def test_close_writes_first_what_the_device_holds():
    _close_of_a_full_connection(b"")


def test_what_nobody_has_read_does_not_make_the_close_a_reset():
    """That would take with it what the network has not taken yet."""
    _close_of_a_full_connection(b"unread" * 1000)


def test_close_does_not_wait_for_ever():
    bench, host = _session()
    peer = Peer()
    credit = host.connect(0, peer.port, options={"send_buffer": 4096})[4]
    conn = peer.accept(host)
    up = Uploader(host, 0, bytes(500_000), credit)
    channel = bench.device.channels[0]
    _fill(host, up, channel)
    host.send(CLOSE, 0, 0, "", None)
    host.settle()
    assert len(bench.device.channels) == 1
    for _ in range(31):
        bench.skip(1000)
        host.settle(3)
    check.equal(host.closed(0), TIMED_OUT)
    check.equal(len(bench.device.channels), 0)
    conn.close()
    peer.close()


def test_close_with_a_code_resets_the_connection():
    bench, host = _session()
    peer = Peer()
    host.connect(0, peer.port)
    conn = peer.accept(host)
    host.send(CLOSE, 0, RESET_BY_PEER, "dropped", None)
    check.equal(host.closed(0), NONE)
    check.equal(check.raises(OSError, host.until, lambda: conn.read(1)).errno, 104)
    peer.close()


def test_reset_by_the_peer_stands_behind_its_bytes():
    import network

    bench, host = _session()
    peer = Peer()
    got = bytearray()
    host.connect(0, peer.port, sink=got.extend)
    conn = peer.accept(host)
    conn.write(b"last words")
    host.until(lambda: len(got) == 10)
    network.set_reset(conn)
    conn.close()
    m = host.message(lambda m: m[0] == CLOSE)
    check.equal(m, (CLOSE, 0, RESET_BY_PEER, "connection reset by peer", 104))
    # What the host still sends is dropped, and the number is free after its answer.
    host.send(CHANNEL_DATA, 0, b"late")
    host.send(EOF, 0)
    host.send(CREDIT, 0, 10)
    check.equal(len(bench.device.channels), 1)
    host.send(CLOSE, 0, 0, "", None)
    host.until(lambda: not bench.device.channels)
    check.equal(host.call(PING, 1), (1,))
    peer.close()


def test_write_to_a_connection_that_was_reset():
    import network

    bench, host = _session()
    peer = Peer()
    got = bytearray()
    host.connect(0, peer.port, credit=0, sink=got.extend, grant=False)
    conn = peer.accept(host)
    network.set_reset(conn)
    conn.close()
    # Nothing may be read, so only writing shows that it is gone.
    host.send(CHANNEL_DATA, 0, b"x")
    host.settle()
    host.send(CREDIT, 0, 100)
    assert host.closed(0) in (RESET_BY_PEER, BROKEN_PIPE)
    peer.close()


def test_more_than_granted():
    bench, host = _session()
    peer = Peer()
    credit = host.connect(0, peer.port, options={"send_buffer": 4096})[4]
    conn = peer.accept(host)
    bench.device.channels[0].left = 10
    host.send(CHANNEL_DATA, 0, bytes(11))
    check.equal(host.closed(0), CREDIT_EXCEEDED)
    check.equal(host.call(PING, 1), (1,))
    conn.close()
    peer.close()


def test_credits_return():
    bench, host = _session(channels=30, credit=20000)
    peer = Peer()
    for _ in range(3):
        granted = [host.connect(2 * n, peer.port)[4] for n in range(30)]
        check.equal(granted[0], 8128)
        check.equal(granted[-1], 64)
        for n in range(30):
            peer.accept(host).close()
            host.send(CLOSE, 2 * n, 0, "", None)
        host.until(lambda: not bench.device.channels)
        check.equal((bench.device.store.spare, bench.device.store.pool.state[1]), (252, 312))
        host.settle()
        host.messages.clear()
    peer.close()


def test_33_sockets_and_one_that_is_never_read():
    bench, host = _session()
    peer = Peer()
    size = 20000
    got = [bytearray() for _ in range(33)]
    senders = []
    for n in range(33):
        # The last one gets 100 bytes of credit and no more.
        host.connect(2 * n, peer.port, credit=8192 if n < 32 else 100, sink=got[n].extend, grant=n < 32)
        senders.append(Sender(peer.accept(host), _pattern(size, n), then=lambda: None))

    def all_here():
        for sender in senders:
            sender.step()
        return all(len(g) == size for g in got[:32])

    host.until(all_here)
    for n in range(32):
        check.equal(bytes(got[n]), _pattern(size, n))
    check.equal(bytes(got[32]), _pattern(size, 32)[:100])
    peer.close()


def test_channels_take_turns():
    bench, host = _session()
    peer = Peer()
    order = []
    senders = []
    for n in range(4):
        host.connect(2 * n, peer.port, credit=0, sink=lambda data, n=n: order.append(n), grant=False)
        senders.append(peer.accept(host))
        senders[n].write(bytes(20000))
    host.settle()
    for n in range(4):
        host.send(CREDIT, 2 * n, 20000)
    host.until(lambda: len(order) > 60)
    # Once all have credit none gets two frames ahead of another.
    for n in range(4):
        turns = [i for i, who in enumerate(order[8:60]) if who == n]
        assert max(b - a for a, b in zip(turns, turns[1:])) <= 6, order
    peer.close()


def test_session_s_end_closes_all_sockets():
    bench, host = _session()
    peer = Peer()
    for _ in range(3):
        conns = []
        for n in range(10):
            host.connect(2 * n, peer.port)
            conns.append(peer.accept(host))
        host.open()
        for conn in conns:
            check.equal(check.raises(OSError, host.until, lambda: conn.read(1)).errno, 104)
            conn.close()
        check.equal((len(bench.device.channels), len(bench.device.by_socket)), (0, 0))
    peer.close()


def test_an_exception_in_a_channel_closes_this_one():
    bench, host = _session()
    peer = Peer()
    host.connect(0, peer.port)
    host.connect(2, peer.port)

    def starved(buf, start, end):
        raise MemoryError

    bench.device.channels[0].data = starved
    host.send(CHANNEL_DATA, 0, b"x")
    check.equal(host.closed(0), 6)  # NO_RESOURCES
    conn = peer.accept(host)
    host.send(CHANNEL_DATA, 2, b"fine")
    there = bytearray()
    conn2 = peer.accept(host)
    host.until(lambda: _read(conn2, there) and there == b"fine")
    conn.close()
    conn2.close()
    peer.close()


def test_a_long_reason_is_cut_to_the_frame():
    bench = Bench()
    host = bench.host(max_payload=256, buffer=4096)
    host.open()
    peer = Peer()
    host.connect(0, peer.port)

    def broken(buf, start, end):
        raise Exception("\u20ac" * 300)

    bench.device.channels[0].data = broken
    host.send(CHANNEL_DATA, 0, b"x")
    m = host.message(lambda m: m[0] == CLOSE)
    assert m[1:3] == (0, 8) and 190 < len(m[3].encode()) <= 200, m  # INTERNAL
    check.equal(len(bench.unexpected), 1)
    peer.close()


def test_addresses_are_tried_in_turn():
    bench, host = _session()
    peer = Peer()
    bench.device.board.hosts = lambda name: ["127.0.0.9", "127.0.0.1"] if name == "two.test" else []
    # Nobody listens at the first address: the listener is bound to 127.0.0.1 only.
    check.equal(host.connect(0, peer.port, host="two.test")[2], LOOPBACK)
    peer.close()


check.run(globals())
