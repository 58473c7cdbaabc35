"""Stand-in for a board's `machine`: the one UART is the tty or pty that start.py has opened."""

import sys

line = None
signals = None  # where SIGINT and SIGTERM can be read
_signal = bytearray(128)


def UART(number, baudrate, **settings):
    return line


def log(e):
    sys.print_exception(e, sys.stderr)


def chore():
    """What the loop calls now and then: ends the program if a signal asks for it."""
    if signals and signals.readinto(_signal):
        raise KeyboardInterrupt
