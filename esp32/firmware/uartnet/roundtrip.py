"""How long a frame and its acknowledgement take: RFC 6298 in integers, its floor by the line's speed."""

from micropython import const

_FIRST_MS = const(1000)
_MAX_MS = const(5000)


class RoundTrip:
    def __init__(self, floor):
        self.floor = floor
        self.clear()

    def clear(self):
        self.smoothed8 = -8  # ms times 8, less than 0: not measured yet
        self.variation4 = 0  # ms times 4
        self.timeout = max(self.floor, _FIRST_MS)

    def sample(self, ms):
        """Of a frame that was sent once (Karn's rule)."""
        if self.smoothed8 < 0:
            self.smoothed8 = ms << 3
            self.variation4 = ms << 1
        else:
            error = ms - (self.smoothed8 >> 3)
            self.smoothed8 += error
            self.variation4 += abs(error) - (self.variation4 >> 2)
        self.progress(0)

    def progress(self, ms):
        """An acknowledgement: the line works, and the time is doubled no longer. Of a frame that was repeated because its time was up,
        `ms` is the time since it went first: if that one has arrived, a shorter time would repeat every frame, and none would be a sample."""
        # Half the floor as RFC 6298's G: however steady the round trips are, an acknowledgement may just miss a full frame.
        measured = _FIRST_MS if self.smoothed8 < 0 else (self.smoothed8 >> 3) + max(self.floor >> 1, self.variation4)
        self.timeout = min(_MAX_MS, max(self.floor, measured, ms + (ms >> 2)))

    def back_off(self):
        self.timeout = min(_MAX_MS, 2 * self.timeout)

    def smoothed(self):
        """Milliseconds in which what was sent may be under way still."""
        return self.timeout if self.smoothed8 < 0 else (self.smoothed8 >> 3) + 1
