"""Alerts: how they are read, that each is told once per crossing, and that nothing stale rings."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tui_trader.alerts.alert import read
from tui_trader.alerts.alert_book import MOST, REST_SECONDS, AlertBook
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError
from tui_trader.model.values import LinkState, Position, Risk, Side
from tui_trader.store.store import Store


class Market:
    """A store with one quote that a test moves, and a book of alerts."""

    def __init__(self) -> None:
        self.store = Store()
        self.book = AlertBook()
        self.now = 100.0
        self.link(LinkState.READY)

    def link(self, state: LinkState) -> None:
        self.store.apply(e.LinkChanged("fx", state), self.now)

    def price(self, price: float, seconds: float = 1.0) -> list[str]:
        """A price arrives; what is told."""
        self.now += seconds
        self.store.apply(e.QuoteUpdated(link="fx", symbol="EURUSD", last=price), self.now)
        return self.due()

    def due(self) -> list[str]:
        return self.book.due(self.store, self.now)


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("EURUSD > 1.10", "EURUSD > 1.10"),
        ("eurusd>=1.10", "EURUSD > 1.10"),
        ("btcusdt.p < 60_000", "BTCUSDT-PERP < 60000"),
        ("pnl < -100", "pnl < -100"),
        ("pnl AAPL > 1,000.5", "pnl AAPL > 1000.5"),
        ("drawdown > 5%", "drawdown > 5"),
        ("link", "link"),
        ("link onetrade", "link onetrade"),
    ],
)
def test_an_alert_is_read_and_told_as_it_is_typed(typed: str, text: str) -> None:
    assert read(typed.split(), 1).text == text


@pytest.mark.parametrize(
    "typed", ["EURUSD", "EURUSD 1.10", "EURUSD > x", "EURUSD > nan", "> 1", "a b c > 1", "link a b", "€ > 1",
              "EURUSD > 1,5", "EURUSD > 1e999999", "EURUSD < -1e999999", "EURUSD > 1e-999999"]
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(CommandError):
        read(typed.split(), 1)


def test_a_crossing_is_told_once(market: Market) -> None:
    market.price(1.09)
    market.book.add(["EURUSD", ">", "1.10"], market.store)
    assert market.price(1.10) == []
    assert market.price(1.1001) == ["alert 1: EURUSD > 1.10 (now 1.1001)"]
    assert market.price(1.12) == []


def test_a_price_that_trembles_at_the_bound_is_one_crossing(market: Market) -> None:
    market.price(1.09)
    market.book.add(["EURUSD", ">", "1.10"], market.store)
    told = [market.price(price) for price in (1.11, 1.09, 1.11, 1.09, 1.11)]
    assert [len(one) for one in told] == [1, 0, 0, 0, 0]
    market.price(1.09)
    market.price(1.09, REST_SECONDS)
    assert len(market.price(1.11)) == 1


def test_an_alert_that_holds_already_waits_for_the_next_crossing(market: Market) -> None:
    market.price(1.12)
    assert market.book.add(["EURUSD", ">", "1.10"], market.store).met
    assert market.price(1.13) == []


def test_a_stale_price_rings_nothing(market: Market) -> None:
    market.price(1.09)
    market.book.add(["EURUSD", ">", "1.10"], market.store)
    market.now += 1
    market.store.apply(e.QuoteUpdated(link="fx", symbol="EURUSD", last=1.2), market.now)
    market.now += 60
    assert market.due() == []
    market.link(LinkState.RECONNECTING)
    assert market.due() == []


def test_an_alert_on_what_is_not_known_yet_waits(market: Market) -> None:
    market.book.add(["XAUUSD", ">", "1"], market.store)
    market.book.add(["equity", "<", "1"], market.store)
    assert market.due() == []
    market.store.apply(e.RiskUpdated(Risk(link="g", equity=0.5, exposure=0, drawdown_percent=0)), market.now)
    assert market.due() == ["alert 2: equity < 1 (now 0.5)"]


def test_profit_is_summed_or_of_one_instrument(market: Market) -> None:
    market.book.add(["pnl", "<", "-100"], market.store)
    market.book.add(["pnl", "EURUSD", "<", "-100"], market.store)
    for number, (symbol, profit) in enumerate((("EURUSD", -50.0), ("XAUUSD", -60.0))):
        position = Position(
            link="fx",
            id=str(number),
            symbol=symbol,
            side=Side.BUY,
            quantity=1,
            entry_price=1,
            unrealised=profit,
        )
        market.store.apply(e.PositionUpdated(position), market.now)
    assert market.due() == ["alert 1: pnl < -100 (now -110)"]


def test_a_link_is_lost_only_after_it_was_there(market: Market) -> None:
    market.book.add(["link"], market.store)
    market.store.apply(e.LinkChanged("new", LinkState.CONNECTING), market.now)
    assert market.due() == []
    market.link(LinkState.RECONNECTING)
    assert market.due() == ["alert 1: fx is not connected"]
    assert market.due() == []


def test_alerts_are_numbered_deleted_and_bounded(market: Market) -> None:
    for _ in range(MOST):
        market.book.add(["pnl", ">", "1"], market.store)
    with pytest.raises(CommandError, match="delete some"):
        market.book.add(["pnl", ">", "1"], market.store)
    assert market.book.delete(3).number == 3
    with pytest.raises(CommandError, match="no alert 3"):
        market.book.delete(3)


def test_a_remembered_alert_tells_what_was_crossed_meanwhile(market: Market) -> None:
    other = AlertBook()
    market.price(1.09)
    market.book.add(["EURUSD", ">", "1.10"], market.store)
    other.restore(list(market.book))
    market.now += 1
    market.store.apply(e.QuoteUpdated(link="fx", symbol="EURUSD", last=1.2), market.now)
    assert len(other.due(market.store, market.now)) == 1


def test_a_damaged_memory_of_alerts_is_left_out(market: Market) -> None:
    good = read(["EURUSD", ">", "1.10"], 1)
    lost = read(["link", "fx"], 2)
    bad = [replace(good, number=3, bound="x"), replace(good, number=4, bound="nan"),
           replace(good, number=5, bound="1e400"), replace(good, number=6, subject="")]  # fmt: skip
    market.book.restore([good, lost, *bad])
    assert list(market.book) == [good, lost]
    assert market.price(1.2) == ["alert 1: EURUSD > 1.10 (now 1.2)"]
