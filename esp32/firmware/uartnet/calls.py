"""Calls that may last: of the host's code, and of the platform's functions that block."""

from . import failure


class Calls:
    due = None

    def __init__(self, device):
        self.device = device
        device.calls = self

    def tick(self, now):
        pass

    def clear(self):
        pass

    def run(self, request, function, done):
        """Calls function(), and with its result done(result), which answers the request; an exception of it ends the request."""
        try:
            result = function()
        except Exception as e:
            self.device.trouble(e)
            request.fail(failure.of(e))
            return
        done(result)


service = Calls
