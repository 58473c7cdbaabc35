"""What the conformance suite needs besides the greeter: the same as ThingsModule.java."""

import io
import sys
import time

huge = 1 << 70
nothing = None
notes = {"one": 1}
numbers = [1, 2, 3]
stop = sys


def same(value):
    return value


def arguments(*positional, **keywords):
    return [list(positional), keywords]


def text(n):
    return "x" * n


def content(n):
    return bytes(i & 255 for i in range(n))


def row(n):
    return list(range(n))


def nest(depth):
    value = []
    for _ in range(depth - 1):
        value = [value]
    return value


def stream(bytes):
    return io.BytesIO(bytes)


def pause(ms):
    time.sleep_ms(ms)
    return ms


def speak(lines, length):
    for i in range(lines):
        print(str(i) + "-" * length)
    return lines


def endless():
    i = 0
    while True:
        yield i
        i += 1


def breaking(n):
    for i in range(n):
        yield i
    raise OSError(5, "broken")


def objects(n):
    return [object() for _ in range(n)]


def fail_long(n):
    raise ValueError("y" * n, object(), 1)
