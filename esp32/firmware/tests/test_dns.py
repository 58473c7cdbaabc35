"""The resolver, against name servers of the test's own."""

import random
import socket
import check
from host import LOOPBACK, PING, RESOLVE, TCP_CONNECT, Bench, Peer, closed_port, port_of
from uartnet import dns

NOT_FOUND, NO_ANSWER, FAILED = 32, 33, 34


class NameServer:
    """Answers each question with what `reply` makes of it: a list of datagrams."""

    def __init__(self, reply):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(socket.getaddrinfo("127.0.0.1", 0, 0, socket.SOCK_DGRAM)[0][-1])
        self.sock.setblocking(False)
        self.address = "127.0.0.1:%d" % port_of(self.sock)
        self.reply = reply
        self.questions = []

    def step(self):
        try:
            data, sender = self.sock.recvfrom(512)
        except OSError:
            return
        self.questions.append((data[12:-5], data[-3]))
        for datagram in self.reply(data):
            self.sock.sendto(datagram, sender)


def _record(kind, data, name=b"\xc0\x0c"):
    return name + bytes((0, kind, 0, 1, 0, 0, 0, 60, 0, len(data))) + data


def _answer(question, records=(), code=0, id=None):
    head = (id or question[:2]) + bytes((0x81, 0x80 | code, 0, 1, 0, len(records), 0, 0, 0, 0))
    return head + question[12:] + b"".join(records)


def _session(*servers, **config):
    bench = Bench(dns=",".join(s.address for s in servers), **config)
    step = bench.step

    def both():
        step()
        for server in servers:
            server.step()

    bench.step = both
    host = bench.host()
    host.until(lambda: host.resets)
    host.open()
    return bench, host


def _by_kind(a=(), aaaa=()):
    """A reply that knows these addresses."""

    def reply(q):
        kind = q[-3]
        return [_answer(q, [_record(kind, x) for x in (a if kind == 1 else aaaa)])]

    return reply


def test_literals():
    for name, address in (
        ("1.2.3.4", b"\1\2\3\4"),
        ("255.255.255.255", b"\xff\xff\xff\xff"),
        ("::", bytes(16)),
        ("::1", bytes(15) + b"\1"),
        ("2001:db8::ff00:42:8329", b"\x20\x01\x0d\xb8\0\0\0\0\0\0\xff\0\0\x42\x83\x29"),
        ("1:2:3:4:5:6:7:8", bytes((0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8))),
        ("fe80::", b"\xfe\x80" + bytes(14)),
        ("::ffff:1.2.3.4", bytes(10) + b"\xff\xff\1\2\3\4"),
    ):
        check.equal(dns.literal(name), address, name)
    for name in ("1.2.3", "1.2.3.256", "1.2.3.4.5", "a.b.c.d", "1..2.3", "", ":", ":::", "1:2:3", "1::2::3", "12345::", "g::", "::1.2.3", "1:2:3:4:5:6:7:8:9",
                 "::-1", "::+1", ":: 1", "::1 ", "::1_0", "-1::", "::0x1", "::%1", "fe80::1%en0"):
        check.equal(dns.literal(name), None, name)
    check.equal(dns.text(b"\x0a\0\0\1"), "10.0.0.1")
    check.equal(dns.text(bytes(15) + b"\1"), "0:0:0:0:0:0:0:1")


def test_what_needs_no_server():
    server = NameServer(lambda q: [])
    _, host = _session(server)
    check.equal(host.call(RESOLVE, "10.1.2.3", 0), (b"\x0a\1\2\3",))
    check.equal(host.call(RESOLVE, "::1", 0), (bytes(15) + b"\1",))
    check.equal(host.call(RESOLVE, "localhost", 0), (LOOPBACK,))
    check.equal(host.call(RESOLVE, "LocalHost.", 4), (LOOPBACK,))
    check.equal(host.call(RESOLVE, "localhost", 6), (bytes(15) + b"\1",))
    check.equal(host.call(RESOLVE, "my.localhost", 4), (LOOPBACK,))
    check.equal(host.refused(RESOLVE, "::1", 4), NOT_FOUND)
    check.equal(host.refused(RESOLVE, "1.2.3.4", 6), NOT_FOUND)
    check.equal(host.refused(RESOLVE, "a..b", 0), NOT_FOUND)
    check.equal(host.refused(RESOLVE, "x" * 64 + ".test", 0), NOT_FOUND)
    check.equal(host.refused(RESOLVE, "a." * 130, 0), NOT_FOUND)
    check.equal(server.questions, [])


def test_hosts_file():
    bench, host = _session(NameServer(lambda q: []))
    bench.device.board.hosts = lambda name: {"printer": ["10.0.0.5", "fe80::5", "junk"]}.get(name)
    check.equal(host.call(RESOLVE, "Printer", 0), (b"\x0a\0\0\5",) + (b"\xfe\x80" + bytes(13) + b"\5",))
    check.equal(host.call(RESOLVE, "printer", 6), (b"\xfe\x80" + bytes(13) + b"\5",))


def test_answers():
    server = NameServer(_by_kind([b"\1\2\3\4", b"\5\6\7\x08"], [bytes(16)]))
    bench, host = _session(server)
    check.equal(host.call(RESOLVE, "example.test", 4), (b"\1\2\3\4", b"\5\6\7\x08"))
    check.equal(host.call(RESOLVE, "example.test.", 0), (b"\1\2\3\4", b"\5\6\7\x08"))
    check.equal(host.call(RESOLVE, "example.test", 6), (bytes(16),))
    check.equal(server.questions, [(b"\7example\4test", 1)] * 2 + [(b"\7example\4test", 28)])
    check.equal(bench.device.resolver.sock, None)


def test_aliases_are_followed():
    alias = _record(5, b"\5other\xc0\x14")
    server = NameServer(lambda q: [_answer(q, [alias, _record(1, b"\1\2\3\4", b"\5other\xc0\x14")])])
    _, host = _session(server)
    check.equal(host.call(RESOLVE, "example.test", 4), (b"\1\2\3\4",))


def test_ipv6_when_there_is_no_ipv4():
    _, host = _session(NameServer(_by_kind([], [bytes(16)])))
    check.equal(host.call(RESOLVE, "six.test", 0), (bytes(16),))
    check.equal(host.refused(RESOLVE, "six.test", 4), NOT_FOUND)


def test_no_such_name():
    _, host = _session(NameServer(lambda q: [_answer(q, code=3)]))
    m = host.answer(host.ask(RESOLVE, "nowhere.invalid", 0))
    check.equal(m[2:], (NOT_FOUND, "no such name: nowhere.invalid", None))
    check.equal(host.refused(TCP_CONNECT, 0, "nowhere.invalid", 80, 0, {}), NOT_FOUND)


def test_failing_server_then_a_good_one():
    bad = NameServer(lambda q: [_answer(q, code=2)])
    good = NameServer(_by_kind([b"\1\2\3\4"]))
    _, host = _session(bad, good)
    check.equal(host.call(RESOLVE, "example.test", 4), (b"\1\2\3\4",))
    _, host = _session(NameServer(bad.reply))
    check.equal(host.refused(RESOLVE, "example.test", 4), FAILED)


def test_lost_answers_are_asked_for_again():
    server = NameServer(lambda q: [] if len(server.questions) < 3 else [_answer(q, [_record(1, b"\1\2\3\4")])])
    bench, host = _session(server)
    number = host.ask(RESOLVE, "example.test", 4)
    for n in range(1, 4):
        host.until(lambda: len(server.questions) == n)
        host.settle(3)
        bench.skip(2000)
    check.equal(host.answer(number)[2:], (b"\1\2\3\4",))


def test_no_answer():
    bench, host = _session(NameServer(lambda q: []))
    number = host.ask(RESOLVE, "example.test", 4)
    for _ in range(5):
        host.settle(3)
        bench.skip(2000)
    check.equal(host.answer(number)[2], NO_ANSWER)
    check.equal(bench.device.resolver.sock, None)
    bench, host = _session()
    check.equal(host.refused(RESOLVE, "example.test", 4), NO_ANSWER)


def test_no_answer_to_a_long_name_in_a_small_session():
    bench = Bench(dns="127.0.0.1:%d" % closed_port())
    host = bench.host(max_payload=256, buffer=4096)
    host.open()
    name = ".".join(["\u20ac" * 20] * 4)[:78]
    number = host.ask(RESOLVE, name, 4)
    for _ in range(5):
        host.settle(3)
        bench.skip(2000)
    m = host.answer(number)
    assert m[2] == NO_ANSWER and ("no name server answered for: " + name).startswith(m[3]), m


def test_forged_and_broken_answers_are_not_taken():
    def reply(q):
        good = _answer(q, [_record(1, b"\1\2\3\4")])
        other = bytearray(q)
        other[13] ^= 1  # another question
        return [
            b"", b"x" * 11, good[:20], q,
            _answer(q, [_record(1, b"\6\6\6\6")], id=bytes((q[0] ^ 1, q[1]))),
            _answer(bytes(other), [_record(1, b"\6\6\6\6")]),
            good,
        ]

    _, host = _session(NameServer(reply))
    for _ in range(20):
        check.equal(host.call(RESOLVE, "example.test", 4), (b"\1\2\3\4",))


def test_an_answer_from_elsewhere_is_not_taken():
    server = NameServer(lambda q: [])
    bench, host = _session(server)
    number = host.ask(RESOLVE, "example.test", 4)
    host.until(lambda: bench.device.resolver.queries)
    query = bench.device.resolver.queries[0]
    port = port_of(bench.device.resolver.sock)
    forger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    q = bytes((query.id >> 8, query.id & 255)) + bytes(10) + query.question + b"\0\1\0\1"
    forger.sendto(_answer(q, [_record(1, b"\6\6\6\6")]), socket.getaddrinfo("127.0.0.1", port, 0, socket.SOCK_DGRAM)[0][-1])
    host.settle()
    check.equal(len(bench.device.resolver.queries), 1)
    host.send(4, number)
    host.answer(number)
    forger.close()


def test_random_damage_to_answers():
    random.seed(8)

    def reply(q):
        data = bytearray(_answer(q, [_record(5, b"\5other\xc0\x14"), _record(1, b"\1\2\3\4"), _record(1, b"\5\6\7\x08")]))
        for _ in range(random.randint(1, 5)):
            data[random.randint(12 + len(q[12:]), len(data) - 1)] = random.getrandbits(8)
        return [bytes(data[: random.randint(12, len(data))]), _answer(q, code=3)]

    bench, host = _session(NameServer(reply))
    for _ in range(200):
        host.answer(host.ask(RESOLVE, "example.test", 4))
    check.equal(bench.unexpected, [])


def test_many_names_at_once():
    server = NameServer(_by_kind([b"\1\2\3\4"]))
    bench, host = _session(server)
    ids = [host.ask(RESOLVE, "name%d.test" % n, 4) for n in range(12)]
    for number in ids:
        check.equal(host.answer(number)[2:], (b"\1\2\3\4",))


def test_a_silent_server_stops_no_other_channel():
    bench, host = _session(NameServer(lambda q: []))
    peer = Peer()
    number = host.ask(RESOLVE, "example.test", 4)
    got = bytearray()
    host.connect(0, peer.port, sink=got.extend)
    conn = peer.accept(host)
    for _ in range(100):
        conn.write(bytes(1000))
        before = len(got)
        host.until(lambda: len(got) == before + 1000)
    check.equal(host.call(PING, 1), (1,))
    check.equal([m for m in host.messages if m[1] == number], [])
    assert bench.device.resolver.queries
    conn.close()
    peer.close()


def test_session_s_end_ends_queries():
    bench, host = _session(NameServer(lambda q: []))
    host.ask(RESOLVE, "example.test", 4)
    host.until(lambda: bench.device.resolver.queries)
    host.open()
    check.equal((bench.device.resolver.queries, bench.device.resolver.sock, len(bench.device.by_socket)), ([], None, 0))
    check.equal(host.call(PING, 1), (1,))


check.run(globals())
