"""When new frames go (uartnet/pacing.py): by the nominal speed, unless the line shows that it is faster."""

import check
from host import ACK, Bench, PING, PROBE, Peer
from model import Faults, ModelHost, Run, Wire
from uartnet.pacing import Pacing

BAUD = 921600
FRAME = 1034
PER_MS = 92160  # thousandths of a byte


def _pacing():
    pacing = Pacing()
    pacing.speed(BAUD, FRAME)
    return pacing


def _data(pacing, n, now, flight=0):
    pacing.new(flight, now)
    pacing.sent(n, now)


def test_new_frames_wait_until_the_wire_is_nearly_free():
    pacing = _pacing()
    check.equal(pacing.wait(0), 0)
    _data(pacing, FRAME, 0)
    check.equal(pacing.wait(0), 0)
    _data(pacing, FRAME, 0)
    check.equal(pacing.wait(0), 6)  # half a frame is too much
    check.equal((pacing.wait(5), pacing.wait(6)), (1, 0))


def test_all_is_counted_and_the_rate_is_exact():
    pacing = _pacing()
    now = sent = 0
    while now < 10000:
        while not pacing.wait(now):
            _data(pacing, FRAME, now, 1)
            pacing.sent(10, now)  # an ACK
            sent += FRAME + 10
        now += pacing.wait(now)
    assert abs(sent - now * PER_MS // 1000) < 4 * FRAME, sent


def test_a_fast_line_has_three_milliseconds():
    pacing = Pacing()
    pacing.speed(10000000, 266)
    sent = 0
    while not pacing.wait(0):
        _data(pacing, 266, 0)
        sent += 266
    assert 3000 <= sent < 3300, sent


def test_an_acknowledgement_that_came_too_early():
    # A frame takes 11.2 ms; three quarters are 8.4, and the clock hides up to one.
    for passed, paced in ((7, False), (8, True), (11, True)):
        pacing = _pacing()
        _data(pacing, FRAME, 5)
        pacing.acknowledged(FRAME, 5 + passed)
        check.equal(pacing.on, paced, passed)
    check.equal(pacing.on, True)


def test_what_went_before_proves_nothing():
    pacing = _pacing()
    _data(pacing, FRAME, 0)
    pacing.wait(100)
    _data(pacing, 40, 100, FRAME)
    pacing.acknowledged(FRAME, 101)  # the first, at last
    assert pacing.on
    pacing.acknowledged(40, 101)
    assert pacing.on


def test_small_frames_prove_it_together():
    pacing = _pacing()
    for now in range(30):
        for _ in range(8):
            _data(pacing, 30, now)
            pacing.acknowledged(30, now)
    assert not pacing.on
    check.equal(pacing.wait(30), 0)
    pacing.speed(BAUD, FRAME)
    assert pacing.on


def test_a_late_beginning_is_forgotten():
    pacing = _pacing()
    _data(pacing, FRAME, 0)
    _data(pacing, FRAME, 0, FRAME)
    pacing.acknowledged(2 * FRAME, 22)
    _data(pacing, FRAME, 22)
    pacing.acknowledged(FRAME, 24)
    assert not pacing.on


def test_more_comes_in_than_the_line_can_bring():
    for part, paced in ((100, True), (150, False)):
        pacing = _pacing()
        for now in range(5000):
            pacing.came(92 * part // 100, now)
        check.equal(pacing.on, paced, part)


def test_a_line_at_its_speed_is_not_taken_for_a_faster_one():
    for baud in (115200, 921600, 3000000):
        none = Faults(0, ())
        up, down = (Wire(baud // 10000, 1, none) for _ in range(2))
        host = ModelHost()
        run = Run(up, down, baud, 1024, host)
        run.to_send = bytes(50 * baud // 10000)
        host.outbox = [bytes(1000) for _ in range(20)]
        most = 0
        while run.to_send or host.outbox:
            run.step()
            most = max(most, len(run.board.tx))
            assert run.now < 100000
        assert run.link.pacing.on, baud
        # What waits before the wire: that one frame and a half, a frame, and what control frames there are.
        assert most <= max(1551, 3 * baud // 10000) + 1034 + 300, most


def _bench(**config):
    bench = Bench(baud=BAUD, **config)
    host = bench.host(features=1, keepalive=60000).open()
    bench.freeze()
    return bench, host


def test_answers_wait_for_the_wire_and_control_frames_do_not():
    bench, host = _bench()
    host.silent = True
    for n in range(4):
        host.ask(PING, bytes(900))
    host.settle()
    check.equal(len(host.messages), 2)
    host.frames.clear()
    host.emit(PROBE, ack=(host.expected - 2) & 255)
    host.settle()
    assert ACK in [f[0] for f in host.frames]
    check.equal(len(host.messages), 2)
    for count in (3, 4):
        bench.skip(12)
        host.settle()
        check.equal(len(host.messages), count)
    assert bench.device.link.pacing.on


def test_a_repetition_does_not_wait():
    bench, host = _bench()
    host.silent = True
    for n in range(3):
        host.ask(PING, bytes(900))
    host.settle()
    check.equal((len(host.messages), host.again), (2, []))
    host.emit(ACK, b"\x02\x02", ack=(host.expected - 2) & 255)  # the second has arrived, the first has not
    host.settle()
    check.equal((len(host.messages), len(host.again)), (2, 1))


def test_an_unpaced_line_stays_so():
    bench, host = _bench()
    host.ask(PING, bytes(900))
    host.ask(PING, bytes(900))
    host.ask(PING, bytes(900))
    host.until(lambda: len(host.messages) == 3)  # time stands still: it cannot be this fast
    assert not bench.device.link.pacing.on
    for n in range(20):
        host.ask(PING, bytes(900))
    host.until(lambda: len(host.messages) == 23)
    host.close()
    host.open()
    assert bench.device.link.pacing.on


def test_a_socket_is_read_on_when_the_pace_allows():
    bench = Bench(baud=115200)
    host = bench.host(features=1, keepalive=60000).open()
    peer = Peer()
    got = bytearray()
    host.connect(2, peer.port, sink=got.extend)
    conn = peer.accept(host)
    host.silent = True
    conn.write(bytes(4000))
    # Nothing else happens: the loop has to wake by itself.
    host.until(lambda: len(got) == 4000)
    assert bench.device.link.pacing.on
    conn.close()
    peer.close()


check.run(globals())
