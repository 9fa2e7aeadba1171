"""All alerts of the user, and the figures they watch. Each is told once when its condition begins to hold.

It is told again only after it has not held for a while: a price that trembles at a bound is one crossing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from tui_trader.alerts.alert import LINK, Alert, read
from tui_trader.model.errors import CommandError
from tui_trader.store.store import Store

REST_SECONDS = 10.0
MOST = 100


class AlertBook:
    """Alerts by number, oldest first. `revision` changes with them, not with their state."""

    def __init__(self) -> None:
        self.revision = 0
        self._alerts: dict[int, Alert] = {}
        self._quiet_since: dict[int, float] = {}
        self._lost: set[str] = set()

    def __iter__(self) -> Iterator[Alert]:
        return iter(self._alerts.values())

    def __len__(self) -> int:
        return len(self._alerts)

    def restore(self, alerts: Iterable[Alert]) -> None:
        """Take over what was remembered, but for what nobody could have typed: a file may be damaged."""
        self._alerts = {alert.number: alert for alert in list(alerts)[:MOST] if _typable(alert)}
        self.revision += 1

    def add(self, words: Sequence[str], store: Store) -> Alert:
        """Add an alert; one that holds already waits for the next crossing. Raises `CommandError`."""
        if len(self._alerts) >= MOST:
            raise CommandError(f"There are {MOST} alerts already: delete some.")
        alert = read(words, max(self._alerts, default=0) + 1)
        alert = replace(alert, met=bool(self._holds(alert, store)))
        self._alerts[alert.number] = alert
        self.revision += 1
        return alert

    def delete(self, number: int) -> Alert:
        """Forget an alert. Raises `CommandError` where there is none of this number."""
        alert = self._alerts.pop(number, None)
        if alert is None:
            raise CommandError(f"There is no alert {number}.")
        self.revision += 1
        return alert

    def due(self, store: Store, now: float) -> list[str]:
        """Sentences about the alerts that begin to hold now (monotonic seconds)."""
        told = []
        for alert in list(self._alerts.values()):
            holds = self._holds(alert, store, now)
            if holds is None:
                continue
            if holds:
                self._quiet_since.pop(alert.number, None)
                if not alert.met:
                    self._alerts[alert.number] = replace(alert, met=True)
                    told.append(self._sentence(alert, store))
            elif alert.met and now - self._quiet_since.setdefault(alert.number, now) >= REST_SECONDS:
                self._alerts[alert.number] = replace(alert, met=False)
        return told

    def _sentence(self, alert: Alert, store: Store) -> str:
        if alert.subject.startswith(LINK):
            lost = ", ".join(sorted(self._down(alert, store)))
            return f"alert {alert.number}: {lost} is not connected"
        value = value_of(alert.subject, store)
        return f"alert {alert.number}: {alert.text} (now {value:,.10g})"

    def _holds(self, alert: Alert, store: Store, now: float | None = None) -> bool | None:
        """Whether the condition holds; None where nothing is known, or only what is stale."""
        if alert.subject.startswith(LINK):
            return bool(self._down(alert, store))
        value = value_of(alert.subject, store)
        if value is None or (now is not None and _stale(alert.subject, store, now)):
            return None
        return alert.holds(value)

    def _down(self, alert: Alert, store: Store) -> list[str]:
        """Links that were ready once and are not now."""
        name = alert.subject.partition(" ")[2]
        return [
            view.name
            for view in store.links
            if name in ("*", view.name) and view.connections and not view.ready
        ]


def _typable(alert: Alert) -> bool:
    try:
        again = read(alert.text.split(), alert.number)
    except CommandError:
        return False
    return (again.subject, again.bound, again.above) == (alert.subject, alert.bound, alert.above)


def _stale(subject: str, store: Store, now: float) -> bool:
    return store.quotes.get(subject) is not None and store.stale(subject, now)


def value_of(subject: str, store: Store) -> float | None:
    """The present figure; None where it is not known."""
    figure, _, key = subject.partition(" ")
    risk = store.risk.latest
    match figure:
        case "pnl":
            return sum(one.unrealised or 0.0 for one in store.positions if key in ("", one.symbol))
        case "equity":
            return None if risk is None else risk.equity
        case "exposure":
            return None if risk is None else risk.exposure
        case "drawdown":
            return None if risk is None else risk.drawdown_percent
        case "margin":
            levels = [one.margin_level_percent for one in store.accounts]
            return min((level for level in levels if level is not None), default=None)
    quote = store.quotes.get(subject)
    return None if quote is None else quote.price
