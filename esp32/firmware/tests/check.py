"""The runner of these tests: run(globals()) calls every test_ function and exits non-zero if one fails."""

import sys
from builtins import print  # the firmware puts another in its place


def equal(got, expected, what=""):
    if got != expected:
        raise AssertionError("%sgot %r, expected %r" % ("%s: " % (what,) if what else "", got, expected))


def raises(kind, call, *args):
    try:
        got = call(*args)
    except kind as e:
        return e
    raise AssertionError("no %s, but %r" % (kind.__name__, got))


def as_free(left, free):
    """So much heap is free as there was. Apart from chance: whatever looks like a pointer is one to this collector, and the table of names grows in steps of 1 to 2 KB."""
    if left < free - 4000:
        raise AssertionError("%d bytes free, of %d" % (left, free))


def run(names):
    passed = failed = 0
    for name in sorted(names):
        if name.startswith("test_"):
            try:
                names[name]()
                passed += 1
            except Exception as e:
                failed += 1
                print("FAILED " + name)
                sys.print_exception(e)
    print("%d passed, %d failed" % (passed, failed))
    if failed or not passed:
        sys.exit(1)
