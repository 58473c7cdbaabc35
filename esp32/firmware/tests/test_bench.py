"""The simulated board, scripted from outside (unix/standin/bench.py), as the host's own tests do it."""

import os
import socket
import time
import check
import process
from host import port_of
from process import Firmware

STATUS, CLOCK_GET, CLOCK_SYNC, CONNECT, DISCONNECT = 67, 80, 82, 65, 66
EVENT = 8


class Script:
    """Lines of Python for a firmware's bench, and their answers."""

    def __init__(self, **settings):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(socket.getaddrinfo("127.0.0.1", 0, 0, socket.SOCK_DGRAM)[0][-1])
        self.sock.settimeout(10)
        settings = dict(settings, BENCH=str(port_of(self.sock)))
        for name, value in settings.items():
            os.putenv("UARTNET_" + name, value)
        self.firmware = Firmware().ready()
        for name in settings:
            os.unsetenv("UARTNET_" + name)
        self.board = self.sock.recvfrom(1)[1]  # it has said that it started

    def __call__(self, line):
        self.sock.sendto(line.encode(), self.board)
        return self.sock.recv(2000).decode()

    def end(self):
        self.sock.close()
        check.equal(self.firmware.end(), 0, self.firmware.output())
        check.equal(self.firmware.output(), "")


def test_lines_and_their_answers():
    script = Script()
    for line, answer in (
        ("1 + 1", "2"),
        ("x = 3", "None"),
        ("x", "3"),
        ("'a' * 3", "'aaa'"),
        ("nothing", "error: NameError(\"name 'nothing' isn't defined\",)"),
        ("((", "error: SyntaxError('invalid syntax',)"),
    ):
        check.equal(script(line), answer, line)
    script.end()


def test_a_board_begins_connected_and_its_radio_can_go():
    script = Script()
    host = script.firmware.host().open()
    status = host.call(STATUS)[0]
    check.equal((status["state"], status["ssid"], status["rssi"]), ("connected", "wired", -30))
    check.equal(script("radio.outage(200)"), "None")
    check.equal(host.message(lambda m: m[0] == EVENT)[2:], (False, None, 'Wi-Fi "wired" was lost: beacon timeout'))
    check.equal(script("radio.back()"), "None")
    check.equal(host.message(lambda m: m[0] == EVENT)[2:4], (True, b"\x7f\0\0\1"))
    host.call(DISCONNECT)
    check.equal(host.call(CONNECT, "wired", None, {})[0]["state"], "connected")
    check.equal(script("radio.add('new', 'secret password', -20, 3)"), "None")
    check.equal(host.call(CONNECT, "new", "secret password", {})[0]["channel"], 3)
    script.end()


def test_radio_clock_and_time_server_as_a_new_board_has_them():
    script = Script(RADIO="1")
    host = script.firmware.host().open()
    check.equal(host.call(STATUS)[0]["state"] in ("off", "connecting"), True)
    us, was_set = host.call(CLOCK_GET)
    assert us - 946684800000000 < 60000000 and not was_set, us
    check.equal(host.call(CONNECT, "uartnet", "correct horse", {})[0]["rssi"], -48)
    script("ntp.offset(86400000000)")
    us, was_set, changed = host.call(CLOCK_SYNC, None, 5000)
    ahead = us - time.time_ns() // 1000 - 86400000000
    assert was_set and abs(ahead) < 2000000, ahead
    assert 0 <= int(script("rtc.now()")) - us < 60000000
    script.end()


def test_without_it_a_small_board_has_no_simulated_radio():
    firmware = Firmware().ready()
    host = firmware.host().open()
    check.equal(host.call(STATUS)[0]["ssid"], "wired")  # loaded for this
    host.call(DISCONNECT)
    check.equal(host.call(STATUS)[0]["state"], "idle")
    check.equal(host.call(CONNECT, "wired", None, {})[0]["state"], "connected")
    firmware.end()


process.run(globals())
