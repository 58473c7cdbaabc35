"""The firmware as .mpy, as a release has it, but for this machine's processor."""

import os
import sys
import check
import process  # before those that import it: modules that import one another nest deep
import leastheap
from process import Firmware, shell
from uartnet import groups

_BITS = 32 if sys.maxsize < 1 << 32 else 64
_CROSS = process.RUN[: -len("run")] + "get-mpy-cross"


def _compiles():
    code, said = shell(_CROSS)
    if code:
        assert os.getenv("CI") != "true", said
        print("  NOT TESTED: " + said)
    return not code


def test_sockets_carry_data_as_mpy():
    if _compiles():
        # 32 bits: what a device may need at most. A board has more.
        free = leastheap.tried(8, 80 if _BITS == 32 else 200, True, _BITS)
        print("  free at start, with 8 sockets:", free)
        check.equal(bool(free), True)


def test_what_a_small_heap_has_no_room_for_is_refused_in_words():
    if _BITS == 32 and _compiles():
        line = process.folder + "/refused.tty"
        os.putenv("UARTNET_CHANNELS", "8")
        f = Firmware("--bits", "32", "--heap", "80k", "--mpy", "--pty", line)
        os.unsetenv("UARTNET_CHANNELS")
        f.line = line
        host = f.ready().host().open()
        refused = [group[:3] for group in groups.table()] + [("TLS", 20, 22)]
        for word, first, last in refused:
            for op in (first, last):
                m = host.answer(host.ask(op))
                check.equal((m[0], m[2]), (3, 6))
                assert m[3].startswith("too little memory for %s beside 8 channels" % word), m
        f.end()


process.run(globals())
