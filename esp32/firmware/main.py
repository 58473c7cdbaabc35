import gc
import micropython

micropython.opt_level(3)  # no line numbers: 2 KB of memory
import machine
import time


def load():
    """The device. Compiling takes up to 25 KB and leaves holes: the largest first, beside a piece that stays whole for the buffers."""
    reserve = [bytearray(gc.mem_free() // 7)]
    for name in ("link", "tcp", "dns", "board", "sockets", "dispatcher", "device", "config", "start"):
        gc.collect()
        __import__("uartnet." + name)
    import uartnet.start

    return uartnet.start.main(reserve)


try:
    device = load()
    gc.collect()
    device.run()
except Exception:
    reset = getattr(machine, "reset", None)
    if not reset:
        raise  # a program ends; a board has to serve on
    # The console may be the host's line: no traceback there. Until the reset a Ctrl-C gets the REPL.
    micropython.kbd_intr(3)
    time.sleep_ms(1000)
    reset()
