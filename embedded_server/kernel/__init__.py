"""The deterministic core: virtual time, the event heap, seeded random streams. No loop, no wall clock."""
