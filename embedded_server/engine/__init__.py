"""The whole simulated exchange in one object: commands in, events out, virtual time in between. Synchronous, no I/O."""
