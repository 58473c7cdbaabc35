"""The least heap with which the firmware carries so many sockets, all of them in both directions at once: esp32/unix/least-heap."""

import os
import sys
import process
from host import CHANNEL_DATA, CREDIT, INFO, Peer
from process import Firmware, folder

_BYTES = 6000  # each socket, each way
_LEAST, _MOST = 40, 400  # KB between which it is
_PATIENCE_MS = 120000  # the first start packs and compiles
_AGAIN = 3  # starts that have to succeed: what is free varies a little
_count = 0


def _sockets(n):
    return "1 socket" if n == 1 else "%d sockets" % n


def _too_little(n, heap, why, output, verbose):
    """Says that a heap is not enough; of another reason than memory at least the first line."""
    reason = "" if "memory" in output.lower() else " (%s)" % str(why).split("\n")[0]
    print("%s, %d KB: too little%s" % (_sockets(n), heap, reason), file=sys.stderr)
    if verbose:
        print(why, output, file=sys.stderr)


def _pattern(seed):
    block = bytes((i * (2 * seed + 3)) & 255 for i in range(250))
    return block * (_BYTES // 250)


def _carry(host, n):
    """Fails if one byte lacks, or one socket is refused."""
    peer = Peer()
    got = [bytearray() for _ in range(n)]
    there = [bytearray() for _ in range(n)]
    conns = []
    credit = []
    for i in range(n):
        credit.append(host.connect(2 * i, peer.port, credit=4096, sink=got[i].extend)[4])
        conns.append(peer.accept(host))
    left = [memoryview(_pattern(i)) for i in range(n)]
    sent = [0] * n
    buf = bytearray(4096)

    def done():
        for m in [m for m in host.messages if m[0] == CREDIT]:
            host.messages.remove(m)
            credit[m[1] // 2] += m[2]
        assert not host.messages, host.messages
        for i in range(n):
            taken = conns[i].write(left[i]) if left[i] else 0
            left[i] = left[i][taken or 0 :]
            k = conns[i].readinto(buf)
            there[i].extend(buf[: k or 0])
            size = min(credit[i], host.piece, _BYTES - sent[i])
            if size and len(host.waiting) < 8:
                host.send(CHANNEL_DATA, 2 * i, _pattern(i)[sent[i] : sent[i] + size])
                sent[i] += size
                credit[i] -= size
        return all(len(got[i]) == _BYTES == len(there[i]) for i in range(n))

    host.until(done)
    for i in range(n):
        assert got[i] == _pattern(i) and there[i] == _pattern(i), i
    free = host.call(INFO)[0]
    assert not free["sockets"]["refused"]
    for conn in conns:
        conn.close()
    peer.close()
    return free["heap_free"]


def tried(n, heap, mpy, bits=32, verbose=True):
    """Bytes of the heap that are free at the start and with all sockets, or None if it is too small."""
    global _count
    _count += 1
    line = "%s/least-%d.tty" % (folder, _count)
    os.putenv("UARTNET_CHANNELS", str(n))
    f = Firmware("--bits", str(bits), "--heap", "%dk" % heap, "--pty", line, *(("--mpy",) if mpy else ()))
    os.putenv("UARTNET_CHANNELS", "")
    f.line = line
    try:
        process.until(lambda: process.exists(line) or f.code(), _PATIENCE_MS)
        host = f.host(max_payload=1024)
        host.hello()
        host.until(lambda: host.welcome or f.code())
        if f.code():
            raise AssertionError("ended with " + f.code())
        host.enter()
        host.piece = host.welcome[8] - 8  # of a message with a channel's data
        return host.call(INFO)[0]["heap_free"], _carry(host, n)
    except (AssertionError, OSError) as e:
        _too_little(n, heap, e, f.output(), verbose)
        return None
    finally:
        if not f.code():
            f.end(process.SIGKILL)


def least(n, mpy, verbose):
    low, high = _LEAST, _MOST  # too small, large enough
    while high - low > 1:
        heap = (low + high) // 2
        if tried(n, heap, mpy, verbose=verbose):
            high = heap
        else:
            low = heap
    free = None
    while not free:
        for _ in range(_AGAIN):
            free = tried(n, high, mpy, verbose=verbose)
            if not free:
                high += 1
                assert high < _MOST
                break
    return high, free


def main(args):
    mpy = verbose = False
    numbers = (1, 8, 32)
    at = None
    while args:
        word = args.pop(0)
        if word == "--mpy":
            mpy = True
        elif word == "--verbose":
            verbose = True
        elif word in ("--channels", "--at"):
            most = 1000 if word == "--channels" else 4096
            value = args.pop(0) if args else ""
            n = int(value) if value and len(value) < 6 and all(c in "0123456789" for c in value) else 0
            if not 1 <= n <= most:
                print("least-heap: %s takes a number from 1 to %d, not '%s'" % (word, most, value), file=sys.stderr)
                return 2
            if word == "--at":
                at = n
            else:
                numbers = (n,)
        else:
            print("least-heap: unknown argument: " + word, file=sys.stderr)
            return 2
    for n in numbers:
        heap, free = (at, tried(n, at, mpy, verbose=verbose)) if at else least(n, mpy, verbose)
        if not free:
            print("least-heap: %d KB are not enough for %s" % (heap, _sockets(n)), file=sys.stderr)
            return 1
        form = "mpy" if mpy else "source"
        print('{"form": "%s", "sockets": %d, "heap_kb": %d, "free_at_start": %d, "free_with_sockets": %d}' % (form, n, heap, free[0], free[1]))
    return 0


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    finally:
        os.system("rm -rf " + folder)
    sys.exit(code)
