"""Instruments that no link lists: what was guessed of them warns, and never refuses."""

from __future__ import annotations

from decimal import Decimal

from tui_trader.model import events as e
from tui_trader.model.commands import PlaceOrder
from tui_trader.store.store import LISTS_SECONDS


async def test_a_guessed_step_warns_and_lets_a_finer_order_go(stage) -> None:
    async with stage() as it:
        await it.wait(LISTS_SECONDS + 1.0)
        quote = e.QuoteUpdated(link="channels", symbol="NEWUSDT", bid=1.23, ask=1.24)
        await it.tell(quote)
        assert it.app.store.instruments.describe("NEWUSDT").inferred
        await it.press("colon")
        await it.type("buy 0.00001 NEWUSDT @ 1.2345")
        await it.press("enter")
        assert "BUY 0.00001 NEWUSDT limit at 1.2345?" in it.screen
        assert "not told by any link" in it.screen
        await it.wait(0.6)
        await it.tell(quote)
        await it.press("y")
        (order,) = it.wires.of(PlaceOrder)
        assert (order.quantity, order.price) == (Decimal("0.00001"), Decimal("1.2345"))
        await it.press("colon")
        await it.type("buy 0.015 EURUSD @ 1.0800")
        await it.press("enter")
        assert "steps of 0.01" in it.screen or "stale" in it.screen, "a step that a link told still refuses"
