"""Dealer's offers waiting for an answer, oldest deadline first, and what became of the latest."""

from __future__ import annotations

from collections import deque

from msgspec import Struct

from tui_trader.model.events import RequoteEnded, RequoteOffered
from tui_trader.model.values import Order

ENDED = 50
_TOO_LATE = "the answer came too late: this is a new offer"
_REPLACED = "the dealer changed the offer"


class Requote(Struct):
    """One offer. `offered` and `deadline` are monotonic seconds; `accepted` is the user's answer."""

    order: Order
    old_price: float | None
    offered: float
    deadline: float
    accepted: bool | None = None
    outcome: str = ""
    note: str = ""
    """Why there is one more offer on the same order, if it is not the first."""

    @property
    def open(self) -> bool:
        """True until the server says that it ended."""
        return not self.outcome

    def remaining(self, now: float) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.deadline - now)


class Requotes:
    """Open offers by (link, order id); ended ones are kept for a while to explain themselves."""

    __slots__ = ("_open", "ended", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._open: dict[tuple[str, str], Requote] = {}
        self.ended: deque[Requote] = deque(maxlen=ENDED)

    @property
    def queue(self) -> list[Requote]:
        """Open offers, the one that runs out first at the head."""
        return sorted(self._open.values(), key=lambda requote: requote.deadline)

    def get(self, link: str, order_id: str) -> Requote | None:
        """The open offer on this order."""
        return self._open.get((link, order_id))

    def offer(self, event: RequoteOffered, now: float) -> None:
        """Queue an offer; one more on the same order ends the one before."""
        order = event.order
        requote = Requote(order, event.old_price, now, now + event.valid_seconds)
        before = self._open.pop((order.link, order.id), None)
        if before is not None:
            before.outcome = _TOO_LATE if before.accepted else _REPLACED
            requote.note = before.outcome
            self.ended.append(before)
        self._open[order.link, order.id] = requote
        self.revision += 1

    def answer(self, link: str, order_id: str, accepted: bool) -> None:
        """Note that the user answered; the offer stays until the server ends it."""
        requote = self._open.get((link, order_id))
        if requote is not None:
            requote.accepted = accepted
            self.revision += 1

    def withdraw_answer(self, link: str, order_id: str) -> None:
        """The answer did not leave the console: the offer may be answered again."""
        requote = self._open.get((link, order_id))
        if requote is not None:
            requote.accepted = None
            self.revision += 1

    def end(self, event: RequoteEnded) -> None:
        """Close an offer with the server's sentence."""
        requote = self._open.pop((event.link, event.order_id), None)
        if requote is not None:
            requote.outcome = event.detail or "ended"
            self.ended.append(requote)
            self.revision += 1
