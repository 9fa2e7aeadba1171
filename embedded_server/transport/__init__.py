"""Sockets, HTTP and real time: all between the façades and the network. It knows no message and no market."""
