import gc
import micropython
from micropython import const

micropython.opt_level(3)  # no line numbers: 2 KB of memory
import machine
import sys
import time

_GROUP_BYTES = const(13000)  # of heap with which there may be room for one of the groups
_UDP_BYTES = const(100000)  # of heap at the start with which there is room for datagram sockets, too: 107 KB in all


def load():
    """The device. Compiling takes up to 25 KB and leaves holes: the largest first, beside a piece that stays whole for the buffers."""
    gc.collect()
    free = gc.mem_free()
    small = free < (_UDP_BYTES if sys.maxsize < 1 << 32 else 2 * _UDP_BYTES)
    # The last two are for TLS. A heap that is only large enough for .mpy has nothing to compile, and none to spare.
    reserve = [bytearray(free // 16)] if small else [bytearray(free // 8), bytearray(1900), bytearray(700)]
    names = ["link", "tcp", "dns", "board", "sockets", "dispatcher", "device", "config"]
    if not small:
        names.insert(1, "udp")
    for name in names:
        gc.collect()
        __import__("uartnet." + name)
    # What only the start needs goes before the next is loaded.
    board = sys.modules["uartnet.board"].Board(getattr(machine, "files", "") + "/uartnet.json")
    unusual = sys.modules["uartnet.config"].unusual(board.config)
    drop("config")
    fit(board, unusual, reserve)
    gc.collect()
    if small:
        grow(reserve, free // 8 + 2600)
    load_groups(board)
    fit(board, unusual, reserve)
    gc.collect()
    import uartnet.start

    device = uartnet.start.main(board, reserve)
    drop("start")
    return device


def load_groups(board):
    if gc.mem_free() < (_GROUP_BYTES if sys.maxsize < 1 << 32 else 2 * _GROUP_BYTES):
        # First and last operation of each, and what it is called, as groups.py would have it: even to find that out takes memory.
        board.refused = b"@F\x08PR\x09`f\x0aqs\x0btw\x0c -\x0d\x14\x16\x0e"
        return
    import uartnet.groups

    uartnet.groups.load(board)
    drop("groups")


def grow(reserve, size):
    """Groups are loaded beside this, if at all."""
    try:
        reserve.append(bytearray(size - len(reserve[0])))
    except MemoryError:
        pass


def fit(board, unusual, reserve):
    """Nobody could mend a board that its configuration keeps from starting: what is not as usual is tried before it counts."""
    if unusual:
        import uartnet.trial

        uartnet.trial.run(board, unusual, reserve)
        drop("trial")
        drop("start")


def drop(name):
    del sys.modules["uartnet." + name]
    delattr(sys.modules["uartnet"], name)


try:
    device = load()
    load = load_groups = grow = fit = drop = None  # their memory has better uses
    gc.collect()
    device.run()
except Exception:
    if hasattr(machine, "chore"):
        raise  # a program ends; a board has to serve on
    # The console may be the host's line: no traceback there. Until the reset a Ctrl-C gets the REPL.
    micropython.kbd_intr(3)
    time.sleep_ms(1000)
    machine.reset()
