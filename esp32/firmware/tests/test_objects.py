"""Remote objects (PROTOCOL.md, section 8)."""

import gc
import os
import random
import struct
import sys
import check
from host import CANCEL, DEMAND, ERROR, INFO, NEXT, OUTPUT, PING, RESPONSE, Bench
from uartnet.msgpack import Ext

IMPORT, CALL, GET, SET, ITEM_GET, ITEM_SET, TEXT, EQUAL, ITERATE, READ, EVAL, EXEC, RELEASE, LIST = range(32, 46)
BLOB_WRITE = 22
EVENT, LOG, EVENT_OUTPUT = 8, 1, 6
UNSUPPORTED, BAD_REQUEST, CANCELLED, DEADLINE, NOT_ALLOWED, NO_RESOURCES = 1, 2, 3, 4, 5, 6
EXCEPTION, NO_OBJECT = 48, 49
HANDLE, BLOB = 1, 2


def _session(allow="everything", **config):
    bench = Bench(allow=allow, **config)
    host = bench.host(max_payload=config.get("payload", 1024))
    host.until(lambda: host.resets)
    host.open()
    host.messages.clear()
    return bench, host


def _flat(v):
    """Handles as (number, type), so that they can be compared."""
    if isinstance(v, Ext):
        return struct.unpack(">I", v.data)[0], str(v.data[4:], "utf-8")
    return v


def _one(host, op, *args):
    """The one result of a request; a handle as an Ext."""
    results = host.call(op, *args)
    check.equal(len(results), 1)
    return results[0]


def _eval(host, code, reference=False):
    return _one(host, EVAL, code, reference)


def _error(host, op, *args, deadline=0):
    m = host.answer(host.ask(op, *args, deadline=deadline))
    check.equal(m[0], ERROR, repr(m))
    return m[2:]


def _stream(host, op, *args, demand=1000):
    """Items of a streaming request, to its end."""
    number = host.ask(op, *args)
    host.send(DEMAND, number, demand)
    end = host.answer(number)
    items = [m[2] for m in host.messages if m[0] == NEXT and m[1] == number]
    host.messages = [m for m in host.messages if m[0] != NEXT]
    return items, end


_CLASS = """
class Lamp:
    def __init__(self, name, level=1):
        self.name = name
        self._level = level

    def brighter(self, by=1, *, twice=False):
        self._level += by * (2 if twice else 1)
        return self._level

    @property
    def level(self):
        return self._level

    @level.setter
    def level(self, value):
        if value < 0:
            raise ValueError("level below 0", value)
        self._level = value

    def __str__(self):
        return "lamp %s at %d" % (self.name, self._level)

    def __eq__(self, other):
        return isinstance(other, Lamp) and other.name == self.name

    def fail(self):
        print("about to fail")
        self.level = -5
"""


class _Module:
    """A module in a file, while this is used with `with`."""

    def __init__(self, name, text):
        self.name = name
        self.path = "/tmp/uartnet-objects-%d" % random.getrandbits(30)
        os.mkdir(self.path)
        with open(self.path + "/%s.py" % name, "w") as f:
            f.write(text)

    def __enter__(self):
        sys.path.append(self.path)

    def __exit__(self, *e):
        sys.path.remove(self.path)
        sys.modules.pop(self.name, None)
        os.remove(self.path + "/%s.py" % self.name)
        os.rmdir(self.path)


def test_the_classic_demonstration():
    with _Module("lamps", _CLASS):
        bench, host = _session(["lamps"])
        assert host.welcome[10] & 32
        module = _one(host, IMPORT, "lamps")
        check.equal(_flat(module), (1, "module"))
        lamp = _one(host, CALL, module, "Lamp", ("red",), {"level": 3})
        check.equal(_flat(lamp), (2, "Lamp"))
        check.equal(_one(host, CALL, lamp, "brighter", (), {}), 4)
        check.equal(_one(host, CALL, lamp, "brighter", (2,), {"twice": True}, False), 8)
        check.equal(_one(host, GET, lamp, "level"), 8)
        check.equal(host.call(SET, lamp, "level", 5), ())
        check.equal(_one(host, GET, lamp, "level"), 5)
        check.equal(_one(host, TEXT, lamp, False), "lamp red at 5")
        assert "Lamp object" in _one(host, TEXT, lamp, True)
        number = host.ask(CALL, lamp, "fail", (), {})
        m = host.answer(number)
        check.equal(host.messages.pop(), (OUTPUT, number, "about to fail\n"))
        check.equal(m[:8], (ERROR, number, EXCEPTION, "ValueError: ('level below 0', -5)", None, "ValueError", ("level below 0", -5), m[7]))
        lines = m[7].split("\n")
        assert lines[0].startswith("Traceback") and 'lamps.py", line' in lines[1] and "in fail" in lines[1] and "in level" in lines[2], m[7]
        other = _one(host, CALL, module, "Lamp", ("red",))
        check.equal(_one(host, EQUAL, lamp, other, False), True)
        check.equal(_one(host, EQUAL, lamp, other, True), False)
        check.equal(_one(host, EQUAL, lamp, lamp, True), True)
        check.equal(host.call(RELEASE, lamp, other, other), (2,))
        check.equal(_error(host, CALL, lamp, "brighter")[:2], (NO_OBJECT, "there is no object 2 (any more)"))
        check.equal(bench.unexpected, [])


def test_values_travel_by_copy_and_the_rest_as_handles():
    bench, host = _session()
    for code, value in (
        ("None", None), ("True", True), ("0", 0), ("-7", -7), ("1.5", 1.5), ("'a\\u00e4'", "aä"), ("b'\\xc0'", b"\xc0"),
        ("[1, [2]]", (1, (2,))), ("(1,)", (1,)), ("{'a': [1], 2: b''}", {"a": (1,), 2: b""}), ("(1 << 63) - 1", (1 << 63) - 1), ("-1 << 63", -1 << 63),
    ):
        check.equal(_eval(host, code), value, code)
    for code, kind in (("1 << 63", "int"), ("(-1 << 63) - 1", "int"), ("bytearray(2)", "bytearray"), ("{1}", "set"), ("object()", "object"),
                       ("len", "function"), ("{(1, 2): 3}", "dict"), ("range(3)", "range")):
        check.equal(_flat(_eval(host, code))[1], kind, code)
    got = _eval(host, "[1, len, {'a': object()}]")
    check.equal((got[0], _flat(got[1])[1], _flat(got[2]["a"])[1]), (1, "function", "object"))
    check.equal(_flat(_eval(host, "5", True))[1], "int")
    # The message is an array of depth 1.
    deep = _eval(host, "[[[[[[[[[1]]]]]]]]]")
    for n in range(6):
        deep = deep[0]
    check.equal(_flat(deep[0])[1], "list")
    check.equal(_one(host, CALL, deep[0], "count", (1,)), 0)
    host.call(EXEC, "loop = []\nloop.append(loop)")
    _eval(host, "loop")


def test_what_does_not_fit_a_frame_is_a_handle():
    bench, host = _session()
    before = len(bench.device.objects.handles.objects)
    text = "\u00e4" * 700
    held = _eval(host, "'\\u00e4' * 700")
    check.equal(_flat(held)[1], "str")
    got = b""
    while True:
        piece = _one(host, READ, held, 300, len(got))
        if not piece:
            break
        got += piece
    check.equal(str(got, "utf-8"), text)
    many = _eval(host, "[object() for _ in range(200)]")
    check.equal(_flat(many)[1], "list")
    check.equal(len(bench.device.objects.handles.objects), before + 2)
    data = _eval(host, "__import__('array').array('h', [1, 2, 3])")
    check.equal(_one(host, READ, data, 3, 1), struct.pack("hhh", 1, 2, 3)[1:4])
    check.equal(_one(host, READ, data, 100, 6), b"")
    check.equal(_one(host, READ, _eval(host, "bytearray(b'abcdef')"), 3, 2), b"cde")


def test_handles_as_arguments():
    bench, host = _session()
    host.call(EXEC, "def f(a, b=None, **k): return [type(a), type(a[0]), b is a, sorted(k)]\nx = [set()]")
    x = _eval(host, "x", True)
    inner = _one(host, ITEM_GET, x, 0)
    check.equal(_eval(host, "x[0] is None"), False)
    f = _eval(host, "f")
    bare = Ext(HANDLE, x.data[:4])
    got = _one(host, CALL, f, None, (bare, bare), {"z": 1, "y": (inner,)})
    check.equal((got[2], got[3]), (True, ("y", "z")))
    got = _one(host, CALL, f, None, ((inner, 5),))
    check.equal(_one(host, TEXT, got[1], False), "<class 'set'>")
    check.equal(host.call(ITEM_SET, x, 0, {"a": (inner,)}), ())
    check.equal(_eval(host, "type(x[0]['a'][0]) is set"), True)
    check.equal(_one(host, ITEM_GET, _eval(host, "{b'k': 3}", True), b"k"), 3)
    for args in ((5, "a"), (Ext(HANDLE, b"abc"), "a"), (Ext(3, b"abcd"), "a"), ()):
        check.equal(_error(host, GET, *args)[0], BAD_REQUEST)
    check.equal(_error(host, GET, Ext(HANDLE, b"\0\0\1\0"), "a")[0], NO_OBJECT)
    check.equal(_error(host, CALL, f, None, ((Ext(HANDLE, b"\0\0\1\0"),),))[0], NO_OBJECT)


def test_arguments_in_a_blob():
    bench, host = _session()
    f = _eval(host, "len")
    from host import pack

    text = "x" * 3000
    data = pack(f, None, (text,), {})[1:]
    for pos in range(0, len(data), 900):
        host.call(BLOB_WRITE, 7, data[pos : pos + 900])
    check.equal(_one(host, CALL, Ext(BLOB, b"\7")), 3000)
    check.equal(_error(host, CALL, Ext(BLOB, b"\7"))[:2], (BAD_REQUEST, "blob"))
    host.call(BLOB_WRITE, 8, b"\xc1")
    check.equal(_error(host, CALL, Ext(BLOB, b"\x08"))[:2], (BAD_REQUEST, "blob"))


def test_exceptions():
    bench, host = _session()
    m = _error(host, EVAL, "1 // 0")
    check.equal((m[0], m[1], m[3], m[4]), (EXCEPTION, "ZeroDivisionError: divide by zero", "ZeroDivisionError", ("divide by zero",)))
    m = _error(host, EXEC, "raise OSError(110)")
    check.equal((m[0], m[2], m[3], m[4]), (EXCEPTION, 110, "OSError", (110,)))
    m = _error(host, EXEC, "def")
    check.equal((m[0], m[3]), (EXCEPTION, "SyntaxError"))
    m = _error(host, EXEC, "raise ValueError(set(), 1 << 70, 'x' * 500, [1, [2.5, None]], {'a': b'c'})")
    check.equal(m[4], ("set()", str(1 << 70), ("'" + "x" * 500)[:100], (1, (2.5, None)), {"a": b"c"}))
    for code in ("raise SystemExit(3)", "raise KeyboardInterrupt", "raise StopIteration", "class E(BaseException): pass\nraise E(1)"):
        check.equal(_error(host, EXEC, code)[0], EXCEPTION, code)
    m = _error(host, EXEC, "def f(n):\n    if not n: raise ValueError('\\u00e4' * 200)\n    f(n - 1)\nf(60)")
    check.equal(m[1], "ValueError: " + "\u00e4" * 44)
    assert m[5].rstrip().endswith("\u00e4") and "in f" in m[5] and len(m[5].encode()) > 500, m
    m = _error(host, EXEC, "class X(Exception):\n    def __str__(self): raise ValueError\n    def __repr__(self): raise ValueError\nraise X(1)")
    check.equal((m[0], m[3]), (EXCEPTION, "X"))
    m = _error(host, EVAL, "bytearray(1 << 40)")
    check.equal(m[0], EXCEPTION)
    m = _error(host, EVAL, "(lambda f: f(f))(lambda f: f(f))")
    check.equal((m[0], m[3]), (EXCEPTION, "RuntimeError"))
    check.equal((_eval(host, "1"), bench.unexpected), (1, []))


def test_exceptions_that_are_hard_to_tell():
    bench, host = _session()
    # The firmware's own class is one like others, whatever is in it.
    for args in ("'x', 5", "5, 'x'", "None, None", "27, 'words', 'no number'"):
        m = _error(host, EXEC, "from uartnet.failure import Failure\nraise Failure(%s)" % args)
        check.equal((m[0], m[3]), (EXCEPTION, "Failure"), args)
    for base in ("Exception", "OSError", "ValueError"):
        for name in ("args", "errno"):
            for raised in ("SystemExit", "KeyboardInterrupt", "ValueError"):
                m = _error(host, EXEC, "class X(%s):\n    @property\n    def %s(self): raise %s('not this')\n    def __str__(self): raise %s\nraise X(1)" % (base, name, raised, raised))
                check.equal((m[0], m[2], m[3]), (EXCEPTION, m[2] and 1, "X"), base + name + raised)
    for value in ("5", "'abc'", "None", "[1, 2]"):
        m = _error(host, EXEC, "class X(Exception): args = %s\nraise X(1)" % value)
        check.equal((m[0], m[3]), (EXCEPTION, "X"), value)
    m = _error(host, EXEC, "class D(dict):\n    def items(self): raise SystemExit\n    def __repr__(self): raise SystemExit\nraise ValueError(D(a=1), 7)")
    check.equal((m[0], m[3], m[4][1]), (EXCEPTION, "ValueError", 7))
    check.equal((_eval(host, "1"), bench.device.dispatcher.pending, bench.unexpected), (1, {}, []))


def test_everything_fits_the_smallest_frame():
    bench, host = _session(payload=256)
    m = _error(host, EXEC, "raise ValueError(*['y' * 300] * 20)")
    check.equal((m[0], m[3]), (EXCEPTION, "ValueError"))
    number = host.ask(EXEC, "print('z' * 5000)")
    check.equal(host.answer(number), (RESPONSE, number))
    check.equal("".join(m[2] for m in host.messages if m[0] == OUTPUT), "z" * 5000 + "\n")
    check.equal(_flat(_eval(host, "'q' * 300"))[1], "str")


def test_what_is_printed_comes_before_the_answer():
    bench, host = _session()
    number = host.ask(EXEC, "for i in range(3000): print('line', i, end=';')\nprint('a', 'b', sep='')\nimport sys\nprint(1, file=sys.stdout)")
    m = host.answer(number)
    check.equal(m, (RESPONSE, number))
    pieces = [m[2] for m in host.messages if m[0] == OUTPUT and m[1] == number]
    check.equal("".join(pieces), "".join("line %d;" % i for i in range(3000)) + "ab\n1\n")
    assert all(len(p.encode()) <= 1020 for p in pieces)
    assert len(bench.device.link.queue) < 4
    host.messages.clear()
    check.equal(_eval(host, "print('x') or 5"), 5)
    check.equal([m[2] for m in host.messages], ["x\n"])


def test_text_outside_a_request_and_log_lines_are_events():
    bench, host = _session()
    print("nobody asked", 1)
    check.equal(host.message(lambda m: m[0] == EVENT), (EVENT, EVENT_OUTPUT, "nobody asked 1\n"))
    host.call(EXEC, "import uartnet\nuartnet.log(20, 'of the code')")
    check.equal(host.message(lambda m: m[0] == EVENT), (EVENT, LOG, 20, "of the code"))
    bench.device.events.trouble(ValueError("why"))
    m = host.message(lambda m: m[0] == EVENT)
    assert m[:3] == (EVENT, LOG, 40) and "ValueError: why" in m[3], m
    host.close()
    host.settle(3)
    for n in range(300):
        print("line %d" % n)
        bench.device.events.log(30, "log %d" % n)
    host.open()
    host.settle(40)
    text = "".join(m[2] for m in host.messages if m[:2] == (EVENT, EVENT_OUTPUT))
    assert text.startswith("line 0\nline 1\n") and "characters lost)" in text and len(text) < 1100, text
    logs = [m[3] for m in host.messages if m[:2] == (EVENT, LOG)]
    check.equal(logs, ["log %d" % n for n in range(7)] + ["log 7 (and 292 lines more)"])


def test_what_cannot_be_said_of_a_log_line_is_an_exception():
    bench, host = _session()
    host.call(EXEC, "import uartnet\nclass X:\n    def __str__(self): raise KeyError('no words')")
    for n in range(3):
        check.equal(_error(host, EXEC, "uartnet.log(20, X())")[3], "KeyError")
    for level in ("None", "2.5", "1 << 40", "-1", "True", "'30'"):
        check.equal(_error(host, EXEC, "uartnet.log(%s, 'x')" % level)[1], "ValueError: level: 0 to 100")
    host.call(EXEC, "uartnet.log(20, 5)")
    check.equal(host.message(lambda m: m[0] == EVENT), (EVENT, LOG, 20, "5"))
    check.equal((bench.device.events.lost, host.messages), (0, []))


def test_iteration_follows_demand():
    bench, host = _session()
    host.call(EXEC, "made = []\ndef g(n):\n    try:\n        for i in range(n):\n            made.append(i)\n            print('made', i)\n            yield i\n    finally:\n        made.append('closed')")
    g = _eval(host, "g(5)")
    number = host.ask(ITERATE, g)
    host.settle(5)
    check.equal((host.messages, _eval(host, "made")), ([], ()))
    host.send(DEMAND, number, 2)
    host.settle(5)
    check.equal(host.messages, [(OUTPUT, number, "made 0\n"), (NEXT, number, 0), (OUTPUT, number, "made 1\n"), (NEXT, number, 1)])
    host.send(DEMAND, number, 3)
    host.settle(10)
    check.equal([m for m in host.messages if m[0] == NEXT][-1], (NEXT, number, 4))
    host.send(DEMAND, number, 1)
    check.equal(host.answer(number), (RESPONSE, number))
    host.messages.clear()
    check.equal(_eval(host, "made"), (0, 1, 2, 3, 4, "closed"))
    # Cancelled: the generator is closed.
    host.call(EXEC, "made.clear()")
    number = host.ask(ITERATE, _eval(host, "g(1000000)"))
    host.send(DEMAND, number, 3)
    host.until(lambda: len([m for m in host.messages if m[0] == NEXT]) == 3)
    host.send(CANCEL, number)
    check.equal(host.answer(number)[2], CANCELLED)
    host.settle(3)
    check.equal(_eval(host, "made"), (0, 1, 2, "closed"))
    # Never begun, and of an exception.
    number = host.ask(ITERATE, _eval(host, "g(3)"))
    host.send(CANCEL, number)
    check.equal(host.answer(number)[2], CANCELLED)
    host.messages.clear()
    items, end = _stream(host, ITERATE, _eval(host, "(1 // (2 - i) for i in range(9))"))
    check.equal((items, end[2], end[5]), ([0, 1], EXCEPTION, "ZeroDivisionError"))
    items, end = _stream(host, ITERATE, _eval(host, "[1, 2]", True), True)
    check.equal([_flat(i)[1] for i in items], ["int", "int"])
    check.equal(_stream(host, ITERATE, _eval(host, "len"))[1][2], EXCEPTION)
    # Items in the middle of other things, and the end of the session.
    host.call(EXEC, "made.clear()\nnames = made")
    number = host.ask(ITERATE, _eval(host, "g(1000000)"))
    host.send(DEMAND, number, 100000)
    host.until(lambda: len(host.messages) > 50)
    check.equal(host.call(PING, 1), (1,))
    names = bench.device.objects.names["made"]
    host.open()
    host.settle(3)
    check.equal(names[-1], "closed")
    check.equal((bench.device.objects.streams, bench.device.calls.queue, bench.unexpected), ([], [], []))


def test_an_iteration_that_fails_is_closed():
    bench, host = _session()
    bench.device.objects.handles.limit = 5
    host.call(EXEC, "made = []\ndef g():\n    try:\n        while True: yield object()\n    finally:\n        made.append('closed')")
    items, end = _stream(host, ITERATE, _eval(host, "g()"))
    check.equal((len(items), end[0], end[2]), (4, ERROR, NO_RESOURCES))
    host.settle(3)
    check.equal(_eval(host, "made"), ("closed",))
    check.equal((bench.device.objects.streams, bench.device.dispatcher.pending), ([], {}))


def test_nothing_holds_what_a_call_used():
    bench, host = _session()
    held = _eval(host, "bytearray(1 << 20)", True)
    check.equal(_one(host, CALL, held, "find", (b"x",)), -1)
    check.equal(bench.device.calls.current, None)
    before = host.call(INFO)[0]["heap_used"]
    check.equal(host.call(RELEASE, held), (1,))
    assert before - host.call(INFO)[0]["heap_used"] > 1 << 19


def test_a_long_list_of_items():
    bench, host = _session()
    items, end = _stream(host, ITERATE, _eval(host, "range(2000)"), demand=5000)
    check.equal((items, end[0]), (list(range(2000)), RESPONSE))


def test_reading_of_streams():
    bench, host = _session()
    s = _eval(host, "__import__('io').BytesIO(b'0123456789' * 300)")
    check.equal(_one(host, READ, s, 10, None), b"0123456789")
    n = 10
    while True:
        piece = _one(host, READ, s, 5000)
        if not piece:
            break
        assert len(piece) <= 1014
        n += len(piece)
    check.equal(n, 3000)
    check.equal(_one(host, READ, _eval(host, "__import__('io').StringIO('ab')"), 10), b"ab")
    check.equal(_error(host, READ, s, 0)[:2], (BAD_REQUEST, "n"))
    check.equal(_error(host, READ, _eval(host, "len"), 5)[0], EXCEPTION)


def test_reading_of_what_gives_other_than_it_was_asked_for():
    bench, host = _session()
    host.call(EXEC, "class R:\n    def __init__(self, v): self.v = v\n    def read(self, n): return self.v\nclass I(R):\n    def readinto(self, b): return self.v")
    for code, kind, words in (
        ("R(bytes(11))", "ValueError", "read(10) gave 11 bytes"), ("R('\u00e4' * 6)", "ValueError", "read(10) gave 12 bytes"), ("R(5)", "TypeError", ""), ("R([1])", "TypeError", ""),
        ("I(11)", "ValueError", "readinto() of 10 bytes gave 11"), ("I(-1)", "ValueError", "readinto() of 10 bytes gave -1"), ("I('2')", "ValueError", "readinto() of 10 bytes gave '2'"),
    ):
        m = _error(host, READ, _eval(host, code), 10)
        check.equal((m[0], m[3]), (EXCEPTION, kind), code)
        assert words in m[1], m
    for code, data in (("R(bytearray(3))", bytes(3)), ("R('\u00e4' * 5)", "\u00e4\u00e4\u00e4\u00e4\u00e4".encode()), ("R(b'')", b""), ("I(0)", b""), ("I(10)", bytes(10))):
        check.equal(_one(host, READ, _eval(host, code), 10), data, code)


def test_code_that_exits():
    bench, host = _session()
    for code in ("import sys\nsys.exit()", "raise SystemExit", "raise SystemExit(0)", "raise SystemExit(None)"):
        check.equal(host.call(EXEC, "x = 1\n" + code + "\nx = 2"), (), code)
        check.equal(_eval(host, "x"), 1)
    for code in ("import sys\nsys.exit(3)", "raise SystemExit('words')"):
        check.equal(_error(host, EXEC, code)[3], "SystemExit", code)


def test_names_live_for_the_session():
    bench, host = _session()
    host.call(EXEC, "x = 5\ndef f(): return x + 1")
    check.equal(_eval(host, "f()"), 6)
    check.equal(_eval(host, "__name__"), "__main__")
    held = _eval(host, "f")
    host.open()
    check.equal(_error(host, EVAL, "x")[3], "NameError")
    check.equal(_error(host, CALL, held, None)[0], NO_OBJECT)
    check.equal(_flat(_eval(host, "len"))[0], 1)


def test_handles_are_bounded_and_listed():
    bench, host = _session()
    handles = bench.device.objects.handles
    assert handles.limit >= 64
    handles.limit = 64
    held = [_eval(host, "len") for _ in range(64)]
    check.equal([_flat(h)[0] for h in held], list(range(1, 65)))
    m = _error(host, EVAL, "len")
    check.equal(m[:2], (NO_RESOURCES, "more than 64 objects: release some"))
    check.equal(_eval(host, "3"), 3)
    check.equal(host.call(RELEASE, *held[:60]), (60,))
    check.equal(_flat(_eval(host, "set"))[0], 65)
    items, end = _stream(host, LIST)
    check.equal([_flat(i) for i in items], [(n, "function") for n in range(61, 65)] + [(65, "type")])
    check.equal(_eval(host, "[len, len]")[0].code, HANDLE)


def test_policy():
    with _Module("lamps", "import os\nimport sys\nvalue = 5\ndef module(): return os\ndef modules(): return [1, sys]\n"):
        bench, host = _session(["lamps", "clock"])
        check.equal(_error(host, IMPORT, "os")[:2], (NOT_ALLOWED, 'module os is not in "allow" of /uartnet.json'))
        check.equal(_error(host, EVAL, "1")[:2], (NOT_ALLOWED, 'exec is not in "allow" of /uartnet.json'))
        check.equal(_error(host, EXEC, "1")[0], NOT_ALLOWED)
        lamps = _one(host, IMPORT, "lamps")
        check.equal(_one(host, GET, lamps, "value"), 5)
        count = len(bench.device.objects.handles.objects)
        for op, args in ((GET, ("os",)), (CALL, ("module",)), (CALL, ("modules",))):
            m = _error(host, op, lamps, *args)
            check.equal((m[0], m[1][:7]), (NOT_ALLOWED, "module "))
        for op, args in ((GET, ("__name__",)), (CALL, ("__dict__",)), (SET, ("__name__", 1))):
            check.equal(_error(host, op, lamps, *args)[0], NOT_ALLOWED)
        check.equal(len(bench.device.objects.handles.objects), count)
        with _Module("clock", "value = 7\n"):
            for name in ("clock", "clock.hands"):
                check.equal(_error(host, IMPORT, name)[0], NOT_ALLOWED)
            bench, host = _session()
            check.equal(_one(host, GET, _one(host, IMPORT, "clock"), "value"), 7)
        bench, host = _session(["exec"])
        check.equal(_error(host, IMPORT, "exec")[0], NOT_ALLOWED)
        check.equal(_eval(host, "1 + 1"), 2)
        check.equal(_error(host, IMPORT, "lamps")[0], NOT_ALLOWED)
        bench, host = _session("everything")
        check.equal(_one(host, GET, _one(host, IMPORT, "lamps"), "__name__"), "lamps")
        check.equal(_flat(_one(host, IMPORT, "os.path"))[1] if "path" in dir(os) else "module", "module")
        check.equal(_error(host, IMPORT, "no_such")[3], "ImportError")


def test_arguments_that_are_none():
    bench, host = _session()
    f = _eval(host, "len")
    for args, name in (
        ((IMPORT,), "module"), ((IMPORT, ""), "module"), ((CALL, f), "object"), ((CALL, f, ""), "name"), ((CALL, f, None, 5), "positional"),
        ((CALL, f, None, (), 5), "keyword"), ((CALL, f, None, (), {}, 5), "reference"), ((GET, f), "name"), ((GET, f, 5), "name"), ((SET, f, "a"), "value"),
        ((TEXT, f), "repr"), ((EQUAL, f, f), "value"), ((EVAL,), "code"), ((EXEC, b"1"), "code"), ((ITERATE,), "object"), ((RELEASE, 5), "object"), ((READ, f, 5, -1), "position"),
    ):
        check.equal(_error(host, *args)[:2], (BAD_REQUEST, name), repr(args))


def test_a_thousand_calls_in_flight():
    bench, host = _session()
    f = _eval(host, "abs")
    ids = [host.ask(CALL, f, None, (-n,), {}) for n in range(1000)]
    host.until(lambda: len(host.messages) == 1000)
    check.equal([m for m in host.messages if m[0] != RESPONSE], [])
    check.equal(sorted(m[2] for m in host.messages), list(range(1000)))
    check.equal(len(set(m[1] for m in host.messages)), len(set(ids)))


def test_creating_and_dropping_leaves_the_heap_as_it_was():
    bench, host = _session()
    make = _eval(host, "set")
    used = []
    for turn in range(11):  # of 2,000 rounds
        for _ in range(40):
            ids = [host.ask(CALL, make, None) for _ in range(50)]
            host.until(lambda: len(host.messages) == 50)
            made = [m[2] for m in host.messages]
            host.messages.clear()
            check.equal(host.call(RELEASE, *made), (50,))
        gc.collect()
        used.append(gc.mem_alloc())
    assert used[-1] - used[0] < 1000, used
    check.equal(len(bench.device.objects.handles.objects), 1)


check.run(globals())
