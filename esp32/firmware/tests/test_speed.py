"""Change of the line's speed (PROTOCOL.md, section 6), the device's side."""

import check
from host import ACK, Bench, DATA, Host, PING, PROBE, SPEED, pack, unpack

PROPOSE, AGREE, REFUSE, CONFIRM, TRY = range(5)
RETRANSMIT, FEATURE = 1, 2
FIRST = 115200
FAST = 921600


def _line(features=RETRANSMIT | FEATURE, **config):
    """A session, and the speeds that the device's UART is set to."""
    config.setdefault("baud", FIRST)
    bench = Bench(**config)
    speeds = []

    def set_baud(baud):
        speeds.append(baud)
        return baud != 666666

    bench.device.board.set_baud = set_baud
    host = bench.host()
    host.features = features
    host.open()
    host.frames.clear()
    return bench, host, speeds


def _said(host):
    return [unpack(f[4]) for f in host.frames if f[0] == SPEED]


def _say(host, *said):
    host.emit(SPEED, pack(*said))


def _ask(host, step, baud, *more):
    """Says it, and waits for an answer."""
    host.frames.clear()
    _say(host, step, baud, *more)
    return host.until(lambda: _said(host))[0]


def _changed(baud=FAST, **config):
    bench, host, speeds = _line(**config)
    check.equal(_ask(host, PROPOSE, baud), (AGREE, baud))
    host.until(lambda: speeds == [baud])
    _ask(host, TRY, baud, bytes(200))
    check.equal(_ask(host, CONFIRM, baud), (CONFIRM, baud))
    return bench, host, speeds


def test_agreed_tried_and_confirmed():
    bench, host, speeds = _line()
    link = bench.device.link
    delay = link.ack_delay
    check.equal(_ask(host, PROPOSE, FAST), (AGREE, FAST))
    check.equal(speeds, [])  # it has to leave the UART first
    host.until(lambda: speeds)
    check.equal(speeds, [FAST])
    step, baud, data = _ask(host, TRY, FAST, bytes(200))
    check.equal((step, baud, len(data)), (TRY, FAST, 200))
    assert not link.idle()
    check.equal(_ask(host, CONFIRM, FAST), (CONFIRM, FAST))
    assert link.idle() and link.ack_delay < delay
    check.equal(host.call(PING, 1), (1,))
    # Its answer was lost.
    check.equal(_ask(host, CONFIRM, FAST), (CONFIRM, FAST))
    check.equal(speeds, [FAST])


def test_proposal_that_comes_again():
    bench, host, speeds = _line()
    check.equal(_ask(host, PROPOSE, FAST), (AGREE, FAST))
    check.equal(_ask(host, PROPOSE, FAST), (AGREE, FAST))
    host.until(lambda: speeds)
    check.equal(speeds, [FAST])


def test_speeds_that_are_refused():
    bench, host, speeds = _line(max_baud=460800)
    check.equal(_ask(host, PROPOSE, FAST), (REFUSE, FAST))
    check.equal(_ask(host, PROPOSE, 9599), (REFUSE, 9599))
    check.equal(_ask(host, PROPOSE, 460800), (AGREE, 460800))
    # The speed of the session's beginning is always right, even a slow one.
    bench, host, speeds = _line(baud=2400)
    check.equal(_ask(host, PROPOSE, 2400), (AGREE, 2400))


def test_offered_only_where_there_is_more():
    for config, offered in (({}, True), ({"max_baud": 0}, False), ({"baud": 921600}, False)):
        bench, host, speeds = _line(**config)
        check.equal(bool(host.welcome[10] & FEATURE), offered)
    for features in (RETRANSMIT, FEATURE, 0):
        bench, host, speeds = _line(features=features)
        ignored = bench.device.link.counters.ignored
        _say(host, PROPOSE, FAST)
        host.settle()
        check.equal((_said(host), bench.device.link.counters.ignored), ([], ignored + 1))


def test_what_does_not_fit_is_ignored():
    bench, host, speeds = _line()
    ignored = bench.device.link.counters.ignored
    wrong = [pack(), pack(0), pack("x", FAST), pack(0, "x"), pack(0, 0), pack(9, FAST), b"\x01", b""]
    wrong += [pack(step, FAST) for step in (AGREE, REFUSE, CONFIRM, TRY)]
    for payload in wrong:
        host.emit(SPEED, payload)
    host.settle()
    check.equal((_said(host), bench.device.link.counters.ignored), ([], ignored + len(wrong)))
    check.equal(host.call(PING, 1), (1,))


def test_nothing_new_goes_while_it_drains():
    bench, host, speeds = _line()
    link = bench.device.link
    host.silent = True
    host.ask(PING, 1)
    host.message(lambda m: m[1] == host.request_id)
    old = (host.expected - 1) & 255
    host.emit(SPEED, pack(PROPOSE, FAST), ack=old)
    host.settle()
    check.equal(_said(host), [])
    number = host.request_id + 1
    payload = pack(1, number, PING, 0, 2)
    host.emit(DATA, payload, ack=old)
    host.next = host.next + 1 & 255
    host.flight += 1
    host.flying.append(len(payload) + 8)
    host.settle()
    check.equal([m for m in host.messages if m[1] == number], [])
    host.emit(ACK)
    check.equal(host.until(lambda: _said(host)), [(AGREE, FAST)])
    host.until(lambda: speeds)
    # After the trial's failure it goes on where it was.
    bench.skip(1000)
    host.settle()
    check.equal(speeds, [FAST, FIRST])
    check.equal([m for m in host.messages if m[1] == number], [])
    host.silent = False
    host.emit(PROBE)
    check.equal(host.message(lambda m: m[1] == number)[2:], (2,))
    assert link.tag


def test_a_host_that_proposes_no_more():
    bench, host, speeds = _line()
    host.silent = True
    host.ask(PING, 1)
    host.message(lambda m: m[1] == host.request_id)
    host.emit(SPEED, pack(PROPOSE, FAST), ack=(host.expected - 1) & 255)
    host.settle()
    assert bench.device.link.speed.state
    bench.skip(1001)
    check.equal(bench.device.link.speed.state, 0)
    check.equal(speeds, [])


def test_a_trial_without_confirmation():
    bench, host, speeds = _line()
    _ask(host, PROPOSE, FAST)
    host.until(lambda: speeds)
    _ask(host, TRY, FAST, bytes(200))
    bench.skip(520)
    check.equal(speeds, [FAST, FIRST])
    assert not bench.device.link.idle()
    check.equal(host.call(PING, 1), (1,))
    check.equal(_ask(host, PROPOSE, 460800), (AGREE, 460800))


def test_a_trial_is_no_silence():
    bench, host, speeds = _line()
    bench.device.link.keepalive = 100
    _ask(host, PROPOSE, FAST)
    host.until(lambda: speeds)
    bench.skip(490)
    check.equal(speeds, [FAST])
    assert bench.device.link.tag
    bench.skip(40)
    check.equal(speeds, [FAST, FIRST])
    assert bench.device.link.tag
    check.equal(host.call(PING, 1), (1,))


def test_a_uart_that_cannot_have_the_speed():
    bench, host, speeds = _line()
    _ask(host, PROPOSE, 666666)
    host.until(lambda: speeds)
    bench.skip(530)
    check.equal(speeds, [666666])
    check.equal(host.call(PING, 1), (1,))


def test_ends_with_its_session():
    bench, host, speeds = _changed()
    host.close()
    host.until(lambda: speeds == [FAST, FIRST])
    host.open()
    check.equal(host.call(PING, 1), (1,))
    # Likewise when the device ends it: its RESET goes at the speed in force.
    bench, host, speeds = _changed()
    host.emit(DATA, b"\xc1")
    host.until(lambda: host.resets)
    check.equal(speeds, [FAST])
    host.until(lambda: speeds == [FAST, FIRST])
    check.equal(bench.device.link.ack_delay, 50)


def test_another_hosts_hello_is_dropped():
    bench, host, speeds = _changed()
    other = Host(bench.line, bench.step)
    other.hello()
    host.settle()
    check.equal([f for f in host.frames if f[0] != ACK and f[0] != SPEED], [])
    check.equal(host.call(PING, 1), (1,))


def test_silence_at_a_changed_speed():
    bench, host, speeds = _changed()
    bench.idle(1490)
    check.equal(speeds, [FAST])
    bench.idle(30)
    check.equal(speeds, [FAST, FIRST])
    link = bench.device.link
    assert link.tag
    check.equal(host.call(PING, 1), (1,))
    check.equal(link.speed.in_force, FIRST)
    # And if nothing comes there either, the session ends when it would have ended.
    bench, host, speeds = _changed()
    bench.idle(1510)
    bench.idle(950)
    assert bench.device.link.tag
    bench.idle(100)
    check.equal(bench.device.link.tag, 0)
    check.equal(speeds, [FAST, FIRST])


def test_a_host_that_dies_at_any_moment():
    def agreed(host, speeds):
        _ask(host, PROPOSE, FAST)

    def trial(host, speeds):
        agreed(host, speeds)
        host.until(lambda: speeds)

    def tried(host, speeds):
        trial(host, speeds)
        _ask(host, TRY, FAST, b"")

    def confirmed(host, speeds):
        tried(host, speeds)
        _ask(host, CONFIRM, FAST)

    for until in (agreed, trial, tried, confirmed):
        bench, host, speeds = _line()
        until(host, speeds)
        for _ in range(300):
            bench.skip(10)
            bench.step()
        check.equal((speeds[-1:], bench.device.link.tag), ([FIRST], 0))
        host.line.read(100000)
        host.decoder = Host(bench.line, bench.step).decoder
        host.open()
        check.equal(host.call(PING, 1), (1,))


check.run(globals())
