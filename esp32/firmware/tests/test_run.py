"""esp32/unix/run and the firmware as a process of its own, on real ttys, with an ESP32's memory."""

import ffi
import os
import random
import select
import socket
import sys
import termios
import time
import check
from host import CHANNEL_DATA, CLOSE, CREDIT, INFO, LOOPBACK, PING, TCP_CONNECT, TLS_CONNECT, Host, Peer, port_of
from vectors import tests

CHANNEL_DATAGRAM = 21
UDP_BIND = 18
RUN = tests + "/../../unix/run"
# Objects of the 64-bit interpreter are twice as large.
SMALL = "110k" if sys.maxsize < 1 << 32 else "220k"

_libc = ffi.open(None)
_kill = _libc.func("i", "kill", "ii")
_SIGINT, _SIGKILL, _SIGTERM = 2, 9, 15
_folder = "/tmp/uartnet-test-%d" % _libc.func("i", "getpid", "")()
_count = 0
_running = []


def _until(true, ms=10000):
    for _ in range(ms // 5):
        value = true()
        if value:
            return value
        time.sleep_ms(5)
    raise AssertionError("waited in vain")


def _text(path):
    try:
        with open(path) as f:
            return f.read()
    except OSError:
        return ""


def _exists(path):
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
        self.base = "%s/%d" % (_folder, _count)
        self.line = self.base + ".tty"
        args = args or ("--pty", self.line)
        quoted = " ".join("'%s'" % a for a in (RUN,) + args)
        os.system("mkdir -p %s; (%s >%s.out 2>&1 & echo $! >%s.pid; wait $!; echo $? >%s.rc) 2>/dev/null &" % (_folder, quoted, self.base, self.base, self.base))
        self.pid = int(_until(lambda: _text(self.base + ".pid").strip()))
        _running.append(self)

    def ready(self):
        _until(lambda: _exists(self.line) or self.code())
        check.equal(self.code(), "", self.output())
        return self

    def code(self):
        return _text(self.base + ".rc").strip()

    def output(self):
        return _text(self.base + ".out")

    def end(self, signal=_SIGTERM):
        _kill(self.pid, signal)
        return self.ended()

    def ended(self):
        return int(_until(self.code))

    def host(self, **settings):
        line = _open(self.line)
        waiting = select.poll()
        waiting.register(line, select.POLLIN)
        return Host(line, lambda: waiting.poll(5), **settings)


def _open(path):
    fd = _libc.func("i", "open", "si")(path, 0o2004402)  # O_RDWR, O_NOCTTY, O_NONBLOCK, O_CLOEXEC
    assert fd >= 0, path
    return open(fd, "r+b", buffering=0)


def _shell(command):
    """Exit code and output."""
    out = _folder + "/shell.out"
    code = os.system("mkdir -p %s; (%s) >%s 2>&1" % (_folder, command, out))
    return (code >> 8 if code > 255 else code), _text(out)


def test_help_and_usage():
    code, out = _shell(RUN + " --help")
    assert code == 0 and "--pty LINK" in out
    for args in ("", "--pty", "--nonsense", "--tty /dev/null --pty x", "--pty x --heap much", "--pty x --bits 16"):
        check.equal(_shell(RUN + " " + args)[0], 2, args)


def test_what_is_no_line_is_refused():
    code, out = _shell(RUN + " --tty /no/such/tty")
    assert code == 1 and "no such device: /no/such/tty" in out, out
    code, out = _shell(RUN + " --tty /dev/null")
    assert code == 1 and "not a tty" in out, out
    plain = _folder + "/plain"
    _shell("echo precious >" + plain)
    code, out = _shell(RUN + " --pty " + plain)
    assert code == 1 and "will not overwrite" in out, out
    with open(plain) as f:
        check.equal(f.read(), "precious\n")
    code, out = _shell(RUN + " --pty /no/such/folder/link")
    assert code == 1 and "/no/such/folder/link" in out, out


def test_signals_end_it_and_remove_the_link():
    for signal in (_SIGTERM, _SIGINT):
        f = Firmware().ready()
        check.equal(f.end(signal), 0, f.output())
        check.equal((_exists(f.line), f.output()), (False, ""))


def test_a_terminal_is_told_what_runs():
    master = _libc.func("i", "posix_openpt", "i")(0o2004402)
    _libc.func("i", "grantpt", "i")(master)
    _libc.func("i", "unlockpt", "i")(master)
    name = _libc.func("s", "ptsname", "i")(master)
    terminal = open(master, "r+b", buffering=0)
    line = _folder + "/told.tty"
    os.system("mkdir -p %s; (%s --pty %s 2>%s & echo $! >%s.pid)" % (_folder, RUN, line, name, line))
    said = bytearray()
    buf = bytearray(200)

    def told():
        n = terminal.readinto(buf)
        said.extend(buf[: n or 0])
        return said.endswith(b"\n")

    _until(told)
    check.equal(bytes(said), ("run: the firmware serves %s; Ctrl-C ends it\r\n" % line).encode())
    _until(lambda: _exists(line))
    _kill(int(_text(line + ".pid")), _SIGTERM)
    _until(lambda: not _exists(line))


def test_stale_link_is_replaced():
    f = Firmware().ready()
    f.end(_SIGKILL)
    f.ended()
    assert _link(f.line)  # left behind, leading nowhere
    stale = _identity(f.line)
    again = Firmware("--pty", f.line)
    again.line = f.line
    # Not: until it leads somewhere. The new pty may have the old one's name before it is ready.
    _until(lambda: _identity(f.line) != stale)
    host = again.host().open()
    check.equal(host.call(PING, 1), (1,))
    before = _identity(f.line)
    # Who takes a link over is not robbed of it by the end of the one before.
    third = Firmware("--pty", f.line)
    _until(lambda: third.code() or _identity(f.line) != before)
    again.end()
    assert _exists(f.line)
    third.end()
    assert not _exists(f.line)


def _identity(link):
    """Which symbolic link it is, wherever it leads: a renamed one is another."""
    return _shell("stat -c %i '" + link + "'")


def _link(path):
    buf = bytearray(64)
    n = _libc.func("i", "readlink", "sPi")(path, buf, 64)
    return bytes(buf[: max(n, 0)])


def test_every_byte_passes_and_hosts_come_and_go():
    f = Firmware().ready()
    every = bytes(range(256))
    for _ in range(5):
        host = f.host().open()
        for n in range(3):
            check.equal(host.call(PING, every, n), (every, n))
        host.line.close()  # without a word
    host = f.host().open()
    host.close()
    host.until(lambda: not host.wire)
    host.line.close()
    check.equal(f.code(), "")
    f.end()


def test_idle_does_not_spin():
    f = Firmware().ready()

    def cpu():
        fields = _text("/proc/%d/stat" % f.pid).rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])  # in hundredths of a second

    host = f.host().open()
    peer = Peer()
    host.connect(0, peer.port, credit=0, grant=False)
    conn = peer.accept(host)
    conn.write(bytes(1000))
    conn.close()
    host.settle()
    for name in ("host there", "no host"):
        before = cpu()
        time.sleep(1)
        used = cpu() - before
        assert used < 50, "%s: %d %% of a processor" % (name, used)
        if name == "host there":
            host.line.close()
    f.end()
    peer.close()


def test_tty_and_its_end():
    master = _libc.func("i", "posix_openpt", "i")(0o2000402)  # and O_CLOEXEC: the firmware must not keep it open
    _libc.func("i", "grantpt", "i")(master)
    _libc.func("i", "unlockpt", "i")(master)
    name = _libc.func("s", "ptsname", "i")(master)
    _libc.func("i", "fcntl", "iii")(master, 4, 0o4000)
    line = open(master, "r+b", buffering=0)
    f = Firmware("--tty", name)
    waiting = select.poll()
    waiting.register(line, select.POLLIN)
    # Until the firmware has set it raw the pty would echo: it says when it is ready.
    host = Host(line, lambda: waiting.poll(5))
    host.until(lambda: host.resets)
    host.open()
    check.equal(host.call(PING, bytes(range(256))), (bytes(range(256)),))
    line.close()
    check.equal(f.ended(), 1)
    assert name + " is gone" in f.output(), f.output()


def _pattern(size, seed):
    block = bytes((i * (seed + 3)) & 255 for i in range(251))
    return (block * (size // 251 + 1))[:size]


def _open_33(host, peer, got):
    conns = []
    for n in range(33):
        host.connect(2 * n, peer.port, credit=8192 if n < 32 else 100, sink=got[n].extend, grant=n < 32)
        conns.append(peer.accept(host))
    return conns


def test_33_sockets_in_an_esp32_s_memory():
    f = Firmware("--heap", SMALL, "--pty", _folder + "/small.tty")
    f.line = _folder + "/small.tty"
    f.ready()
    host = f.host().open()
    start = host.call(INFO)[0]["heap_free"]
    peer = Peer()
    size = 30000
    got = [bytearray() for _ in range(33)]
    conns = _open_33(host, peer, got)
    left = [memoryview(_pattern(size, n)) for n in range(33)]

    def all_here():
        for n in range(33):
            taken = conns[n].write(left[n]) if len(left[n]) else 0
            left[n] = left[n][taken or 0 :]
        return all(len(g) == size for g in got[:32])

    host.until(all_here, 20000)
    for n in range(33):
        check.equal(bytes(got[n]), _pattern(size, n)[: size if n < 32 else 100])
    full = host.call(INFO)[0]["heap_free"]
    print("  heap %s: %d bytes free at start, %d with 33 sockets" % (SMALL, start, full))
    assert full >= 3000

    # All 33 peers stop reading while the host sends all that it may.
    host.messages.clear()
    for n in range(33):
        host.send(CLOSE, 2 * n, 0, "", None)
        host.closed(2 * n)
        conns[n].close()
    conns = []
    credit = []
    for n in range(33):
        credit.append(host.connect(2 * n, peer.port, options={"send_buffer": 4096})[4])
        conns.append(peer.accept(host))

    sent = [0] * 33

    def push():
        for m in [m for m in host.messages if m[0] == CREDIT]:
            host.messages.remove(m)
            credit[m[1] // 2] += m[2]
        for n in range(33):
            if credit[n] and len(host.waiting) < 20:
                size = min(credit[n], 1000)
                host.send(CHANNEL_DATA, 2 * n, _pattern(sent[n] + size, n)[sent[n] :])
                sent[n] += size
                credit[n] -= size
        return not any(credit) and not host.waiting and not host.flight and not host.messages

    host.until(push, 20000)
    check.equal([m for m in host.messages if m[0] == CLOSE], [])
    print("  %d bytes free with 33 peers that do not read" % host.call(INFO)[0]["heap_free"])
    there = [bytearray() for _ in range(33)]
    buf = bytearray(8192)

    def all_there():
        for n in range(33):
            k = conns[n].readinto(buf)
            if k:
                there[n].extend(buf[:k])
        return all(len(there[n]) == sent[n] for n in range(33))

    host.until(all_there, 20000)
    for n in range(33):
        check.equal(bytes(there[n]), _pattern(sent[n], n))
        conns[n].close()
    check.equal(f.end(), 0, f.output())
    peer.close()


def test_datagrams_in_little_memory():
    heap = "128k" if sys.maxsize < 1 << 32 else "256k"  # with less, UDP is not loaded
    f = Firmware("--heap", heap, "--pty", _folder + "/udp.tty")
    f.line = _folder + "/udp.tty"
    f.ready()
    host = f.host().open()
    far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    far.bind(socket.getaddrinfo("127.0.0.1", 0, 0, socket.SOCK_DGRAM)[0][-1])
    far.setblocking(False)
    port = port_of(far)
    to = []
    largest = []
    for n in range(16):
        opened = host.call(UDP_BIND, 2 * n, LOOPBACK, 0, 1 << 20 if n else 0, {})
        to.append(socket.getaddrinfo("127.0.0.1", opened[1], 0, socket.SOCK_DGRAM)[0][-1])
        largest.append(opened[3])
    check.equal(largest[0], 1472)
    start = 0

    def take():
        try:
            return far.recvfrom(2000)[0]
        except OSError:
            return None

    def arrived(channel):
        """A datagram, put together."""
        data = b""
        while True:
            m = host.message(lambda m: m[0] == CHANNEL_DATAGRAM and m[1] == channel)
            data += m[4]
            if len(m) < 6 or not m[5]:
                return data

    # One without credit is flooded, the others are as ever.
    flood = bytes(1000)
    for turn in range(30):
        for n in range(16):
            for _ in range(20):
                far.sendto(flood, to[0])
            if n:
                data = _pattern(largest[n] - turn, n)
                far.sendto(data, to[n])
                check.equal(arrived(2 * n) == data, True)
                for pos in range(0, len(data), 1000):
                    host.send(CHANNEL_DATAGRAM, 2 * n, LOOPBACK, port, data[pos : pos + 1000], pos + 1000 < len(data))
                check.equal(host.until(take) == data, True)
        host.messages.clear()
        start = start or host.call(INFO)[0]["heap_free"]  # each knows its peer then
    info = host.call(INFO)[0]
    print("  heap %s: %d bytes free with 16 UDP sockets, %d after a flood" % (heap, start, info["heap_free"]))
    assert info["sockets"]["datagrams_dropped"] > 100, info
    assert abs(info["heap_free"] - start) < 1000, (start, info)
    check.equal(f.end(), 0, f.output())
    far.close()


def test_hundreds_of_sessions_leave_the_heap_as_it_was():
    f = Firmware("--heap", SMALL, "--pty", _folder + "/many.tty")
    f.line = _folder + "/many.tty"
    f.ready()
    host = f.host()
    peer = Peer()
    conns = []
    free = []
    for n in range(300):
        host.open()
        for channel in range(0, 8, 2):
            host.connect(channel, peer.port)
            conns.append(peer.accept(host))
        host.send(CHANNEL_DATA, 0, bytes(900))
        host.ask(TCP_CONNECT, 8, "name.test", 80, 0, {})
        if n % 3 == 0:
            host.close()
        if n in (20, 299):
            host.open()
            free.append(host.call(INFO)[0]["heap_free"])
        while conns:
            conns.pop().close()
    assert abs(free[0] - free[1]) < 1000, free
    f.end()
    peer.close()


def test_random_bytes_do_not_stop_it():
    random.seed(9)
    f = Firmware("--heap", SMALL, "--pty", _folder + "/noise.tty")
    f.line = _folder + "/noise.tty"
    f.ready()
    host = f.host()
    for _ in range(30):
        host.open()
        noise = bytes(random.choice((0xC0, 0xDB, random.getrandbits(8))) for _ in range(3000))
        good = host.encoded(2, bytes(random.getrandbits(8) for _ in range(random.randint(0, 50))), seq=0)
        host.write(noise + b"\xc0" + good)
        host.until(lambda: not host.wire)
        host.settle(3)
    host.write(b"\xc0")
    host.open()
    check.equal(host.call(PING, 1), (1,))
    f.end()


def _tls(heap, connections):
    """Answers to so many TLS_CONNECT, and the heap that is free behind them."""
    from tlspeer import TRUST, End, server

    line = "%s/tls-%s.tty" % (_folder, heap)
    f = Firmware("--heap", heap, "--pty", line)
    f.line = line
    host = f.ready().host().open()
    feature = host.welcome[10] & 16
    peer = Peer()
    context = server()
    ends = []
    answers = []
    for n in range(connections):
        got = bytearray()
        host.data[2 * n] = got.extend
        request = host.ask(TLS_CONNECT, 2 * n, b"\x7f\0\0\1", peer.port, 1000, TRUST)

        def answered():
            try:
                conn = peer.sock.accept()[0]
                ends.append(End(context, conn))
            except OSError:
                pass
            for end in ends:
                end.step()
            return [m for m in host.messages if m[0] in (2, 3) and m[1] == request]

        m = host.until(answered)[0]
        host.messages.remove(m)
        answers.append(m)
        if m[0] == 2:
            ends[-1].send = b"%d" % n
            host.until(lambda: ends[-1].step() or got == b"%d" % n)
    free = host.call(INFO)[0]["heap_free"]
    host.open()
    host.settle(3)
    again = host.call(INFO)[0]["heap_free"]
    check.equal(f.end(), 0)
    return feature, answers, free, again


def test_tls_needs_memory():
    if sys.maxsize < 1 << 32:
        # Too little for its code.
        feature, answers, free, again = _tls(SMALL, 1)
        check.equal((feature, answers[0][0], answers[0][2:4]), (0, 3, (6, "too little memory for TLS")))
    # Enough for some connections: then an error, and a device that serves on.
    feature, answers, free, again = _tls("130k" if sys.maxsize < 1 << 32 else "260k", 30)
    opened = [m for m in answers if m[0] == 2]
    refused = [m for m in answers if m[0] == 3]
    print("  %d TLS connections, then %d bytes are free; %d when they have gone" % (len(opened), free, again))
    assert feature and len(opened) > 2 and refused, answers
    check.equal({m[2] for m in refused}, {6})
    assert again > free


try:
    check.run(globals())
finally:
    for firmware in _running:
        if not firmware.code():
            firmware.end(_SIGKILL)
    os.system("rm -rf " + _folder)
