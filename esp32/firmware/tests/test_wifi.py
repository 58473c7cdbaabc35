"""Wi-Fi, in a simulated radio (unix/standin/radio.py)."""

import os

os.putenv("UARTNET_RADIO", "1")

import machine
import network
import radio
import uartnet.udp
import check
import process
from host import CANCEL, CHANNEL_DATA, CLOSE, ERROR, INFO, LOOPBACK, RESPONSE, TCP_CONNECT, Bench, Peer
from time import ticks_ms
from vectors import constants

TABLE = constants()
SCAN, CONNECT, DISCONNECT, STATUS, ACCESS_POINT, NETWORKS, HOSTNAME = range(64, 71)
TCP_LISTEN, UDP_BIND, RESOLVE = 17, 18, 2
NEXT, DEMAND, EVENT, DATAGRAM = 5, 6, 8, 21
NOT_FOUND, WRONG, FAILED = [TABLE["error WIFI_" + n] for n in ("NOT_FOUND", "WRONG_PASSWORD", "FAILED")]
FILE_NOT_FOUND = TABLE["error FILE_NOT_FOUND"]
BAD_REQUEST, CANCELLED, NO_RESOURCES, TIMED_OUT, NETWORK_DOWN, UNSUPPORTED = 2, 3, 6, 20, 23, 1
GOOD = "correct horse"
SECRETS = (GOOD, "far far away", "not the right one", "ap password")

machine.root = process.folder + "/files"


def _session(**config):
    """A board that has just started, with the networks that a bench begins with."""
    os.system("mkdir -p " + machine.root)
    if not config.pop("keep", False):
        os.system("rm -f %s/*" % machine.root)
        radio.networks.clear()
        radio.add("uartnet", GOOD, -48, 6)
        radio.add("open", None, -70, 1)
        radio.add("far", "far far away", -88, 11)
    radio.silent.clear()
    radio.clients.clear()
    radio.address = "127.0.0.1"
    radio.station = config.pop("station", None) or radio.Station()
    radio.access_point = radio.AccessPoint()
    radio.ticks_ms = ticks_ms
    bench = Bench(**config)
    radio.ticks_ms = lambda: bench.device.link.clock()  # skip() is the radio's, too
    host = bench.host(keepalive=60000)
    take = host._message

    def watch(m):
        text = repr(m)
        assert not any(secret in text for secret in SECRETS), m
        take(m)

    host._message = watch
    host.until(lambda: host.resets)
    host.open()
    return bench, host


def _joined(**config):
    bench, host = _session(ssid="uartnet", password=GOOD, **config)
    host.until(lambda: host.call(STATUS)[0]["state"] == "connected")
    host.messages.clear()
    return bench, host


def _event(host):
    """The next NETWORK: up, address, text."""
    return host.message(lambda m: m[0] == EVENT and m[1] == 2)[2:]


def _fails(host, op, *args):
    """Code and text."""
    m = host.answer(host.ask(op, *args))
    check.equal(m[0], ERROR, m)
    return m[2:4]


def _connected(host, peer, channel=0):
    host.connect(channel, peer.port)
    return peer.accept(host)


def test_scan_gives_the_strongest_first_as_demand_allows():
    bench, host = _session()
    radio.add("hidden", "far far away", -90, 3, 9)
    number = host.ask(SCAN)
    host.send(DEMAND, number, 1)
    first = host.message(lambda m: m[0] == NEXT)
    check.equal(first[1:], (number, (b"uartnet", radio.bssid("uartnet"), 6, -48, 3, False)))
    host.settle(50)
    check.equal(host.messages, [])
    host.send(DEMAND, number, 10)
    check.equal(host.answer(number), (RESPONSE, number))
    check.equal([(m[2][0], m[2][3], m[2][4]) for m in host.messages], [(b"open", -70, 0), (b"far", -88, 3), (b"hidden", -90, 255)])
    check.equal((host.call(STATUS)[0]["state"], bench.unexpected), ("idle", []))


def test_scans_at_the_same_time_share_one_and_may_be_cancelled():
    bench, host = _joined()
    count = []
    scan = radio.station.scan
    radio.station.scan = lambda: count.append(1) or scan()
    numbers = [host.ask(SCAN) for _ in range(3)]
    for number in numbers:
        host.send(DEMAND, number, 1)
    host.send(CANCEL, numbers[1])
    check.equal(host.answer(numbers[1])[2], CANCELLED)
    for number in (numbers[0], numbers[2]):
        host.send(DEMAND, number, 9)
        check.equal(host.answer(number)[0], RESPONSE)
        check.equal(len([m for m in host.messages if m[0] == NEXT and m[1] == number]), 3)
    assert len(count) <= 2, count
    check.equal(host.call(STATUS)[0]["state"], "connected")


def test_connect_and_status():
    bench, host = _session(hostname="board")
    check.equal(host.call(STATUS)[0]["state"], "off")
    (status,) = host.call(CONNECT, "uartnet", GOOD, {})
    for key, value in (("state", "connected"), ("ssid", "uartnet"), ("address", LOOPBACK), ("netmask", b"\xff\0\0\0"), ("gateway", LOOPBACK), ("rssi", -48), ("channel", 6), ("hostname", "board")):
        check.equal(status[key], value, key)
    check.equal((len(status["mac"]), "reason" in status, "access_point" in status), (6, False, False))
    check.equal(_event(host), (True, LOOPBACK, 'Wi-Fi "uartnet" was joined'))
    check.equal(host.call(CONNECT, "uartnet", None), host.call(STATUS))
    peer = Peer()
    _connected(host, peer).close()
    peer.close()
    check.equal(bench.unexpected, [])


def test_an_open_network_and_a_network_by_its_bssid():
    bench, host = _session()
    check.equal(host.call(CONNECT, "open", None, {})[0]["ssid"], "open")
    (status,) = host.call(CONNECT, b"uartnet", GOOD, {"bssid": radio.bssid("uartnet")})
    check.equal((status["ssid"], status["bssid"]), ("uartnet", radio.bssid("uartnet")))
    check.equal(_fails(host, CONNECT, "open", None, {"bssid": bytes(6)})[0], NOT_FOUND)


def test_what_does_not_work_says_why():
    bench, host = _session()
    check.equal(_fails(host, CONNECT, "uartnet", "not the right one", {}), (WRONG, 'Wi-Fi "uartnet": wrong password'))
    check.equal(host.call(STATUS)[0]["reason"], 'Wi-Fi "uartnet": wrong password')
    check.equal(_fails(host, CONNECT, "nowhere", None, {}), (NOT_FOUND, 'Wi-Fi "nowhere": no such network in reach'))
    # A reason that still stands in status() is none: a network that is there now is joined.
    check.equal(host.call(CONNECT, "uartnet", GOOD, {})[0]["state"], "connected")
    # And the same reason again needs its time.
    check.equal(_fails(host, CONNECT, "nowhere", None, {})[0], NOT_FOUND)
    assert _fails(host, CONNECT, None, None, {})[0] == NOT_FOUND or host.call(STATUS)[0]["ssid"] == "uartnet"
    check.equal(bench.unexpected, [])


def test_failing_otherwise_and_taking_too_long():
    bench, host = _session()
    decide = radio.Station._decide
    radio.Station._decide = lambda self: self.lost(203) if self.joining else None
    try:
        check.equal(_fails(host, CONNECT, "uartnet", GOOD, {}), (FAILED, 'Wi-Fi "uartnet": reason 203 of the radio'))
        radio.Station._decide = lambda self: None
        check.equal(_fails(host, CONNECT, "uartnet", GOOD, {"timeout_ms": 300})[0], TIMED_OUT)
    finally:
        radio.Station._decide = decide
    check.equal(bench.unexpected, [])


_NO_UTF8 = str(b"\xed\xa0\x80", "utf-8")  # half of a character: MicroPython takes it, Java does not


def test_arguments_are_checked():
    bench, host = _session()
    before = network.hostname()
    for args, name in (
        ((), "arguments"),
        ((5, None), "ssid: 1 to 32 bytes"),
        (("", None), "ssid: 1 to 32 bytes"),
        (("x" * 33, None), "ssid: 1 to 32 bytes"),
        (("\u20ac" * 11, None), "ssid: 1 to 32 bytes"),
        ((b"", None), "ssid: 1 to 32 bytes"),
        ((b"\xff" * 33, None), "ssid: 1 to 32 bytes"),
        ((b"\xff" * 900, None), "ssid: 1 to 32 bytes"),
        ((b"\xff", None, {"save": True}), "ssid: to be saved it has to be UTF-8"),
        (("x", 5), "password: at most 64 bytes"),
        (("x", "y" * 65), "password: at most 64 bytes"),
        (("x", None, 5), "options"),
        (("x", None, {"bssid": b"12345"}), "bssid: 6 bytes"),
        (("x", None, {"save": 1}), "save"),
        (("x", None, {"timeout_ms": 0}), "timeout_ms: 1 to 600000"),
    ):
        check.equal(_fails(host, CONNECT, *args), (BAD_REQUEST, name))
    check.equal(_fails(host, CONNECT, "x", None, {"quick": 1}), (UNSUPPORTED, "option quick"))
    for args in ((), ("y" * 33,), ("",), (5,), (b"name",), ("two words",), ("h\u00f6he",), ("line\n",), (_NO_UTF8,)):
        check.equal(_fails(host, HOSTNAME, *args), (BAD_REQUEST, "name: 1 to 32 characters of ASCII, no space"))
    check.equal(network.hostname(), before)
    check.equal(_fails(host, NETWORKS, "x"), (BAD_REQUEST, "arguments"))
    for password in ("ap pass", "y" * 64, 5, b"ap password"):
        check.equal(_fails(host, ACCESS_POINT, "x", password, {}), (BAD_REQUEST, "password: 8 to 63 bytes, or none"))
    check.equal(_fails(host, ACCESS_POINT, b"\xff" * 33, None, {}), (BAD_REQUEST, "ssid: 1 to 32 bytes"))
    check.equal(_fails(host, ACCESS_POINT, "x", None, {"channel": 15}), (BAD_REQUEST, "channel: 1 to 14"))
    check.equal(bench.unexpected, [])


def test_an_ssid_that_is_no_text_leaves_the_rest_of_a_report_whole():
    bench, host = _session(payload=256)
    code, text = _fails(host, CONNECT, b"\xff" * 32, None, {})
    assert code in (NOT_FOUND, FAILED) and len(text) <= 120 and '": ' in text, text
    (info,) = host.call(INFO)
    assert "boot_id" in info and "heap_free" in info, info
    assert len(info.get("address", "")) <= 120, info
    (status,) = host.call(STATUS)
    check.equal((status["hostname"], len(status["mac"])), (network.hostname(), 6))
    check.equal(bench.unexpected, [])


def test_a_failed_connect_leads_back_to_the_network_before():
    bench, host = _joined()
    check.equal(_fails(host, CONNECT, "far", "not the right one", {})[0], WRONG)
    check.equal(_event(host), (False, None, 'Wi-Fi "uartnet" was left for "far"'))
    check.equal(_event(host)[0], True)
    check.equal(host.call(STATUS)[0]["ssid"], "uartnet")


def test_cancel_and_another_connect_stop_the_attempt():
    bench, host = _joined()
    radio.join_ms = 300
    try:
        number = host.ask(CONNECT, "far", "far far away", {})
        host.settle()
        host.send(CANCEL, number)
        check.equal(host.answer(number)[2], CANCELLED)
        host.until(lambda: host.call(STATUS)[0]["state"] == "connected")
        check.equal(host.call(STATUS)[0]["ssid"], "uartnet")
        number = host.ask(CONNECT, "far", "far far away", {})
        other = host.ask(CONNECT, "open", None, {})
        check.equal(host.answer(number)[2], CANCELLED)
        check.equal(host.answer(other)[2]["ssid"], "open")
        number = host.ask(CONNECT, "far", "far far away", {})
        host.settle(3)
        host.open()  # another session: nobody waits for that any more
        host.until(lambda: host.call(STATUS)[0]["state"] == "connected")
        check.equal(host.call(STATUS)[0]["ssid"], "open")
    finally:
        radio.join_ms = 30
    check.equal(bench.unexpected, [])


def test_connections_survive_a_short_loss():
    bench, host = _joined()
    peer = Peer()
    got = bytearray()
    host.data[0] = got.extend
    host.call(TCP_CONNECT, 0, LOOPBACK, peer.port, 65536, {})
    conn = peer.accept(host)
    radio.outage(200)
    check.equal(_event(host), (False, None, 'Wi-Fi "uartnet" was lost: beacon timeout'))
    bench.skip(1000)
    check.equal(host.call(STATUS)[0]["state"], "lost")
    check.equal(_fails(host, TCP_CONNECT, 2, LOOPBACK, peer.port, 1000, {}), (NETWORK_DOWN, 'Wi-Fi "uartnet" was lost: beacon timeout'))
    check.equal(_fails(host, RESOLVE, "name.test", 0), (NETWORK_DOWN, 'Wi-Fi "uartnet" was lost: beacon timeout'))
    radio.back()
    host.until(lambda: bench.skip(1000) or [m for m in host.messages if m[:3] == (EVENT, 2, True)])
    check.equal(_event(host), (True, LOOPBACK, 'Wi-Fi "uartnet" was joined again'))
    conn.write(b"still there")
    host.until(lambda: got == b"still there")
    host.send(CHANNEL_DATA, 0, b"so are we")
    check.equal(host.until(lambda: conn.read(100)), b"so are we")
    bench.skip(20000)
    check.equal([m for m in host.messages if m[0] == CLOSE], [])
    conn.close()
    peer.close()


def _all_kinds(host, peer):
    """A connection (0), one that is being opened (2), a listener (4), a datagram socket (6)."""
    conn = _connected(host, peer)
    host.call(TCP_LISTEN, 4, LOOPBACK, 0, 0, 5, {})
    host.call(UDP_BIND, 6, LOOPBACK, 0, 65536, {})
    return conn


def _ended(host, text):
    for channel in (0, 6):
        m = host.message(lambda m: m[0] == CLOSE and m[1] == channel)
        check.equal(m[2:4], (NETWORK_DOWN, text))
        host.send(CLOSE, channel, 0, "", None)
    host.settle()
    check.equal([m for m in host.messages if m[0] == CLOSE], [])
    host.send(CLOSE, 4, 0, "", None)
    check.equal(host.closed(4), 0)


def test_a_long_outage_ends_all_but_listeners():
    bench, host = _joined(dns="127.0.0.1:1")
    peer = Peer()
    conn = _all_kinds(host, peer)
    query = host.ask(RESOLVE, "slow.test", 0)
    host.settle(5)
    text = 'Wi-Fi "uartnet" was lost: reason 4 of the radio'
    radio.outage(4)
    check.equal(_event(host), (False, None, text))
    for _ in range(9):
        bench.skip(1000)
        host.settle(2)
    check.equal([m for m in host.messages if m[0] == CLOSE], [])
    check.equal(host.answer(query)[2:4], (NETWORK_DOWN, text))
    bench.skip(1100)
    _ended(host, text)
    try:
        end = host.until(lambda: conn.read(10) is not None or 1)
    except OSError as e:
        check.equal(e.errno, 104)  # a reset
    radio.back()
    host.until(lambda: bench.skip(1000) or host.call(STATUS)[0]["state"] == "connected")
    check.equal(_connected(host, peer).close(), None)
    check.equal(bench.unexpected, [])
    peer.close()


def test_another_address_ends_them_too():
    bench, host = _joined()
    peer = Peer()
    _all_kinds(host, peer)
    radio.outage(200)
    check.equal(_event(host)[0], False)
    radio.back("127.0.0.2")
    host.until(lambda: bench.skip(500) or [m for m in host.messages if m[:3] == (EVENT, 2, True)])
    text = 'Wi-Fi "uartnet" was joined again with another address'
    check.equal(_event(host), (True, b"\x7f\0\0\2", text))
    _ended(host, text)
    # Without a loss, as when the lease ends.
    _all_kinds(host, peer)
    radio.address = "127.0.0.3"
    bench.skip(6000)
    check.equal(_event(host), (True, b"\x7f\0\0\3", text))
    _ended(host, text)
    peer.close()


def test_another_network_ends_them_too_and_disconnect():
    bench, host = _joined()
    peer = Peer()
    _all_kinds(host, peer)
    check.equal(host.call(CONNECT, "open", None, {})[0]["ssid"], "open")
    _ended(host, 'Wi-Fi "uartnet" was left for "open"')
    host.messages.clear()
    _all_kinds(host, peer)
    check.equal(host.call(DISCONNECT), ())
    text = 'Wi-Fi "open" was left: the host has asked for that'
    check.equal(_event(host), (False, None, text))
    _ended(host, text)
    for _ in range(50):
        bench.skip(1000)
    check.equal((host.call(STATUS)[0]["state"], host.call(STATUS)[0]["reason"]), ("idle", text))
    check.equal(_fails(host, TCP_CONNECT, 8, LOOPBACK, peer.port, 1000, {}), (NETWORK_DOWN, text))
    check.equal(host.call(CONNECT, "uartnet", None, {})[0]["state"], "connected")  # the configuration has its password
    peer.close()
    check.equal(bench.unexpected, [])


def test_saved_networks():
    bench, host = _session()
    check.equal(host.call(NETWORKS), ())
    host.call(CONNECT, "far", "far far away", {"save": True})
    check.equal(host.call(NETWORKS), ("far",))
    check.equal(host.call(NETWORKS, "uartnet", GOOD), ("far", "uartnet"))
    check.equal(host.call(NETWORKS, "open", ""), ("far", "open", "uartnet"))
    check.equal(host.call(CONNECT, None, None, {})[0]["ssid"], "uartnet")  # the strongest
    host.call(NETWORKS, "uartnet", None)
    host.call(NETWORKS, "uartnet", None)
    check.equal(host.call(CONNECT, None, None, {})[0]["ssid"], "open")
    check.equal(host.call(CONNECT, "far", None, {})[0]["ssid"], "far")
    for n in range(14):
        host.call(NETWORKS, "n%d" % n, "password")
    check.equal(_fails(host, NETWORKS, "one more", "password")[0], NO_RESOURCES)
    # After a restart, without a network in the configuration:
    bench, host = _session(keep=True)
    host.until(lambda: host.call(STATUS)[0]["state"] == "connected")
    check.equal(host.call(STATUS)[0]["ssid"], "open")
    check.equal(len(host.call(NETWORKS)), 16)
    check.equal(bench.unexpected, [])


def test_what_cannot_be_saved_is_told():
    bench, host = _session()
    root = machine.root
    machine.root = root + "/none"
    try:
        check.equal(_fails(host, CONNECT, "uartnet", GOOD, {"save": True})[0], FILE_NOT_FOUND)
        check.equal(_fails(host, NETWORKS, "uartnet", GOOD)[0], FILE_NOT_FOUND)
    finally:
        machine.root = root
    check.equal((host.call(STATUS)[0]["state"], bench.unexpected), ("connected", []))


def test_a_scan_for_a_request_that_is_over_chooses_for_nobody():
    bench, host = _session()
    host.call(NETWORKS, "open", "")
    number = host.ask(CONNECT, None, None, {})
    other = host.ask(CONNECT, "uartnet", GOOD, {})
    check.equal(host.answer(number)[2], CANCELLED)
    check.equal(host.answer(other)[2]["ssid"], "uartnet")
    host.settle(50)
    check.equal((host.call(STATUS)[0]["ssid"], bench.unexpected), ("uartnet", []))


def test_an_access_point_that_is_refused_is_off():
    bench, host = _session()
    radio.AccessPoint.config = lambda self, *args, **settings: (_ for _ in ()).throw(OSError("Wifi Invalid Argument"))
    try:
        check.equal(_fails(host, ACCESS_POINT, "mine", "ap password", {}), (FAILED, "access point: Wifi Invalid Argument"))
    finally:
        radio.AccessPoint.config = _access_point_config
    check.equal(radio.access_point.active(), False)


_access_point_config = radio.AccessPoint.config


def test_a_broken_file_of_networks_is_as_none():
    for content in ("", "{", "[1]", "null"):
        bench, host = _session()
        with open(machine.root + "/uartnet.networks.json", "w") as f:
            f.write(content)
        check.equal(host.call(NETWORKS), ())
        check.equal(host.call(NETWORKS, "a", "password"), ("a",))


def test_a_saved_network_stands_in_for_one_that_is_gone():
    bench, host = _session()
    host.call(NETWORKS, "far", "far far away")
    host.call(NETWORKS, "open", "")
    radio.remove("uartnet")
    bench, host = _session(keep=True, ssid="uartnet", password=GOOD)
    host.until(lambda: bench.skip(500) or host.call(STATUS)[0]["state"] == "connected")
    check.equal(host.call(STATUS)[0]["ssid"], "open")
    # That one goes, too: the next. Then nothing is left, and it does not ask the radio all the time.
    host.messages.clear()
    radio.remove("open")
    host.until(lambda: bench.skip(500) or host.call(STATUS)[0]["ssid"] == "far" and host.call(STATUS)[0]["state"] == "connected")
    radio.remove("far")
    tries = []
    connect = radio.Station.connect
    radio.station.connect = lambda *args: tries.append(bench.skipped) or connect(radio.station, *args)
    for _ in range(240):
        bench.skip(1000)
        host.settle(3)
    between = [tries[i + 1] - tries[i] for i in range(len(tries) - 1)]
    assert len(tries) >= 4 and max(between) >= 20000 and len(tries) < 60, between
    radio.add("uartnet", GOOD, -48, 6)
    host.until(lambda: bench.skip(1000) or host.call(STATUS)[0]["state"] == "connected")
    check.equal(bench.unexpected, [])


def test_what_the_platform_has_joined_already_is_joined_again():
    """As after a soft reset."""
    station = radio.Station()
    station.is_active = station.requested = True
    station.settings = ("uartnet", GOOD, None)
    station.joined = "uartnet"
    for config in ({}, {"ssid": "uartnet", "password": GOOD}, {"ssid": "open"}):
        bench, host = _session(station=station, **config)
        host.until(lambda: host.call(STATUS)[0]["state"] == "connected")
        check.equal(host.call(STATUS)[0]["ssid"], config.get("ssid", "uartnet"))
        radio.outage(200)
        for _ in range(30):
            bench.skip(500)  # many attempts in vain
        check.equal(host.call(STATUS)[0]["state"], "lost")
        radio.back()
        host.until(lambda: bench.skip(500) or host.call(STATUS)[0]["state"] == "connected")
        check.equal((bench.unexpected, bench.device.board.problem), ([], None))


def test_access_point():
    bench, host = _session()
    (status,) = host.call(ACCESS_POINT, "mine", "ap password", {"channel": 11, "hidden": True, "clients_max": 2})
    radio.clients.append(b"\1\2\3\4\5\6")
    (status,) = host.call(STATUS)
    check.equal(status["access_point"], {"ssid": "mine", "address": b"\xc0\xa8\4\1", "channel": 11, "security": 3, "clients": 1})
    check.equal((radio.access_point.said["hidden"], radio.access_point.said["max_clients"]), (True, 2))
    peer = Peer()
    _connected(host, peer).close()  # it is a network
    check.equal("access_point" in host.call(ACCESS_POINT, None, None, {})[0], False)
    check.equal(_fails(host, TCP_CONNECT, 8, LOOPBACK, peer.port, 1000, {})[0], NETWORK_DOWN)
    check.equal(host.call(ACCESS_POINT, "mine", None, {})[0]["access_point"]["security"], 0)
    peer.close()


def test_hostname():
    bench, host = _session()
    check.equal(host.call(HOSTNAME, "weather-station"), ("weather-station",))
    check.equal((host.call(HOSTNAME, None), network.hostname()), (("weather-station",), "weather-station"))


def test_status_fits_the_smallest_frame():
    bench, host = _session(ssid="uartnet", password=GOOD, payload=256)
    host.until(lambda: host.call(STATUS)[0]["state"] == "connected")
    host.call(ACCESS_POINT, "x" * 32, None, {})
    (status,) = host.call(STATUS)
    check.equal(status["ssid"], "uartnet")
    check.equal(bench.unexpected, [])


def test_without_the_group_a_board_joins_what_its_configuration_says():
    bench, host = _session(ssid="uartnet", password=GOOD, allow="sockets")
    host.until(lambda: bench.device.board.connected())
    check.equal(host.call(INFO)[0]["address"], "127.0.0.1")
    radio.outage()
    peer = Peer()
    check.equal(_fails(host, TCP_CONNECT, 2, LOOPBACK, peer.port, 1000, {}), (NETWORK_DOWN, "Wi-Fi is not connected"))
    radio.back()
    host.until(lambda: bench.device.board.connected())
    peer.close()


def test_the_loop_goes_on_while_a_scan_blocks():
    bench, host = _joined()
    radio.scan_ms = 1000
    try:
        number = host.ask(SCAN)
        host.send(DEMAND, number, 9)
        host.settle(30)
        answered = 0
        while not [m for m in host.messages if m[:2] == (RESPONSE, number)]:
            host.call(INFO)
            answered += 1
        assert answered > 2 or not hasattr(bench.device.calls, "threads"), answered
    finally:
        radio.scan_ms = 50


try:
    check.run(globals())
finally:
    os.system("rm -rf " + process.folder)
