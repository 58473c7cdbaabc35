"""Calls that last: the device serves everything else meanwhile (PROTOCOL.md, section 8). The firmware runs as a process of its own."""

import os
import sys
import check
import process
from host import CANCEL, DEMAND, ERROR, INFO, NEXT, OUTPUT, PING, RESPONSE, Peer
from process import SIGINT, SIGTERM, Firmware, exists
from time import sleep_ms, ticks_diff, ticks_ms

CALL, ITERATE, EVAL, EXEC = 33, 40, 42, 43
CANCELLED, DEADLINE, NO_RESOURCES, EXCEPTION = 3, 4, 6, 48


def _start(*args):
    os.putenv("UARTNET_ALLOW", "everything")
    f = Firmware(*args)
    os.putenv("UARTNET_ALLOW", "")
    if not args:
        f.ready()
    host = f.host().open()
    host.call(EXEC, "import time\ngo = []\ndone = []\ndef wait():\n    while not go: time.sleep_ms(1)\n    return go.pop()\ndef spin():\n    n = 0\n    while not go: n += 1\n    return n")
    return f, host


def _end(f, host, signal=SIGTERM):
    check.equal(f.end(signal), 0, f.output())
    check.equal((exists(f.line), f.output()), (False, ""))


def _eval(host, code):
    return host.call(EVAL, code)[0]


def test_a_call_that_lasts_stops_nothing():
    f, host = _start()
    for code in ("wait()", "spin()"):
        long = host.ask(EVAL, code)
        peer = Peer()
        got = bytearray()
        host.connect(0, peer.port, sink=got.extend)
        conn = peer.accept(host)
        for n in range(50):
            check.equal(host.call(PING, n), (n,))
            check.equal(_eval(host, "%d + 1" % n), n + 1)
        conn.write(b"from the network")
        host.until(lambda: got == b"from the network")
        check.equal([m for m in host.messages if m[1] == long], [])
        host.call(EXEC, "go.append(5)")
        m = host.answer(long)
        check.equal(m[0], RESPONSE)
        host.call(EXEC, "go.clear()")
        host.send(19, 0, 0, "", None)
        host.closed(0)
        peer.close()
    _end(f, host)


def test_two_calls_last_and_others_wait_in_order():
    f, host = _start()
    long = [host.ask(EVAL, "wait()") for _ in range(2)]
    host.until(lambda: sleep_ms(100) or True)
    later = [host.ask(EXEC, "done.append(%d)" % n) for n in range(50)]
    check.equal(host.call(PING, 1), (1,))
    host.settle(10)
    check.equal(host.messages, [])
    late = host.ask(EVAL, "1", deadline=50)
    check.equal(host.answer(late)[2], DEADLINE)
    host.send(CANCEL, later[7])
    check.equal(host.answer(later[7])[2], CANCELLED)
    # A cancelled call's code runs on, and keeps its thread.
    host.send(CANCEL, long[0])
    check.equal(host.answer(long[0])[2], CANCELLED)
    check.equal((host.messages, host.call(PING, 1)), ([], (1,)))
    # Nobody can let them go: whoever would has to wait for them.
    host.open()
    check.equal(host.call(PING, 2), (2,))
    _end(f, host)


def test_calls_that_wait_begin_when_one_ends():
    f, host = _start()
    host.call(EXEC, "n = 0\ndef count(ms):\n    global n\n    time.sleep_ms(ms)\n    n += 1\n    return n")
    ids = [host.ask(EVAL, "count(%d)" % (60 if i < 6 else 0)) for i in range(30)]
    for number in ids:
        check.equal(host.answer(number)[0], RESPONSE)
    check.equal(_eval(host, "n"), 30)
    _end(f, host)


def test_what_a_long_call_prints_comes_while_it_runs():
    f, host = _start()
    number = host.ask(EXEC, "print('before')\nwait()\nprint('after')\nwait()\nfor i in range(3000): print(i)")
    host.message(lambda m: m == (OUTPUT, number, "before\n"))
    host.call(EXEC, "go.append(1)")
    host.message(lambda m: m == (OUTPUT, number, "after\n"))
    host.call(EXEC, "go.append(1)")
    check.equal(host.answer(number), (RESPONSE, number))
    check.equal("".join(m[2] for m in host.messages), "".join("%d\n" % i for i in range(3000)))
    _end(f, host)


def test_cancel_of_what_prints_ends_the_code():
    f, host = _start()
    for deadline in (0, 300):
        number = host.ask(EXEC, "n = 0\ntry:\n    while True:\n        n += 1\n        print(n)\nexcept BaseException as e:\n    done.append(type(e).__name__)\n    raise", deadline=deadline)
        host.message(lambda m: m[0] == OUTPUT)
        if not deadline:
            host.send(CANCEL, number)
        check.equal(host.answer(number)[2], DEADLINE if deadline else CANCELLED)
        host.until(lambda: _eval(host, "done.pop() if done else None") == "SystemExit")
        host.messages.clear()
        n = _eval(host, "n")
        check.equal(_eval(host, "n"), n)
    # The session's end does the same.
    host.ask(EXEC, "import builtins\nbuiltins.kept = done\ntry:\n    while True: print(1)\nfinally: done.append('over')")
    host.message(lambda m: m[0] == OUTPUT)
    host.open()
    host.until(lambda: _eval(host, "kept.pop() if kept else None") == "over")
    _end(f, host)


def test_a_generator_that_takes_its_time():
    f, host = _start()
    host.call(EXEC, "def g():\n    try:\n        for i in range(100):\n            time.sleep_ms(30)\n            print('item', i)\n            yield i\n    finally: done.append('closed')")
    g = host.call(EVAL, "g()")[0]
    number = host.ask(ITERATE, g)
    host.send(DEMAND, number, 5)
    for n in range(5):
        host.message(lambda m: m == (OUTPUT, number, "item %d\n" % n))
        host.message(lambda m: m == (NEXT, number, n))
        check.equal(host.call(PING, n), (n,))
    host.send(DEMAND, number, 5)
    host.send(CANCEL, number)
    check.equal(host.answer(number)[2], CANCELLED)
    host.until(lambda: _eval(host, "done") == ("closed",))
    _end(f, host)


def test_exceptions_of_long_calls():
    f, host = _start()
    for code in ("time.sleep_ms(60)\nraise ValueError(1)", "time.sleep_ms(60)\nraise SystemExit(1)", "time.sleep_ms(60)\nraise KeyboardInterrupt"):
        m = host.answer(host.ask(EXEC, code))
        check.equal((m[0], m[2]), (ERROR, EXCEPTION))
    check.equal(host.call(PING, 1), (1,))
    _end(f, host)


def _outcome(f, host, number):
    """The answer, or the words with which the device ends the session."""
    host.until(lambda: host.resets or f.code() or [m for m in host.messages if m[0] in (RESPONSE, ERROR) and m[1] == number])
    check.equal(f.code(), "", f.output())
    for m in host.messages:
        if m[0] in (RESPONSE, ERROR) and m[1] == number:
            return m
    return host.resets[0]


def test_code_that_fills_the_heap_ends_at_most_the_session():
    os.putenv("UARTNET_ALLOW", "everything")
    f = process.small("full", 2, "200k" if sys.maxsize < 1 << 32 else "400k")
    os.putenv("UARTNET_ALLOW", "")
    host = f.host().open()
    free = host.call(INFO)[0]["heap_free"]
    fill = "while True: l = [l]"
    ends = {}
    kept = []
    left = free
    for turn in range(3):
        for name, op, code in (
            ("names", EXEC, "l = []\n" + fill),
            ("strings", EXEC, "l = []\nwhile True: l.append(str(len(l)) * 20)"),
            ("caught", EXEC, "l = []\ntry:\n    " + fill + "\nexcept MemoryError: pass"),
            ("caught and printed", EXEC, "l = []\ntry:\n    " + fill + "\nexcept MemoryError: print('full' * 300)"),
            ("other exception", EXEC, "l = []\ntry:\n    " + fill + "\nexcept MemoryError: raise ValueError('x' * 20)"),
            ("last", EXEC, "import time\nl = []\ntry:\n    " + fill + "\nexcept MemoryError: time.sleep_ms(200)"),
            ("locals", EXEC, "def f():\n    l = []\n    " + fill + "\nf()"),
            ("large", EVAL, "bytes(1 << 28)"),
            ("result", EVAL, "[[n] for n in range(1 << 28)]"),
            ("generator", ITERATE, "(lambda l: ([l.append([n]) for n in range(1 << 28)] for _ in range(3)))([])"),
        ):
            if op == ITERATE:
                if left <= free // 2:
                    continue  # no room to begin
                number = host.ask(op, host.call(EVAL, code)[0])
                host.send(DEMAND, number, 3)
            else:
                number = host.ask(op, code)
            m = _outcome(f, host, number)
            ends[name] = (m[0], m[2]) if m[0] == ERROR else m[:1] if m[0] == RESPONSE else m
            if left > free // 2 and name in ("locals", "large", "result"):
                # Where there is no room for the exception itself: out of memory.
                assert m[0] == ERROR and (m[2] == NO_RESOURCES or (m[2], m[5]) == (EXCEPTION, "MemoryError")), (name, m)
            # A session whose names fill the heap may end now or with the next request.
            if left > free // 2 and name in ("locals", "large", "result"):
                check.equal(host.call(PING, 1), (1,), name)
            if not host.resets:
                _outcome(f, host, host.ask(EVAL, "len(bytes(6000))"))
                host.settle(5)
            host.open()
            check.equal(host.call(PING, 1), (1,), name)
            # The collector may take what a stack had for what it has, until others have used that: seldom longer than this lasts.
            left = 0
            for _ in range(20):
                if host.resets:
                    host.open()
                m = _outcome(f, host, host.ask(INFO))
                if not host.resets and m[0] == RESPONSE:
                    left = m[2]["heap_free"]
                    if left > free // 2:
                        break
                _outcome(f, host, host.ask(EVAL, "__import__('time').sleep_ms(25) or str([n for n in range(9)])"))
            if left > free // 2:
                check.equal(_eval(host, "1 + 1"), 2, name)
            else:
                kept.append((turn, name, left))
    print("  ", ends)
    assert len(kept) < 3, (free, kept)
    check.equal(f.end(), 0, f.output())


def test_the_program_ends_whoever_leads():
    for signal in (SIGTERM, SIGINT):
        for code in ("wait()", "spin()", "while True:\n    try: print(1)\n    except BaseException: pass"):
            f, host = _start()
            host.ask(EXEC, code)
            host.until(lambda: sleep_ms(60) or True)
            check.equal(f.end(signal), 0, code + f.output())
            check.equal((exists(f.line), f.output()), (False, ""), code)


def test_sessions_come_and_go_while_code_runs_on():
    f, host = _start()
    host.call(EXEC, "import builtins\nbuiltins.stop = stop = []\nimport time\ndef spin():\n    while not stop:\n        [bytes(50) for _ in range(50)]\n        time.sleep_ms(1)")  # a lock that another thread wants is not fair
    host.ask(EVAL, "spin()")
    for n in range(40):
        host.open()
        check.equal(_eval(host, "sum(range(%d))" % n), sum(range(n)))
        host.ask(EVAL, "__import__('time').sleep_ms(30)")
    host.open()
    host.call(EXEC, "stop.append(1)")
    host.until(lambda: _eval(host, "1") == 1)
    _end(f, host)


def test_many_quick_calls_beside_one_that_collects_garbage():
    """Both threads allocate, and each collects what is garbage for both."""
    f, host = _start()
    host.call(EXEC, "import gc\ndef spin():\n    n = 0\n    while not go:\n        l = [str(i) for i in range(100)]\n        assert l == [str(i) for i in range(100)]\n        n += 1\n        if n % 20 == 0: gc.collect()\n    return n")
    long = host.ask(EVAL, "spin()")
    for turn in range(30):
        ids = [host.ask(EVAL, "[str(i) for i in range(20)]") for _ in range(50)]
        for number in ids:
            check.equal(host.answer(number)[2], tuple(str(i) for i in range(20)))
    host.call(EXEC, "go.append(1)")
    m = host.answer(long)
    check.equal(m[0], RESPONSE, m)
    assert m[2] > 10, m
    _end(f, host)


def test_what_a_call_costs_beside_a_ping():
    """Prints what 500 of each take, over a line that has no pace."""
    f, host = _start()
    abs_ = host.call(EVAL, "abs")[0]
    took = {}
    for turn in range(3):
        for name, ask in (("ping", lambda n: host.ask(PING, abs_, None, (n,))), ("call", lambda n: host.ask(CALL, abs_, None, (n,)))):
            begin = ticks_ms()
            for _ in range(10):
                ids = [ask(n) for n in range(50)]
                host.until(lambda: len(host.messages) == 50)
                host.messages.clear()
            took[name] = min(took.get(name, 1 << 30), ticks_diff(ticks_ms(), begin))
    print("  500 of each, pipelined, host's time included: ping %(ping)d ms, call %(call)d ms" % took)
    _end(f, host)


process.run(globals())
