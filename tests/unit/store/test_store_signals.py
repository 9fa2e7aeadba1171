"""Signals: one that two services tell is one signal with one line, and nothing of it is lost."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from tui_trader.model.commands import PlaceOrder
from tui_trader.model.events import SignalReceived
from tui_trader.model.values import OrderKind, Side, Signal
from tui_trader.store.signals import SIGNALS, key_of
from tui_trader.store.store import Store

TOLD = Signal(
    link="ai_service",
    id="BTCUSDT-PERP:1h:long:1",
    source="ai",
    symbol="BTCUSDT-PERP",
    direction="long",
    confidence=0.8,
    model="ensemble",
    reasoning="because",
    time_ms=1,
)


def test_a_signal_told_by_two_services_is_one_signal_and_one_line_of_the_journal() -> None:
    store = Store()
    store.apply(SignalReceived(TOLD), 10.0)
    store.apply(SignalReceived(replace(TOLD, link="bot_core")), 10.5)
    assert len(store.signals) == 1
    assert [entry.kind for entry in store.journal] == ["signal"]
    assert store.signals.arrived(TOLD) == 10.0


def test_what_the_second_service_leaves_out_is_kept_from_the_first() -> None:
    store = Store()
    store.apply(SignalReceived(TOLD), 10.0)
    store.apply(SignalReceived(replace(TOLD, link="bot_core", model="", reasoning="")), 10.5)
    (signal,) = store.signals
    assert (signal.link, signal.model, signal.reasoning) == ("bot_core", "ensemble", "because")


def test_an_order_sent_from_a_signals_ticket_is_remembered_with_it_and_forgotten_with_it() -> None:
    store = Store()
    store.apply(SignalReceived(TOLD), 10.0)
    order = PlaceOrder(
        link="channels",
        symbol="BTCUSDT",
        side=Side.BUY,
        kind=OrderKind.MARKET,
        quantity=Decimal(1),
        reference="me-1",
        signal=key_of(TOLD),
    )
    store.sent(order, 11.0)
    assert store.signals.references(TOLD) == ("me-1",)
    for number in range(SIGNALS):
        store.apply(SignalReceived(replace(TOLD, id=f"later {number}")), 12.0)
    assert (store.signals.arrived(TOLD), list(store.signals.references(TOLD))) == (None, [])
