"""Frames that get lost come again (PROTOCOL.md, section 5): the link in virtual time, at the end of a line with faults."""

import random
import check
from host import ACK, Bench, DATA, PING, PROBE, pack
from model import Faults, ModelHost, Run, Wire
from uartnet.outgoing import Outgoing
from uartnet.link import Counters
from uartnet.pool import Pool
from uartnet.roundtrip import RoundTrip

KINDS = ("flip", "drop", "twice", "insert", "burst")
SCHEDULES = 200
_VIRTUAL_MS = 600000  # more than any schedule needs


def _session(**config):
    bench = Bench(**config)
    host = bench.host(features=1, keepalive=60000)
    host.until(lambda: host.resets)
    host.open()
    bench.freeze()
    host.flight = 1000  # these tests number their frames by hand
    host.frames.clear()
    return bench, host


def _acks(host):
    """(ack, payload) of each ACK since the last call."""
    host.settle(3)
    acks = [f[3:] for f in host.frames if f[0] == ACK]
    host.frames.clear()
    return acks


def _ping(host, seq):
    host.emit(DATA, pack(1, seq, PING, 0, seq), seq=seq, ack=0)


def test_a_gap_is_reported_at_once_and_mended():
    bench, host = _session()
    host.silent = True
    _ping(host, 2)
    check.equal(_acks(host), [(0, b"\x03\x04")])
    _ping(host, 5)
    check.equal(_acks(host), [(0, b"\x06\x24")])
    check.equal(host.messages, [])
    _ping(host, 0)
    check.equal(_acks(host)[-1], (1, b"\x05\x12"))
    check.equal([m[1] for m in host.messages], [0])
    _ping(host, 1)
    check.equal(_acks(host)[-1], (3, b"\x03\x04"))
    _ping(host, 2)  # comes twice
    _ping(host, 5)
    host.settle(3)
    counters = bench.device.link.counters
    check.equal(counters.duplicates, 2)
    _ping(host, 4)
    _ping(host, 3)
    host.settle(3)
    check.equal([m[1:] for m in host.messages], [(n, n) for n in range(6)])
    check.equal((counters.gaps, bench.device.link.incoming.count, bench.device.link.advertised), (2, 0, 6))


def test_a_later_number_of_another_frame_shows_a_gap():
    for kind in (ACK, PROBE):
        bench, host = _session()
        host.emit(kind, seq=9)
        check.equal(_acks(host), [(0, b"\x09\0\0")])
        host.emit(kind, seq=9)  # no news
        check.equal(_acks(host), [(0, b"\x09\0\0")] if kind == PROBE else [])
        check.equal(bench.device.link.counters.gaps, 1)


def test_what_is_beyond_the_window_is_dropped():
    bench, host = _session()
    host.emit(DATA, pack(4, 9), seq=64)
    check.equal((_acks(host), bench.device.link.counters.dropped), ([], 1))
    host.emit(DATA, pack(4, 9), seq=63)
    check.equal(_acks(host), [(0, b"\x40" + bytes(7) + b"\x80")])


def test_a_reported_frame_is_repeated_by_the_order_of_sending():
    bench, host = _session()
    host.silent = True
    for n in range(4):
        _ping(host, n)
    host.until(lambda: len(host.messages) == 4)
    report = b"\x04\x0a"  # 1 and 3 have arrived
    host.next = 4
    host.emit(ACK, report, ack=0)
    host.until(lambda: len(host.again) == 2)
    check.equal(host.again, [0, 2])
    # Both were sent behind 3: that says nothing of them, and they are under way.
    bench.device.link.outgoing.round_trip.smoothed8 = 100000
    host.emit(ACK, report, ack=0)
    host.settle(3)
    check.equal(host.again, [0, 2])
    bench.device.link.outgoing.round_trip.smoothed8 = 0
    bench.skip(5)
    host.emit(ACK, report, ack=0)
    host.until(lambda: len(host.again) == 4)
    check.equal((host.again, bench.device.link.counters.retransmits), ([0, 2, 0, 2], 4))
    host.emit(ACK, ack=4)
    host.until(lambda: not bench.device.link.outgoing.flight)


def test_reports_that_are_none_do_nothing():
    bench, host = _session()
    host.silent = True
    for n in range(3):
        _ping(host, n)
    host.until(lambda: len(host.messages) == 3)
    for report in (b"\x03", b"\xff\x06", b"\0", b"\x09\x02"):
        host.emit(ACK, report, ack=0)
    host.emit(ACK, b"\x03\x06", ack=77)
    host.settle(5)
    check.equal((host.again, bench.device.link.tag), ([], host.tag))
    host.emit(ACK, b"\xff" + b"\xfe" * 32, ack=0)
    host.until(lambda: host.again == [0])


def test_the_timer_repeats_the_oldest_with_a_probe():
    bench, host = _session()
    host.silent = True
    for n in range(3):
        _ping(host, n)
    host.until(lambda: len(host.messages) == 3)
    host.frames.clear()
    at = 0
    for count, wait in ((1, 1000), (2, 2000), (3, 4000), (4, 5000), (5, 5000)):
        bench.skip(wait - 100)
        host.settle(3)
        check.equal(len(host.again), count - 1)
        bench.skip(120)
        host.settle(3)
        check.equal(host.again, [0] * count)
    assert [f for f in host.frames if f[0] == PROBE]
    check.equal(bench.device.link.counters.timeouts, 5)
    host.emit(ACK, ack=3)
    host.settle()
    bench.skip(6000)
    check.equal(len(host.again), 5)


def test_round_trip():
    trip = RoundTrip(30)
    check.equal((trip.timeout, trip.smoothed()), (1000, 1000))
    trip.back_off()
    check.equal(trip.timeout, 2000)
    trip.sample(100)
    check.equal((trip.timeout, trip.smoothed()), (300, 101))  # 100 + 4 * 50
    for _ in range(100):
        trip.sample(100)
    assert 100 <= trip.timeout <= 115 and 95 <= trip.smoothed() <= 101
    for _ in range(200):
        trip.sample(0)
    check.equal(trip.timeout, 30)
    for _ in range(20):
        trip.back_off()
    check.equal(trip.timeout, 5000)
    # Progress ends that, but not below the time that a frame has taken.
    trip.progress(0)
    check.equal(trip.timeout, 30)
    trip.back_off()
    trip.progress(800)
    check.equal(trip.timeout, 1000)
    trip.sample(0)
    check.equal(trip.timeout, 30)
    trip.progress(10000)
    check.equal(trip.timeout, 5000)


def test_progress_ends_the_doubling():
    for together in (False, True):
        bench, host = _session()
        host.silent = True
        trip = bench.device.link.outgoing.round_trip
        for n in range(2):
            _ping(host, n)
        host.until(lambda: len(host.messages) == 2)
        bench.skip(1000)
        host.settle(3)
        bench.skip(2000)
        host.settle(3)
        check.equal((host.again, trip.timeout), ([0, 0], 4000))
        bench.skip(200)
        # Its first transmission may have arrived after 3.2 s; with the second, that went once, this is known not to be so.
        host.emit(ACK, ack=2 if together else 1)
        host.settle(3)
        check.equal(trip.timeout, 5000 if together else 4000)
        if together:
            continue
        bench.skip(50)
        host.emit(ACK, ack=2)
        host.settle(3)
        check.equal(trip.timeout, 5000)


def test_the_pipe_and_the_memory_bound_what_is_under_way():
    bench, host = _session(baud=921600)
    host.silent = True
    outgoing = bench.device.link.outgoing
    for n in range(10):
        host.emit(DATA, pack(1, n, PING, 0, bytes(900)), seq=n, ack=0)
        bench.skip(12)
        host.settle(3)
    check.equal(len(host.messages), 6)
    assert outgoing.pipe <= 6 * 1032
    # Those that wait behind a gap are not in the pipe.
    outgoing.round_trip.smoothed8 = 100000
    host.emit(ACK, b"\x04\x0e", ack=0)
    for _ in range(3):
        bench.skip(12)
        host.settle(3)
    check.equal((len(host.messages), host.again, outgoing.flight), (9, [0], 9))


def test_frames_are_as_long_as_the_losses_allow():
    pool = Pool(200)
    outgoing = Outgoing(pool, 200, Counters(), 20)
    outgoing.begin(64, 65536, 1024, True)
    check.equal(outgoing.payload, 1024)
    for sent, losses, payload in ((50000, 0, 1024), (50000, 1, 1020), (50000, 66, 116), (50000, 10000, 70), (0, 1, 502)):
        outgoing.sent = sent
        outgoing.losses = losses
        outgoing._reckon()
        assert abs(outgoing.payload - payload) < 3, (sent, losses, outgoing.payload)
    outgoing.sent = 131072
    outgoing.losses = 5
    outgoing._reckon()
    check.equal((outgoing.sent, outgoing.losses), (65536, 2.5))
    # However long ago a loss was: no division by next to nothing.
    for _ in range(3000):
        outgoing.sent = 131072
        outgoing._reckon()
    check.equal((outgoing.losses, outgoing.payload), (0, outgoing.max_payload))


def _schedule(seed):
    random.seed(seed)
    every = random.choice((0, 20000, 5000, 1500, 600, 300))
    speed = random.choice((12, 92, 300))
    kinds = KINDS if random.getrandbits(1) else (random.choice(KINDS),)
    batch = random.choice((1, 1, 4, 16))
    payload = random.choice((256, 1024))
    host = ModelHost(
        window=random.choice((4, 16, 64, 127)), buffer=random.choice((2064, 8256, 65536)), max_payload=random.choice((256, 1024))
    )
    up = Wire(speed, batch, Faults(every, kinds))
    down = Wire(speed, batch, Faults(every, kinds))
    run = Run(up, down, speed * 10000, payload, host)
    size = random.randint(100, 15000)
    stream = bytes((i * 7 + (i >> 8)) & 255 for i in range(size))
    run.to_send = stream if random.getrandbits(1) else b""
    whole = run.to_send
    most = min(host.offer[2], payload)
    host.outbox = [bytes(((n + k) & 255) for k in range(random.choice((0, 3, 60, 200, most)))) + bytes((n,)) for n in range(random.randint(1, 100))]
    host.outbox = [m[-most:] for m in host.outbox]
    asked = list(host.outbox)
    if random.getrandbits(1):
        answers = random.choice((5, 200))
        run.answer = lambda m: m[-1:] * answers
    cuts = [random.randint(50, 3000) for _ in range(random.choice((0, 0, 2)))]

    def done():
        return (
            len(run.received) == len(asked) and not run.to_send and not run.link.queue and run.link.tag
            and len(host.inbox) == len(run.sent) and not host.sent and not run.link.outgoing.flight
        )

    while not done():
        run.step()
        run.check()
        for way in (up, down):
            way.faults.cut = any(0 <= run.now - cut < 700 for cut in cuts)
        if run.now > _VIRTUAL_MS:
            raise AssertionError("no progress: %d of %d, %d of %d" % (len(run.received), len(asked), len(host.inbox), len(run.sent)))
    check.equal(run.received, asked)
    check.equal(host.inbox, run.sent)
    if not run.answer:
        check.equal(b"".join(host.inbox), whole)
    return up.faults.count + down.faults.count, run.link.counters


def test_exactly_once_in_order_and_always_on():
    faults = retransmits = timeouts = 0
    for seed in range(SCHEDULES):
        try:
            count, counters = _schedule(seed)
        except Exception:
            print("schedule", seed)
            raise
        faults += count
        retransmits += counters.retransmits
        timeouts += counters.timeouts
    print("  %d schedules, %d faults, %d frames repeated, %d times by the timer" % (SCHEDULES, faults, retransmits, timeouts))
    assert faults > 1000 and retransmits > 100 and timeouts > 10


def test_both_directions_full_need_hardly_an_ack():
    """By the line's clock, not by this machine's."""
    for baud in (115200, 921600, 3000000):
        speed = baud // 10000
        run = Run(Wire(speed, 1, Faults(0, ())), Wire(speed, 1, Faults(0, ())), baud)
        frames = {DATA: 0, ACK: 0}
        emit = run.link._emit

        def count(kind, *rest):
            frames[kind] = frames.get(kind, 0) + 1
            emit(kind, *rest)

        run.link._emit = count
        while run.now < 2000:
            while len(run.host.outbox) < 4:
                run.host.outbox.append(bytes(1024))
            run.to_send = bytes(8192)
            run.step()
        assert 20 * frames[ACK] < frames[DATA], frames
        assert 1024 * len(run.received) > 0.85 * 2000 * speed and sum(map(len, run.sent)) > 0.85 * 2000 * speed, (baud, len(run.received))


check.run(globals())
