"""The demonstration of remote objects: the same as DemoModule.java."""


class Lamp:
    made = 0

    def __init__(self, name, brightness=10):
        self.name = name
        self._brightness = brightness

    @property
    def brightness(self):
        return self._brightness

    @brightness.setter
    def brightness(self, value):
        self._brightness = value

    def blink(self, times=1):
        for i in range(times):
            print(self.name, "blinks", i)
        return times

    def fail(self):
        raise ValueError("burnt out", 7)

    def copy(self):
        return Lamp(self.name, self._brightness)

    def __str__(self):
        return "Lamp " + self.name + " at " + str(self._brightness)

    def __eq__(self, other):
        return isinstance(other, Lamp) and self.name == other.name

    def __hash__(self):
        return 1


notes = {"one": 1}
numbers = [1, 2, 3]


def same(x):
    return x


def count(n):
    return iter(range(n))


def breaking(n):
    for i in range(n):
        yield i
    raise OSError(5)


closed = 0
started = 0


def closing():
    global closed, started
    try:
        i = 0
        while True:
            started += 1
            yield i
            i += 1
    finally:
        closed += 1


def text(n):
    return "\u00e9" * n


def content(n):
    return bytes(i & 255 for i in range(n))


def array(n):
    return bytearray(n)


def row(n):
    return list(range(n))


def table(n):
    return {i: str(i) for i in range(n)}


def texts(n, length):
    for i in range(n):
        yield str(i % 10) * (length if i % 2 else 1)


def lamps(n):
    return [Lamp(str(i)) for i in range(n)]


def arguments(*positional, **keywords):
    return [list(positional), keywords]


def mixed():
    return [1, None, "x"]


def stream(data):
    import io

    return io.BytesIO(data)


def lambda_(x):
    return x + 1


globals()["import"] = lambda_
