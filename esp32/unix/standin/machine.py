"""Stand-in for a board's `machine`: the one UART is the tty or pty that opening.py has opened."""

import os
import sys

line = None
tty = None  # the number of the tty's descriptor; None on a pty of our own, which has no speed
signals = None  # where SIGINT and SIGTERM can be read
_signal = bytearray(128)
files = os.getenv("UARTNET_FILES") or "/dev/null"  # where the configuration is; `root` would make a folder
_LATER = " root:folder leave:leaving reset_cause:cause Pin:benchpins PWM:benchpins ADC:benchadc RTC:rtc reset:reboot soft_reset:reboot WDT:reboot"


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

    def __repr__(self):
        return "UART(0, tx=1, rx=3, rts=-1, cts=-1)"


def log(e):
    sys.print_exception(e, sys.stderr)


def chore():
    """What the loop calls now and then: ends the program if a signal asks for it."""
    if signals and signals.readinto(_signal):
        raise KeyboardInterrupt


def __getattr__(name):
    """What takes memory is loaded when it is first used; that there is such a thing takes none but for one text."""
    at = _LATER.find(" " + name + ":")
    if at < 0:
        raise AttributeError(name)
    return getattr(__import__(_LATER[at + len(name) + 2 :].split()[0]), name)


if os.getenv("UARTNET_BENCH"):
    chore = __import__("benchboard").start(chore)  # scripted by tests
