"""Sockets and REST calls of the console: one link a protocol, from its address to the events it brings."""
