"""State of each link as its events told it. Rates and ages are measured by connection/, not here."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tui_trader.model.events import LinkChanged, RoundTripMeasured
from tui_trader.model.values import LinkState


class LinkView(Struct):
    """One link. `since`, `retry_at` are monotonic seconds; `round_trip` is seconds."""

    name: str
    state: LinkState = LinkState.IDLE
    detail: str = ""
    attempt: int = 0
    since: float = 0.0
    retry_at: float | None = None
    takeover: bool = False
    """Whether the server can displace whoever holds the session."""
    connections: int = 0
    """Times the link became ready: tells one connection from the next."""
    round_trip: float | None = None

    @property
    def ready(self) -> bool:
        """True while data of this link is live."""
        return self.state is LinkState.READY


class LinkStates:
    """All links, in the order in which they were first heard of."""

    __slots__ = ("_views", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._views: dict[str, LinkView] = {}

    def __iter__(self) -> Iterator[LinkView]:
        return iter(self._views.values())

    def __len__(self) -> int:
        return len(self._views)

    def get(self, name: str) -> LinkView | None:
        """The link of this name, if it was heard of."""
        return self._views.get(name)

    def ready(self, name: str) -> bool:
        """True while data of this link is live."""
        view = self._views.get(name)
        return view is not None and view.ready

    def expect(self, name: str) -> LinkView:
        """Make the link known before its first event."""
        view = self._views.get(name)
        if view is None:
            view = self._views[name] = LinkView(name)
            self.revision += 1
        return view

    def change(self, event: LinkChanged, now: float) -> None:
        """Take over a state; `since` only moves when the state does."""
        view = self.expect(event.link)
        if view.state is not event.state:
            view.since = now
            view.connections += event.state is LinkState.READY
        view.state = event.state
        view.detail = event.detail
        view.attempt = event.attempt
        view.takeover = event.takeover
        view.retry_at = None if event.retry_seconds is None else now + event.retry_seconds
        if not view.ready:
            view.round_trip = None
        self.revision += 1

    def measure(self, event: RoundTripMeasured) -> None:
        """Take over a round trip."""
        self.expect(event.link).round_trip = event.seconds
        self.revision += 1
