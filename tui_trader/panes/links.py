"""The wires: state, age of the last message, round trip and rate of every link."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from tui_trader.desk import Health
from tui_trader.drawing.marks import mark_of_link
from tui_trader.formatting.numbers import NONE
from tui_trader.formatting.times import age, milliseconds
from tui_trader.model.values import LinkState
from tui_trader.panes.table import Column, TablePane
from tui_trader.store.links import LinkView


class LinksPane(TablePane[LinkView]):
    """Links; Enter connects the one under the cursor at once."""

    KEY = "links"
    TITLE = "Links"
    CONTEXTS: ClassVar[tuple[str, ...]] = ("table", "links")
    EMPTY = "no link yet"

    def columns(self) -> Sequence[Column[LinkView]]:
        """Name and state stay to the end."""
        return (
            Column("", lambda row, now: mark_of_link(row.state), right=False),
            Column("Link", lambda row, now: (row.name, "text"), right=False),
            Column("State", self._state, 1, right=False, minimum=7),
            Column("Age", self._age, 2, minimum=3),
            Column("Trip", self._trip, 4, minimum=5),
            Column("Msg/s", self._rate, 3, minimum=5),
            Column("Received", self._messages, 6, minimum=8),
            Column("Reconnects", self._reconnects, 5, brief="Again"),
            Column("Queue", self._queue, 5),
            Column("", self._detail, 7, right=False, grows=True),
        )

    def revision(self) -> object:
        """Link states; the figures are asked for once a second."""
        return self.store.links.revision

    def count(self) -> int | None:
        """Links that are not ready."""
        return sum(1 for view in self.store.links if not view.ready)

    def rows(self) -> Sequence[LinkView]:
        """In the order of the settings."""
        return list(self.store.links)

    def identity(self, row: LinkView) -> Hashable:
        """The link's name."""
        return row.name

    def action_retry(self) -> None:
        """Connect now."""
        row = self.current
        if row is not None and row.state is LinkState.CONFLICT:
            self.desk.console.open_session(row.name)
        elif row is not None and self.desk.wires is not None and not row.ready:
            self.desk.wires.retry(row.name)

    def _health(self, row: LinkView, now: float) -> Health | None:
        self.wake_at(int(now) + 1.0)
        return self.desk.wires.status(row.name) if self.desk.wires is not None else None

    def _state(self, row: LinkView, now: float) -> tuple[str, str]:
        if row.retry_at is not None and row.state is LinkState.RECONNECTING:
            return f"again in {max(0, row.retry_at - now):.0f}s", "caution"
        if row.ready and row.detail:  # something is wrong with it all the same: it is not encrypted
            return f"{row.state.value} !", "caution"
        return row.state.value, mark_of_link(row.state)[1] if not row.ready else "muted"

    def _age(self, row: LinkView, now: float) -> tuple[str, str]:
        health = self._health(row, now)
        if health is None or health.last_message is None:
            return NONE, "faint"
        return age(now - health.last_message), "text" if row.ready else "stale"

    def _trip(self, row: LinkView, now: float) -> tuple[str, str]:
        return milliseconds(row.round_trip), "text" if row.round_trip is not None else "faint"

    def _rate(self, row: LinkView, now: float) -> tuple[str, str]:
        health = self._health(row, now)
        rate = health.messages_per_second if health else 0.0
        return f"{rate:,.1f}" if rate < 100 else f"{rate:,.0f}", "text" if rate else "faint"

    def _messages(self, row: LinkView, now: float) -> tuple[str, str]:
        health = self._health(row, now)
        return (f"{health.messages:,}" if health else NONE), "muted"

    def _reconnects(self, row: LinkView, now: float) -> tuple[str, str]:
        health = self._health(row, now)
        again = health.reconnects if health else 0
        return str(again), "caution" if again else "faint"

    def _queue(self, row: LinkView, now: float) -> tuple[str, str]:
        """Frames that wait to be sent: more than a few, and the server does not keep up."""
        health = self._health(row, now)
        waiting = health.queue if health else 0
        return str(waiting), "caution" if waiting else "faint"

    def _detail(self, row: LinkView, now: float) -> tuple[str, str]:
        return row.detail, "muted"
