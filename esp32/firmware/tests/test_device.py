"""Requests and messages (PROTOCOL.md, sections 7 and 8)."""

import json
import machine
import network
import os
import random
import sys
import check
import uartnet.device
from time import ticks_ms
from uartnet.board import Board, LineGone
from uartnet.sockets import OPERATIONS
from host import (CANCEL, CHANNEL_DATA, CLOSE, CREDIT, DEMAND, EOF, INFO, LOOPBACK, NEXT, PING, Peer, REQUEST, RESOLVE, RESPONSE, TCP_CONNECT, Bench,
                  closed_port, pack)
from vectors import data, tests, vectors

UNSUPPORTED, BAD_REQUEST, CANCELLED, DEADLINE, NOT_ALLOWED, NO_RESOURCES, CHANNEL_IN_USE = 1, 2, 3, 4, 5, 6, 7
INTERNAL, MESSAGE_TOO_BIG, NAME_NOT_FOUND = 8, 27, 32
PROTOCOL = 5


def _session(**config):
    bench = Bench(**config)
    host = bench.host()
    host.until(lambda: host.resets)
    host.open()
    return bench, host


def test_ping_returns_its_arguments():
    _, host = _session()
    for args in ((), (1,), (None, True, -7, 1.5, "ä", b"\xc0\xdb", (1, (2,)), {"a": (1,)}), tuple(range(100)), (bytes(990),)):
        check.equal(host.call(PING, *args), args)


def test_ping_keeps_its_arguments_as_they_are_written():
    _, host = _session()
    host.waiting.append(b"\x95\x01\x05\x00\x00\xcf\x00\x00\x00\x00\x00\x00\x00\x01")
    host.push()
    check.equal(host.answer(5), (2, 5, 1))


def test_info():
    bench, host = _session()
    i = host.call(INFO)[0]
    check.equal(i["boot_id"], bench.device.link.boot_id)
    check.equal((i["protocol"], i["channels"]), ("1.0", 0))
    assert i["heap_free"] > 10000 and i["heap_used"] > 10000 and i["channels_max"] > 0 and i["python"].count(".") == 2
    link = i["link"]
    check.equal(sorted(link), ["damaged", "dropped", "duplicates", "frames", "gaps", "retransmits", "stale", "timeouts"])
    assert link["frames"] > 2 and link["damaged"] == 0
    host.write(b"\xc0noise\xc0")
    check.equal(host.call(INFO)[0]["link"]["damaged"], 1)
    before = i["uptime_ms"]
    assert host.call(INFO)[0]["uptime_ms"] >= before


def test_info_tells_the_address():
    bench, host = _session(allow="sockets")
    board = bench.device.board
    check.equal(host.call(INFO)[0]["address"], board.address())
    board.wlan.isconnected = lambda: False
    check.equal(host.call(INFO)[0]["address"], "no ssid in the configuration")
    board.config["ssid"] = "home"
    check.equal(host.call(INFO)[0]["address"], "not connected")


def test_info_fits_the_smallest_frame():
    bench, host = _small_session()
    device = bench.device
    assert "problem" not in host.call(INFO)[0]
    for problem in (None, "x" * 300, "\u20ac" * 300):
        device.board.problem = problem
        device.link.boot_id = device.link.counters.stale = device.uptime.total = 0xFFFFFFFF
        i = host.call(INFO)[0]
        assert "firmware" in i and "address" in i and "heap_free" in i and ("problem" in i) == bool(problem), i


def test_a_configuration_that_is_not_json_is_told():
    path = "/tmp/uartnet-test-%d.json" % random.getrandbits(30)
    try:
        for text, problem in (
            ('{"ssid": "home",}x', " is not JSON: syntax error in JSON"),
            ("", " is not JSON: syntax error in JSON"),
            ('["ssid"]', " is not a JSON object"),
            ('{"password": "words"}', None),
        ):
            with open(path, "w") as f:
                f.write(text)
            bench, host = _session(path=path)
            check.equal(host.call(INFO)[0].get("problem"), problem and path + problem)
            check.equal(bench.device.board.config["password"], "" if problem else "words")
    finally:
        os.remove(path)


def test_wrong_values_of_a_configuration_are_told_and_not_used():
    path = "/tmp/uartnet-test-%d.json" % random.getrandbits(30)
    uart = machine.UART
    network.country = None
    try:
        for key, value, expected in (
            ("payload", "1024", 1024),
            ("payload", 100, 1024),
            ("payload", 1024.5, 1024),
            ("payload", True, 1024),
            ("baud", None, 115200),
            ("baud", -1, 115200),
            ("keepalive", 5, 60000),
            ("takeover", 0, True),
            ("channels", 0, None),
            ("credit", [], None),
            ("uart", "usb2", 0),
            ("tx", "4", None),
            ("ssid", 5, None),
            ("password", None, ""),
            ("dns", ["1.1.1.1"], None),
            ("allow", 5, "wifi,clock,pins,device"),
            ("allow", ["wifi", 5], "wifi,clock,pins,device"),
        ):
            with open(path, "w") as f:
                json.dump({key: value, "rxbuf": 8192}, f)
            bench, host = _session(path=path)
            check.equal(host.call(INFO)[0].get("problem"), ("%s: not a value for %s: %s" % (path, key, json.dumps(value)))[:80])
            config = bench.device.board.config
            check.equal((config[key], config["rxbuf"]), (expected, 8192))
        for key, value in (("payload", 256), ("takeover", False), ("uart", "usb"), ("tx", None), ("keepalive", 100), ("ssid", None), ("ssid", "home")):
            with open(path, "w") as f:
                json.dump({key: value}, f)
            board = Board(path) if key != "uart" else None
            assert not board or board.problem is None and board.config[key] == value, key
        # What has the right type, and is not what this board has.

        def strict(number, *args, **settings):
            if number:
                raise ValueError("UART(%d) does not exist" % number)
            if args[0] > 5000000 or settings.get("rxbuf", 0) > 100000:
                raise OSError(12)
            return uart(number, *args, **settings)

        def country(name):
            raise ValueError("invalid country")

        machine.UART = strict
        network.country = country
        for said, problem in (
            ({"uart": 5}, path + ": uart or its pins: UART(5) does not exist"),
            ({"baud": 20000000}, path + ": uart or its pins: [Errno 12] ENOMEM"),
            ({"rxbuf": 1 << 20}, path + ": uart or its pins: [Errno 12] ENOMEM"),
            ({"country": "nowhere"}, "country or hostname: invalid country"),
        ):
            with open(path, "w") as f:
                json.dump(said, f)
            check.equal(_session(path=path)[1].call(INFO)[0]["problem"], problem)
        with open(path, "w") as f:
            f.write('{"frobnicate": 1}')
        check.equal(_session(path=path)[1].call(INFO)[0]["problem"], path + ": no such key: frobnicate")
        del network.country
        with open(path, "w") as f:
            f.write('{"country": "DE"}')
        check.equal(_session(path=path)[1].call(INFO)[0]["problem"], "country or hostname: not on this platform")
    finally:
        os.remove(path)
        machine.UART = uart


def test_what_does_not_fit_a_report_is_left_out_and_no_more():
    bench, host = _session(payload=256)
    bench.device.board.network_state = lambda: "x" * 300
    (info,) = host.call(INFO)
    assert "address" not in info and "boot_id" in info and "heap_free" in info, info


def test_the_example_of_a_configuration_is_one():
    with open(tests + "/../uartnet.json.example") as f:
        check.equal(json.load(f), {"ssid": "my network", "password": "secret"})


def test_many_requests_at_once_run_once_each():
    _, host = _session()
    ids = [host.ask(PING, n) for n in range(300)]
    host.until(lambda: len(host.messages) == 300)
    check.equal(sorted(m[1] for m in host.messages), sorted(ids))


def test_unknown_operation():
    _, host = _session()
    check.equal(host.refused(999), UNSUPPORTED)
    check.equal(host.refused(32, "os"), NOT_ALLOWED)


def test_bad_arguments_name_the_argument():
    _, host = _session()
    for name, args in (
        ("name", (RESOLVE, 5, 0)),
        ("name", (RESOLVE, "", 0)),
        ("name", (RESOLVE,)),
        ("family", (RESOLVE, "localhost", 5)),
        ("family", (RESOLVE, "localhost")),
        ("channel", (TCP_CONNECT, 1, LOOPBACK, 80, 0, {})),
        ("channel", (TCP_CONNECT, 65536, LOOPBACK, 80, 0, {})),
        ("channel", (TCP_CONNECT, True, LOOPBACK, 80, 0, {})),
        ("address", (TCP_CONNECT, 0, b"abc", 80, 0, {})),
        ("name", (TCP_CONNECT, 0, None, 80, 0, {})),
        ("port", (TCP_CONNECT, 0, LOOPBACK, 65536, 0, {})),
        ("credit", (TCP_CONNECT, 0, LOOPBACK, 80, -1, {})),
        ("credit", (TCP_CONNECT, 0, LOOPBACK, 80, (16 << 20) + 1, {})),
        ("options", (TCP_CONNECT, 0, LOOPBACK, 80, 0, None)),
        ("no_delay", (TCP_CONNECT, 0, LOOPBACK, 80, 0, {"no_delay": 1})),
        ("arguments", (TCP_CONNECT, 0, LOOPBACK)),
    ):
        m = host.answer(host.ask(*args))
        check.equal((m[0], m[2], m[3]), (3, BAD_REQUEST, name))
    number = host.request_id = 1000
    host.send(REQUEST, number, INFO, -1)
    check.equal(host.answer(number)[2:4], (BAD_REQUEST, "deadline"))
    check.equal(host.refused(TCP_CONNECT, 0, LOOPBACK, 80, 0, {"frobnicate": 1}), UNSUPPORTED)


def test_messages_that_are_none_end_the_session():
    _, host = _session()
    for name, text in vectors("message-bad", 1):
        host.open()
        tag = host.tag
        host.waiting.append(data(text))
        host.push()
        check.equal(host.reset(tag), PROTOCOL, name)


def test_valid_messages_never_end_the_session():
    _, host = _session()
    for kind in ("message", "message-lenient"):
        for name, text, value in vectors(kind, 2):
            # Answers of a device and requests to far-away hosts would be noise here; what they are made of is in the rest.
            if "example" in value or "h'7f000001',65535" in value:
                continue
            host.open()
            host.waiting.append(data(text))
            host.push()
            host.settle(3)
            check.equal(host.resets, [], name)
            check.equal(host.call(PING, name), (name,), name)


def test_unknown_kinds_and_channels_are_ignored_and_counted():
    bench, host = _session()
    for message in ((99,), (99, 1, 2), (-1,), (6, 4, 5), (CHANNEL_DATA, 8, b"abc"), (CREDIT, 8, 100), (EOF, 8), (CLOSE, 8, 0, "", None), (CANCEL, 9)):
        host.send(*message)
    check.equal(host.call(PING, 1), (1,))
    check.equal(bench.device.link.counters.ignored, 7)  # DEMAND and CANCEL may come too late


def test_items_of_a_stream_go_as_demand_comes():
    bench, host = _session()
    sent = []

    def count(device, request, args):
        def more():
            while request.ready() and len(sent) < args[0]:
                sent.append(len(sent))
                request.next(sent[-1])
            if len(sent) == args[0]:
                request.done(("all",))

        request.more = more
        request.cancel = lambda: sent.append("cancelled")

    OPERATIONS[1000] = count
    number = host.ask(1000, 5)
    host.settle(3)
    check.equal(host.messages, [])
    host.send(DEMAND, number, 2)
    host.settle(3)
    check.equal(host.messages, [(NEXT, number, 0), (NEXT, number, 1)])
    host.send(DEMAND, number, (1 << 63) - 1)
    host.send(DEMAND, number, (1 << 63) - 1)
    check.equal(host.answer(number), (RESPONSE, number, "all"))
    check.equal([m[2] for m in host.messages], [0, 1, 2, 3, 4])
    sent.clear()
    number = host.ask(1000, 5)
    host.send(DEMAND, number, 1)
    host.send(CANCEL, number)
    check.equal(host.answer(number)[2], CANCELLED)
    host.send(DEMAND, number, 1)
    host.settle(3)
    check.equal((sent, bench.unexpected), ([0, "cancelled"], []))
    del OPERATIONS[1000]


def test_what_is_not_allowed_is_refused_in_words():
    _, host = _session(allow="sockets")
    check.equal(host.call(INFO)[0]["allow"], ())
    for op, word in ((64, "wifi is not"), (80, "clock is not"), (96, "pins is not"), (116, "files is not"), (33, "no module and no exec is")):
        m = host.answer(host.ask(op))
        check.equal(m[2:4], (NOT_ALLOWED, word + ' in "allow" of /uartnet.json'))
    _, host = _session(allow=["clock", "os"])
    check.equal(host.call(INFO)[0]["allow"], ("clock", "os"))
    check.equal(host.refused(64), NOT_ALLOWED)
    assert host.refused(32) != NOT_ALLOWED and host.refused(81) == BAD_REQUEST


def test_request_id_in_use():
    bench, host = _session(dns="127.0.0.1:%d" % closed_port())
    host.ask(RESOLVE, "slow.test", 0)
    tag = host.tag
    host.send(REQUEST, host.request_id, PING, 0)
    check.equal(host.reset(tag), PROTOCOL)
    check.equal(bench.device.resolver.queries, [])


def test_cancel():
    bench, host = _session(dns="127.0.0.1:%d" % closed_port())
    number = host.ask(RESOLVE, "slow.test", 0)
    host.settle()
    host.send(CANCEL, number)
    check.equal(host.answer(number)[2], CANCELLED)
    host.send(CANCEL, number)  # over already
    number = host.ask(TCP_CONNECT, 0, "slow.test", 80, 0, {})
    host.settle()
    host.send(CANCEL, number)
    check.equal(host.answer(number)[2], CANCELLED)
    check.equal((len(bench.device.channels), bench.device.resolver.queries, bench.device.resolver.sock), (0, [], None))


def test_deadline():
    bench, host = _session(dns="127.0.0.1:%d" % closed_port())
    number = host.ask(RESOLVE, "slow.test", 0, deadline=2800)
    other = host.ask(TCP_CONNECT, 0, "slow.test", 80, 0, {}, deadline=1000)
    host.settle()
    check.equal(host.messages, [])
    bench.skip(1500)
    check.equal(host.answer(other)[2], DEADLINE)
    check.equal(host.messages, [])
    host.settle()
    bench.skip(1500)
    check.equal(host.answer(number)[2], DEADLINE)
    check.equal((len(bench.device.channels), bench.device.resolver.queries), (0, []))


def test_a_deadline_of_years_is_none():
    bench, host = _session()
    check.equal(host.call(RESOLVE, "localhost", 4, deadline=1 << 50), (LOOPBACK,))


def test_too_many_requests():
    bench, host = _session(dns="127.0.0.1:%d" % closed_port())
    ids = [host.ask(TCP_CONNECT, 2 * n, "slow.test", 80, 0, {}) for n in range(100)]
    host.settle(100)
    codes = [m[2] for m in host.messages if m[0] == 3]
    check.equal(set(codes), {NO_RESOURCES})
    check.equal(len(codes) + len(bench.device.channels), 100)
    check.equal(host.call(PING, 1), (1,))
    for number in ids:
        host.send(CANCEL, number)
    host.until(lambda: not bench.device.channels)


def test_channel_in_use_and_too_many_channels():
    bench, host = _session(channels=3)
    peer = Peer()
    for channel in (0, 2, 400):
        host.connect(channel, peer.port)
    check.equal(host.refused(TCP_CONNECT, 2, LOOPBACK, peer.port, 0, {}), CHANNEL_IN_USE)
    check.equal(host.refused(TCP_CONNECT, 4, LOOPBACK, peer.port, 0, {}), NO_RESOURCES)
    host.send(CLOSE, 2, 0, "", None)
    host.closed(2)
    host.connect(4, peer.port)
    peer.close()


def _small_session(**config):
    """A session of the smallest payload that a host may ask for."""
    bench = Bench(**config)
    host = bench.host(max_payload=256, buffer=4096)
    host.open()
    check.equal(bench.device.link.max_payload, 256)
    return bench, host


def test_long_texts_are_cut_to_the_frame():
    bench, host = _small_session(dns="")
    for euros in (39, 66, 67, 70, 78):
        m = host.answer(host.ask(TCP_CONNECT, 0, LOOPBACK, 80, 100, {"\u20ac" * euros: 1}))
        check.equal(m[2], UNSUPPORTED)
        whole = "option " + "\u20ac" * euros
        assert whole.startswith(m[3]) and len(m[3].encode()) > min(len(whole.encode()), 200) - 3, m
        check.equal(m[4], None)
    for ask in ((RESOLVE, "\u20ac" * 80, 0), (TCP_CONNECT, 0, "\u20ac" * 80, 80, 100, {}), (TCP_CONNECT, 0, "\u20ac" * 76, 80, 100, {})):
        assert host.answer(host.ask(*ask))[3]
    check.equal((host.call(PING, 1), len(bench.device.channels), bench.unexpected), ((1,), 0, []))


def test_an_answer_that_cannot_be_written_is_an_error():
    bench, host = _session()
    for results, code in (((object(),), INTERNAL), ((bytes(2000),), MESSAGE_TOO_BIG)):
        bench.device.dispatcher.operations = {INFO: lambda device, request, args: request.done(results)}
        check.equal(host.refused(INFO), code)


def test_credit_beyond_the_limit():
    bench, host = _session()
    peer = Peer()
    host.connect(0, peer.port, credit=16 << 20)
    tag = host.tag
    host.send(CREDIT, 0, 1)
    check.equal(host.reset(tag), PROTOCOL)
    check.equal(len(bench.device.channels), 0)
    peer.close()


def test_memory_short_is_an_error_not_an_end():
    bench, host = _session()
    # As if decoding had run out of memory.
    def starve(device, request, args):
        raise MemoryError

    bench.device.dispatcher.operations = {INFO: starve}
    check.equal(host.refused(INFO), NO_RESOURCES)
    check.equal(host.call(PING, 1), (1,))


def test_a_defect_outside_of_channels_ends_the_session_only():
    bench, host = _session(dns="127.0.0.1:%d" % closed_port())
    device = bench.device
    host.step = lambda: device.round(ticks_ms())
    peer = Peer()
    for defect in (ZeroDivisionError(), OSError(9), Exception("any")):
        host.connect(0, peer.port)
        host.ask(RESOLVE, "slow.test", 0)
        tick = device.resolver.tick

        def broken(now):
            device.resolver.tick = tick
            raise defect

        device.resolver.tick = broken
        tag = host.tag
        check.equal(host.reset(tag), PROTOCOL)
        check.equal(host.resets[-1][-1], "internal error")
        check.equal((bench.unexpected.pop(), bench.unexpected, len(device.channels)), (defect, [], 0))
        host.open()
        check.equal(host.call(PING, 1), (1,))
    peer.close()


def test_a_line_that_is_gone_ends_the_loop():
    for read in (lambda buf: 0, _raise(OSError(5))):
        bench, host = _session()
        bench.device.board._readinto = read
        host.line.write(b"x")

        def serve():
            while True:
                bench.device.round(ticks_ms())

        check.equal(check.raises(LineGone, serve).errno, 5)
        check.equal(bench.unexpected, [])


def _raise(e):
    def call(*args):
        raise e

    return call


def test_main_resets_a_board_and_ends_a_program():
    import uartnet.start

    main = uartnet.start.main
    uartnet.start.main = _raise(ValueError("defect"))
    chore = machine.chore  # what no board has
    resets = []
    try:
        check.raises(ValueError, __import__, "main")
        del machine.chore
        machine.reset = lambda: resets.append(1)
        __import__("main")
    finally:
        sys.modules.pop("main", None)
        uartnet.start.main = main
        machine.chore = chore
        del machine.reset
    check.equal(resets, [1])


def test_random_messages_leave_the_device_alive():
    random.seed(7)
    bench, host = _session()
    kinds = (1, 4, 16, 17, 18, 19, 6, 99)
    values = (0, 1, 2, 16, 65535, 65536, -1, None, "x", b"abc", {}, (), True, 1 << 40, "localhost", LOOPBACK)
    for _ in range(400):
        m = [random.choice(kinds)] + [random.choice(values) for _ in range(random.randint(0, 8))]
        host.send(*m)
        host.settle(2)
        if host.resets:
            host.open()
    host.open()
    check.equal(host.call(PING, "alive"), ("alive",))
    check.equal(bench.unexpected, [])


check.run(globals())
