"""What remote objects share: the session's handles and names, answers, exceptions (PROTOCOL.md, section 8). remote.py has the operations."""

import builtins
import io
import micropython
import sys
from micropython import const

from .failure import check
from .handles import Handles
from .msgpack import Overflow, cut, is_int

_KIND_RESPONSE = const(2)
_KIND_ERROR = const(3)
_KIND_NEXT = const(5)
_ERROR_EXCEPTION = const(48)

_WORDS_BYTES = const(100)  # of an exception's text, and of each argument's
_NAME_BYTES = const(32)
_ARGS = const(8)  # of an exception


nothing = object()  # for an answer without a value


class Objects:
    """A service of the loop: the session's handles, names and iterators."""

    due = None

    def __init__(self, device):
        device.objects = self
        self.device = device
        self.handles = Handles(device.board)
        self.streams = []
        self._fresh()
        builtins.print = device.events.print
        micropython.opt_level(0)  # what a host runs has line numbers

    def _fresh(self):
        self.names = {"__name__": "__main__"}

    def tick(self, now):
        pass

    def clear(self):
        self.handles.clear()
        self._fresh()
        while self.streams:
            self.device.calls.add(self.streams.pop())

    def drop(self):
        """Lets go of what the session holds; allocates nothing."""
        self.names.clear()
        self.handles.objects.clear()

    def begin(self, request, work, args, reference=False):
        """Queues the call work(request), with what it takes in request.args; its result is the answer, or an item."""
        check(isinstance(reference, bool), "reference")
        request.work = work
        request.args = args
        request.reference = reference
        request.then = self._then
        request.raised = self._raised
        self.device.calls.add(request)

    def stream(self, request, work, args, stream, reference=False):
        calls = self.device.calls
        request.stream = stream
        request.more = lambda: calls.add(request)
        request.cancel = lambda: self._ended(request)
        self.streams.append(request)
        self.begin(request, work, args, reference)

    def _ended(self, request):
        if request in self.streams:
            self.streams.remove(request)
            self.device.calls.add(request)

    def _then(self, request, result):
        link = self.device.link
        handles = self.handles
        streams = request.stream is not None
        kind = _KIND_NEXT if streams else _KIND_RESPONSE
        last = handles.last
        w = link.begin()
        try:
            w.array(2 if result is nothing else 3)
            w.put(kind)
            w.put(request.number)
            if request.reference:
                w.put(handles.handle(result))
            elif result is not nothing:
                handles.put(w, result, 1)
        except Overflow:
            handles.release_from(last)
            link.begin().put((kind, request.number, handles.handle(result)))
        except Exception:
            handles.release_from(last)
            raise
        link.commit()
        if streams:
            request.demand -= 1
            if request.demand:
                self.device.calls.add(request)
        else:
            request.answered()

    def _raised(self, request, e):
        if request.stream is not None:
            request.stream = None
            self.streams.remove(request)
            if isinstance(e, StopIteration):
                request.done()
                return
        text = _said(_traceback, e)
        link = self.device.link
        try:
            self._exception(link.begin(), request.number, e, _asked(_arguments, e) or (), text)
        except Overflow:
            self._exception(link.begin(), request.number, e, (), text)
        link.commit()
        request.answered()

    def _exception(self, w, number, e, args, text):
        name = cut(type(e).__name__, _NAME_BYTES)
        words = _said(str, e)
        w.array(8)
        w.put(_KIND_ERROR)
        w.put(number)
        w.put(_ERROR_EXCEPTION)
        w.put(cut(name + ": " + words if words else name, _WORDS_BYTES))
        w.put(_asked(_errno, e))
        w.put(name)
        w.array(len(args))
        for value in args:
            pos = w.pos
            try:
                w.put(value)
                fits = w.pos - pos <= _WORDS_BYTES
            except BaseException:  # it may be of a class of the host's
                fits = False
            if not fits:
                w.pos = pos
                w.put(cut(_said(repr, value), _WORDS_BYTES))
        room = max(0, w.limit - w.pos - 3)
        text = text[max(0, len(text) - room) :]  # where it was raised stands last
        while len(text.encode()) > room:
            text = text[len(text) // 8 + 1 :]
        w.put(text)


def _said(how, v):
    """What the host's code says of an object, which may fail."""
    try:
        return how(v)
    except BaseException as e:
        return "(%s)" % type(e).__name__


def _asked(how, e):
    """What an exception has, None if that fails: its class may be the host's."""
    try:
        return how(e)
    except BaseException:
        return None


def _errno(e):
    errno = e.errno if isinstance(e, OSError) else None
    return int(errno) if is_int(errno, -1 << 31, 1 << 31) else None


def _arguments(e):
    return tuple(e.args[:_ARGS])


def _traceback(e):
    """As Python prints it, without the lines of ours at its top."""
    out = io.StringIO()
    sys.print_exception(e, out)
    lines = out.getvalue().split("\n")
    while len(lines) > 2 and ('uartnet/calls.py"' in lines[1] or 'uartnet/remote.py"' in lines[1]):
        lines.pop(1)
    return "\n".join(lines)


service = Objects
