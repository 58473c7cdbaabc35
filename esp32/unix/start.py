"""Starts the firmware on the unix port: opens the line, then runs main.py as a board would. Called by ./run, which has
packed it together with the firmware and the stand-ins."""

import gc
import os
import sys

cwd = os.getcwd()
# As on a board the files are in the current folder, with short names: each name takes memory.
os.chdir(sys.path[0])
sys.path[:] = ["", ".frozen"]
import opening

opening.line(*sys.argv[1:], cwd)
# The firmware's heap is to be a board's, where nothing of this is.
del sys.modules["opening"]
opening = cwd = None
try:
    import main
except BaseException as e:
    # The device may have used up all memory.
    sys.modules.clear()
    gc.collect()
    from leaving import leave

    leave(e)
