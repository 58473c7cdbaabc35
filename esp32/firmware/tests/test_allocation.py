"""A transfer in its steady state takes no memory: nothing that the loop does for a frame, either way, stays behind as garbage."""

import gc
import os
import sys
import check
from host import Bench, CHANNEL_DATA, CREDIT, Peer

_FRAMES = 50
_DATA = 1016


class Meter:
    """Lets the device run as its own loop does, and adds up what that takes of the heap while it counts."""

    def __init__(self):
        self.bench = Bench()
        self.counting = False
        self.taken = 0
        self.host = self.bench.host(features=1, keepalive=60000)
        self.host.step = self.step
        self.host.until(lambda: self.host.resets)
        self.host.open()

    def step(self):
        device = self.bench.device
        now = self.bench._clock()
        before = gc.mem_alloc()
        device.round(now)
        if self.counting:
            self.taken += gc.mem_alloc() - before

    def measure(self, transfer):
        """Bytes of heap that the device takes for _FRAMES frames; before them come as many that do not count."""
        transfer(_FRAMES)
        gc.collect()
        gc.disable()
        self.taken = 0
        self.counting = True
        transfer(_FRAMES)
        self.counting = False
        gc.enable()
        return self.taken


def _connected(number):
    meter = Meter()
    # As short as the waits of a busy loop are.
    meter.bench.device.turn = lambda wait, turn=meter.bench.device.turn: turn(min(wait, 1))
    peer = Peer()
    credit = meter.host.connect(number, peer.port)[4]
    conn = peer.accept(meter.host)
    return meter, peer, conn, credit


def _to_the_network(number):
    meter, peer, conn, credit = _connected(number)
    host = meter.host
    block = bytes(_DATA)
    raw = bytearray(65536)
    state = [credit, 0]

    def transfer(frames):
        end = state[1] + frames * _DATA
        left = frames
        while state[1] < end:
            for m in [m for m in host.messages if m[0] == CREDIT]:
                host.messages.remove(m)
                state[0] += m[2]
            while left and state[0] >= _DATA and len(host.waiting) < 4:
                host.send(CHANNEL_DATA, number, block)
                state[0] -= _DATA
                left -= 1
            host.pump()
            state[1] += conn.readinto(raw) or 0

    taken = meter.measure(transfer)
    conn.close()
    peer.close()
    return taken


def _to_the_host(number):
    meter, peer, conn, credit = _connected(number)
    host = meter.host
    got = [0]

    def sink(data):
        got[0] += len(data)

    host.data[number] = sink
    block = memoryview(bytes(65536))

    def transfer(frames):
        end = got[0] + frames * _DATA
        left = frames * _DATA
        while got[0] < end:
            while left:
                n = conn.write(block[: min(left, 65536)])
                if not n:
                    break
                left -= n
            host.pump()

    taken = meter.measure(transfer)
    conn.close()
    peer.close()
    return taken


def test_from_the_host_to_the_network():
    for number in (2, 200):
        check.equal(_to_the_network(number), 0, "channel %d" % number)


def test_from_the_network_to_the_host():
    for number in (2, 200):
        check.equal(_to_the_host(number), 0, "channel %d" % number)


if not os.getenv("UARTNET_SMALL_HEAP"):
    # gc.mem_alloc() looks at every block there is: again, with fewer of them.
    os.putenv("UARTNET_SMALL_HEAP", "1")
    sys.exit(1 if os.system("'%s' -X heapsize=3m '%s'" % (os.getenv("MICROPYTHON"), sys.argv[0])) else 0)
check.run(globals())
