"""What an operation took, in figures that cost nothing to keep."""

from __future__ import annotations


class Latency:
    """Count, sum and largest, in seconds."""

    def __init__(self) -> None:
        self.count = 0
        self.total_seconds = 0.0
        self.largest_seconds = 0.0

    def add(self, seconds: float) -> None:
        """Take in one measurement."""
        self.count += 1
        self.total_seconds += seconds
        self.largest_seconds = max(self.largest_seconds, seconds)
