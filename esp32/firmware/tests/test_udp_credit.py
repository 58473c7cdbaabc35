"""What UDP channels take, drop and keep: credit, memory, and their turns."""

import socket
import check
from datagrams import CREDIT_EXCEEDED, DATAGRAM, DROPPED, EAGAIN, EVENT, FAILED, Far, NO_RESOURCES, Near, OVERHEAD, UDP_BIND, board_send, echo, idle, pattern, refuse, session
from host import CLOSE, CREDIT, INFO, LOOPBACK, PING, Peer


def test_the_largest_of_a_small_heap():
    bench, host = session(datagram=1472)
    near = Near(host)
    far = Far()
    check.equal(near.largest, 1472)
    echo(host, near, far, pattern(1472))
    # One byte more.
    far.send(pattern(1473), near.port)
    check.equal(near.event(DROPPED), (1, 1473))
    near.credit -= 1473 + OVERHEAD
    host.send(DATAGRAM, 0, LOOPBACK, far.port, pattern(900), True)
    host.send(DATAGRAM, 0, LOOPBACK, far.port, pattern(573))
    check.equal(host.closed(0), CREDIT_EXCEEDED)
    check.equal(far.take(), None)
    host.send(CLOSE, 0, 0, "", None)
    host.settle()
    idle(bench)
    far.close()


def test_without_credit_datagrams_are_dropped_and_told():
    bench, host = session()
    bench.freeze()
    near = Near(host, credit=100)
    far = Far()
    far.send(bytes(76), near.port)
    check.equal(host.until(near.take)[0], bytes(76))
    # Now nothing is left, not even for an empty one.
    far.send(b"", near.port)
    check.equal(near.event(DROPPED), (1, 0))
    for n in range(50):
        far.send(bytes(n), near.port)
        host.settle(3)
    assert not [m for m in host.messages if m[0] == EVENT], "a second event within 100 ms"
    bench.skip(100)
    check.equal(near.event(DROPPED), (50, sum(range(50))))
    # And each one that has credit passes, though another before it had not.
    host.send(CREDIT, 0, 30)
    far.send(bytes(7), near.port)
    far.send(bytes(6), near.port)
    check.equal(host.until(near.take)[0], bytes(6))
    bench.skip(100)
    check.equal(near.event(DROPPED), (1, 7))
    bench.skip(100)
    host.settle()
    check.equal(host.messages, [])
    check.equal(host.call(INFO)[0]["sockets"]["datagrams_dropped"], 52)
    far.close()


def test_credit_of_the_host_beyond_the_limit():
    bench, host = session()
    Near(host, credit=1 << 24)
    host.send(CREDIT, 0, 1)
    check.equal(host.reset(host.tag), 5)
    host.settle()
    idle(bench)


def test_more_than_granted():
    bench, host = session()
    for sizes in ((1, 1, 1), (77,)):
        near = Near(host)
        bench.device.channels[0].left = 100
        bench.device.channels[0].grant = 1 << 20  # so that nothing is given back
        bench.device.channels[0].largest = 76
        bench.device.channels[0]._taken = lambda n: None
        for size in sizes:
            host.send(DATAGRAM, 0, LOOPBACK, 9, bytes(size))
        if sizes[0] == 1:
            host.settle()
            check.equal(bench.device.channels[0].left, 25)
            host.send(DATAGRAM, 0, LOOPBACK, 9, bytes(2))
        bench.device.channels[0].grant = near.granted
        check.equal(host.closed(0), CREDIT_EXCEEDED)
        # What is still on its way is dropped.
        host.send(DATAGRAM, 0, LOOPBACK, 9, bytes(2))
        host.send(CREDIT, 0, 1)
        host.send(CLOSE, 0, 0, "", None)
        host.until(lambda: not bench.device.channels)
        idle(bench)
    check.equal(host.call(PING, 1), (1,))


def test_pieces_beyond_the_credit():
    bench, host = session()
    near = Near(host)
    far = Far()
    n = 0
    while n <= near.largest:
        host.send(DATAGRAM, 0, LOOPBACK, far.port, bytes(900), True)
        n += 900
    check.equal(host.closed(0), CREDIT_EXCEEDED)
    check.equal(far.take(), None)
    host.send(CLOSE, 0, 0, "", None)
    host.until(lambda: not bench.device.channels)
    idle(bench)
    far.close()


def test_credit_comes_back_for_the_largest_at_any_time():
    bench, host = session(channels=4, credit=2048, datagram=1472)
    near = Near(host)
    far = Far()
    # Whatever small ones went before, the largest must not wait for a portion that does not fill up.
    for n in range(30):
        near.send(bytes(n), far.port)
        near.send(bytes(near.largest), far.port)
        check.equal(len(host.until(far.take)[0]), n)
        check.equal(len(host.until(far.take)[0]), near.largest)
    far.close()


def test_all_credit_held():
    bench, host = session(channels=4, credit=2048)
    near = Near(host)
    far = Far()
    refuse(bench, EAGAIN)
    count = 0
    while near.credit >= OVERHEAD + 1:
        near.send(bytes((count & 255,)), far.port)
        count += 1
    host.until(lambda: len(bench.device.channels[0].sizes) == count)
    bench.device.board.send_datagram = board_send(bench)
    for n in range(count):
        check.equal(host.until(far.take)[0], bytes((n & 255,)))
    check.equal(near.close(), 0)
    idle(bench)
    far.close()


def test_memory_is_borrowed_while_there_is_any():
    bench, host = session(channels=2, credit=512)  # eight slots, two for each
    near = Near(host)
    far = Far()
    check.equal((near.credit, near.largest), (1472 + OVERHEAD, 1472))
    # What the network takes at once needs none.
    echo(host, near, far, pattern(900))
    # Pieces have to be put together, and there is not enough for the largest.
    near.send(pattern(1472), far.port)
    check.equal(near.event(FAILED)[0], NO_RESOURCES)
    refuse(bench, EAGAIN)
    near.send(pattern(900), far.port)
    check.equal(near.event(FAILED)[0], NO_RESOURCES)
    near.send(pattern(300), far.port)
    near.send(pattern(100), far.port)
    host.until(lambda: len(bench.device.channels[0].sizes) == 2)
    # Now there is nothing left for another channel, until that has gone.
    check.equal(host.refused(UDP_BIND, 2, LOOPBACK, 0, 0, {}), NO_RESOURCES)
    bench.device.board.send_datagram = board_send(bench)
    check.equal(host.until(far.take)[0] == pattern(300), True)
    check.equal(host.until(far.take)[0] == pattern(100), True)
    other = Near(host, 2)
    echo(host, other, far, pattern(900))
    echo(host, near, far, pattern(900))
    for n in (near, other):
        check.equal(n.close(), 0)
    idle(bench)
    far.close()


def test_a_flood_leaves_the_others_their_share():
    bench, host = session()
    peer = Peer()
    flooded = Near(host, credit=5000)
    far = Far()
    got = bytearray()
    host.connect(2, peer.port, sink=got.extend)
    conn = peer.accept(host)
    data = pattern(100000)
    sent = pings = 0
    pending = None
    to = socket.getaddrinfo("127.0.0.1", flooded.port, 0, socket.SOCK_DGRAM)[0][-1]
    flood = bytes(1200)
    before = bench.device.counted["datagrams_dropped"]
    while len(got) < len(data):
        for _ in range(10):
            far.sock.sendto(flood, to)
        if sent < len(data):
            sent += conn.write(memoryview(data)[sent : sent + 1000]) or 0
        if pending is None:
            pending = host.ask(PING, pings)
        host.pump()
        for m in list(host.messages):
            if m[:2] == (2, pending):
                pings += 1
                pending = None
                host.messages.remove(m)
    assert bytes(got) == data
    assert pings > 10, pings
    dropped = bench.device.counted["datagrams_dropped"] - before
    assert dropped > 10, dropped
    # What had credit came whole.
    for _ in range(5000 // 1224):
        check.equal(flooded.take()[0] == flood, True)
    check.equal(flooded.take(), None)
    # All that the flood has done to the channel is said, and it works on.
    host.send(CREDIT, 0, 100000)
    while far.take() or flooded.take():
        host.pump()
    conn.close()
    peer.close()
    far.close()


def test_channels_with_datagrams_are_served_in_turn():
    bench, host = session(payload=256)
    far = Far()
    nears = [Near(host, 2 * n, credit=0) for n in range(3)]
    small = Near(host, 6, credit=0)
    for near in nears:
        for _ in range(4):
            far.send(bytes(1400), near.port)
    host.settle()
    host.messages.clear()
    for near in nears + [small]:
        host.send(CREDIT, near.channel, 100000)
    host.settle()
    for near in nears:
        far.send(bytes(1400), near.port)
    far.send(b"small", small.port)
    host.until(lambda: len([m for m in host.messages if m[0] == DATAGRAM and len(m) < 6]) == 4)
    order = [m[1] for m in host.messages if m[0] == DATAGRAM]
    # Seven pieces each: whoever has nothing but a short one does not wait for them.
    check.equal(sorted(set(order)), [0, 2, 4, 6])
    assert order.index(6) <= 8, order
    for near in nears:
        check.equal(near.take()[0], bytes(1400))
    far.close()


def test_memory_for_pieces_is_bounded():
    bench, host = session(payload=256, datagram=1472, channels=8, credit=20000)
    far = Far()
    nears = [Near(host, 2 * n) for n in range(6)]
    for near in nears:
        for n in range(3):
            far.send(bytes(1400), near.port)
    most = 0
    want = 18

    def step():
        nonlocal most, want
        most = max(most, bench.device.store.rests)
        for near in nears:
            if near.take():
                want -= 1
        return not want

    host.until(step)
    assert 0 < most <= max(near.largest for near in nears) + len(bench.device.store.pool.data) // 4, most
    check.equal(bench.device.store.rests, 0)
    far.close()


def test_memory_short_drops_a_datagram():
    bench, host = session()
    near = Near(host)
    far = Far()
    channel = bench.device.channels[0]
    real = channel.sock

    class Starved:
        readinto = real.readinto
        close = real.close

        def recvfrom(self, n):
            raise MemoryError

    channel.sock = Starved()
    far.send(bytes(300), near.port)
    check.equal(near.event(DROPPED), (1, 300))
    channel.sock = real
    echo(host, near, far, b"still open")
    far.close()


check.run(globals())
