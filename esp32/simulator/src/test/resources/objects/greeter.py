"""The demonstration of remote objects: the same as GreeterModule.java."""


class Greeter:
    def __init__(self, name):
        self._name = name

    @property
    def name(self):
        return self._name

    @name.setter
    def name(self, name):
        self._name = name

    def greet(self, times=1):
        text = "Hello, " + self._name + "!"
        for _ in range(times):
            print(text)
        return text

    def fail(self):
        raise ValueError("bad", 42)

    def __str__(self):
        return "Greeter of " + self._name


def count(n):
    for i in range(n):
        yield i
