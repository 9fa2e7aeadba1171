"""Frozen values that every other package speaks in: instruments, states, commands, events. No I/O."""
