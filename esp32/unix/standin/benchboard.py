"""The names by which tests script the whole board; loaded where they do."""

import bench
import benchadc
import benchdevice
import benchpins


def start():
    bench.names.update({"pins": benchpins, "adc": benchadc, "device": benchdevice})
    return bench.open_if_asked()
