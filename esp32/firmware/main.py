import gc
import micropython
from micropython import const

micropython.opt_level(3)  # no line numbers: 2 KB of memory
import machine
import sys
import time

_UDP_BYTES = const(100000)  # of heap at the start with which there is room for datagram sockets, too: 107 KB in all


def load():
    """The device. Compiling takes up to 25 KB and leaves holes: the largest first, beside a piece that stays whole for the buffers."""
    gc.collect()
    free = gc.mem_free()
    reserve = [bytearray(free // 8), bytearray(1900), bytearray(700)]  # the last are for TLS
    names = ["link", "tcp", "dns", "board", "sockets", "dispatcher", "device", "config"]
    if free >= (_UDP_BYTES if sys.maxsize < 1 << 32 else 2 * _UDP_BYTES):
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
    load_groups(board)
    drop("groups")
    fit(board, unusual, reserve)
    gc.collect()
    import uartnet.start

    device = uartnet.start.main(board, reserve)
    drop("start")
    return device


def load_groups(board):
    import uartnet.groups

    uartnet.groups.load(board)


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
    load = load_groups = fit = drop = None  # their memory has better uses
    gc.collect()
    device.run()
except Exception:
    if hasattr(machine, "chore"):
        raise  # a program ends; a board has to serve on
    # The console may be the host's line: no traceback there. Until the reset a Ctrl-C gets the REPL.
    micropython.kbd_intr(3)
    time.sleep_ms(1000)
    machine.reset()
