"""How a test scripts this board: $UARTNET_BENCH is the test's UDP port of 127.0.0.1. An empty datagram tells it that this board has started, and from
where it listens; a board that was reset says so again. Each datagram that comes is a line of Python, an expression or a statement, which the board's loop
runs here, between two of its rounds. The answer is the result's repr(), or "error: " and the exception's.

What they see is in `names`: radio, rtc, ntp here; pins, adc, device from whoever simulates these. Arguments are positional: packing renames them.
"""

import ffi
import ntp
import os
import radio
import rtc
import socket
from micropython import const

_F_SETFD = const(2)
_FD_CLOEXEC = const(1)
_LINE = const(1400)

names = {"radio": radio, "rtc": rtc, "ntp": ntp}


class Bench:
    def __init__(self, port):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        # A reset is an exec() of ourselves: the next life has a socket of its own.
        ffi.open(None).func("i", "fcntl", "iii")(self.sock.fileno(), _F_SETFD, _FD_CLOEXEC)
        self.sock.setblocking(False)
        self.sock.sendto(b"", socket.getaddrinfo("127.0.0.1", port, 0, socket.SOCK_DGRAM)[0][-1])

    def serve(self):
        """Answers queries for the time, and runs what has come. machine.chore() calls this every 20 ms."""
        ntp.serve()
        while True:
            try:
                line, sender = self.sock.recvfrom(_LINE)
            except OSError:
                return
            self.sock.sendto(run(line.decode())[:_LINE].encode(), sender)


def run(line):
    """What is answered to this line."""
    try:
        try:
            result = eval(line, names)
        except SyntaxError:
            result = exec(line, names)
        return repr(result)
    except Exception as e:
        return "error: " + repr(e)


def open_if_asked():
    port = os.getenv("UARTNET_BENCH")
    return Bench(int(port)) if port else None
