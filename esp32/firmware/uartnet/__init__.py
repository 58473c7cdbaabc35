"""uartnet: makes this board a network card for the host on its serial line (codec/PROTOCOL.md)."""

VERSION = "0.1.0"
