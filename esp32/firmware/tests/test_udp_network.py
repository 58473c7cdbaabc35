"""UDP channels and a network that refuses, does not take, or ends."""

import check
from datagrams import CONNECTION_ABORTED, DATAGRAM, EAGAIN, FAILED, Far, MESSAGE_TOO_BIG, NETWORK_UNREACHABLE, NOT_ALLOWED, Near, OVERHEAD, TIMED_OUT, board_send, echo, idle, pattern, refuse, session
from host import CLOSE, LOOPBACK, PING


def test_what_the_network_never_takes():
    bench, host = session()
    near = Near(host)
    # Beyond what IP has room for, though the device thought it possible.
    bench.device.channels[0].largest = 65600
    near.granted = near.credit = bench.device.channels[0].left = 70000
    near.send(bytes(65508), 9)
    check.equal(near.event(FAILED)[0], MESSAGE_TOO_BIG)
    far = Far()
    echo(host, near, far, b"still open")
    far.close()


def test_a_port_on_which_nobody_listens():
    bench, host = session()
    near = Near(host)
    gone = Far()
    gone.close()
    for _ in range(3):
        near.send(b"x", gone.port)
        host.settle()
    far = Far()
    echo(host, near, far, b"still open")
    far.close()


def test_broadcast_needs_its_option():
    bench, host = session()
    near = Near(host)
    near.send(b"x", 9, b"\x7f\xff\xff\xff")
    check.equal(near.event(FAILED), (NOT_ALLOWED, "not allowed", 13))
    far = Far("0.0.0.0")
    able = Near(host, 2, None, options={"broadcast": True})
    able.send(b"all", far.port, b"\x7f\xff\xff\xff")
    check.equal(host.until(far.take)[0], b"all")
    far.close()


def test_what_the_network_refuses():
    bench, host = session()
    near = Near(host)
    far = Far()
    for number, code in ((101, NETWORK_UNREACHABLE), (113, 21), (111, 17), (90, MESSAGE_TOO_BIG), (13, NOT_ALLOWED)):
        refuse(bench, number)
        near.send(b"lost", far.port)
        m = near.event(FAILED)
        check.equal((m[0], m[2]), (code, number))
        bench.device.board.send_datagram = board_send(bench)
        echo(host, near, far, b"still open")
    # Its credit has come back.
    host.settle()
    check.equal(bench.device.channels[0].left + bench.device.channels[0].owed, near.granted)
    far.close()


def test_what_the_network_does_not_take_at_once_waits_in_order():
    for number in (11, 12, 105):
        bench, host = session()
        near = Near(host)
        far = Far()
        refuse(bench, number)
        sent = [pattern(n) for n in (0, 1, 300, 19, 0, 64, 45)]
        for data in sent[:-1]:
            near.send(data, far.port)
        near.send(sent[-1], far.port, piece=10)
        channel = bench.device.channels[0]
        host.until(lambda: len(channel.sizes) == len(sent) and not channel.unfinished)
        check.equal(channel.left, near.granted - sum(len(data) + OVERHEAD for data in sent))
        check.equal(channel.owed, 0)
        check.equal(host.call(PING, 1), (1,))
        check.equal(far.take(), None)
        # The other direction goes on.
        far.send(b"hello", near.port)
        check.equal(host.until(near.take)[0], b"hello")
        bench.device.board.send_datagram = board_send(bench)
        for data in sent:
            check.equal(host.until(far.take), (data, LOOPBACK, near.port))
        echo(host, near, far, b"and again")
        check.equal(channel.left + channel.owed, near.granted)
        check.equal(near.close(), 0)
        idle(bench)
        far.close()


def test_a_datagram_does_not_wait_for_ever():
    bench, host = session()
    near = Near(host)
    far = Far()
    refuse(bench, 12)
    near.send(b"never", far.port)
    near.send(b"nor this", far.port)
    host.until(lambda: len(bench.device.channels[0].sizes) == 2)
    for _ in range(5):
        bench.skip(1000)
        host.settle(3)
    check.equal(near.event(FAILED)[0], TIMED_OUT)
    check.equal(len(bench.device.channels[0].sizes), 1)
    bench.device.board.send_datagram = board_send(bench)
    check.equal(host.until(far.take)[0], b"nor this")
    far.close()


def test_close_sends_first_what_the_device_holds():
    bench, host = session()
    near = Near(host)
    far = Far()
    refuse(bench, EAGAIN)
    near.send(b"one", far.port)
    near.send(b"two", far.port)
    host.send(DATAGRAM, 0, LOOPBACK, far.port, b"a piece, never whole", True)
    host.send(CLOSE, 0, 0, "", None)
    host.settle()
    assert not [m for m in host.messages if m[0] == CLOSE]
    far.send(b"late", near.port)
    bench.device.board.send_datagram = board_send(bench)
    check.equal(host.until(far.take)[0], b"one")
    check.equal(host.until(far.take)[0], b"two")
    check.equal(host.closed(0), 0)
    host.settle()
    check.equal(far.take(), None)
    idle(bench)
    # With a code, it drops them.
    near = Near(host)
    refuse(bench, EAGAIN)
    near.send(b"one", far.port)
    check.equal(near.close(CONNECTION_ABORTED), 0)
    idle(bench)
    # And it does not wait for ever.
    near = Near(host)
    near.send(b"one", far.port)
    near.send(b"two", far.port)
    host.send(CLOSE, 0, 0, "", None)
    host.settle()
    for _ in range(31):
        bench.skip(1000)
        host.settle(3)
    check.equal(host.closed(0), TIMED_OUT)
    idle(bench)
    far.close()


def test_a_platform_that_takes_an_empty_datagram_for_the_end():
    bench, host = session()
    bench.device.board.empty_ends = True
    near = Near(host)
    far = Far()
    old = bench.device.channels[0].sock
    for data in (b"", b"x", b"", b"", b"y"):
        echo(host, near, far, data)
    assert bench.device.channels[0].sock is not old
    check.equal(len(bench.device.by_socket), 1)
    far.close()


def test_an_exception_in_a_channel_closes_this_one():
    bench, host = session()
    near = Near(host)
    other = Near(host, 2)
    far = Far()

    def broken(*args):
        raise Exception("unforeseen")

    bench.device.channels[0].datagram = broken
    near.send(b"x", far.port)
    check.equal(host.closed(0), 8)  # INTERNAL
    bench.device.channels[2].serve = broken
    far.send(b"x", other.port)
    check.equal(host.closed(2), 8)
    check.equal(len(bench.unexpected), 2)
    far.close()


check.run(globals())
