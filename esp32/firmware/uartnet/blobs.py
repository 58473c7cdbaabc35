"""What a host says in pieces because it may be longer than a frame: certificates and keys (PROTOCOL.md, section 8)."""

from micropython import const

from .failure import Failure, check
from .msgpack import Ext, Malformed, Reader, is_int
from .sockets import OPERATIONS

_OP_BLOB_WRITE = const(22)
_EXT_BLOB = const(2)
_ERROR_NO_RESOURCES = const(6)
_LIMIT_BLOB_BYTES_MAX = const(16384)
_PIECE_BYTES_MAX = const(1024)


def whole(blobs, number):
    """The bytes of a blob, which is gone then; None where there is none. Until here it is a list of pieces: a heap in pieces has room for those."""
    pieces = blobs.pop(number, None)
    return pieces if pieces is None else b"".join(pieces)


def take(blobs, options, names):
    """Takes these options, bytes or the number of a blob each, out of the map; a blob is gone then, whatever comes of the request."""
    said = [options.pop(name, None) for name in names]
    named = {v: whole(blobs, v) for v in said if is_int(v, 0, 255)}  # two options may name one
    found = [named.get(v) or v if is_int(v, 0, 255) else v for v in said]
    for name, value in zip(names, found):
        check(value is None or isinstance(value, bytes) and value, name)
    return found


def write(device, request, args):
    """BLOB_WRITE: puts bytes behind what the blob has; answers how many that is now."""
    check(len(args) > 0 and is_int(args[0], 0, 255), "blob")
    check(len(args) > 1 and isinstance(args[1], bytes), "bin")
    number, data = args[:2]
    blobs = device.blobs
    if sum(len(p) for b in blobs.values() for p in b) + len(data) > _LIMIT_BLOB_BYTES_MAX:
        raise Failure(_ERROR_NO_RESOURCES, "blobs have at most %d bytes" % _LIMIT_BLOB_BYTES_MAX)
    pieces = blobs.setdefault(number, [])
    if pieces and len(pieces[-1]) + len(data) <= _PIECE_BYTES_MAX:
        pieces[-1] += data
    else:
        pieces.append(data)
    request.done((sum(len(p) for p in pieces),))


def service(device):
    """Gives the device what finds the arguments in a blob; there is nothing to do in the loop."""

    def taken(args):
        if not isinstance(args[0], Ext) or args[0].code != _EXT_BLOB:
            return args
        number = args[0].data
        data = whole(device.blobs, number[0]) if len(number) == 1 else None
        check(data, "blob")
        r = Reader(data).start(0, len(data))
        args = []
        try:
            while r.pos < len(data):
                args.append(r.value())
        except Malformed:
            check(False, "blob")
        return args

    device.taken = taken


OPERATIONS[_OP_BLOB_WRITE] = write
