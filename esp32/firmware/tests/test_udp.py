"""UDP channels (PROTOCOL.md, section 9), with sockets of this process as their peers."""

import random
import check
from datagrams import ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE, BAD_REQUEST, CHANNEL_IN_USE, DATAGRAM, EAGAIN, FAILED, Far, LOOPBACK6, Near, OVERHEAD, UDP_BIND, UNSUPPORTED, board_send, echo, idle, pattern, refuse, session
from host import CREDIT, EOF, LOOPBACK, PING, Peer
from vectors import constants


def test_the_feature_is_offered():
    bench, host = session()
    assert host.welcome[10] & constants()["feature UDP"]


def test_bind_tells_address_port_credit_and_largest():
    bench, host = session()
    near = Near(host)
    assert near.address == LOOPBACK and near.port and near.largest >= 1472 and near.credit >= near.largest + OVERHEAD
    # All IPv4 addresses.
    everywhere = Near(host, 2, None)
    check.equal(everywhere.address, bytes(4))
    # A port that was asked for, and one that is in use.
    far = Far()
    check.equal(host.refused(UDP_BIND, 4, LOOPBACK, far.port, 0, {}), ADDRESS_IN_USE)
    far.close()
    check.equal(Near(host, 4, port=far.port).port, far.port)
    check.equal(host.refused(UDP_BIND, 6, b"\x08\x08\x08\x08", 0, 0, {}), ADDRESS_NOT_AVAILABLE)
    check.equal(len(bench.device.channels), 3)
    for n in (near, everywhere):
        check.equal(n.close(), 0)
    check.equal(len(bench.device.channels), 1)


def test_bad_arguments():
    bench, host = session()
    for args in (
        (),
        (0, LOOPBACK, 0, 0),
        (1, LOOPBACK, 0, 0, {}),
        (0, b"\x7f\0\0", 0, 0, {}),
        (0, "localhost", 0, 0, {}),
        (0, LOOPBACK, 65536, 0, {}),
        (0, LOOPBACK, 0, -1, {}),
        (0, LOOPBACK, 0, 0, None),
        (0, LOOPBACK, 0, 0, {"broadcast": 1}),
        (0, LOOPBACK, 0, 0, {"send_buffer": True}),
    ):
        check.equal(host.refused(UDP_BIND, *args), BAD_REQUEST, repr(args))
    for name in ("no_delay", "keep_alive", "connect_timeout_ms", "nonsense"):
        check.equal(host.refused(UDP_BIND, 0, LOOPBACK, 0, 0, {name: True}), UNSUPPORTED, name)
    Near(host)
    check.equal(host.refused(UDP_BIND, 0, LOOPBACK, 0, 0, {}), CHANNEL_IN_USE)


def test_options():
    bench, host = session()
    options = {"reuse_address": True, "broadcast": True, "receive_buffer": 20000, "send_buffer": 20000}
    near = Near(host, options=options)
    # Two with the same port: as only reuse_address allows.
    check.equal(Near(host, 2, port=near.port, options=options).port, near.port)


def test_echo_of_every_size():
    for payload in (256, 1024, 4096):
        bench, host = session(payload)
        near = Near(host)
        far = Far()
        check.equal(near.largest, bench.device.board.datagram)
        sizes = [0, 1, 100, 233, 234, 255, 256, 257, 1000, 1011, 1012, 1024, 1472, 1473, 5000, near.largest - 1, near.largest]
        for size in sizes:
            if size <= near.largest:
                echo(host, near, far, pattern(size))
        check.equal(near.close(), 0)
        idle(bench)
        far.close()


def test_1000_datagrams_keep_their_boundaries():
    bench, host = session()
    near = Near(host, credit=1 << 20)
    far = Far()
    waiting = []
    random.seed(7)
    sent = [pattern(random.choice((0, 1, 5, 300, 1472)), n) + bytes((n >> 8, n & 255)) for n in range(1000)]
    back = []

    def echo():
        got = far.take()
        if got:
            check.equal(got[1:], (LOOPBACK, near.port))
            far.send(got[0], near.port)
        got = near.take()
        if got:
            check.equal(got[1:], (LOOPBACK, far.port))
            back.append(got[0])
            host.send(CREDIT, 0, len(got[0]) + OVERHEAD)
        return got

    for n, data in enumerate(sent):
        near.send(data, far.port)
        while len(back) + 8 <= n:
            host.until(echo)
    host.until(lambda: echo() and False or len(back) == len(sent))
    assert back == sent
    check.equal(near.close(), 0)
    idle(bench)
    far.close()


def test_senders_and_receivers_of_every_address():
    bench, host = session()
    near = Near(host, address=None)
    fars = [Far("127.0.0.%d" % (n + 1)) for n in range(5)]
    for turn in range(3):
        for n, far in enumerate(fars):
            far.send(b"from %d" % n, near.port)
            check.equal(host.until(near.take), (b"from %d" % n, bytes((127, 0, 0, n + 1)), far.port))
            near.send(b"to %d" % n, far.port, far.address)
            check.equal(host.until(far.take)[0], b"to %d" % n)
    # The same address with another port, and the same port with another address.
    other = Far("127.0.0.1")
    twin = Far("127.0.0.2", fars[0].port)
    for far in (fars[0], other, fars[0], twin):
        far.send(b"x", near.port)
        check.equal(host.until(near.take), (b"x", far.address, far.port))
        near.send(b"y", far.port, far.address)
        check.equal(host.until(far.take)[0], b"y")
    for far in fars + [other, twin]:
        far.close()


def test_ipv6():
    bench, host = session()
    near = Near(host, address=LOOPBACK6)
    check.equal(near.address, LOOPBACK6)
    far = Far("::1")
    for data in (b"", b"six", pattern(1472)):
        near.send(data, far.port, LOOPBACK6)
        check.equal(host.until(far.take), (data, LOOPBACK6, near.port))
        far.send(data, near.port, "::1")
        check.equal(host.until(near.take), (data, LOOPBACK6, far.port))
    far.close()
    # An IPv4 socket has no way there.
    four = Near(host, 2)
    four.send(b"x", far.port, LOOPBACK6)
    check.equal(four.event(FAILED)[0], ADDRESS_NOT_AVAILABLE)


def test_channel_numbers_of_every_length():
    bench, host = session()
    far = Far()
    for channel in (0, 126, 128, 254, 256, 65534):
        near = Near(host, channel)
        for size in (10, near.largest):
            echo(host, near, far, pattern(size))
        check.equal(near.close(), 0)
    idle(bench)
    far.close()


def test_pieces_of_any_size():
    bench, host = session()
    near = Near(host)
    far = Far()
    data = pattern(1400)
    for piece in (1000, 700, 333, 64, 7):
        near.send(data, far.port, piece=piece)
        check.equal(host.until(far.take), (data, LOOPBACK, near.port))
    # Empty pieces, too.
    for piece, more in ((b"", True), (b"abc", True), (b"", True), (b"def", True), (b"", False)):
        host.send(DATAGRAM, 0, LOOPBACK, far.port, piece, more)
    check.equal(host.until(far.take)[0], b"abcdef")
    check.equal(near.close(), 0)
    idle(bench)
    far.close()


def test_session_s_end_closes_all_sockets():
    bench, host = session(datagram=3000)
    far = Far()
    for turn in range(3):
        nears = [Near(host, 2 * n) for n in range(10)]
        for near in nears:
            far.send(bytes(2900), near.port)
        # Some in the middle of a datagram, some with one that waits.
        refuse(bench, EAGAIN)
        nears[0].send(b"x", far.port)
        host.send(DATAGRAM, 2, LOOPBACK, far.port, b"a piece", True)
        host.until(nears[5].take)
        bench.device.board.send_datagram = board_send(bench)
        host.open()
        idle(bench)
    # Their ports are free.
    for near in nears:
        Far(port=near.port).close()
    far.close()


def test_what_does_not_belong_to_a_datagram_socket():
    bench, host = session()
    near = Near(host)
    far = Far()
    host.send(16, 0, b"bytes of a stream")
    host.send(EOF, 0)
    echo(host, near, far, b"still open")
    peer = Peer()
    host.connect(2, peer.port)
    conn = peer.accept(host)
    host.send(DATAGRAM, 2, LOOPBACK, far.port, b"no socket for that")
    host.send(DATAGRAM, 8, LOOPBACK, far.port, b"no channel")
    check.equal(host.call(PING, 1), (1,))
    check.equal(far.take(), None)
    conn.close()
    peer.close()
    far.close()


def test_malformed_datagrams_end_the_session():
    for message in (
        (DATAGRAM, 0, LOOPBACK, 9),
        (DATAGRAM, 0, b"\x7f\0\0", 9, b""),
        (DATAGRAM, 0, "127.0.0.1", 9, b""),
        (DATAGRAM, 0, LOOPBACK, 65536, b""),
        (DATAGRAM, 0, LOOPBACK, -1, b""),
        (DATAGRAM, 0, LOOPBACK, 9, "text"),
        (DATAGRAM, 0, LOOPBACK, 9, b"", 1),
        (DATAGRAM, 65536, LOOPBACK, 9, b""),
    ):
        bench, host = session()
        Near(host)
        host.send(*message)
        check.equal(host.reset(host.tag), 5, repr(message))
        host.settle()
        idle(bench)


def test_further_elements_are_ignored():
    bench, host = session()
    near = Near(host)
    far = Far()
    host.send(DATAGRAM, 0, LOOPBACK, far.port, b"x", False, "something", [1, 2])
    check.equal(host.until(far.take)[0], b"x")
    far.close()


check.run(globals())
