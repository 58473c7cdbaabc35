import random
from binascii import crc32, unhexlify
import check
from uartnet import slip
from vectors import data, vectors

_LIMIT = 64


class Receiver:
    """A decoder as the link uses it."""

    def __init__(self, limit=_LIMIT):
        self.state = slip.state(limit)
        self.buf = bytearray(limit)
        self.frames = []
        self.damaged = 0

    def feed(self, wire):
        pos = 0
        while pos < len(wire):
            pos = slip.decode(wire, pos, len(wire), self.buf, self.state)
            if self.state[slip.OUTCOME] == slip.FRAME:
                self.frames.append(bytes(self.buf[: self.state[slip.LENGTH]]))
            elif self.state[slip.OUTCOME] == slip.DAMAGED:
                self.damaged += 1


def _wire(frame):
    """The frame as encode() writes it, with its CRC: frame must end with its own CRC."""
    n = len(frame) - 4
    src = bytearray(frame)
    src[n:] = bytes(4)
    dst = bytearray(2 * len(frame) + 2)
    end = slip.encode(src, 0, n, dst, 0)
    check.equal(bytes(src), frame, "CRC behind the frame")
    return bytes(dst[:end])


def _with_crc(body):
    crc = crc32(body)
    return body + bytes((crc >> 24, crc >> 16 & 255, crc >> 8 & 255, crc & 255))


def _escaped(frame):
    return b"\xc0" + frame.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"


def _random_frame(longest):
    # Half of the bytes are special, so that escapes meet every boundary.
    n = random.randint(1, longest)
    return bytes(random.choice((0xC0, 0xDB, 0xDC, 0xDD)) if random.getrandbits(1) else random.getrandbits(8) for _ in range(n))


def test_vectors():
    for name, frame, wire in vectors("slip", 2):
        r = Receiver()
        r.feed(data(wire))
        check.equal(r.frames, [data(frame)] if frame != "-" else [], name)
        check.equal(r.damaged, 0, name)


def test_lenient_vectors():
    for name, frames, wire in vectors("slip-lenient", 2):
        r = Receiver()
        r.feed(data(wire))
        check.equal(r.frames, [data(f) for f in frames.split(",")], name)


def test_bad_vectors():
    for name, wire in vectors("slip-bad", 1):
        r = Receiver()
        r.feed(data(wire))
        check.equal((r.frames, r.damaged), ([], 1), name)
        r.feed(b"\xc0ok\xc0")
        check.equal(r.frames, [b"ok"], name + ": in step again")


def test_crc_vectors():
    for name, text, crc in vectors("crc32", 2):
        body = data(text)
        check.equal(crc32(body), int(crc, 16), name)
        src = bytearray(body + bytes(4))
        slip.encode(src, 0, len(body), bytearray(2 * len(src) + 2), 0)
        check.equal(bytes(src[len(body) :]), unhexlify(crc), name)
        assert slip.intact(src, len(body)), name


def test_frame_vectors_are_written_byte_by_byte():
    for name, _, _, _, _, _, frame in vectors("frame", 6):
        check.equal(_wire(data(frame)), _escaped(data(frame)), name)
        assert slip.intact(data(frame), len(data(frame)) - 4), name


def test_damaged_frames_are_not_intact():
    for name, frame in vectors("frame-bad", 1):
        f = data(frame)
        if len(f) >= 8 and name != "reserved-type":
            assert not slip.intact(f, len(f) - 4), name


def test_random_frames_in_random_chunks():
    random.seed(1)
    for _ in range(200):
        frames = [_with_crc(_random_frame(60)) for _ in range(5)]
        wire = b"".join(_wire(f) for f in frames)
        check.equal(wire, b"".join(_escaped(f) for f in frames))
        r = Receiver()
        pos = 0
        while pos < len(wire):
            n = random.randint(1, 20)
            r.feed(wire[pos : pos + n])
            pos += n
        check.equal((r.frames, r.damaged), (frames, 0))


def test_encode_at_an_offset_leaves_the_rest_alone():
    src = bytearray(b"abcdefgh....z")
    dst = bytearray(b"-" * 24)
    end = slip.encode(src, 2, 8, dst, 3)
    check.equal(bytes(dst[:4]), b"---\xc0")
    check.equal(bytes(dst[end:]), b"-" * (24 - end))
    check.equal(src[-1:], b"z")


def test_the_crc_of_any_length_from_any_place():
    frame = bytearray(random.getrandbits(8) for _ in range(48))
    wire = bytearray(120)
    for start in range(9):
        for size in range(32):
            data = bytes(frame[start : start + size])
            buf = bytearray(frame)
            end = slip.encode(buf, start, start + size, wire, 0)
            check.equal(buf[start + size : start + size + 4], crc32(data).to_bytes(4, "big"))
            receiver = Receiver()
            receiver.feed(wire[:end])
            check.equal(slip.intact(receiver.buf, size), True)


def test_random_damage_never_passes_for_a_frame():
    random.seed(2)
    for _ in range(300):
        frames = [_with_crc(_random_frame(40)) for _ in range(4)]
        wire = bytearray(b"".join(_wire(f) for f in frames))
        for _ in range(random.randint(1, 4)):
            what = random.randint(0, 2)
            at = random.randint(0, len(wire) - 1)
            if what == 0:
                wire[at] ^= 1 << random.randint(0, 7)
            elif what == 1:
                wire = wire[:at] + wire[at + 1 :]
            else:
                wire = wire[:at] + bytes((random.getrandbits(8),)) + wire[at:]
        r = Receiver()
        r.feed(wire)
        for f in r.frames:
            if len(f) >= 8 and slip.intact(f, len(f) - 4):
                assert f in frames, f
        good = len(r.frames)
        r.feed(_wire(frames[0]))
        check.equal(r.frames[-1], frames[0], "in step again")
        assert len(r.frames) > good


def test_garbage_stays_inside_the_buffer():
    random.seed(3)
    r = Receiver(16)
    for _ in range(200):
        r.feed(bytes(random.getrandbits(8) for _ in range(random.randint(1, 100))))
    assert max(len(f) for f in r.frames) <= 16
    assert r.damaged > 0


check.run(globals())
