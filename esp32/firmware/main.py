import machine
import micropython
import time

try:
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
