"""Human units: every number by its instrument and its name, nothing left in ticks by mistake."""

from __future__ import annotations

from embedded_server.control.human import Human
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.model import events as e
from embedded_server.model.enums import AlertLevel, OrderKind, OrderStatus, Resolution, Side
from embedded_server.model.risk import RiskAlert
from embedded_server.model.states import Bar, OrderState, Quote

SECOND = 1_000_000_000
HUMAN = Human({instrument.key: instrument for instrument in CATALOGUE})


def test_a_quote_has_prices_quantities_and_an_instant() -> None:
    quote = Quote(
        instrument="EURUSD", time=SECOND, bid=108450, ask=108452, bid_lots=150, ask_lots=7, last=108451
    )
    assert HUMAN.show(quote) == {
        "instrument": "EURUSD",
        "time": "1970-01-01T00:00:01Z",
        "bid": 1.0845,
        "ask": 1.08452,
        "bid_quantity": 1.5,
        "ask_quantity": 0.07,
        "last": 1.08451,
    }


def test_a_bar_takes_its_units_from_the_event_around_it() -> None:
    bar = Bar(time=0, open=22850, high=22860, low=22840, close=22855, lots=12)
    event = e.BarClosed(time=60 * SECOND, instrument="AAPL", resolution=Resolution.M1, bar=bar)
    shown = HUMAN.show(event)
    assert isinstance(shown, dict)
    assert shown["resolution"] == "1m"
    assert shown["bar"] == {
        "time": "1970-01-01T00:00:00Z",
        "open": 228.5,
        "high": 228.6,
        "low": 228.4,
        "close": 228.55,
        "quantity": 12.0,
    }


def test_a_flag_that_is_named_like_a_price_stays_a_flag() -> None:
    shown = HUMAN.show(e.SessionChanged(time=0, instrument="AAPL", open=False))
    assert shown == {"time": "1970-01-01T00:00:00Z", "instrument": "AAPL", "open": False}


def test_what_has_no_instrument_stays_as_it_is() -> None:
    alert = RiskAlert(
        id="a",
        level=AlertLevel.WARNING,
        rule="max_drawdown_percent",
        account="spot",
        value=17.5,
        limit=20.0,
        message="near",
        time=0,
    )
    shown = HUMAN.show(alert)
    assert isinstance(shown, dict)
    assert (shown["level"], shown["value"], shown["limit"]) == ("warning", 17.5, 20.0)


def test_an_order_shows_its_average_price() -> None:
    order = OrderState(
        id=1,
        account="spot",
        instrument="BTCUSDT",
        side=Side.BUY,
        kind=OrderKind.MARKET,
        status=OrderStatus.FILLED,
        lots=3,
        filled_lots=3,
        filled_value=10 * 1 + 13 * 2,
        created_at=0,
        updated_at=0,
    )
    shown = HUMAN.show(order)
    assert isinstance(shown, dict)
    assert (shown["average_price"], shown["filled_quantity"], shown["quantity"]) == (0.12, 0.0003, 0.0003)
    assert "filled_value" not in shown
