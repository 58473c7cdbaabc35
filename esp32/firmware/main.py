import uartnet.device

uartnet.device.main()
