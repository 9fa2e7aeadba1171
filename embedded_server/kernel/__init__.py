"""The deterministic core everything runs on: virtual time, the event heap, seeded random streams. No asyncio, no wall clock."""
