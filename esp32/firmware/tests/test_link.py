"""Sessions and frames (PROTOCOL.md, sections 3 to 5), the device's side."""

import random
import check
from host import ACK, Bench, DATA, ERROR, HELLO, PING, PROBE, RESET, pack, unpack
from uartnet.failure import Failure
from vectors import data, vectors

BOOT, NO_SESSION, CLOSED, VERSION, BUSY, PROTOCOL, SILENT, FRAME_LOST = range(8)


def _line():
    """A device that has said that it is ready."""
    bench = Bench()
    host = bench.host()
    check.equal(host.reset(), BOOT)
    host.frames.clear()
    host.resets.clear()
    return bench, host


def test_boot_is_said_once():
    bench = Bench()
    host = bench.host()
    tag, reason, host_id, boot_id, _ = host.until(lambda: host.resets)[0]
    check.equal((tag, reason, host_id, boot_id), (0, BOOT, 0, bench.device.link.boot_id))
    host.settle()
    check.equal(len(host.frames), 1)


def test_welcome_says_what_the_device_is():
    bench, host = _line()
    host.open()
    tag, name, major, minor, host_id, boot_id, window, buffer, payload, keepalive, features, agent = host.welcome
    check.equal((name, major, minor, host_id), ("uartnet", 1, 0, host.host_id))
    check.equal(boot_id, bench.device.link.boot_id)
    assert 1 <= tag <= 8191 and 1 <= window <= 127 and payload == 1024 and keepalive == 60000
    assert buffer >= 2 * (payload + 8)
    assert agent.startswith("uartnet-firmware/") and len(agent) <= 64


def test_repeated_hello_gets_the_same_welcome():
    _, host = _line()
    host.hello(7)
    first = host.until(lambda: host.welcome)
    host.hello(7)
    check.equal(host.until(lambda: host.welcome), first)
    host.enter()
    host.hello(7)
    check.equal(host.until(lambda: host.welcome), first)
    check.equal(host.call(PING, "still here"), ("still here",))


def test_another_hello_gets_another_tag_and_ends_nothing():
    bench, host = _line()
    host.open()
    tag = host.tag
    host.hello()
    other = host.until(lambda: host.welcome)
    assert other[0] != tag
    check.equal(host.call(PING, 1), (1,))
    check.equal(bench.device.link.tag, tag)
    host.enter()
    check.equal(bench.device.link.tag, other[0])
    check.equal(host.call(PING, 2), (2,))


def test_offer_is_forgotten():
    bench, host = _line()
    host.hello()
    tag = host.until(lambda: host.welcome)[0]
    bench.skip(10001)
    host.emit(PROBE, tag=tag)
    check.equal(host.reset(tag), NO_SESSION)


def test_reset_of_the_offer_forgets_it_and_ends_nothing():
    bench, host = _line()
    for live in (False, True):
        if live:
            host.open()
        tag = host.tag
        stale = bench.device.link.counters.stale
        host.hello()
        offered = host.until(lambda: host.welcome)[0]
        assert offered != tag
        host.emit(RESET, pack(2, 0, 0, ""), tag=offered, seq=0, ack=0)
        host.until(lambda: not bench.device.link.offer)
        check.equal((bench.device.link.tag, bench.device.link.counters.stale), (tag, stale + 1))
        if live:
            check.equal(host.call(PING, 1), (1,))
            check.equal(host.resets, [])
        else:
            # Nothing is left of it: its tag is a stranger's.
            host.emit(PROBE, tag=offered)
            check.equal(host.reset(offered), NO_SESSION)


def test_data_may_be_the_first_frame_of_a_session():
    _, host = _line()
    host.hello()
    host.tag = host.until(lambda: host.welcome)[0]
    host.device_window = 4
    check.equal(host.call(PING, b"x"), (b"x",))


def test_tags_differ_from_session_to_session():
    _, host = _line()
    tags = [host.open().tag for _ in range(20)]
    check.equal(len(set(tags)), 20)


def test_other_major_version():
    bench, host = _line()
    host.hello(99, major=2)
    tag, reason, host_id, boot_id, text = host.until(lambda: host.resets)[0]
    check.equal((tag, reason, host_id, boot_id), (0, VERSION, 99, bench.device.link.boot_id))
    assert "1.0" in text
    host.settle()
    assert host.welcome is None


def test_malformed_hello_is_dropped():
    bench, host = _line()
    good = ("uartnet", 1, 0, 5, 32, 65536, 1024, 1000, 0, "x")
    for at, value in ((0, "other"), (0, 5), (1, "1"), (3, -1), (4, 0), (4, 128), (5, 100), (6, 255), (6, 16385), (7, "x"), (8, None), (9, 1)):
        bad = list(good)
        bad[at] = value
        host.emit(HELLO, pack(*bad), 0, 0, 0)
    host.emit(HELLO, pack(*good)[:-1], 0, 0, 0)
    host.emit(HELLO, pack(*good[:9]), 0, 0, 0)
    host.emit(HELLO, b"", 0, 0, 0)
    host.emit(HELLO, pack(*good), 5, 0, 0)
    host.settle()
    check.equal((host.welcome, host.frames), (None, []))
    host.emit(HELLO, pack(*good + ("later", 5)), 0, 0, 0)
    check.equal(host.until(lambda: host.welcome)[4], 5)


def test_frame_without_a_session():
    bench, host = _line()
    host.emit(PROBE, tag=77)
    check.equal(host.reset(77), NO_SESSION)
    host.emit(PROBE, tag=78)  # at most one in 100 ms
    host.settle()
    check.equal(len(host.resets), 1)
    bench.skip(100)
    host.emit(DATA, pack(1, 1, 0, 0), tag=79)
    check.equal(host.reset(79), NO_SESSION)


def test_stale_frames_do_nothing():
    bench, host = _line()
    host.open()
    old = host.tag
    host.open()
    for kind in (DATA, ACK, PROBE, RESET):
        host.emit(kind, pack(1, 1, 0, 0) if kind == DATA else b"", tag=old, seq=3, ack=9)
    host.emit(RESET, pack(0, 0, 0, ""), 0, 0, 0)
    check.equal(host.call(PING, 5), (5,))
    check.equal(bench.device.link.counters.stale, 5)


def test_reset_ends_the_session():
    bench, host = _line()
    host.open()
    tag = host.tag
    host.close()
    host.until(lambda: not bench.device.link.tag)
    bench.skip(200)
    host.emit(PROBE, tag=tag)
    check.equal(host.reset(tag), NO_SESSION)


def test_probe_is_answered_at_once():
    _, host = _line()
    host.open()
    host.frames.clear()
    host.emit(PROBE)
    check.equal(host.until(lambda: host.frames)[0], (ACK, host.tag, 0, 0, b""))


def test_data_is_acknowledged_without_an_answer():
    _, host = _line()
    host.open()
    host.send(4, 9)  # CANCEL of nothing: no message comes back
    host.until(lambda: host.flight == 0)
    # A quarter of the window is acknowledged without waiting for the delay.
    for _ in range(40):
        host.send(4, 9)
    host.until(lambda: host.flight == 0 and not host.waiting)


def test_an_acknowledgement_rides_on_data_that_is_about_to_go():
    bench, host = _line()
    host.open()
    link = bench.device.link

    def acknowledged(more):
        """How many of 20 frames are acknowledged when the device has taken them in, and sent what it owes."""
        first = link.incoming.expected
        for n in range(first, first + 20):
            host.emit(DATA, pack(4, 9), seq=n)  # CANCEL of nothing: no message comes back
        while link.incoming.expected != first + 20:
            link.receive()
        link.pump(more)
        return (link.advertised - first) & 255

    check.equal(acknowledged(True), 0)
    link.report(ERROR, 1, Failure(1, ""))
    check.equal((link.advertised, link.owe), (20, 0))
    # Not if there is nothing to send, or what there is has to wait for the host.
    check.equal(acknowledged(False), 20)
    room = link.room
    link.room = lambda n: False
    check.equal(acknowledged(True), 20)
    link.room = room
    check.equal(acknowledged(True), 0)
    link.pump(False)
    check.equal(link.advertised, 80)


def test_lost_frame_ends_the_session():
    for kind in (DATA, PROBE, ACK):
        bench, host = _line()
        host.open()
        tag = host.tag
        host.emit(kind, pack(4, 9) if kind == DATA else b"", seq=1)
        check.equal(host.reset(tag), FRAME_LOST)
        check.equal((bench.device.link.tag, bench.device.link.counters.gaps), (0, 1))
        host.open()
        check.equal(host.call(PING, 1), (1,))


def test_duplicate_is_acknowledged_and_not_run_again():
    bench, host = _line()
    host.open()
    host.call(PING, 1)
    host.frames.clear()
    host.emit(DATA, pack(1, 500, PING, 0), seq=0)
    host.until(lambda: host.frames)
    host.settle()
    check.equal((host.messages, bench.device.link.counters.duplicates), ([], 1))
    check.equal(host.call(PING, 2), (2,))


def test_damaged_frames_are_counted():
    bench, host = _line()
    host.open()
    wrong = bytearray(host.encoded(PROBE, seq=0x11))
    wrong[3] ^= 1
    host.write(bytes(wrong))
    host.write(b"\xc0abc\xc0\xc0\xdb\x00\xc0")
    host.emit(7, b"")  # the reserved type is dropped, not damaged
    check.equal(host.call(PING, 1), (1,))
    counters = bench.device.link.counters
    check.equal((counters.damaged, counters.dropped), (3, 1))


def test_bad_frame_vectors_do_nothing():
    bench, host = _line()
    for name, frame in vectors("frame-bad", 1):
        body = data(frame).replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")
        host.write(b"\xc0" + body + b"\xc0")
    host.settle()
    check.equal((host.frames, bench.device.link.tag), ([], 0))


def test_hello_vector_and_own_frames():
    bench, host = _line()
    for name, kind, tag, seq, ack, payload, frame in vectors("frame", 6):
        if kind == "HELLO":
            body = data(frame).replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")
            host.write(b"\xc0" + body + b"\xc0")
            check.equal(host.until(lambda: host.welcome)[4], unpack(data(payload))[3])


def test_keepalive_and_silence():
    bench, host = _line()
    bench.freeze()
    for keepalive in (1000, 60000):
        host.offer = (32, 65536, 1024, keepalive)
        host.open()
        host.silent = True
        for passed, probes in ((980, 0), (40, 1), (440, 1), (100, 2), (400, 2), (100, 3), (400, 3)):
            bench.idle(passed * keepalive // 1000)
            host.frames.clear() if not probes else None
            host.settle(3)
            check.equal(len([f for f in host.frames if f[0] == PROBE]), probes, "%d of %d" % (passed, keepalive))
        tag = host.tag
        check.equal(bench.device.link.tag, tag)
        bench.idle(60 * keepalive // 1000)
        check.equal(host.reset(tag), SILENT)
        check.equal(bench.device.link.tag, 0)
        host.silent = False


def test_what_waits_while_the_device_is_held_up_is_no_silence():
    bench, host = _line()
    bench.freeze()
    for held in (2490, 2600, 70000):
        host.open()
        host.frames.clear()
        host.silent = True
        for _ in range(3):
            bench.idle(1400)
            host.emit(PROBE)
            bench.skip(held)
            check.equal(bench.device.link.tag, host.tag, held)
            host.until(lambda: [f for f in host.frames if f[0] == ACK])
            host.frames.clear()
        check.equal(host.resets, [])
        host.silent = False


def test_time_in_which_the_device_is_held_up_counts_as_one_interval():
    bench, host = _line()
    bench.freeze()
    for held in (1000, 2600, 70000):
        host.open()
        host.frames.clear()
        host.silent = True
        # The host may have been held up, too: it is asked, and has time to answer.
        bench.skip(held)
        host.until(lambda: [f for f in host.frames if f[0] == PROBE])
        bench.idle(1480)
        check.equal(bench.device.link.tag, host.tag, held)
        bench.idle(60)
        check.equal(host.reset(host.tag), SILENT)
        host.silent = False
    # Nor does it live for ever because it is held up again and again.
    host.open()
    host.silent = True
    for _ in range(3):
        check.equal(bench.device.link.tag, host.tag)
        bench.skip(5000)
        host.settle(3)
    bench.idle(20)
    check.equal(host.reset(host.tag), SILENT)
    host.silent = False


def test_an_answer_ends_the_silence():
    bench, host = _line()
    host.open()
    host.frames.clear()
    for _ in range(6):
        bench.skip(1001)
        host.until(lambda: [f for f in host.frames if f[0] == PROBE])
        host.settle()  # the host has answered it
        host.frames.clear()
    check.equal(bench.device.link.tag, host.tag)


def test_a_device_that_is_taken():
    bench = Bench(takeover=False)
    host = bench.host()
    host.open()
    tag = host.tag
    ours = host.host_id
    host.hello(5)
    _, reason, host_id, boot_id, text = host.until(lambda: [r for r in host.resets if r[1] == BUSY])[0]
    check.equal((host_id, boot_id, host.welcome), (5, bench.device.link.boot_id, None))
    assert "another host" in text
    host.hello(ours)
    check.equal(host.until(lambda: host.welcome)[0], tag)
    check.equal(host.call(PING, 1), (1,))
    host.close()
    host.until(lambda: not bench.device.link.tag)
    host.open()
    check.equal(host.call(PING, 2), (2,))


def test_keepalive_is_the_smaller_of_both():
    bench, host = _line()
    host.offer = (32, 65536, 1024, 300)
    host.open()
    check.equal(bench.device.link.keepalive, 300)
    host.offer = (32, 65536, 1024, 1)
    host.open()
    check.equal(bench.device.link.keepalive, 100)
    host.offer = (32, 65536, 1024, 100000)
    host.open()
    check.equal(bench.device.link.keepalive, 60000)
    bench = Bench(keepalive=700)
    host = bench.host().open()
    check.equal((host.welcome[9], bench.device.link.keepalive), (700, 700))


def test_the_host_s_window_and_buffer_are_kept():
    for window, buffer in ((3, 65536), (32, 1100)):
        bench, host = _line()
        host.offer = (window, buffer, 1024, 1000)
        host.open()
        host.silent = True
        for n in range(12):
            host.emit(DATA, pack(1, n, PING, 0, bytes(504)), seq=n, ack=0)
            host.next = n + 1
            host.flight += 1
            host.settle(3)
        got = len(host.messages)
        check.equal(got, 3 if window == 3 else 2)  # of 518 bytes and their overhead
        host.silent = False
        host.emit(ACK)
        host.until(lambda: len(host.messages) == 12)


def test_numbers_wrap():
    _, host = _line()
    host.open()
    for n in range(600):
        check.equal(host.call(PING, n), (n,))


def test_answers_nobody_takes_have_a_bound():
    bench, host = _line()
    host.open()
    link = bench.device.link
    host.silent = True
    host.deaf = True
    for n in range(200):
        host.ask(PING, bytes(900))
    host.settle(200)
    assert link.queued < 24000, link.queued
    assert host.waiting, "the device went on to acknowledge"
    host.silent = False
    host.deaf = False
    host.until(lambda: len(host.messages) == 200)
    check.equal(link.queued, 0)


def test_any_damage_ends_in_a_session_or_in_none():
    random.seed(6)
    for round in range(60):
        bench, host = _line()
        host.open()
        wire = bytearray(b"".join(host.encoded(DATA, pack(1, n, PING, 0, n), seq=n) for n in range(10)))
        for _ in range(random.randint(1, 6)):
            at = random.randint(0, len(wire) - 1)
            if random.getrandbits(1):
                wire[at] ^= 1 << random.randint(0, 7)
            else:
                wire = wire[:at] + wire[at + random.randint(1, 9) :]
        wire = bytes(wire)
        host.flight = host.next = 10
        while wire:
            n = random.randint(1, 30)
            host.write(wire[:n])
            wire = wire[n:]
            host.settle(1)
        host.settle()
        # Whatever was answered was asked, in order; nothing was answered behind a gap.
        check.equal([m[1] for m in host.messages], list(range(len(host.messages))))
        assert all(m[2] == m[1] for m in host.messages)
        check.equal(bench.unexpected, [])
        host.write(b"\xc0")
        host.open()
        check.equal(host.call(PING, "again"), ("again",))


check.run(globals())
