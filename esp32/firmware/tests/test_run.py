"""esp32/unix/run and the firmware as a process of its own, on real ttys."""

import json
import os
import select
import time
import check
import process
from host import INFO, PING, Host, Peer
from process import RUN, SIGINT, SIGKILL, SIGTERM, Firmware, exists, folder, kill, libc, shell, text, until


def test_help_and_usage():
    code, out = shell(RUN + " --help")
    assert code == 0 and "--pty LINK" in out
    for args in ("", "--pty", "--nonsense", "--tty /dev/null --pty x", "--pty x --heap much", "--pty x --bits 16"):
        check.equal(shell(RUN + " " + args)[0], 2, args)


def test_what_is_no_line_is_refused():
    code, out = shell(RUN + " --tty /no/such/tty")
    assert code == 1 and "no such device: /no/such/tty" in out, out
    code, out = shell(RUN + " --tty /dev/null")
    assert code == 1 and "not a tty" in out, out
    plain = folder + "/plain"
    shell("echo precious >" + plain)
    code, out = shell(RUN + " --pty " + plain)
    assert code == 1 and "will not overwrite" in out, out
    with open(plain) as f:
        check.equal(f.read(), "precious\n")
    code, out = shell(RUN + " --pty /no/such/folder/link")
    assert code == 1 and "/no/such/folder/link" in out, out


def test_signals_end_it_and_remove_the_link():
    for signal in (SIGTERM, SIGINT):
        f = Firmware().ready()
        check.equal(f.end(signal), 0, f.output())
        check.equal((exists(f.line), f.output()), (False, ""))


def test_a_terminal_is_told_what_runs():
    master = libc.func("i", "posix_openpt", "i")(0o2004402)
    libc.func("i", "grantpt", "i")(master)
    libc.func("i", "unlockpt", "i")(master)
    name = libc.func("s", "ptsname", "i")(master)
    terminal = open(master, "r+b", buffering=0)
    line = folder + "/told.tty"
    os.system("mkdir -p %s; (%s --pty %s 2>%s & echo $! >%s.pid)" % (folder, RUN, line, name, line))
    said = bytearray()
    buf = bytearray(200)

    def told():
        n = terminal.readinto(buf)
        said.extend(buf[: n or 0])
        return said.endswith(b"\n")

    until(told)
    check.equal(bytes(said), ("run: the firmware serves %s; Ctrl-C ends it\r\n" % line).encode())
    until(lambda: exists(line))
    kill(int(text(line + ".pid")), SIGTERM)
    until(lambda: not exists(line))


def test_stale_link_is_replaced():
    f = Firmware().ready()
    f.end(SIGKILL)
    f.ended()
    assert _link(f.line)  # left behind, leading nowhere
    stale = _identity(f.line)
    again = Firmware("--pty", f.line)
    again.line = f.line
    # Not: until it leads somewhere. The new pty may have the old one's name before it is ready.
    until(lambda: _identity(f.line) != stale)
    host = again.host().open()
    check.equal(host.call(PING, 1), (1,))
    before = _identity(f.line)
    # Who takes a link over is not robbed of it by the end of the one before.
    third = Firmware("--pty", f.line)
    until(lambda: third.code() or _identity(f.line) != before)
    again.end()
    assert exists(f.line)
    third.end()
    assert not exists(f.line)


def _identity(link):
    """Which symbolic link it is, wherever it leads: a renamed one is another."""
    return shell("stat -c %i '" + link + "'")


def _link(path):
    buf = bytearray(64)
    n = libc.func("i", "readlink", "sPi")(path, buf, 64)
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
        fields = text("/proc/%d/stat" % f.pid).rpartition(")")[2].split()
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
    master = libc.func("i", "posix_openpt", "i")(0o2000402)  # and O_CLOEXEC: the firmware must not keep it open
    libc.func("i", "grantpt", "i")(master)
    libc.func("i", "unlockpt", "i")(master)
    name = libc.func("s", "ptsname", "i")(master)
    libc.func("i", "fcntl", "iii")(master, 4, 0o4000)
    line = open(master, "r+b", buffering=0)
    f = Firmware("--tty", name)
    waiting = select.poll()
    waiting.register(line, select.POLLIN)
    # Until the firmware has set it raw the pty would echo: it says when it is ready.
    host = Host(line, lambda: waiting.poll(5), keepalive=10000)
    host.until(lambda: host.resets)
    host.open()
    check.equal(host.call(PING, bytes(range(256))), (bytes(range(256)),))
    line.close()
    check.equal(f.ended(), 1)
    assert name + " is gone" in f.output(), f.output()


def _starts_with(name, heap, said):
    """INFO of a board whose configuration says that."""
    root = folder + "/" + name
    shell("mkdir -p " + root)
    with open(root + "/uartnet.json", "w") as f:
        f.write(json.dumps(said))
    os.putenv("UARTNET_FILES", root)
    f = process.small(name, heap=heap)
    os.unsetenv("UARTNET_FILES")
    host = f.host().open()
    (info,) = host.call(INFO)
    peer = Peer()
    host.connect(0, peer.port)
    peer.accept(host).close()
    peer.close()
    check.equal(f.end(), 0, f.output())
    return host.welcome, info


def test_a_configuration_for_which_there_is_no_memory():
    heap = "200k" if process.SMALL == "110k" else "300k"
    for n, said in enumerate(({"payload": 16384}, {"channels": 1000}, {"credit": 1 << 28}, {"payload": 16384, "channels": 900, "credit": 1 << 20, "datagram": 65507, "rxbuf": 1 << 20, "baud": 20000000})):
        usual, all_usual = _starts_with("usual%d" % n, heap, {})
        welcome, info = _starts_with("large%d" % n, heap, said)
        check.equal(info.get("problem"), "not enough memory for %s: as usual instead" % ", ".join(sorted(name for name in said if name not in ("rxbuf", "baud"))))
        check.equal((info["channels_max"], welcome[6:10]), (all_usual["channels_max"], usual[6:10]))
        check.as_free(info["heap_free"], all_usual["heap_free"])


def test_a_configuration_for_which_there_is_memory_counts():
    heap = "200k" if process.SMALL == "110k" else "400k"
    for name, said in (("more", {"payload": 2048, "channels": 40, "credit": 20000}), ("less", {"payload": 256, "channels": 8, "datagram": 600})):
        welcome, info = _starts_with(name, heap, said)
        check.equal((info.get("problem"), info["channels_max"]), (None, said["channels"]))
        assert said["payload"] in welcome, welcome


process.run(globals())
