"""Steps of prices and quantities as a server tells them: whatever is typed later is divided by them."""

from __future__ import annotations

LEAST, MOST = 1e-10, 1e9


def usable(step: float | None, otherwise: float) -> float:
    """The step, or another where none was told or no figure could be a multiple of it."""
    return step if step is not None and LEAST <= step <= MOST else otherwise
