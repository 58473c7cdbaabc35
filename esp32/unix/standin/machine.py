"""Stand-in for a board's `machine`: the one UART is the tty or pty that start.py has opened."""

import os
import sys
from rtc import RTC

line = None
tty = None  # the number of the tty's descriptor; None on a pty of our own, which has no speed
signals = None  # where SIGINT and SIGTERM can be read
_signal = bytearray(128)
_bench = None  # what tests script the board with


class UART:
    def __init__(self, number, baudrate, **settings):
        self.poll_object = line
        self.readinto = line.readinto
        self.write = line.write
        self.init(baudrate)

    def init(self, baudrate, **settings):
        if tty is not None:
            import tty_speed

            tty_speed.set(tty, baudrate)


def log(e):
    sys.print_exception(e, sys.stderr)


def chore():
    """What the loop calls now and then: ends the program if a signal asks for it."""
    if signals and signals.readinto(_signal):
        raise KeyboardInterrupt
    if _bench:
        _bench.serve()


if os.getenv("UARTNET_BENCH"):
    import bench

    _bench = bench.open_if_asked()
