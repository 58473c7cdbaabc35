"""The firmware as .mpy, as a release has it, but for this machine's processor."""

import os
import sys
import check
import process  # before those that import it: modules that import one another nest deep
import leastheap
from process import shell

_BITS = 32 if sys.maxsize < 1 << 32 else 64
_CROSS = process.RUN[: -len("run")] + "get-mpy-cross"


def test_sockets_carry_data_as_mpy():
    code, said = shell(_CROSS)
    if code:
        assert os.getenv("CI") != "true", said
        print("  NOT TESTED: " + said)
        return
    # 32 bits: some KB more than the least; a board has more.
    free = leastheap.tried(8, 92 if _BITS == 32 else 200, True, _BITS)
    print("  free at start, with 8 sockets:", free)
    check.equal(bool(free), True)


process.run(globals())
