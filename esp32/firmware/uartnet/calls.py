"""Calls that may last: of the host's code, and of the platform's functions that block. The loop goes on meanwhile, in another thread.

One thread leads: it runs the device's loop, and alone touches the link, the channels and the requests. The others follow (they sleep, and
look every 20 ms) or are in a call that lasts. A call is QUEUED when its request comes, and begins between two rounds of the loop, in the
leader itself, so that a quick one costs nothing:

    QUEUED    a follower stands by, or there are no threads  -> INLINE     (the leader is in the call; the loop stands still)
    INLINE    it ends                                        -> answered, the leader goes on with the loop
              it lasts 20 ms                                 -> DETACHED   (a follower takes over as the leader)
    DETACHED  it ends: `finished`, under the lock            -> answered by the leader; this thread follows
    any       its request is over (CANCEL, deadline, end of the session): what it gives is dropped, its next print raises SystemExit

`lock` guards what threads share: who leads, since when the leader's call runs, followers, finished, and the text that is not sent yet.

Code that fills the heap gets a MemoryError. A reserve is given up then, so that it can be answered; if it cannot be had again, or was not enough,
the session ends, with its names and handles. What a thread does when its call ends allocates nothing.
"""

import gc
import sys
from time import sleep_ms, ticks_add, ticks_diff, ticks_ms
from micropython import const

from . import failure
from .msgpack import cut
from .requests import Request

try:
    from _thread import allocate_lock, get_ident, stack_size, start_new_thread
except ImportError:
    start_new_thread = None

_KIND_OUTPUT = const(7)

_THREADS = const(3)  # two calls that last, and the loop
# A thread runs the whole loop, or code of the host's. A PC's memory is there when it is touched; an ESP32's lies beside Python's heap.
_STACK_BYTES = const(16384)
_QUICK_MS = const(20)  # what a call may last without another thread
_LATE_MS = const(5)  # how often to look after calls that last
_WAIT_MS = const(2)  # for room for what they print
_PATIENCE_MS = const(300)  # in which the main thread has to see that all is over
_TEXT = const(2000)  # characters that a call may have printed and not sent
_ANSWERS_BYTES = const(1024)  # that wait for the window, with which calls wait too
_CALL_BYTES = const(40)  # what a call that waits counts for there: with 52 of them the link takes nothing more,
_STUCK_MS = const(500)  # unless none has begun for so long
_RESERVE = const(8)  # pieces, for a heap that has seen much has none that are large,
_PIECE_BYTES = const(256)

# What only calls have, in the class until it differs.
Request.text = ""
Request.queued = False  # or running
Request.stream = None  # the iterator of a request that has many results
_generator = type((lambda: (yield))())


def _close(request):
    """The end of an iterator that nobody wants: a generator may have something to tidy up."""
    stream = request.stream
    request.stream = None
    if type(stream) is _generator:
        stream.close()


class Calls:
    """A service of the loop."""

    due = None
    fatal = None  # the exception that ends the program

    def __init__(self, device):
        self.device = device
        self.queue = []
        self.detached = []
        self.finished = []
        self.began = None  # ticks_ms() of the leader's call; None: it is in the loop
        self.followers = 0
        self.most = _THREADS
        self.begun = device.link.now  # when a call did that last
        self.current = None  # what the leader is in
        self._refill()
        if start_new_thread:
            self.lock = allocate_lock()
            self.leader = self.main = get_ident()
        else:
            self.lock = _NoLock()
            self.leader = self.main = 0
            self.most = 1
        self.threads = [[self.main, None]]  # each with the request that it is in
        device.calls = self

    # What the loop calls

    def _failed(self, request, e):
        self.device.trouble(e)
        if request.stream is None:
            request.fail(failure.of(e))
        else:
            request.stop(failure.of(e))  # and closes the stream

    def add(self, request):
        """Queues what has work(request), whose result goes to then(request, result), or its exception to raised(request, e). Again, for a stream's next item."""
        if not request.queued:
            request.queued = True
            request.result = request.error = None
            self.queue.append(request)
            link = self.device.link
            link.pause = True
            if request.stream is None:
                link.held += _CALL_BYTES

    def clear(self):
        self.queue = [request for request in self.queue if request.stream is not None]
        self.device.link.held = 0

    def tick(self, now):
        for request in self.detached:
            if request.text:
                self._flush(request, False)
        while self.finished:
            with self.lock:
                request = self.finished.pop(0)
            self.detached.remove(request)
            self._answer(request)
        if ticks_diff(now, self.begun) >= _STUCK_MS:
            self.device.link.held = 0  # so that the host can cancel what lasts
        self._plan()

    def _plan(self):
        link = self.device.link
        if self.queue and link.idle() and (self.followers or len(self.threads) < self.most or self.most == 1):
            self.due = link.now
        else:
            self.due = ticks_add(link.now, _LATE_MS) if self.detached else None

    def serve(self):
        """Begins what is queued, once each; between two rounds of the loop. This thread leads when it returns, but may have followed meanwhile."""
        queue = self.queue
        link = self.device.link
        for _ in range(len(queue)):
            if link.queued >= _ANSWERS_BYTES or not self._able():
                break
            request = queue.pop(0)
            if request.stream is None:
                link.held = max(0, link.held - _CALL_BYTES)
            self.begun = link.now
            if request.over:
                if request.stream is None:
                    continue
                request.work = _close
            elif request.stream is not None and not request.ready():
                if request.demand:
                    queue.append(request)
                else:
                    request.queued = False
                continue
            self.current = request
            request = None  # nothing holds it longer than it lasts
            if not self._run():
                break
        self._plan()

    # Threads

    def _able(self):
        """True if a call may begin: another thread can take over the loop, or there is none."""
        if not self.followers and len(self.threads) < self.most:
            size = stack_size(_STACK_BYTES if sys.platform != "linux" else 1 << 18)
            thread = [None, None]
            try:
                start_new_thread(self._thread, (thread,))
                self.threads.append(thread)
                self.followers += 1
            except (OSError, RuntimeError, MemoryError):
                self.most = len(self.threads)  # the platform has no more
            stack_size(size)
        return self.followers or self.most == 1

    def _mine(self):
        """This thread's entry; None if it is none of ours."""
        me = get_ident() if start_new_thread else 0
        for thread in self.threads:
            if thread[0] == me:
                return thread

    def _thread(self, thread):
        thread[0] = get_ident()
        try:
            self._follow(thread)
            self.device.run()
        except BaseException as e:
            self._over(e)

    def _over(self, e):
        """What ends the loop ends the program; the main thread does that, if it is not in a call."""
        self.fatal = e
        sleep_ms(_PATIENCE_MS)
        import machine

        getattr(machine, "leave", lambda e: machine.reset())(e)

    def _run(self):
        """Calls; False if another thread has taken over the loop meanwhile."""
        thread = self._mine()
        request = thread[1] = self.current
        self.began = ticks_ms()
        try:
            request.result = request.work(request)
        except BaseException as e:
            request.error = e
        thread[1] = None
        with self.lock:
            leads = self.leader == thread[0]
            if leads:
                self.began = self.current = None
            else:
                self.finished.append(request)
                self.followers += 1
        if leads:
            if self.fatal:
                raise self.fatal
            self._answer(request)
            return True
        request = None
        self._follow(thread)
        return False

    def _follow(self, thread):
        """Returns when this thread leads."""
        while True:
            sleep_ms(_QUICK_MS)
            if self.fatal:
                if thread[0] == self.main:
                    raise self.fatal
                self._over(self.fatal)
            if self.began is not None:
                with self.lock:
                    if self.began is not None and ticks_diff(ticks_ms(), self.began) >= _QUICK_MS:
                        self.began = None
                        self.leader = thread[0]
                        self.followers -= 1
                        self.detached.append(self.current)
                        self.current = None
                        self._plan()
                        return

    # Answers, and what is printed

    def _answer(self, request):
        try:
            self._tell(request, request.result, request.error)
            if not self.reserve:
                self._refill()
        except MemoryError:
            self.starved()

    def _tell(self, request, result, error):
        request.queued = False
        request.result = request.error = None
        if isinstance(error, MemoryError):
            self.reserve = None
            gc.collect()
        if request.over:
            request.text = ""
            if request.stream is not None:
                self.add(request)
            return
        self._flush(request, True)
        try:
            if error is None:
                request.then(request, result)
            else:
                request.raised(request, error)
        except MemoryError as e:
            self.reserve = None
            gc.collect()
            self._failed(request, e)
        except Exception as e:
            self._failed(request, e)

    def _refill(self):
        gc.collect()
        if gc.mem_free() < 2 * _RESERVE * _PIECE_BYTES:
            raise MemoryError  # nor would the next request find any
        self.reserve = [bytearray(_PIECE_BYTES) for _ in range(_RESERVE)]

    def starved(self):
        """The heap is full of what the session holds: it ends, and all that with it."""
        self.reserve = None
        self.device.objects.drop()
        gc.collect()
        try:
            self.device.link.starved()
            self._refill()
        except MemoryError:
            pass  # a thread holds it still: the next answer comes here again

    def _flush(self, request, whole):
        """Sends what a request has printed, all of it or what the link takes."""
        link = self.device.link
        while request.text and (whole or link.idle()):
            with self.lock:
                text = cut(request.text, link.max_payload - 12)
                request.text = request.text[len(text) :]
            if not request.over:
                link.begin().put((_KIND_OUTPUT, request.number, text))
                link.commit()

    def write(self, text):
        """Takes what this thread prints, if it is in a call; waits while the link does not take it."""
        thread = self._mine()
        request = thread[1] if thread else None
        if not request:
            return False
        at = 0
        while True:
            if request.over or self.fatal:
                raise SystemExit("the request is over")
            with self.lock:
                part = text[at : at + _TEXT - len(request.text)]
                request.text += part
            at += len(part)
            if at >= len(text):
                return True
            self._wait(thread, request)

    def _wait(self, thread, request):
        with self.lock:
            began = self.began
            leads = self.leader == thread[0]
            if leads:
                self.began = None
        if not leads:
            sleep_ms(_WAIT_MS)
            return
        # The loop, from within the call: it stands between two rounds.
        try:
            self._flush(request, False)
            if len(request.text) >= _TEXT:
                self.device.round(ticks_ms())
        except MemoryError:
            self.starved()
        except BaseException as e:
            self.fatal = e
            raise
        self.began = began


class _NoLock:
    def __enter__(self):
        pass

    def __exit__(self, *e):
        pass


service = Calls
