"""Frames that get lost come again (PROTOCOL.md, section 5): the link in virtual time, at the end of a line with faults."""

import random
import sys
import check
from host import ACK, DATA, PROBE
from model import Faults, ModelHost, Run, Wire

KINDS = ("flip", "drop", "twice", "insert", "burst")
SCHEDULES = 150 if sys.maxsize < 1 << 32 else 250
_VIRTUAL_MS = 600000  # more than any schedule needs


def _schedule(seed):
    random.seed(seed)
    every = random.choice((0, 20000, 5000, 1500, 600, 300))
    speed = random.choice((12, 92, 300))
    kinds = KINDS if random.getrandbits(1) else (random.choice(KINDS),)
    batch = random.choice((1, 1, 4, 16))
    payload = random.choice((256, 1024))
    host = ModelHost(
        window=random.choice((4, 16, 64, 127)), buffer=random.choice((2064, 8256, 65536)), max_payload=random.choice((256, 1024))
    )
    up = Wire(speed, batch, Faults(every, kinds))
    down = Wire(speed, batch, Faults(every, kinds))
    run = Run(up, down, speed * 10000, payload, host)
    size = random.randint(100, 15000)
    stream = bytes((i * 7 + (i >> 8)) & 255 for i in range(size))
    run.to_send = stream if random.getrandbits(1) else b""
    whole = run.to_send
    most = min(host.offer[2], payload)
    host.outbox = [bytes(((n + k) & 255) for k in range(random.choice((0, 3, 60, 200, most)))) + bytes((n,)) for n in range(random.randint(1, 100))]
    host.outbox = [m[-most:] for m in host.outbox]
    asked = list(host.outbox)
    if random.getrandbits(1):
        answers = random.choice((5, 200))
        run.answer = lambda m: m[-1:] * answers
    cuts = [random.randint(50, 3000) for _ in range(random.choice((0, 0, 2)))]

    def done():
        return (
            len(run.received) == len(asked) and not run.to_send and not run.link.queue and run.link.tag
            and len(host.inbox) == len(run.sent) and not host.sent and not run.link.outgoing.flight
        )

    while not done():
        run.step()
        run.check()
        for way in (up, down):
            way.faults.cut = any(0 <= run.now - cut < 700 for cut in cuts)
        if run.now > _VIRTUAL_MS:
            raise AssertionError("no progress: %d of %d, %d of %d" % (len(run.received), len(asked), len(host.inbox), len(run.sent)))
    check.equal(run.received, asked)
    check.equal(host.inbox, run.sent)
    if not run.answer:
        check.equal(b"".join(host.inbox), whole)
    return up.faults.count + down.faults.count, run.link.counters


def test_exactly_once_in_order_and_always_on():
    faults = retransmits = timeouts = 0
    for seed in range(SCHEDULES):
        try:
            count, counters = _schedule(seed)
        except Exception:
            print("schedule", seed)
            raise
        faults += count
        retransmits += counters.retransmits
        timeouts += counters.timeouts
    print("  %d schedules, %d faults, %d frames repeated, %d times by the timer" % (SCHEDULES, faults, retransmits, timeouts))
    assert faults > 1000 and retransmits > 100 and timeouts > 10


check.run(globals())
