# Nothing to do before main.py: uartnet brings up the network and the UART itself.
# While main.py runs, `mpremote` can still stop it with Ctrl-C if the UART in uartnet.json is not the REPL's.
