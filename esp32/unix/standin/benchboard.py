"""The names by which tests script the whole board; loaded where they do."""

import bench
import benchadc
import benchdevice
import benchpins


def start(chore):
    """What the loop is to do now and then, with this, too."""
    bench.names.update({"pins": benchpins, "adc": benchadc, "device": benchdevice})
    scripted = bench.open_if_asked()

    def both():
        chore()
        scripted.serve()

    return both
