"""Which prices of a ladder are in sight, and where its cursor is: steps alone; nothing is drawn or sent."""

from __future__ import annotations

from collections.abc import Sequence

from tui_trader.formatting.price_ladder import GROUPS, fitting_group

LOWEST = 1
"""The lowest step that a cursor stands on: a price is more than zero."""


class LadderWindow:
    """The window on one instrument: it follows the market until the user's hand is on it (`held`)."""

    def __init__(self) -> None:
        self.cursor: int | None = None
        self.group = GROUPS[0]
        """Ticks that a step gathers."""
        self.held = False
        self.rows = 1
        self._centre: int | None = None
        self._fitted: int | None = 0
        """Rows that the grouping was chosen for; None where the user chose it."""

    @property
    def placed(self) -> bool:
        """Whether it stands anywhere yet."""
        return self._centre is not None

    @property
    def top(self) -> int:
        """The highest step in sight."""
        return (self._centre or 0) + self.rows // 2

    @property
    def bottom(self) -> int:
        """The lowest step in sight."""
        return self.top - self.rows + 1

    @property
    def steps(self) -> range:
        """The steps in sight, highest first."""
        return range(self.top, self.bottom - 1, -1)

    @property
    def view(self) -> object:
        """What of it is seen: nothing needs drawing while it stays the same."""
        return (self.cursor, self._centre, self.group)

    def away(self, step: int) -> int:
        """On which side a step is out of sight: above (+1), below (-1), or neither (0)."""
        return (step > self.top) - (step < self.bottom) if self.placed else 0

    def follow(self, middle: int) -> None:
        """Go after the market once it is well off the middle, but never under the user's hand."""
        if self._centre is None or (not self.held and abs(middle - self._centre) > self.rows // 4):
            self._centre = middle

    def put_cursor(self, step: int) -> None:
        """Put the cursor on a step; the window stands still from now on, and shows it."""
        self.cursor, self.held = max(LOWEST, step), True
        if self._centre is not None:
            self._centre += max(0, self.cursor - self.top) - max(0, self.bottom - self.cursor)

    def scroll(self, steps: int) -> None:
        """Look at higher (+) or lower (-) steps, and stand still there."""
        if self._centre is not None:
            self._centre, self.held = self._centre + steps, True

    def recentre(self) -> None:
        """Go to the market at once when it next tells where it is."""
        self._centre = None

    def release(self) -> None:
        """Let the market lead again, without a cursor."""
        self.cursor, self._centre, self.held = None, None, False

    def misfits(self) -> bool:
        """Whether the grouping, not being the user's choice, was chosen for another height."""
        return self._fitted not in (None, self.rows)

    def fit(
        self, bids: Sequence[tuple[float, float]], asks: Sequence[tuple[float, float]], tick: float
    ) -> None:
        """Choose the grouping for this height: levels best first, `tick` in units of price."""
        self._fitted = self.rows
        self._gather(fitting_group(bids, asks, tick, self.rows))

    def regroup(self, by: int) -> None:
        """Gather more (+) or fewer (-) ticks in a step, as the user wants it at any height."""
        self._fitted = None
        self._gather(GROUPS[max(0, min(len(GROUPS) - 1, GROUPS.index(self.group) + by))])

    def _gather(self, after: int) -> None:
        """The cursor stays at its price, to the nearest step."""
        before, self.group = self.group, after
        if after != before:
            self._centre = None
            if self.cursor is not None:
                self.cursor = max(LOWEST, round(self.cursor * before / after))
