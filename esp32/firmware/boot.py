# uartnet does everything else in main.py. Where it serves the REPL's own line, Ctrl-C is a byte like any other from
# then on: this second is the time in which a Ctrl-C (or `mpremote`) still gets the REPL.
import time

time.sleep(1)
