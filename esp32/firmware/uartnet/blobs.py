"""What a host says in pieces because it may be longer than a frame: certificates and keys (PROTOCOL.md, section 8)."""

from micropython import const

from .failure import Failure, check
from .msgpack import is_int

_ERROR_NO_RESOURCES = const(6)
_LIMIT_BLOB_BYTES_MAX = const(16384)


class Blobs:
    """Those of a session, by number."""

    def __init__(self):
        self.clear()

    def clear(self):
        self.bins = {}

    def write(self, number, data):
        """Puts data behind what the blob has; returns how much that is now."""
        bins = self.bins
        if sum(len(b) for b in bins.values()) + len(data) > _LIMIT_BLOB_BYTES_MAX:
            raise Failure(_ERROR_NO_RESOURCES, "blobs have at most %d bytes" % _LIMIT_BLOB_BYTES_MAX)
        b = bins[number] = bins.get(number, b"") + data
        return len(b)

    def take(self, options, names):
        """Takes these options, bytes or the number of a blob each, out of the map; a blob is gone then, whatever comes of the request."""
        said = [options.pop(name, None) for name in names]
        found = [self.bins.get(v, v) if is_int(v, 0, 255) else v for v in said]
        for value in said:
            self.bins.pop(value, None)  # last: two options may name one
        for name, value in zip(names, found):
            check(value is None or isinstance(value, bytes) and value, name)
        return found


def blob_write(device, request, args):
    check(len(args) > 0 and is_int(args[0], 0, 255), "blob")
    check(len(args) > 1 and isinstance(args[1], bytes), "bin")
    request.done((device.blobs.write(args[0], args[1]),))
