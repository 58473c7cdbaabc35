"""Resets, watchdog, collection of garbage, reports of health."""

import gc
import os
import select
import time
import check
import process
from host import CANCEL, INFO, PING, RESPONSE, Bench, Host, Peer
from process import Firmware, Script, libc

NEXT, DEMAND = 5, 6
COLLECT, RESET, WATCHDOG, HEALTH = range(112, 116)
BAD_REQUEST, CANCELLED, NOT_ALLOWED = 2, 3, 5


def _reborn(host, before):
    """Waits for the firmware's next life; its INFO."""
    host.until(lambda: [r for r in host.resets if r[0] == 0])
    host.open()
    info = host.call(INFO)[0]
    assert info["boot_id"] != before["boot_id"], (before, info)
    return info


def test_collect():
    host = Bench().host().open()
    gc.collect()
    for _ in range(500):
        bytearray(1000)
    before = gc.mem_free()
    free, used = host.call(COLLECT)
    assert free > before + 300000 and used > 10000, (before, free, used)


def test_collect_and_health_need_no_permission():
    host = Bench(allow="sockets").host().open()
    host.call(COLLECT)
    number = host.ask(HEALTH, 100)
    host.send(DEMAND, number, 1)
    host.message(lambda m: m[0] == NEXT)
    for op in (RESET, WATCHDOG):
        m = host.answer(host.ask(op, 0))
        check.equal(m[2:4], (NOT_ALLOWED, 'device is not in "allow" of /uartnet.json'))


def test_health():
    bench = Bench()
    host = bench.host(keepalive=60000).open()
    bench.freeze()
    number = host.ask(HEALTH, 1000)
    host.settle(5)
    check.equal(host.messages, [])
    host.send(DEMAND, number, 3)
    first = host.message(lambda m: m[0] == NEXT)[2]  # at once
    assert first["heap_free"] > 0 and first["reset_reason"] == "power on" and first["temperature"] == 40.0, first
    host.settle()
    check.equal(host.messages, [])
    for _ in range(2):
        bench.skip(990)
        host.settle()
        check.equal(host.messages, [])
        bench.skip(10)
        host.message(lambda m: m[0] == NEXT)
    bench.skip(2500)
    host.settle()
    check.equal(host.messages, [])  # no demand
    host.send(DEMAND, number, 100)
    host.message(lambda m: m[0] == NEXT)
    host.settle()
    check.equal(host.messages, [])  # what was left out does not come later
    other = host.ask(HEALTH, 100)
    host.send(DEMAND, other, 1)
    check.equal(host.message(lambda m: m[0] == NEXT)[1], other)
    host.send(CANCEL, number)
    check.equal(host.answer(number)[2], CANCELLED)
    for args in ((), (99,), ("x",)):
        check.equal(host.refused(HEALTH, *args), BAD_REQUEST)
    host.open()
    check.equal((bench.device.services.all[-1].all, bench.unexpected), ([], []))


def test_resets():
    script = Script()
    f = script.firmware
    host = f.host().open()
    info = host.call(INFO)[0]
    check.equal((info["reset_reason"], info["temperature"]), ("power on", 40.0))
    check.equal(script.run(host, "device.temperature(55.5)"), "None")
    check.equal(host.call(INFO)[0]["temperature"], 55.5)
    for hard in (False, True, False):
        peer = Peer()
        host.connect(0, peer.port)
        conn = peer.accept(host)
        number = host.ask(RESET, hard)
        check.equal(host.answer(number), (RESPONSE, number))
        info = _reborn(host, info)
        check.equal((info["reset_reason"], info["channels"]), ("hard" if hard else "soft", 0))
        # The connection's peer sees that it was cut off.
        check.equal(check.raises(OSError, conn.read, 1).errno, 104)
        conn.close()
        peer.close()
    check.equal(script.run(host, "device.resets()"), "['soft', 'hard', 'soft']")
    check.equal((host.refused(RESET), host.refused(RESET, 1)), (BAD_REQUEST, BAD_REQUEST))
    check.equal(host.call(PING, 1), (1,))
    assert len(os.listdir("/proc/%d/fd" % f.pid)) < 12, "descriptors are left open"
    check.equal(f.code(), "")
    line = f.line
    script.end()
    assert not process.exists(line), line


def test_a_reset_keeps_a_tty():
    master = libc.func("i", "posix_openpt", "i")(0o2004402)  # O_RDWR, O_NOCTTY, O_NONBLOCK, O_CLOEXEC
    libc.func("i", "grantpt", "i")(master)
    libc.func("i", "unlockpt", "i")(master)
    name = libc.func("s", "ptsname", "i")(master)
    line = open(master, "r+b", buffering=0)
    f = Firmware("--tty", name)
    waiting = select.poll()
    waiting.register(line, select.POLLIN)
    host = Host(line, lambda: waiting.poll(5), keepalive=10000)
    host.until(lambda: host.resets)
    host.open()
    info = host.call(INFO)[0]
    for _ in range(2):
        host.call(RESET, True)
        info = _reborn(host, info)
        check.equal((info["reset_reason"], f.code()), ("hard", ""))
    line.close()
    check.equal(f.ended(), 1)
    assert name + " is gone" in f.output(), f.output()


def test_a_reset_waits_until_its_answer_has_arrived():
    script = Script()
    host = script.firmware.host().open()
    info = host.call(INFO)[0]
    host.silent = True
    number = host.ask(RESET, False)
    host.answer(number)
    started = time.ticks_ms()
    info = _reborn(host, info)
    assert time.ticks_diff(time.ticks_ms(), started) > 900
    script.end()


def test_the_watchdog_bites_when_the_loop_hangs():
    script = Script()
    host = script.firmware.host().open()
    info = host.call(INFO)[0]
    check.equal(host.call(WATCHDOG, 0), (0,))
    m = host.answer(host.ask(WATCHDOG, 500))
    check.equal(m[2], BAD_REQUEST)
    assert "1000" in m[3], m
    check.equal(host.call(WATCHDOG, 3000), (3000,))
    check.equal(host.call(WATCHDOG, 0), (3000,))  # as on a board it cannot be ended
    check.equal(host.call(WATCHDOG, 4000), (4000,))
    check.equal(host.call(WATCHDOG, 3000), (3000,))
    end = time.ticks_add(time.ticks_ms(), 4000)
    host.until(lambda: time.ticks_diff(time.ticks_ms(), end) > 0)  # the loop feeds it
    check.equal(host.call(INFO)[0]["boot_id"], info["boot_id"])
    script.send("while True: pass")
    info = _reborn(host, info)
    check.equal(info["reset_reason"], "watchdog")
    check.equal(script.run(host, "device.resets()"), "['watchdog']")
    # The next life has none, and a soft reset while one runs is a hard one.
    check.equal(host.call(WATCHDOG, 0), (0,))
    check.equal(host.call(WATCHDOG, 5000), (5000,))
    host.call(RESET, False)
    check.equal(_reborn(host, info)["reset_reason"], "hard")
    script.end()


def test_the_configuration_s_watchdog():
    folder = process.folder + "/watchdog"
    process.shell("mkdir -p " + folder)
    with open(folder + "/uartnet.json", "w") as f:
        f.write('{"watchdog": 1500}')
    os.putenv("UARTNET_FILES", folder)
    script = Script()
    os.unsetenv("UARTNET_FILES")
    host = script.firmware.host().open()
    info = host.call(INFO)[0]
    check.equal(info.get("problem"), None)
    check.equal(host.call(WATCHDOG, 0), (1500,))
    script.send("import time; time.sleep(20)")
    check.equal(_reborn(host, info)["reset_reason"], "watchdog")
    check.equal(host.call(WATCHDOG, 0), (1500,))
    script.end()


process.run(globals())
