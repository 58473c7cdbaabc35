"""esp32/unix/pack.py: what a device gets in place of the sources does the same."""

import os
import sys
import check
from vectors import tests

sys.path.append(tests + "/../../unix")
import lean
import pack


def _packed(**sources):
    """What these files, of one program, become."""
    files = {name: list(lean.statements(sources[name])) for name in sources}
    privates = lean.Privates(files)
    files = {name: privates.shared(files[name]) for name in files}
    variables = lean.Variables(list(files.values()))
    return {name: lean.text(variables.shared(files[name])) for name in files}


def _one(source):
    return _packed(file=source)["file"]


def _run(source):
    names = {}
    exec(source, names)
    return names


def test_constants_become_numbers():
    source = "from micropython import const\n_A = const(0x10)\n_B = const(-_A - 2)  # two\nx = _A * 2, 5 - _B, 'a _A', _A.bit if 0 else 1\n"
    check.equal(_one(source), "from micropython import const\nx = 16 * 2, 5 - (-18), 'a _A', (16).bit if 0 else 1\n")
    check.equal(_run(_one(source))["x"], (32, 23, "a _A", 1))


def test_attributes_and_public_constants_stay():
    source = "_A = const(1)\nB = const(2)\nx.y = z._A + _A + B\n"
    check.equal(_one(source), "B = const(2)\nx.y = z._A + 1 + B\n".replace("_A", "_A"))


def test_what_would_change_a_constant_is_refused():
    for line in ("_A = 2", "def f(_A=3):\n    pass", "global _A", "from .x import _A", "_A = const(2)"):
        assert "_A" in str(check.raises(lean.Refused, _one, "_A = const(1)\n" + line + "\n"))
    for source in ("x = f'{_A}'\n", "x = 'abc\n", "x = (1\n"):
        check.raises(lean.Refused, _one, source)


def test_docstrings_and_comments_go():
    source = '"""File."""\n# one\nclass A:\n    """Of A."""\n\n\ndef f():\n    """Of # f."""\n    return "#", \'\'\'"a"\nb\'\'\'  # end\n\ndef g():\n    """Of g."""\n'
    names = _run(_one(source))
    check.equal(names["f"](), ("#", '"a"\nb'))
    check.equal((names["A"]().__class__.__name__, names["g"]()), ("A", None))
    assert "Of" not in _one(source) and "one" not in _one(source)


def test_lines_that_brackets_or_a_backslash_join():
    check.equal(_one("x = [1,  # one\n     2]\ny = 1 \\\n    + 2\nif x:\n    y = r'\\n' \"it's\"\n"), "x = [1, 2]\ny = 1 + 2\nif x:\n    y = r'\\n' \"it's\"\n")


def test_variables_are_shared_and_nothing_else():
    source = """
total = 3
def first(number, other=2, *, key=4):
    result = [item + number for item in range(other)]
    for left, right in ((1, 2),):
        total_of = left + right
    def inner(value):
        return value + number + total
    try:
        raise ValueError
    except ValueError as problem:
        text = type(problem).__name__
    with_default = lambda argument: argument + number
    return result, total_of, inner(1), text, with_default(5), key
class Thing:
    field = 1
    def method(self, field, amount):
        self.amount = amount
        local = field + len('abc')
        a = local == 2
        return local, a
"""
    packed = _one(source)
    for name in ("number", "result", "item", "left", "right", "total_of", "value", "problem", "with_default", "argument", "local"):
        assert name not in packed, (name, packed)
    for names in (_run(source), _run(packed)):
        check.equal(names["first"](1, other=2, key=9), ([1, 2], 3, 5, "ValueError", 6, 9))
        thing = names["Thing"]()
        check.equal((thing.method(4, 5), thing.amount, thing.field), ((7, False), 5, 1))


def test_private_names_are_shared_by_strangers_only():
    packed = _packed(
        a="class A:\n    def _first(self):\n        return 1\n    def _both(self):\n        return 5\n",
        b="from a import A\nclass B(A):\n    def _second(self):\n        return self._first() + 2\n",
        c="def _third():\n    return 3\ndef _named():\n    return globals()['_named']\n",
        d="from x import y\ny._both = None\n",
    )
    check.equal(packed["c"].split("(")[0], "def _a")
    assert "_named" in packed["c"] and "_both" in packed["a"] and "_both" in packed["d"]
    first = packed["a"].split("(self")[0].split(" ")[-1]
    assert "self." + first + "()" in packed["b"] and "def " + first + "(" not in packed["b"], packed


def test_packing_the_firmware_again_changes_nothing():
    found = pack.read([tests + "/..", tests + "/../../unix/standin"])
    assert "main.py" in found and "uartnet/link.py" in found and "machine.py" in found and "tests/check.py" not in found
    once = _packed(**{name: found[name].decode() for name in found})
    before = sum(len(found[name]) for name in found)
    after = sum(len(once[name]) for name in once)
    print("  %d bytes of sources, %d packed" % (before, after))
    assert after < before * 0.8
    check.equal(_packed(**once) == once, True)
    for name in once:
        compile(once[name], name, "exec")


def test_the_cache_has_one_copy_for_the_same_sources():
    folder = "/tmp/uartnet-pack-%d" % id(pack)
    try:
        source = folder + "/source"
        pack._make(source)
        for text in ("x = 1\n", "x = 2  # two\n", "x = 1\n"):
            with open(source + "/main.py", "w") as f:
                f.write(text)
            path = pack.cached(folder + "/cache", [source])
            check.equal(pack.cached(folder + "/cache", [source]), path)
            with open(path + "/main.py") as f:
                check.equal(f.read(), text.split("  #")[0].strip() + "\n")
        check.equal(len(os.listdir(folder + "/cache")), 2)
    finally:
        pack._remove(folder)


check.run(globals())
