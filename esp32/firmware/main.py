import gc
import micropython

micropython.opt_level(3)  # no line numbers: 2 KB of memory
import machine
import time

try:
    # The largest first, one at a time: compiling leaves holes in the heap, and the buffers need large pieces.
    for name in ("link", "board", "config", "tcp", "udp", "listener", "dispatcher", "device"):
        gc.collect()
        __import__("uartnet." + name)
    import uartnet.device

    uartnet.device.main()
except Exception:
    reset = getattr(machine, "reset", None)
    if not reset:
        raise  # a program ends; a board has to serve on
    # The console may be the host's line: no traceback there. Until the reset a Ctrl-C gets the REPL.
    micropython.kbd_intr(3)
    time.sleep_ms(1000)
    reset()
