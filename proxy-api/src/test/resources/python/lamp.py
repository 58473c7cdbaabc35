class Lamp:
    def __init__(self, name):
        self.name = name
        self.brightness = 0

    def blink(self, times=1):
        print("blinks", times, "times")

    def levels(self):
        level = 10
        while True:
            yield level
            level *= 2

    def fail(self):
        raise ValueError("burnt out")

    def __str__(self):
        return "%s at %d" % (self.name, self.brightness)
