"""Random bytes: that no two starts have the same is the timer's doing, which has run while the host found the prompt."""

from random import getrandbits, seed
from time import ticks_ms

seed(ticks_ms())


def urandom(n):
    return bytes(getrandbits(8) for _ in range(n))
