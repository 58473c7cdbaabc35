"""TCP listeners: connections that come in become channels, as many as the host has credit for (PROTOCOL.md, section 9)."""

import errno
import socket
from time import ticks_add, ticks_diff
from select import POLLIN
from micropython import const

from . import failure
from .channel import Channel
from .failure import Failure
from .tcp import TcpChannel

_KIND_CHANNEL_ACCEPT = const(20)
_ERROR_CREDIT_EXCEEDED = const(9)
_ERROR_IO = const(16)
_ERROR_CONNECTION_ABORTED = const(19)
_LIMIT_CREDIT_BYTES_MAX = const(16777216)
_BACKLOG_MAX = const(255)  # lwIP's
_ROOM_BYTES = const(256)  # tried before accept(), which would lose the connection if it found none
_PAUSE_MS = const(100)  # after an accept() that failed: what it lacks may be there again by then


class Listener(Channel):
    """OPEN from its creation on; CLOSE_SENT once `sock` is gone, and still in the device's table.

    In the poll set while there are credit and room, so that a flood waits in the network's backlog and costs nothing here.
    """

    kind = 2  # LISTENER

    def __init__(self, device, number, credit, options):
        super().__init__(device, number)
        self.credit = credit  # connections that we may announce
        self.first = options.pop("credit", 0)  # bytes that the host grants to each of them
        options.setdefault("reuse_address", True)
        self.options = options

    def open(self, address, port, backlog):
        """Returns the port; raises what the platform says against it."""
        port = self.bind_to(socket.SOCK_STREAM, address, port)
        if backlog:
            self.sock.listen(min(backlog, _BACKLOG_MAX))
        else:
            self.sock.listen()
        self.resume()
        return port

    def resume(self):
        """Looks for connections, or does not, by what there is room for."""
        if self.sock:
            room = self.device.has_room()
            if not room:
                self.device.crowded = True  # forget() resumes us
            self.watch(POLLIN if self.credit and room and self.deadline is None else 0)

    def event(self, event):
        """One connection a turn, so that others get theirs."""
        if not self.credit or not self.device.has_room():
            self.resume()  # another listener was faster
            return
        bytearray(_ROOM_BYTES)
        try:
            sock, name = self.sock.accept()
        except OSError as e:
            if e.errno != errno.EAGAIN:
                self.broken(e)
            return
        device = self.device
        channel = None
        try:
            sock.setblocking(False)
            device.board.set_options(sock, self.options)
            number = device.free_number()
            channel = self.channel(number, sock)
            channel.options = self.options
            device.channels[number] = channel
            channel.begin()
            self.accepted(channel, device.board.peer_address(name))
        except Exception as e:
            # Not announced: nobody but the peer needs to know.
            device.trouble(e)
            device.counted["refused"] += 1
            if channel:
                channel.release()
                device.forget(channel)
            else:
                sock.close()
        self.resume()

    def channel(self, number, sock):
        return TcpChannel(self.device, number, sock, self.first)

    def accepted(self, channel, remote):
        """Announces a connection."""
        address, port = self.device.board.local_address(channel.raw())
        self.say((_KIND_CHANNEL_ACCEPT, self.number, channel.number, address, port, remote[0], remote[1], channel.grant))
        self.credit -= 1
        self.device.counted["accepted"] += 1

    def tick(self, now):
        if ticks_diff(now, self.deadline) >= 0:
            self.deadline = None
            self.resume()

    def more(self, n):
        if self.credit + n > _LIMIT_CREDIT_BYTES_MAX:
            return False
        self.credit += n
        self.resume()
        return True

    def data(self, buf, start, end):
        if self.sock:
            self._end(Failure(_ERROR_CREDIT_EXCEEDED, "bytes for a listener"))

    def close(self, code):
        if self.sock:
            self.answer_close()
        else:
            self.device.forget(self)

    def set_option(self, name, value):
        """Those that are of the accepted connections are set when these come."""
        if name != "no_delay" and name != "keep_alive":
            super().set_option(name, value)

    def broken(self, e):
        """Only what says that this socket never will accept again is the end; connections that were given up, or too few sockets, are not."""
        if not self.sock:
            return
        reason = failure.of(e)
        if isinstance(e, OSError) and reason.code == _ERROR_IO:
            self._end(reason)
            return
        self.device.counted["refused"] += 1
        if reason.code == _ERROR_CONNECTION_ABORTED:
            return
        self.deadline = ticks_add(self.device.link.now, _PAUSE_MS)
        self.resume()

    def _end(self, reason):
        self.free()
        self.say_close(reason)
