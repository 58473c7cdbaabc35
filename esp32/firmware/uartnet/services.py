"""What the groups of operations need of the loop and of requests; loaded with the first of them (PROTOCOL.md, section 8: streaming requests)."""

from time import ticks_diff
from micropython import const

from . import failure
from .dispatcher import Dispatcher
from .requests import Request

_KIND_NEXT = const(5)
_DEMAND_MAX = const(0x1FFFFFFF)  # which is as good as any


class Services:
    """Those of the groups that were loaded: tick(now), due (ticks_ms at which it wants that before the 20 ms are over, or None), clear() at a session's end."""

    def __init__(self, device):
        self.device = device
        self.all = [s for s in [module.service(device) for module in device.board.modules] if s]

    def clear(self):
        for service in self.all:
            try:
                service.clear()
            except Exception as e:
                self.device.trouble(e, ())

    def tick(self, now):
        for service in self.all:
            self._serve(service, now)

    def _serve(self, service, now):
        try:
            service.tick(now)
        except Exception as e:
            self.device.trouble(e, ())

    def wait(self, wait, now):
        """Serves those that are due; how long the loop may wait then, ms."""
        for service in self.all:
            if service.due is not None:
                if ticks_diff(service.due, now) <= 0:
                    self._serve(service, now)
                if service.due is not None:
                    wait = max(0, min(wait, ticks_diff(service.due, now)))
        return wait


def _demanded(dispatcher, r, n, end):
    """DEMAND: more items may go."""
    number = r.int(0, 0xFFFF)
    more = min(r.int(0, 1 << 64), _DEMAND_MAX)
    dispatcher.rest(r, n - 2, end)
    request = dispatcher.pending.get(number)
    if request:
        request.demand = min(request.demand + more, _DEMAND_MAX)
        if request.more:
            try:
                request.more()
            except Exception as e:
                dispatcher.device.trouble(e)
                request.stop(failure.of(e))


def _ready(request):
    """True if an item of a streaming request may go now. Else it is asked for again: at each round (`due`), or by `more`."""
    return request.demand > 0 and request.dispatcher.link.idle()


def _next(request, item):
    """Sends an item, for which there is demand; one that fits no frame ends the request."""
    if request.dispatcher.pending.get(request.number) is request:
        request.demand -= 1
        request.send(_KIND_NEXT, (item,))


Dispatcher.demanded = _demanded
# In the class until it differs.
Request.demand = 0  # items that may be sent
Request.more = None  # if set, called when demand has come
Request.ready = _ready
Request.next = _next
