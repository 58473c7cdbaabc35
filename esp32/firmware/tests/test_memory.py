"""The firmware with an ESP32's memory: what fits into it, and that nothing of it is lost."""

import os
import random
import socket
import sys
import check
import process
from host import CHANNEL_DATA, CLOSE, CREDIT, INFO, LOOPBACK, PING, TCP_CONNECT, TLS_CONNECT, Peer, port_of
from process import SMALL, small

CHANNEL_DATAGRAM = 21
UDP_BIND = 18


def _pattern(size, seed):
    block = bytes((i * (seed + 3)) & 255 for i in range(251))
    return (block * (size // 251 + 1))[:size]


def _open_33(host, peer, got):
    conns = []
    for n in range(33):
        host.connect(2 * n, peer.port, credit=8192 if n < 32 else 100, sink=got[n].extend, grant=n < 32)
        conns.append(peer.accept(host))
    return conns


def test_33_sockets_in_an_esp32_s_memory():
    f = small("small")
    host = f.host().open()
    start = host.call(INFO)[0]["heap_free"]
    peer = Peer()
    size = 30000
    got = [bytearray() for _ in range(33)]
    conns = _open_33(host, peer, got)
    left = [memoryview(_pattern(size, n)) for n in range(33)]

    def all_here():
        for n in range(33):
            taken = conns[n].write(left[n]) if len(left[n]) else 0
            left[n] = left[n][taken or 0 :]
        return all(len(g) == size for g in got[:32])

    host.until(all_here)
    for n in range(33):
        check.equal(bytes(got[n]), _pattern(size, n)[: size if n < 32 else 100])
    full = host.call(INFO)[0]["heap_free"]
    print("  heap %s: %d bytes free at start, %d with 33 sockets" % (SMALL, start, full))
    assert full >= 2000

    # All 33 peers stop reading while the host sends all that it may.
    host.messages.clear()
    for n in range(33):
        host.send(CLOSE, 2 * n, 0, "", None)
        host.closed(2 * n)
        conns[n].close()
    conns = []
    credit = []
    for n in range(33):
        credit.append(host.connect(2 * n, peer.port, options={"send_buffer": 4096})[4])
        conns.append(peer.accept(host))

    sent = [0] * 33

    def push():
        for m in [m for m in host.messages if m[0] == CREDIT]:
            host.messages.remove(m)
            credit[m[1] // 2] += m[2]
        for n in range(33):
            if credit[n] and len(host.waiting) < 20:
                size = min(credit[n], 1000)
                host.send(CHANNEL_DATA, 2 * n, _pattern(sent[n] + size, n)[sent[n] :])
                sent[n] += size
                credit[n] -= size
        return not any(credit) and not host.waiting and not host.flight and not host.messages

    host.until(push)
    check.equal([m for m in host.messages if m[0] == CLOSE], [])
    print("  %d bytes free with 33 peers that do not read" % host.call(INFO)[0]["heap_free"])
    there = [bytearray() for _ in range(33)]
    buf = bytearray(8192)

    def all_there():
        for n in range(33):
            k = conns[n].readinto(buf)
            if k:
                there[n].extend(buf[:k])
        return all(len(there[n]) == sent[n] for n in range(33))

    host.until(all_there)
    for n in range(33):
        check.equal(bytes(there[n]), _pattern(sent[n], n))
        conns[n].close()
    check.equal(f.end(), 0, f.output())
    peer.close()


def test_datagrams_in_little_memory():
    f = small("udp")
    host = f.host().open()
    far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    far.bind(socket.getaddrinfo("127.0.0.1", 0, 0, socket.SOCK_DGRAM)[0][-1])
    far.setblocking(False)
    port = port_of(far)
    to = []
    largest = []
    for n in range(16):
        opened = host.call(UDP_BIND, 2 * n, LOOPBACK, 0, 1 << 20 if n else 0, {})
        to.append(socket.getaddrinfo("127.0.0.1", opened[1], 0, socket.SOCK_DGRAM)[0][-1])
        largest.append(opened[3])
    check.equal(largest[0], 1472)
    start = 0

    def take():
        try:
            return far.recvfrom(2000)[0]
        except OSError:
            return None

    def arrived(channel):
        """A datagram, put together."""
        data = b""
        while True:
            m = host.message(lambda m: m[0] == CHANNEL_DATAGRAM and m[1] == channel)
            data += m[4]
            if len(m) < 6 or not m[5]:
                return data

    # One without credit is flooded, the others are as ever.
    flood = bytes(1000)
    for turn in range(30):
        for n in range(16):
            for _ in range(20):
                far.sendto(flood, to[0])
            if n:
                data = _pattern(largest[n] - turn, n)
                far.sendto(data, to[n])
                check.equal(arrived(2 * n) == data, True)
                for pos in range(0, len(data), 1000):
                    host.send(CHANNEL_DATAGRAM, 2 * n, LOOPBACK, port, data[pos : pos + 1000], pos + 1000 < len(data))
                check.equal(host.until(take) == data, True)
        host.messages.clear()
        start = start or host.call(INFO)[0]["heap_free"]  # each knows its peer then
    info = host.call(INFO)[0]
    print("  heap %s: %d bytes free with 16 UDP sockets, %d after a flood" % (SMALL, start, info["heap_free"]))
    assert info["sockets"]["datagrams_dropped"] > 100, info
    check.as_free(info["heap_free"], start)
    check.equal(f.end(), 0, f.output())
    far.close()


def test_hundreds_of_sessions_leave_the_heap_as_it_was():
    f = small("many")
    host = f.host()
    peer = Peer()
    conns = []
    free = []
    for n in range(300):
        host.open()
        for channel in range(0, 8, 2):
            host.connect(channel, peer.port)
            conns.append(peer.accept(host))
        host.send(CHANNEL_DATA, 0, bytes(900))
        host.ask(TCP_CONNECT, 8, "name.test", 80, 0, {})
        if n % 3 == 0:
            host.close()
        if n in (20, 299):
            host.open()
            free.append(host.call(INFO)[0]["heap_free"])
        while conns:
            conns.pop().close()
    check.as_free(free[1], free[0])
    f.end()
    peer.close()


def test_random_bytes_do_not_stop_it():
    random.seed(9)
    f = small("noise")
    host = f.host()
    for _ in range(30):
        host.open()
        noise = bytes(random.choice((0xC0, 0xDB, random.getrandbits(8))) for _ in range(3000))
        good = host.encoded(2, bytes(random.getrandbits(8) for _ in range(random.randint(0, 50))), seq=0)
        host.write(noise + b"\xc0" + good)
        host.until(lambda: not host.wire)
        host.settle(3)
    host.write(b"\xc0")
    host.open()
    check.equal(host.call(PING, 1), (1,))
    f.end()


def _heap_free(host):
    """A heap that is full may have no room for this answer: then the device says so, and serves on."""
    for _ in range(20):
        m = host.answer(host.ask(INFO))
        if m[0] == 2:
            return m[2]["heap_free"]
        check.equal(m[2], 6)
    raise AssertionError(m)


def _tls(connections, channels, heap=SMALL):
    """The feature, the answers to so many TLS_CONNECT, the heap that is free at the start, behind them, and when they have gone."""
    from tlspeer import TRUST, End, server

    os.putenv("UARTNET_ALLOW", "sockets")
    f = small("tls-%s" % channels, channels, heap)
    os.unsetenv("UARTNET_ALLOW")
    host = f.host().open()
    feature = host.welcome[10] & 16
    free = [host.call(INFO)[0]["heap_free"]]
    peer = Peer()
    context = server()
    ends = []
    answers = []
    for n in range(connections):
        got = bytearray()
        host.data[2 * n] = got.extend
        request = host.ask(TLS_CONNECT, 2 * n, b"\x7f\0\0\1", peer.port, 1000, TRUST)

        def answered():
            try:
                conn = peer.sock.accept()[0]
                ends.append(End(context, conn))
            except OSError:
                pass
            for end in ends:
                end.step()
            return [m for m in host.messages if m[0] in (2, 3) and m[1] == request]

        m = host.until(answered)[0]
        host.messages.remove(m)
        answers.append(m)
        if m[0] == 2:
            ends[-1].send = b"%d" % n
            host.until(lambda: ends[-1].step() or got == b"%d" % n)
    free.append(_heap_free(host))
    if ends:
        host.send(CLOSE, 0, 0, "", None)
        host.until(lambda: ends[0].step() or [m for m in host.messages if m[0] == CLOSE])
    host.open()
    host.settle(3)
    free.append(host.call(INFO)[0]["heap_free"])
    check.equal(f.end(), 0)
    peer.close()
    return feature, answers, free


def test_tls_in_an_esp32_s_memory():
    """As many sockets as a board has, and a little more memory than is TLS's least: some connections, then an error, and a device that serves on."""
    heap = SMALL if sys.maxsize > 1 << 32 else "128k"
    feature, answers, free = _tls(14, 15, heap)
    opened = [m for m in answers if m[0] == 2]
    refused = [m for m in answers if m[0] == 3]
    print("  heap %s, 15 channels: %d bytes free at start; %d TLS connections, then %d; %d when they have gone" % ((heap, free[0], len(opened)) + tuple(free[1:])))
    check.equal(feature, 16)
    assert len(opened) >= 2 and free[1] >= 2000, (answers, free)
    for m in refused:
        check.equal(m[2], 6)
        assert "memory" in m[3], m


def test_tls_is_refused_in_words_where_sockets_need_the_memory():
    if sys.maxsize < 1 << 32:
        feature, answers, free = _tls(1, 34)
        check.equal((feature, answers[0][0], answers[0][2]), (0, 3, 6))
        assert "34" in answers[0][3] and "channels" in answers[0][3], answers


def test_every_start_succeeds():
    for channels in ("", 15):
        for n in range(5):
            f = small("start%s-%d" % (channels, n), channels)
            host = f.host().open()
            check.equal(host.call(INFO)[0]["channels_max"], channels or 34)
            f.end()


process.run(globals())
