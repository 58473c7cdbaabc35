"""The link in somebody else's time: a model test says on stdin what happens and when, a line each, and gets a line for an answer.

    n MS BOOT_ID LAST_TAG MAX_PAYLOAD BAUD REPEATS    a device boots
    a MS ROOM                                         time passes until then, or until the device has said something
    r MS ROOM HEX                                     bytes have come
    w MS ROOM HEX                                     the application sends a message, if there is a session

ROOM is how many bytes the line takes now. The answer: MS of now, MS of the next deadline (-1: none), and as a sum 1 (more may be
written), 2 (nothing is under way), 4 (bytes wait for the line); how many frames were repeated, and times out; bytes for the line in hex or -; and what has happened:
B and the host's number (a session has begun), E (it has ended), M and hex (a message has arrived).
"""

import gc
import sys
from binascii import hexlify, unhexlify
from uartnet.link import BODY, Link

_TICK_MS = 20  # as the device's loop does
_QUEUED_BYTES = 8192


class Board:
    """A UART that takes as much as there is room for."""

    config = {"keepalive": 60000, "takeover": True}
    features = 0
    platform = "model"
    channels_max = 4

    def __init__(self, baud):
        self.baud = baud
        self.came = b""
        self.at = 0
        self.room = 0
        self.went = bytearray()

    def read(self, buf):
        n = min(len(buf), len(self.came) - self.at)
        buf[:n] = self.came[self.at : self.at + n]
        self.at += n
        return n

    def write(self, buf, start, n):
        n = min(n, self.room)
        self.went.extend(buf[start : start + n])
        self.room -= n
        return n


class End:
    def __init__(self, now, boot_id, last_tag, max_payload, baud, repeats):
        self.board = Board(baud)
        self.link = link = Link(self.board, max_payload)
        link.boot_id = boot_id
        link.last_tag = last_tag
        link.handler = self
        if not repeats:
            link.features = 0
        link.now = self.tick_at = now
        self.events = []
        link.booted()
        self.step()

    def session_began(self):
        self.events.append("B%d" % self.link.hello[0])

    def session_ended(self):
        self.events.append("E")

    def message(self, end):
        self.events.append("M" + hexlify(self.link.frame[4:end]).decode())

    def step(self):
        """A round of the device's loop."""
        link = self.link
        board = self.board
        if link.now >= self.tick_at:
            self.tick_at = link.now + _TICK_MS
            link.tick()
        link.pump(False)
        while board.at < len(board.came):
            link.receive()
            link.pump(False)
        self.check()

    def deadline(self):
        link = self.link
        at = None
        if link.tag or link.offer:
            at = self.tick_at
            if not link.outgoing.flight and not link.offer:
                # Nothing but keepalive is left for ticks to do.
                rest = link.heard + link.keepalive - at
                if rest > 0:
                    at += rest // _TICK_MS * _TICK_MS
        if link.ack_due is not None and (at is None or link.ack_due < at):
            at = max(link.ack_due, link.now + 1)  # what is due now waits for the line
        if link.queue:
            pause = link.pacing.wait(link.now)
            if pause and (at is None or link.now + pause < at):
                at = link.now + pause
        return at

    def pass_time(self, until):
        link = self.link
        while True:
            at = self.deadline()
            if at is None or at > until:
                link.now = max(link.now, until)
                return
            link.now = max(link.now, at)
            self.step()
            if self.board.went or self.events:
                return

    def write(self, message):
        link = self.link
        if link.tag:
            n = len(message)
            w = link.begin()
            w.buf[BODY : BODY + n] = message
            w.pos = BODY + n
            link.commit()
            self.check()

    def check(self):
        """Memory has its bounds."""
        link = self.link
        outgoing = link.outgoing
        incoming = link.incoming
        free = link.pool.state[1]
        assert free + outgoing.used + incoming.used == link.pool_slots, "slots are lost"
        assert incoming.used <= incoming.limit or not link.tag
        if link.tag:
            assert outgoing.flight <= outgoing.window and outgoing.flight_bytes <= outgoing.buffer
            assert incoming.count < link.own_window
        else:
            assert free == link.pool_slots and not link.queue, "something is kept without a session"
        assert link.queued < _QUEUED_BYTES

    def answer(self):
        link = self.link
        outgoing = link.outgoing
        pending = link.head < link.tail
        state = 0
        if link.tag and not link.queue:
            state = 1
        if not (link.queue or outgoing.flight or link.incoming.holes() or link.incoming.count or pending):
            state += 2
        if pending:
            state += 4
        at = self.deadline()
        board = self.board
        counters = link.counters
        say = sys.stdout.write  # piece by piece: the heap is small
        say("%d %d %d %d %d " % (link.now, -1 if at is None else at, state, counters.retransmits, counters.timeouts))
        say(hexlify(board.went).decode() if board.went else "-")
        board.went = bytearray()
        for event in self.events:
            say(" ")
            say(event)
        self.events.clear()
        say("\n")


def main():
    end = None
    while True:
        line = sys.stdin.readline()
        if not line:
            return
        words = line.split()
        what = words[0]
        if what == "n":
            end = None
            gc.collect()
            end = End(*[int(word) for word in words[1:]])
        else:
            now = int(words[1])
            end.board.room = int(words[2])
            if what == "a":
                end.pass_time(now)
            else:
                end.link.now = max(end.link.now, now)
                if what == "r":
                    end.board.came = unhexlify(words[3])
                    end.board.at = 0
                elif len(words) > 3:
                    end.write(unhexlify(words[3]))
                else:
                    end.write(b"")
            end.step()
        end.answer()


main()
