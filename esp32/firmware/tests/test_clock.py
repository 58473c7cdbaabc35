"""The clock, with the simulated one and a simulated time server (unix/standin/rtc.py, ntp.py)."""

import os

os.putenv("UARTNET_RADIO", "1")

import machine
import network
import ntp
import rtc
import socket
import sys
import time
import check
from host import CANCEL, ERROR, LOOPBACK, Bench, port_of
from uartnet import clock

GET, SET, SYNC = 80, 81, 82
UNSUPPORTED, BAD_REQUEST, CANCELLED, DEADLINE, TIMED_OUT, NAME_NOT_FOUND, NAME_NO_ANSWER = 1, 2, 3, 4, 20, 32, 33
SECOND = 1000000
NEAR = 2 * SECOND  # what a busy machine may take
Y2000 = 946684800 * SECOND
FAR = sys.maxsize > 1 << 32  # the 32-bit interpreter of a PC knows nothing behind 2038; a board does


def _session(**config):
    rtc.set(Y2000)
    ntp.offset(0)
    ntp.silent(False)
    network.NTP_PORT = port_of(ntp._sock)
    bench = Bench(allow="clock", **config)
    step = bench.step

    def both():
        step()
        ntp.serve()

    bench.step = both
    bench.device.board.wlan.isconnected = lambda: True
    host = bench.host(keepalive=60000)
    host.until(lambda: host.resets)
    host.open()
    return bench, host


def _fails(host, op, *args):
    m = host.answer(host.ask(op, *args))
    check.equal(m[0], ERROR, m)
    return m[2:4]


def _near(got, expected):
    assert abs(got - expected) < NEAR, (got, expected)


def _pc():
    return time.time_ns() // 1000


def test_a_board_begins_in_2000_and_is_set():
    bench, host = _session()
    us, was_set = host.call(GET)
    _near(us, Y2000)
    check.equal(was_set, False)
    for us in (1700000000123456, 951782399 * SECOND + 999999, 951782400 * SECOND, 1709208000 * SECOND, (4102444799 if FAR else 2147483640) * SECOND, Y2000):
        got, was_set = host.call(SET, us)
        assert 0 <= got - us < NEAR, (got, us)
        check.equal(was_set, True)
        assert 0 <= rtc.now() - us < NEAR
        assert 0 <= host.call(GET)[0] - us < NEAR
    check.equal(bench.unexpected, [])


def test_what_the_platform_s_clock_does_not_take_is_told_and_leaves_it_as_it_was():
    bench, host = _session()
    words = (UNSUPPORTED, "the clock of this platform does not go so far")
    real = machine.RTC

    class Short:
        """Of 31 bits."""

        def datetime(self, value=None):
            if value is None:
                return real().datetime()
            if value[0] >= 2038:
                value = (1970,) + value[1:]
            real().datetime(value)

    loaded = sys.modules["uartnet.clock"]  # a bench loads its own
    loaded.RTC = Short
    try:
        for us in (2300000000 * SECOND, 4102444799 * SECOND):
            before = host.call(GET)
            check.equal(_fails(host, SET, us), words)
            _near(host.call(GET)[0], before[0])
            check.equal(host.call(GET)[1], False)
        ntp.offset(2200000000 * SECOND - _pc())
        check.equal(_fails(host, SYNC, None, 5000), words)
        check.equal(host.call(GET)[1], False)
    finally:
        loaded.RTC = real
    check.equal((bench.device.by_socket, bench.unexpected), ({}, []))


def test_what_a_32_bit_interpreter_does_not_reckon_is_told():
    bench, host = _session()
    if not FAR:
        for us in (2147483648 * SECOND, 3000000000 * SECOND, 4102444799 * SECOND):
            check.equal(_fails(host, SET, us)[0], UNSUPPORTED)
            check.equal(host.call(GET)[1], False)
    check.equal(bench.unexpected, [])


def test_days_of_all_months():
    for year in (2000, 2001, 2023, 2024, 2099 if FAR else 2037):
        for month in range(1, 13):
            for day in (1, 28):
                machine.RTC().datetime((year, month, day, 0, 12, 34, 56, 0))
                seconds = clock.now() // SECOND
                check.equal(time.gmtime(seconds)[:6], (year, month, day, 12, 34, 56))


def test_an_epoch_of_2000():
    gmtime = time.gmtime
    clock.gmtime = lambda seconds: (2000,) + gmtime(0)[1:] if not seconds else gmtime(seconds + 946684800)
    try:
        clock.set_to(1709210096789012)
        _near(clock.now(), 1709210096789012)
        check.equal(machine.RTC().datetime()[:3], (2024, 2, 29))
    finally:
        clock.gmtime = gmtime


def test_what_a_program_on_the_device_sets_counts():
    bench, host = _session()
    check.equal(host.call(GET)[1], False)
    machine.RTC().datetime((2026, 1, 2, 4, 3, 4, 5, 0))
    check.equal(host.call(GET)[1], True)


def test_sync_keeps_what_is_below_a_second():
    bench, host = _session()
    for offset in (0, 3600 * SECOND + 123456, -1500000):
        ntp.offset(offset)
        before = host.call(GET)[0]
        us, was_set, changed = host.call(SYNC, None, 5000)
        assert abs(us - _pc() - offset) < 500000, us - _pc() - offset
        check.equal(was_set, True)
        _near(changed, us - before)
        assert abs(rtc.now() - _pc() - offset) < 500000
    check.equal(host.call(SYNC, LOOPBACK, 5000)[1], True)
    check.equal(host.call(SYNC, "localhost", 5000)[1], True)
    check.equal((bench.device.by_socket, bench.unexpected), ({}, []))


def test_after_2036_the_seconds_begin_anew():
    bench, host = _session()
    ahead = (2200000000 if FAR else 2130000000) * SECOND
    ntp.offset(ahead - _pc())
    _near(host.call(SYNC, None, 5000)[0], ahead)


def test_silence_names_that_are_none_and_no_name_server():
    bench, host = _session(dns="127.0.0.1:1")
    ntp.silent(True)
    check.equal(_fails(host, SYNC, None, 100), (TIMED_OUT, "no time server has answered in time"))
    check.equal(_fails(host, SYNC, "x..y", 1000)[0], NAME_NOT_FOUND)
    number = host.ask(SYNC, "nowhere.test", 60000)
    host.settle(5)
    for _ in range(20):
        bench.skip(500)
    check.equal(host.answer(number)[2], NAME_NO_ANSWER)
    check.equal((host.call(GET)[1], bench.device.by_socket, bench.unexpected), (False, {}, []))


def test_a_lost_query_is_asked_again():
    bench, host = _session()
    ntp.silent(True)
    number = host.ask(SYNC, None, 10000)
    host.settle()
    ntp.silent(False)
    host.settle()
    bench.skip(2100)
    check.equal(host.answer(number)[3], True)


def test_forged_and_useless_answers_are_none():
    bench, host = _session()
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(socket.getaddrinfo("127.0.0.1", 0, 0, socket.SOCK_DGRAM)[0][-1])
    server.setblocking(False)
    network.NTP_PORT = port_of(server)
    number = host.ask(SYNC, LOOPBACK, 60000)

    def query():
        try:
            return server.recvfrom(100)
        except OSError:
            return None

    data, sender = host.until(query)
    check.equal((len(data), data[0]), (48, 0x23))
    stamp = data[40:48]
    time_ = bytes((0xEA, 0, 0, 0, 0x80, 0, 0, 0))

    def answer(first=0x24, stratum=2, origin=stamp, size=48):
        return (bytes((first, stratum, 6, 0xEC)) + bytes(20) + origin + time_ + time_)[:size]

    for wrong in (b"", answer(size=47), answer(origin=bytes(8)), answer(first=0x23), answer(stratum=0), answer(stratum=16), answer(first=0xE4)):
        server.sendto(wrong, sender)
        host.settle(5)
        check.equal([m for m in host.messages if m[1] == number], [])
    server.sendto(answer(), sender)
    seconds = 0xEA000000 - 2208988800
    _near(host.answer(number)[2], seconds * SECOND + 500000)
    server.close()
    check.equal(bench.unexpected, [])


def test_cancel_deadline_and_the_session_s_end_leave_nothing():
    bench, host = _session()
    ntp.silent(True)
    number = host.ask(SYNC, None, 60000)
    host.settle()
    check.equal(len(bench.device.by_socket), 1)
    host.send(CANCEL, number)
    check.equal(host.answer(number)[2], CANCELLED)
    number = host.ask(SYNC, None, 60000, deadline=50)
    check.equal(host.answer(number)[2], DEADLINE)
    host.ask(SYNC, None, 60000)
    host.settle()
    host.open()
    check.equal((bench.device.by_socket, bench.unexpected), ({}, []))


def test_arguments_are_checked():
    bench, host = _session()
    for args in ((), (None,), ("1",), (-1,), (5000000000 * SECOND,), (1.5,)):
        check.equal(_fails(host, SET, *args), (BAD_REQUEST, "microseconds: from 2000 to 2099"))
    for args, name in (((), "arguments"), ((5, 5), "server"), ((b"123", 5), "server"), (("", 5), "server"), ((None, 0), "timeout: 1 to 600000 ms"), ((None, None), "timeout: 1 to 600000 ms")):
        check.equal(_fails(host, SYNC, *args), (BAD_REQUEST, name))


check.run(globals())
