"""The native USB of a board."""

import select
import sys


class UsbSerial:
    """USB-CDC behind sys.stdin and sys.stdout: read() of several bytes would wait for all of them."""

    def __init__(self):
        self.poll_object = sys.stdin
        self._in = sys.stdin.buffer
        self.write = sys.stdout.buffer.write
        self._ready = select.poll()
        self._ready.register(sys.stdin, select.POLLIN)
        self._byte = bytearray(1)

    def readinto(self, buf):
        n = 0
        while n < len(buf) and self._ready.poll(0):
            self._in.readinto(self._byte)
            buf[n] = self._byte[0]
            n += 1
        return n or None
