"""The whole simulated exchange in one object: commands in, events out. Synchronous, no I/O."""
