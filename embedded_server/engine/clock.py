"""Which virtual instant belongs to which real one. Pure: real time is passed in."""

from __future__ import annotations

from embedded_server.kernel.time import SECOND


class Clock:
    """Maps monotonic seconds to virtual nanoseconds. Changing speed never moves the present."""

    def __init__(self, *, virtual: int, monotonic: float, speed: float = 1.0, paused: bool = False) -> None:
        self._virtual = virtual
        self._monotonic = monotonic
        self._speed = speed
        self._paused = paused

    @property
    def speed(self) -> float:
        """Virtual seconds a real second, while running."""
        return self._speed

    @property
    def paused(self) -> bool:
        """Whether time moves only by `step`."""
        return self._paused

    def now(self, monotonic: float) -> int:
        """The virtual instant that belongs to a real one."""
        if self._paused:
            return self._virtual
        return self._virtual + int((monotonic - self._monotonic) * self._speed * SECOND)

    def pause(self, monotonic: float) -> None:
        """Stop time at the present."""
        self._anchor(self.now(monotonic), monotonic)
        self._paused = True

    def resume(self, monotonic: float) -> None:
        """Let time run again from where it stands."""
        self._anchor(self.now(monotonic), monotonic)
        self._paused = False

    def set_speed(self, speed: float, monotonic: float) -> None:
        """Run `speed` times as fast as real time from now on; `ValueError` unless positive and finite."""
        if not 0 < speed < float("inf"):
            raise ValueError(f"speed {speed} is not a positive number")
        self._anchor(self.now(monotonic), monotonic)
        self._speed = speed

    def set(self, virtual: int, monotonic: float) -> None:
        """Stand at a virtual instant, because the engine was stepped there or fell behind."""
        self._anchor(virtual, monotonic)

    def _anchor(self, virtual: int, monotonic: float) -> None:
        self._virtual = virtual
        self._monotonic = monotonic
