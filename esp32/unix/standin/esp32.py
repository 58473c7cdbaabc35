"""Stand-in for a board's `esp32`: the chip's temperature."""

celsius = 40


def mcu_temperature():
    return celsius
