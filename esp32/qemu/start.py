"""Starts the firmware on the emulated microcontroller: typed at its prompt by ./run."""

import main
