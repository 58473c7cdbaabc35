"""Requests that are not answered yet, and the operations that are not of sockets (PROTOCOL.md, section 8)."""

import gc
from micropython import const

from . import failure, info
from .failure import Failure, check
from .msgpack import Overflow
from .sockets import OPERATIONS

_KIND_RESPONSE = const(2)
_OP_INFO = const(1)
_OP_RESOLVE = const(2)
_OP_DEVICE_COLLECT = const(112)
_ERROR_MESSAGE_TOO_BIG = const(27)


class Request:
    """One that is not answered yet."""

    over = False  # ended from outside: nobody waits for what it does
    cancel = None  # if set, stops what it began

    def __init__(self, dispatcher, number, deadline):
        self.dispatcher = dispatcher
        self.number = number
        self.deadline = deadline

    def done(self, results=()):
        if self.answered():
            self.send(_KIND_RESPONSE, results)

    def answered(self):
        """Makes room for another; False if it was over."""
        return self.dispatcher.pending.pop(self.number, None) is not None

    def send(self, kind, values):
        link = self.dispatcher.link
        w = link.begin()
        try:
            w.array(2 + len(values))
            w.put(kind)
            w.put(self.number)
            for value in values:
                w.put(value)
            link.commit()
        except Overflow:
            self._broken(Failure(_ERROR_MESSAGE_TOO_BIG, "the answer exceeds a frame"))
        except MemoryError:
            link.starved()  # an answer that gets lost would be waited for for ever
        except Exception as e:
            self.dispatcher.device.trouble(e)
            self._broken(failure.of(e))

    def _broken(self, reason):
        self.answered()
        if self.cancel:
            self.cancel()
        self._error(reason)

    def fail(self, reason):
        if self.number in self.dispatcher.pending:
            self._error(reason)
            self.answered()  # last: a reason that cannot be told is followed by another

    def _error(self, reason):
        try:
            self.dispatcher.error(self.number, reason)
        except MemoryError:
            self.dispatcher.link.starved()

    def stop(self, reason):
        """Ends it from outside."""
        self.over = True
        if self.cancel:
            self.cancel()
        self.fail(reason)


def _info(device, request, args):
    gc.collect()
    request.done((info.collect(device),))


def _collect(device, request, args):
    gc.collect()
    request.done((gc.mem_free(), gc.mem_alloc()))


def _resolve(device, request, args):
    check(len(args) > 0 and isinstance(args[0], str) and args[0], "name")
    check(len(args) > 1 and args[1] in (0, 4, 6), "family")
    resolver = device.resolver
    query = resolver.resolve(args[0], args[1], device.link.now, request.done, request.fail)
    if query:
        request.cancel = lambda: resolver.cancel(query)


OPERATIONS[_OP_INFO] = _info
OPERATIONS[_OP_DEVICE_COLLECT] = _collect
OPERATIONS[_OP_RESOLVE] = _resolve
