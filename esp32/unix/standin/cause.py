"""The cause of the last reset. Loaded when somebody asks."""

import os


def reset_cause():
    """As an ESP32 numbers them; 1: the power came on."""
    return {"hard": 2, "watchdog": 3, "soft": 5}.get((os.getenv("UARTNET_RESETS") or "").split(",")[-1], 1)
