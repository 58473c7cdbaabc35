"""esp32/unix/run as a process of its own, for tests."""

import ffi
import os
import select
import socket
import sys
import time
import check
from host import Host, port_of
from vectors import tests

RUN = tests + "/../../unix/run"
# An ESP32's memory; objects of the 64-bit interpreter are twice as large.
SMALL = "110k" if sys.maxsize < 1 << 32 else "220k"

libc = ffi.open(None)
kill = libc.func("i", "kill", "ii")
SIGINT, SIGKILL, SIGTERM = 2, 9, 15
folder = "/tmp/uartnet-test-%d" % libc.func("i", "getpid", "")()
os.system("rm -rf " + folder)  # of a process that had this number before, and was killed
_count = 0
running = []


def until(true, ms=30000):
    for _ in range(ms // 5):
        value = true()
        if value:
            return value
        time.sleep_ms(5)
    raise AssertionError("waited in vain")


def text(path):
    try:
        with open(path) as f:
            return f.read()
    except OSError:
        return ""


def exists(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False


class Firmware:
    """A `run` in the background; line is where a host opens it."""

    def __init__(self, *args):
        global _count
        _count += 1
        self.base = "%s/%d" % (folder, _count)
        self.line = self.base + ".tty"
        args = args or ("--pty", self.line)
        quoted = " ".join("'%s'" % a for a in (RUN,) + args)
        os.system("mkdir -p %s; (%s >%s.out 2>&1 & echo $! >%s.pid; wait $!; echo $? >%s.rc) 2>/dev/null &" % (folder, quoted, self.base, self.base, self.base))
        self.pid = int(until(lambda: text(self.base + ".pid").strip()))
        running.append(self)

    def ready(self):
        until(lambda: exists(self.line) or self.code())
        check.equal(self.code(), "", self.output())
        return self

    def code(self):
        return text(self.base + ".rc").strip()

    def output(self):
        return text(self.base + ".out")

    def end(self, signal=SIGTERM):
        kill(self.pid, signal)
        return self.ended()

    def ended(self):
        return int(until(self.code))

    def host(self, **settings):
        line = open_line(self.line)
        waiting = select.poll()
        waiting.register(line, select.POLLIN)
        settings.setdefault("keepalive", 10000)  # a machine with other work may hold up this end for seconds
        return Host(line, lambda: waiting.poll(5), **settings)


def open_line(path):
    fd = libc.func("i", "open", "si")(path, 0o2004402)  # O_RDWR, O_NOCTTY, O_NONBLOCK, O_CLOEXEC
    assert fd >= 0, path
    return open(fd, "r+b", buffering=0)


def shell(command):
    """Exit code and output."""
    out = folder + "/shell.out"
    code = os.system("mkdir -p %s; (%s) >%s 2>&1" % (folder, command, out))
    return (code >> 8 if code > 255 else code), text(out)


def small(name, channels="", heap=SMALL):
    """One with an ESP32's memory, ready for a host."""
    line = "%s/%s.tty" % (folder, name)
    os.putenv("UARTNET_CHANNELS", str(channels))
    f = Firmware("--heap", heap, "--pty", line)
    os.putenv("UARTNET_CHANNELS", "")
    f.line = line
    return f.ready()


class Script:
    """A firmware, and what a test does to its simulated board."""

    def __init__(self, *args):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(socket.getaddrinfo("127.0.0.1", 0, 0, socket.SOCK_DGRAM)[0][-1])
        os.putenv("UARTNET_BENCH", str(port_of(self.sock)))
        self.firmware = small(*args) if args else Firmware().ready()
        os.unsetenv("UARTNET_BENCH")
        self.board = self.sock.recvfrom(1)[1]  # it has said that it started
        self.sock.setblocking(False)

    def send(self, line):
        self.line = line.encode()
        self.sock.sendto(self.line, self.board)

    def answer(self, host):
        def came():
            try:
                answer, board = self.sock.recvfrom(2000)
            except OSError:
                return None
            if answer:
                return answer.decode()
            self.board = board  # reset since the last line: this one went to nobody
            self.sock.sendto(self.line, board)

        return host.until(came)

    def run(self, host, line):
        self.send(line)
        return self.answer(host)

    def end(self):
        self.sock.close()
        check.equal(self.firmware.end(), 0, self.firmware.output())


def run(names):
    """Runs the tests, and ends what they have left running."""
    try:
        check.run(names)
    finally:
        for firmware in running:
            if not firmware.code():
                firmware.end(SIGKILL)
        os.system("rm -rf " + folder)
