"""Frozen values the console is built of: states, events, commands. No I/O, no clock, no widget."""
