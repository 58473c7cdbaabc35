"""The plain co-processor that the firmware is measured against (esp32/plain): it is to be slow, not wrong."""

import select
import socket
import sys
import time
import check
import process
from host import port_of
from process import Firmware, open_line
from vectors import tests

sys.path.append(tests + "/../../plain")
from plain import Framing, crc16

process.RUN = tests + "/../../plain/run"
RESET, OPEN, SEND, RECV, CLOSE = range(5)


class Client:
    """One request at a time, repeated until its answer comes."""

    def __init__(self):
        self.device = Firmware().ready()
        self.line = open_line(self.device.line)
        self.readable = select.poll()
        self.readable.register(self.line, select.POLLIN)
        self.framing = Framing()
        self.number = 255
        self.repeats = 0
        self.damage = 0  # so many requests are damaged on their way

    def call(self, operation, args=b""):
        """The result."""
        answer = self.ask(operation, args)
        check.equal(answer[0], 0, repr(answer))
        return answer[1:]

    def ask(self, operation, args=b""):
        """Status and result."""
        self.number = (self.number + 1) & 255
        frame = self.framing.encode(bytes((self.number, operation)) + args)
        for _ in range(20):
            wire = bytearray(frame)
            ms = 5000
            if self.damage:
                self.damage -= 1
                wire[len(wire) // 2] ^= 1
                ms = 500  # there will be none
            self.write(wire)
            answer = self.take(ms)
            if answer:
                return answer
            self.repeats += 1
        raise AssertionError("no answer")

    def write(self, wire):
        end = time.ticks_add(time.ticks_ms(), 10000)
        while wire:
            assert time.ticks_diff(time.ticks_ms(), end) < 0, "the line takes nothing"
            wire = wire[self.line.write(wire) or 0 :]

    def take(self, ms):
        while self.readable.poll(ms):
            data = self.line.read(4096)
            assert data, self.device.output()
            for answer in self.framing.decode(data):
                if answer[0] == self.number:
                    return answer[1:]

    def end(self):
        self.line.close()
        check.equal(self.device.end(), 0, self.device.output())


def _peer():
    sock = socket.socket()
    sock.bind(socket.getaddrinfo("127.0.0.1", 0)[0][-1])
    sock.listen(1)
    return sock


def _open(client, peer):
    port = port_of(peer)
    number = client.call(OPEN, bytes((port >> 8, port & 255)) + b"127.0.0.1")
    return number, peer.accept()[0]


def test_its_check():
    check.equal(crc16(b"123456789", 9), 0x29B1)


def test_frames_in_pieces_with_noise_between():
    body = bytes(range(256)) * 3
    wire = Framing().encode(body)
    framing = Framing()
    got = []
    for piece in (wire[:100], wire[100:], b"noise" + wire, wire[:50], wire, wire[:-1] + b"!" + wire[-1:], wire):
        got += framing.decode(piece)
    check.equal(got, [body] * 4)


def test_a_byte_goes_there_and_back():
    client = Client()
    most = client.call(RESET)
    check.equal(most[0] << 8 | most[1], 1018)
    peer = _peer()
    number, conn = _open(client, peer)
    data = bytes(i * 7 & 255 for i in range(1018))
    for _ in range(20):
        check.equal(client.call(SEND, number + data), b"\x03\xfa")
        check.equal(conn.recv(2000), data)
        conn.send(data)
        got = b""
        while len(got) < len(data):
            got += client.call(RECV, number + b"\x03\xfa\x03\xe8")
        check.equal(got, data)
    check.equal(client.call(RECV, number + b"\x03\xfa\0\x10"), b"")
    conn.close()
    check.equal(client.ask(RECV, number + b"\x03\xfa\x03\xe8")[0], 1)
    client.call(CLOSE, number)
    check.equal(client.ask(SEND, number + b"x")[0], 2)
    check.equal(client.ask(9)[0], 2)
    check.equal(client.ask(OPEN)[0], 2)
    check.equal(client.repeats, 0)
    peer.close()
    client.end()


def test_a_repeated_request_is_not_carried_out_again():
    client = Client()
    client.call(RESET)
    peer = _peer()
    number, conn = _open(client, peer)
    client.damage = 2
    check.equal(client.call(SEND, number + b"abc"), b"\0\3")
    check.equal(client.repeats, 2)
    check.equal(conn.recv(100), b"abc")
    # Its answer is lost: the same frame again.
    client.write(client.framing.encode(bytes((client.number, SEND)) + number + b"abc"))
    check.equal(client.take(1000), b"\0\0\3")
    check.equal(client.call(SEND, number + b"def"), b"\0\3")
    check.equal(conn.recv(100), b"def")
    client.call(RESET)
    check.equal(conn.recv(100), b"")
    peer.close()
    client.end()


process.run(globals())
