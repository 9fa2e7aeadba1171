"""Account events as OneTrade's JSON messages, in the order they happened, to those who asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from embedded_server.model import events as e
from embedded_server.model.enums import LedgerKind, Reason
from embedded_server.model.events import Event
from embedded_server.model.states import OrderState, PositionState, ReportState
from embedded_server.protocols.facade import Client
from embedded_server.protocols.onetrade import messages, projection
from embedded_server.protocols.onetrade.projection import ACCOUNT, Projection


class AccountEvents:
    """Announces batches of engine events; encodes for nobody when nobody listens."""

    def __init__(
        self,
        shown: Projection,
        instruments: Collection[str],
        audience: Mapping[str, Client],
        report_url: Callable[[str, ReportState], str],
    ) -> None:
        self._projection = shown
        self._instruments = instruments
        self._audience = audience
        self._report_url = report_url
        self._rolled: set[int | None] = set()
        """Positions whose swap was booked and whose update with the reason ROLLOVER follows."""
        self._handlers: dict[type[Event], Callable[..., None]] = {
            e.OrderPlaced: lambda event: self._order("orders_place", event.order),
            e.OrderModified: lambda event: self._order("orders_update", event.order),
            e.OrderRequoted: lambda event: self._order("dealing_order_requote", event.order),
            e.OrderCanceled: lambda event: self._order("orders_cancel", event.order, event.reason),
            e.OrderExpired: lambda event: self._order("orders_expired", event.order),
            e.OrderRejected: lambda event: self._order("orders_rejected", event.order),
            e.OrderFilled: self._filled,
            e.PositionOpened: lambda event: self._position("positions_open", event.position),
            e.PositionChanged: self._position_changed,
            e.PositionClosed: lambda event: self._position("positions_close", event.position, event.reason),
            e.LedgerPosted: self._posted,
            e.ActivityRecorded: self._activity,
            e.ReportPrepared: self._report,
            e.MarginCalled: self._margin_call,
            e.SessionChanged: self._session,
        }

    def publish(self, events: Sequence[Event]) -> None:
        """Announce what of a batch concerns the account."""
        if self._audience:
            self._rolled.clear()
            for event in events:
                handler = self._handlers.get(type(event))
                if handler is not None:
                    handler(event)

    def _order(self, kind: str, order: OrderState, reason: Reason | None = None) -> None:
        if order.account == ACCOUNT:
            self._announce(kind, self._projection.order(order, reason))

    def _filled(self, event: e.OrderFilled) -> None:
        if event.order.account == ACCOUNT:
            self._announce("orders_update", self._projection.order(event.order))
            self._announce("deals_create", self._projection.deal(event.deal))

    def _position(self, kind: str, position: PositionState, reason: Reason | None = None) -> None:
        if position.account == ACCOUNT:
            self._announce(kind, self._projection.position(position, reason))

    def _position_changed(self, event: e.PositionChanged) -> None:
        rollover = event.position.id in self._rolled
        self._rolled.discard(event.position.id)
        self._position("positions_update", event.position, Reason.ROLLOVER if rollover else None)

    def _posted(self, event: e.LedgerPosted) -> None:
        if event.entry.kind is LedgerKind.SWAP:
            self._rolled.add(event.entry.position_id)

    def _activity(self, event: e.ActivityRecorded) -> None:
        if event.entry.account == ACCOUNT:
            self._announce("journal_create", projection.journal(event.entry))

    def _report(self, event: e.ReportPrepared) -> None:
        """Each client gets a URL on the host it reached this server by."""
        if event.report.account != ACCOUNT:
            return
        for client in tuple(self._audience.values()):
            scheme = "https" if client.handshake.secure else "http"
            host = client.handshake.headers.get("host", "127.0.0.1")
            shown = projection.report(event.report, self._report_url(f"{scheme}://{host}", event.report))
            send(client, "report_create", shown)

    def _margin_call(self, event: e.MarginCalled) -> None:
        if event.account == ACCOUNT:
            text = f"Margin call: the margin level is {event.margin_level_percent:.2f} %"
            self._announce("info", messages.Text(text))

    def _session(self, event: e.SessionChanged) -> None:
        if event.instrument in self._instruments:
            state = "open" if event.open else "closed"
            self._announce("info", messages.Text(f"Trading in {event.instrument} is {state}"))

    def _announce(self, kind: str, data: msgspec.Struct) -> None:
        payload = msgspec.json.encode(messages.Envelope(kind, data))
        for client in tuple(self._audience.values()):
            client.send(payload)


def send(client: Client, kind: str, data: msgspec.Struct | None) -> None:
    """Send one JSON event to one client."""
    client.send(msgspec.json.encode(messages.Envelope(kind, data)))
