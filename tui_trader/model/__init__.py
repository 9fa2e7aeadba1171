"""Frozen values the console is built of: instruments, states, events, commands. No I/O, no clock, no widget."""
