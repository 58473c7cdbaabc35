"""Simulated ADC: machine's ADC, and `adc` of the bench. Loaded when one is first used."""

from benchpins import Pin

_FULL_SCALE = (1100000, 1467000, 2195000, 3300000)  # uV, by attenuation
_PINS = (0, 2, 4, 12, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39)

_volts = {}


class ADC:
    ATTN_0DB = 0
    ATTN_2_5DB = 1
    ATTN_6DB = 2
    ATTN_11DB = 3

    def __init__(self, pin, atten=0):
        self.number = int(repr(Pin(pin))[4:-1])
        if self.number not in _PINS:
            raise ValueError("invalid pin")
        self.atten(atten)

    def atten(self, atten):
        if not 0 <= atten < len(_FULL_SCALE):
            raise ValueError("invalid atten")
        self.full = _FULL_SCALE[atten]

    def read_uv(self):
        return min(_volts.get(self.number, 0), self.full)

    def read_u16(self):
        raw = self.read_uv() * 4095 // self.full  # 12 bits
        return raw << 4 | raw >> 8


def set(number, microvolts):
    """The voltage at a pin from now on."""
    _volts[number] = microvolts
