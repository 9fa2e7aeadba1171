"""HTTP for tests of other people's clients: time, snapshots, faults on demand. Loopback, with a token."""
