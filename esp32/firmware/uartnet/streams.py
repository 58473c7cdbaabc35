"""Streaming requests that the loop serves: items go as demand and the line allow (PROTOCOL.md, section 8)."""

from time import ticks_diff

from . import failure


class Streams:
    """A group's. Each has `request`, serve(now), which sends what may go and returns when it wants to be called again (None: when there is demand), and perhaps close()."""

    due = None

    def __init__(self):
        self.all = []

    def begin(self, request, stream):
        self.all.append(stream)
        stream.request = request
        request.cancel = lambda: self.end(stream)
        request.more = self.wake

    def end(self, stream):
        if stream in self.all:
            self.all.remove(stream)
            if not self.all:
                self.due = None
            if hasattr(stream, "close"):
                stream.close()

    def wake(self):
        if self.all:
            self.due = self.all[0].request.dispatcher.link.now

    def tick(self, now):
        due = None
        if self.all:
            for stream in list(self.all):
                if stream in self.all:  # else another has ended it
                    try:
                        at = stream.serve(now)
                    except Exception as e:
                        at = None
                        self.end(stream)
                        stream.request.dispatcher.device.trouble(e)
                        stream.request.fail(failure.of(e))
                    if at is not None and (due is None or ticks_diff(at, due) < 0):
                        due = at
        self.due = due

    def clear(self):
        while self.all:
            self.end(self.all[-1])
