"""Pins: digital in and out, edges, PWM and ADC."""

import os
import sys
import time
import benchadc
import benchpins
import check
import process
from host import CANCEL, ERROR, INFO, Bench
from process import Script
from time import ticks_diff, ticks_us

NEXT, DEMAND = 5, 6
OPEN, READ, WRITE, WATCH, PWM, ADC, SAMPLE = range(96, 103)
UNSUPPORTED, BAD_REQUEST, CANCELLED, NOT_ALLOWED = 1, 2, 3, 5


def _session(**config):
    bench = Bench(**config)
    return bench, bench.host().open()


def _words(host, op, *args):
    """Code and text of a refusal."""
    m = host.answer(host.ask(op, *args))
    check.equal(m[0], ERROR, m)
    return m[2:4]


def _input(host, pin, level=0):
    benchpins.drive(pin, level)
    check.equal(host.call(OPEN, pin, "in", {}), (level,))


def _items(host, number, n):
    """The next n items of a streaming request."""
    return [host.message(lambda m: m[0] == NEXT and m[1] == number)[2] for _ in range(n)]


def _watch(host, pin, edges="both", debounce=0, demand=1000):
    number = host.ask(WATCH, pin, edges, debounce)
    if demand:
        host.send(DEMAND, number, demand)
    host.settle()
    check.equal(host.messages, [])
    return number


def _none(host, ms=100):
    """Nothing comes."""
    end = time.ticks_add(time.ticks_ms(), ms)
    host.until(lambda: ticks_diff(time.ticks_ms(), end) > 0)
    check.equal(host.messages, [])


def test_output_and_input():
    _, host = _session()
    check.equal(host.call(OPEN, 4, "out", {"value": 1}), (1,))
    check.equal((benchpins.level(4), host.call(READ, 4)), (1, (1,)))
    check.equal((host.call(WRITE, 4, 0), benchpins.level(4)), ((), 0))
    check.equal(host.call(OPEN, 5, "in", {"pull": "up"}), (1,))
    benchpins.connect(4, 5)
    check.equal(host.call(READ, 5), (0,))
    host.call(WRITE, 4, 1)
    check.equal(host.call(READ, 5), (1,))
    check.equal(host.call(OPEN, 5, "in", {"pull": "down"}), (1,))
    # Two that share a line: low wins.
    check.equal(host.call(OPEN, 12, "open_drain", {"value": 1, "pull": "up"}), (1,))
    benchpins.drive(12, 0)
    check.equal(host.call(READ, 12), (0,))
    benchpins.drive(12, None)
    check.equal(host.call(READ, 12), (1,))
    host.call(WRITE, 12, 0)
    check.equal(benchpins.level(12), 0)
    # By its name, and what is set outlives the session.
    check.equal(host.call(OPEN, "LED", "out", {"value": 1}), (1,))
    host.open()
    check.equal((benchpins.level(2), host.call(READ, 2), host.call(READ, "LED")), (1, (1,), (1,)))


def test_what_cannot_be_is_refused_in_words_that_name_the_pin():
    _, host = _session()
    check.equal(_words(host, OPEN, 24, "in", {}), (BAD_REQUEST, "pin 24 is none of this board's"))
    check.equal(_words(host, OPEN, "D99", "in", {}), (BAD_REQUEST, "pin D99 is none of this board's"))
    check.equal(_words(host, OPEN, 34, "out", {}), (BAD_REQUEST, "pin 34 cannot be out: pin can only be input"))
    check.equal(_words(host, READ, 13), (BAD_REQUEST, "pin 13 has not been opened"))
    check.equal(_words(host, WRITE, 13, 1), (BAD_REQUEST, "pin 13 has not been opened"))
    check.equal(_words(host, WATCH, 13, "both", 0), (BAD_REQUEST, "pin 13 has not been opened"))
    for op, args in ((OPEN, ("in", {})), (READ, ()), (WRITE, (1,)), (WATCH, ("both", 0)), (PWM, (1000, 1)), (ADC, ({},)), (SAMPLE, (1000, 1, {}))):
        check.equal(_words(host, op, 1, *args), (NOT_ALLOWED, "pin 1 is the line to the host"))
    check.equal(_words(host, OPEN, 3, "in", {})[0], NOT_ALLOWED)
    _input(host, 14)
    check.equal(_words(host, WRITE, 14, 1), (BAD_REQUEST, "pin 14 has been opened as an input"))
    check.equal(_words(host, OPEN, 14, "in", {"speed": 1}), (UNSUPPORTED, "option speed"))
    for args in ((), (14,), (14, "in"), (14, "sideways", {}), (14, None, {}), (14, "in", None), (-1, "in", {}), (True, "in", {}), (b"x", "in", {})):
        check.equal(host.refused(OPEN, *args), BAD_REQUEST)
    for args in ((14, "in", {"pull": "left"}), (14, "out", {"value": 2})):
        check.equal(host.refused(OPEN, *args), BAD_REQUEST)
    for args in ((14,), (14, "both"), (14, "all", 0), (14, "both", -1), (14, "both", 1 << 40), (14, {}, 0)):
        check.equal(host.refused(WATCH, *args), BAD_REQUEST)
    number = _watch(host, 14)
    check.equal(_words(host, WATCH, 14, "both", 0), (BAD_REQUEST, "pin 14 is watched already"))
    host.send(CANCEL, number)
    check.equal(host.answer(number)[2], CANCELLED)
    host.send(CANCEL, _watch(host, 14))


def test_edges_at_200_a_second_all_arrive_in_order():
    bench, host = _session()
    _input(host, 15)
    number = _watch(host, 15)
    before = bench.device.uptime.now()
    benchpins.edges(15, 100, 5000)
    items = _items(host, number, 100)
    passed = bench.device.uptime.now() - before
    check.equal([i[1] for i in items], [1, 0] * 50)
    check.equal([i[2] for i in items], [0] * 100)
    for n in range(1, 100):
        # Each at its time: a busy machine may make some late, so that the next comes early.
        assert items[n][0] > items[n - 1][0], items
    assert abs(items[99][0] - items[0][0] - 99 * 5000) < 100000, items
    assert before * 1000 <= items[0][0] and items[99][0] <= (before + passed + 1) * 1000, (before, items)
    check.equal(bench.unexpected, [])


def test_one_kind_of_edge():
    _, host = _session()
    for pin, edges, level in ((16, "rising", 1), (17, "falling", 0)):
        _input(host, pin)
        number = _watch(host, pin, edges)
        benchpins.edges(pin, 10, 2000)
        check.equal([i[1:] for i in _items(host, number, 5)], [(level, 0)] * 5)
        _none(host, 50)


def test_edges_without_demand_wait_and_what_finds_no_room_is_counted():
    _, host = _session()
    _input(host, 18)
    number = _watch(host, 18, demand=0)
    for n in range(64 + 21):
        benchpins.drive(18, 1 - n % 2)
    _none(host)
    host.send(DEMAND, number, 10)
    items = _items(host, number, 10)
    _none(host)
    host.send(DEMAND, number, 1000)
    items += _items(host, number, 54)
    check.equal([i[1] for i in items], [1, 0] * 31 + [1] + [1])
    check.equal([i[2] for i in items], [0] * 63 + [21])  # the last is the last there was, and those in between are counted
    assert all(items[n][0] <= items[n + 1][0] for n in range(63)), items
    benchpins.drive(18, 0)
    check.equal(_items(host, number, 1)[0][1:], (0, 0))


def test_time_stamps_go_on_where_ticks_us_begins_anew():
    bench, host = _session()
    from uartnet import pins

    _input(host, 19)
    number = _watch(host, 19, demand=0)
    wrap = 1 << 30
    us = ticks_us() & wrap - 1
    for begun, waited in ((3, 0), (wrap + 5, 0), (70 * wrap, 9 * wrap)):
        # The device began so long ago, and the edge then waits so long for the host.
        ms = begun // 1000 + 60000
        bench.device.uptime.total = ms
        pins._start = ((us - 1000000) & wrap - 1, 0)
        watch = pins.streams.all[0]
        benchpins.drive(19, 1 - benchpins.level(19))
        now = ticks_us() & wrap - 1
        expected = (now - pins._start[0]) & wrap - 1
        expected += (ms * 1000 - expected + wrap // 2) // wrap * wrap
        bench.device.uptime.total += waited // 1000
        host.send(DEMAND, number, 1)
        got = _items(host, number, 1)[0][0]
        assert abs(got - expected) < 100000, (begun, waited, got, expected)


def test_debounce():
    _, host = _session()
    _input(host, 21)
    number = _watch(host, 21, debounce=30000)
    started = ticks_us()
    for _ in range(5):
        # Pressed: it bounces, and stays.
        for level in (1, 0, 1, 0, 1):
            benchpins.drive(21, level)
        check.equal(_items(host, number, 1)[0][1:], (1, 0))
        for level in (0, 1, 0, 1, 0):
            benchpins.drive(21, level)
        check.equal(_items(host, number, 1)[0][1:], (0, 0))
    assert ticks_diff(ticks_us(), started) >= 10 * 30000
    # A spike is nothing.
    benchpins.drive(21, 1)
    benchpins.drive(21, 0)
    _none(host)
    # One press, one edge; it is stable again before the host asks.
    host.send(CANCEL, number)
    host.answer(number)
    number = _watch(host, 21, "rising", 10000, demand=0)
    for level in (1, 0, 1):
        benchpins.drive(21, level)
    _none(host, 30)
    for level in (0, 1, 0):
        benchpins.drive(21, level)
    _none(host, 30)
    host.send(DEMAND, number, 10)
    check.equal(_items(host, number, 1)[0][1:], (1, 0))
    _none(host)


def test_an_edge_whose_interrupt_is_lost_is_noticed():
    """As on a board on which more than eight interrupts wait for MicroPython."""
    _, host = _session()
    _input(host, 22)
    number = _watch(host, 22)
    benchpins.drive(22, 1, True)
    check.equal(_items(host, number, 1)[0][1:], (1, 0))  # the level is what the host knows, after all
    _none(host, 50)
    benchpins.drive(22, 0, True)
    benchpins.drive(22, 1)
    check.equal(_items(host, number, 1)[0][1:], (1, 1))
    benchpins.drive(22, 0)
    check.equal(_items(host, number, 1)[0][1:], (0, 0))
    # With debounce, too.
    host.send(CANCEL, number)
    host.answer(number)
    number = _watch(host, 22, debounce=10000)
    benchpins.drive(22, 1, True)
    check.equal(_items(host, number, 1)[0][1:], (1, 0))


def test_a_pulse_that_is_over_before_we_look_counts_as_two_edges():
    _, host = _session()
    from uartnet import pins

    _input(host, 23)
    number = _watch(host, 23)
    watch = pins.streams.all[0]
    watch._edge(watch.pin)  # both interrupts find the pin low again
    watch._edge(watch.pin)
    check.equal(_items(host, number, 1)[0][1:], (0, 1))
    benchpins.drive(23, 1)
    check.equal(_items(host, number, 1)[0][1:], (1, 0))


def test_a_watch_ends_with_its_request_or_the_session():
    bench, host = _session()
    from uartnet import pins

    _input(host, 25)
    for end in ("cancel", "session"):
        number = _watch(host, 25)
        assert benchpins._pads[25].handler
        if end == "cancel":
            host.send(CANCEL, number)
            check.equal(host.answer(number)[2], CANCELLED)
        else:
            host.open()
        check.equal((benchpins._pads[25].handler, pins.streams.all, pins.streams.due), (None, [], None))
    number = host.ask(WATCH, 25, "both", 0, deadline=50)
    check.equal(host.answer(number)[2], 4)
    check.equal(pins.streams.all, [])
    check.equal(bench.unexpected, [])


def test_pwm():
    _, host = _session()
    check.equal(host.call(PWM, 26, 1000, 32768), (1000, 32768))
    check.equal(benchpins.pwm(26), (1000, 32768))
    check.equal(host.call(PWM, 26, 50, 3000), (50, 3000))
    check.equal(benchpins.pwm(26), (50, 3000))
    check.equal((host.call(PWM, 26, None, 0), benchpins.pwm(26)), ((None, 0), None))
    check.equal((host.call(PWM, 26, None, 0), benchpins.pwm(26)), ((None, 0), None))
    host.call(PWM, 26, 2000, 0)
    host.call(OPEN, 26, "out", {})
    check.equal(benchpins.pwm(26), None)
    check.equal(_words(host, PWM, 35, 1000, 1), (BAD_REQUEST, "pin 35 cannot have this PWM: PWM not supported on pin 35"))
    check.equal(_words(host, PWM, 26, 100000000, 1), (BAD_REQUEST, "pin 26 cannot have this PWM: frequency must be from 1Hz to 40MHz"))
    for args in ((26,), (26, 0, 1), (26, 100, 65536), (26, 100, -1), (26, "fast", 1)):
        check.equal(host.refused(PWM, *args), BAD_REQUEST)


def test_adc():
    _, host = _session()
    benchadc.set(32, 1650000)
    raw, microvolts = host.call(ADC, 32, {})
    check.equal(microvolts, 1650000)
    assert abs(raw - 32768) < 32, raw
    check.equal(host.call(ADC, 32, {"attenuation": 0})[0], 65535)
    check.equal(host.call(ADC, 32, {"attenuation": 11}), (raw, microvolts))
    check.equal(_words(host, ADC, 21, {}), (BAD_REQUEST, "pin 21 has no ADC: invalid pin"))
    check.equal(host.refused(ADC, 32, {"attenuation": 3}), BAD_REQUEST)
    check.equal(host.refused(ADC, 32), BAD_REQUEST)


def test_adc_samples():
    _, host = _session()
    benchadc.set(33, 1000000)
    number = host.ask(SAMPLE, 33, 5000, 4, {})
    host.send(DEMAND, number, 10)
    items = _items(host, number, 10)
    at = 0
    for item in items:
        assert len(item) % 2 == 0 and 4 <= len(item) <= 10, item
        check.equal([item[n] for n in range(3, len(item), 2)], [1000000] * (len(item) // 2 - 1))
        assert item[0] > at, items
        at = item[0]
    # Nothing is lost without being counted: an interval has a sample, or is left out.
    intervals = sum(item[1] + len(item) // 2 - 1 for item in items[:-1]) + items[-1][1]
    assert abs(items[-1][0] - items[0][0] - 5000 * intervals) < 5000, (items, intervals)
    # No demand: one item waits.
    time.sleep_ms(10)
    _none(host, 300)
    host.send(DEMAND, number, 2)
    waited, after = _items(host, number, 2)
    assert after[1] >= 20, (waited, after)
    intervals = len(waited) // 2 - 1 + after[1]
    assert abs(after[0] - waited[0] - 5000 * intervals) < 5000, (waited, after)
    host.send(CANCEL, number)
    check.equal(host.answer(number)[2], CANCELLED)
    for args in ((33, 999, 1, {}), (33, 1000, 0, {}), (33, 1000, 33, {}), (33, 1000, 1), (33, 1000, 1, {"x": 1})):
        assert host.refused(SAMPLE, *args) in (BAD_REQUEST, UNSUPPORTED)


def test_a_loop_that_is_held_up_leaves_samples_out_and_says_so():
    _, host = _session()
    number = host.ask(SAMPLE, 33, 2000, 8, {})
    host.send(DEMAND, number, 100)
    _items(host, number, 1)
    time.sleep_ms(50)
    found = 0
    while found < 20:
        found = _items(host, number, 1)[0][1]


def test_edges_in_an_esp32_s_memory():
    """And the simulated pins', which are on the heap here."""
    os.putenv("UARTNET_ALLOW", "pins")
    script = Script("pins", 15, "144k" if sys.maxsize < 1 << 32 else "288k")
    os.unsetenv("UARTNET_ALLOW")
    host = script.firmware.host().open()
    free = host.call(INFO)[0]["heap_free"]
    for pin in (4, 5, 12):
        check.equal(host.call(OPEN, pin, "in", {}), (0,))
    watches = [_watch(host, pin, demand=300) for pin in (4, 5, 12)]
    for pin in (4, 5, 12):
        check.equal(script.run(host, "pins.edges(%d, 200, 5000)" % pin), "None")
    check.equal(script.run(host, "adc.set(32, 1234567)"), "None")
    number = host.ask(SAMPLE, 32, 10000, 8, {})
    host.send(DEMAND, number, 5)
    for item in _items(host, number, 5):
        check.equal(item[3], 1234567)
    for watch in watches:
        items = _items(host, watch, 200)
        check.equal([i[1:] for i in items], [(1, 0), (0, 0)] * 100)
        assert all(items[n][0] < items[n + 1][0] for n in range(199)), items
    left = host.call(INFO)[0]["heap_free"]
    print("  %d bytes free, %d with three watches and samples" % (free, left))
    assert left > 4000, left
    check.equal(script.run(host, "pins.pwm(13)"), "None")
    host.call(PWM, 13, 1000, 100)
    check.equal(script.run(host, "pins.pwm(13)"), "(1000, 100)")
    script.end()


process.run(globals())
