"""What a kilobyte forwarded costs on the device: called by ./cost, which says what is printed."""

import gc
import json
import os
import select
import socket
import sys

sys.path[1:1] = [sys.path[0] + "/../firmware/tests", sys.path[0] + "/../firmware", sys.path[0] + "/../unix/standin"]
import process
from host import CHANNEL_DATA, CREDIT, port_of

from plain import Framing

folder = sys.path[0]
BITS = 64 if sys.maxsize >= 1 << 32 else 32
_CHANNEL = 2
_PATIENCE_MS = 600000


class Cpu:
    """What a process has used so far."""

    def __init__(self, pid):
        with open("/proc/%d/stat" % pid) as f:
            fields = f.read().rpartition(")")[2].split()
        self.user = int(fields[11])
        self.system = int(fields[12])
        with open("/proc/%d/schedstat" % pid) as f:
            self.ns = int(f.read().split()[0])

    def since(self, before, kb):
        """The scheduler's sum is exact, its parts are known in ticks of 10 ms."""
        ns = (self.ns - before.ns) // kb
        user = self.user - before.user
        system = self.system - before.system
        inside = ns * user // (user + system or 1)
        return {"cpu_ns_per_kb": ns, "user_ns_per_kb": inside, "system_ns_per_kb": ns - inside}


class Instructions:
    """Counted by callgrind, which the process runs under; those of the system are not among them."""

    def __init__(self, pid):
        self.pid = pid
        self._dump()

    def _dump(self):
        code, said = process.shell("vgdb --pid=%d dump" % self.pid)
        assert not code, said

    def count(self):
        """Since the last time."""
        self._dump()
        base = "%s/callgrind.%d." % (os.getenv("COST_FOLDER"), self.pid)
        names = sorted((name for name in os.listdir(os.getenv("COST_FOLDER")) if name.startswith("callgrind.%d." % self.pid)), key=lambda name: int(name.rpartition(".")[2]))
        with open(os.getenv("COST_FOLDER") + "/" + names[-1]) as f:
            for line in f:
                if line.startswith(("summary:", "totals:")):
                    return int(line.split()[1])


class Uartnet:
    """The firmware, a host, and one connection."""

    name = "uartnet"
    run = folder + "/../unix/run"

    def __init__(self, peer):
        self.firmware = process.Firmware().ready()
        self.host = self.firmware.host(features=1, keepalive=60000)
        self.host.until(lambda: self.host.resets, _PATIENCE_MS)  # it has started
        self.host.open()
        self.got = 0
        self.credit = self.host.connect(_CHANNEL, port_of(peer), sink=self._sink)[4]

    def _sink(self, data):
        self.got += len(data)

    def down(self, block, kb):
        """From the host to the network, in frames of 1,024 bytes."""
        host = self.host
        left = kb * 1024
        size = 1018
        while left or host.waiting or host.flight:
            for m in [m for m in host.messages if m[0] == CREDIT]:
                host.messages.remove(m)
                self.credit += m[2]
            while left and self.credit >= size and len(host.waiting) < 8:
                n = min(size, left)
                host.send(CHANNEL_DATA, _CHANNEL, block[:n])
                self.credit -= n
                left -= n
            host.pump()
            yield

    def up(self, kb):
        """From the network to the host."""
        self.got = 0
        while self.got < kb * 1024:
            self.host.pump()
            yield


class Plain:
    """The plain co-processor, a host, and one connection."""

    name = "plain"
    run = folder + "/run"

    def __init__(self, peer):
        self.firmware = process.Firmware().ready()
        self.line = process.open_line(self.firmware.line)
        self.waiting = select.poll()
        self.waiting.register(self.line, select.POLLIN)
        self.framing = Framing()
        self.number = 255
        self.call(b"\0")
        port = port_of(peer)
        self.id = self.call(b"\1" + bytes((port >> 8, port & 255)) + b"127.0.0.1")[1:2]

    def call(self, request):
        self.number = (self.number + 1) & 255
        frame = self.framing.encode(bytes((self.number,)) + request)
        assert self.line.write(frame) == len(frame)
        while True:
            self.waiting.poll(_PATIENCE_MS)
            for answer in self.framing.decode(self.line.read(4096)):
                assert answer[:2] == bytes((self.number, 0)), answer
                return answer[1:]

    def down(self, block, kb):
        left = kb * 1024
        while left:
            answer = self.call(b"\2" + self.id + block[: min(1018, left)])
            left -= answer[1] << 8 | answer[2]
            yield

    def up(self, kb):
        left = kb * 1024
        while left > 0:
            left -= len(self.call(b"\3" + self.id + b"\x03\xfa\x03\xe8")) - 1
            yield


def _random(n):
    with open("/dev/urandom", "rb") as f:
        return f.read(n)


def measure(kind, kb, instructions):
    process.RUN = kind.run
    peer = socket.socket()
    peer.bind(socket.getaddrinfo("127.0.0.1", 0)[0][-1])
    peer.listen(1)
    peer.setblocking(False)
    subject = kind(peer)
    conn = peer.accept()[0]
    conn.setblocking(False)
    pid = subject.firmware.pid
    block = _random(1018)
    raw = bytearray(65536)

    def down(kb):
        there = 0
        for _ in subject.down(block, kb):
            while conn.readinto(raw):
                pass

    def up(kb):
        left = kb * 1024
        for _ in subject.up(kb):
            while left:
                n = conn.write(memoryview(raw)[: min(left, len(raw))])
                if not n:
                    break
                left -= n

    for direction, transfer in (("host_to_network", down), ("network_to_host", up)):
        raw[:] = _random(len(raw))
        transfer(kb // 8)  # what the pace has to find out, buffers that grow
        counter = Instructions(pid) if instructions else None
        gc.collect()
        before = Cpu(pid)
        transfer(kb)
        line = {"subject": subject.name, "bits": BITS, "direction": direction, "kb": kb}
        if instructions:
            line["instructions_per_kb"] = counter.count() // kb
        else:
            line.update(Cpu(pid).since(before, kb))
        print(json.dumps(line))
    conn.close()
    peer.close()
    subject.firmware.end()


def main():
    kb = int(os.getenv("COST_KB"))
    subjects = os.getenv("COST_SUBJECTS").split(",")
    instructions = bool(os.getenv("COST_FOLDER"))
    for kind, part in ((Uartnet, 1), (Plain, 4)):
        if kind.name in subjects:
            measure(kind, max(64, kb // part), instructions)
    for firmware in process.running:
        if not firmware.code():
            firmware.end(process.SIGKILL)
    os.system("rm -rf " + process.folder)


main()
