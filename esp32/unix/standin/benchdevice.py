"""`device` of the bench."""

import esp32
from reboot import resets


def temperature(celsius):
    esp32.celsius = celsius
