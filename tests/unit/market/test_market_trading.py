"""Account orders on the market: fills, resting, queue, listeners, and makers who meet them."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import MINUTE, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.market import Market
from embedded_server.model.enums import Liquidity, Side
from embedded_server.model.errors import EngineFault
from embedded_server.model.events import DepthChanged, QuoteChanged, TradePrinted

START = 1_772_000_000 * SECOND
Fill = tuple[str, int, int, int, Liquidity]


class Scene:
    """A market of a few instruments with recorded fills and quotes."""

    def __init__(self, *keys: str, seed: int = 5) -> None:
        self.simulation = Simulation(seed=seed, start=START)
        self.market = Market(self.simulation, [item for item in CATALOGUE if item.key in keys])
        self.fills: list[Fill] = []
        self.quotes: list[str] = []
        self.market.on_fill(lambda *fill: self.fills.append(fill))
        self.market.on_quote(self.quotes.append)
        self.market.start()

    def run(self, seconds: float) -> None:
        self.simulation.run_until(self.simulation.now + int(seconds * SECOND))


def test_books_are_filled_and_quoted_at_once() -> None:
    scene = Scene(*(item.key for item in CATALOGUE))
    for key in scene.market.instruments:
        quote = scene.market.quote(key)
        bids, asks = scene.market.depth(key, 10)
        assert len(bids) == len(asks) == 10
        assert 0 < quote.bid == bids[0].price < asks[0].price == quote.ask
        assert (quote.bid_lots, quote.ask_lots) == (bids[0].lots, asks[0].lots)
    events = scene.simulation.take_emitted()
    assert sum(isinstance(event, QuoteChanged) for event in events) == len(CATALOGUE)


def test_a_market_order_walks_the_book_and_reports_each_fill() -> None:
    scene = Scene("AAPL")
    _, asks = scene.market.depth("AAPL", 3)
    lots = asks[0].lots + asks[1].lots + 1
    assert scene.market.available("AAPL", Side.BUY, asks[1].price) == lots - 1
    assert scene.market.submit("AAPL", 7, Side.BUY, lots, None, rest=False) == 0
    assert scene.fills == [
        ("AAPL", 7, asks[0].price, asks[0].lots, Liquidity.TAKER),
        ("AAPL", 7, asks[1].price, asks[1].lots, Liquidity.TAKER),
        ("AAPL", 7, asks[2].price, 1, Liquidity.TAKER),
    ]
    assert scene.market.quote("AAPL").ask == asks[2].price == scene.market.quote("AAPL").last
    assert [trade.price for trade in scene.market.trades("AAPL", 2)] == [asks[1].price, asks[2].price]


def test_what_a_limit_order_does_not_fill_rests_and_is_seen() -> None:
    scene = Scene("AAPL")
    ask, lots = scene.market.quote("AAPL").ask, scene.market.quote("AAPL").ask_lots
    assert scene.market.submit("AAPL", 1, Side.BUY, lots + 30, ask, rest=True) == 30
    quote = scene.market.quote("AAPL")
    assert (quote.bid, quote.bid_lots) == (ask, 30)
    assert quote.bid < quote.ask


def test_an_order_that_does_not_rest_leaves_nothing() -> None:
    scene = Scene("AAPL")
    before = scene.market.depth("AAPL", 50)
    scene.simulation.take_emitted()
    bid = scene.market.quote("AAPL").bid
    assert scene.market.submit("AAPL", 1, Side.BUY, 30, bid, rest=False) == 30
    assert scene.market.depth("AAPL", 50) == before
    assert not [e for e in scene.simulation.take_emitted() if isinstance(e, QuoteChanged | TradePrinted)]


def test_listeners_of_quotes_are_called_after_the_handler_and_once() -> None:
    scene = Scene("AAPL")
    scene.quotes.clear()
    ask = scene.market.quote("AAPL").ask
    scene.market.submit("AAPL", 1, Side.BUY, 5, ask, rest=False)
    scene.market.submit("AAPL", 2, Side.BUY, 5, ask, rest=False)
    assert scene.quotes == []
    scene.simulation.settle()
    assert scene.quotes == ["AAPL"]


def test_two_accounts_orders_meet_and_both_hear_of_it() -> None:
    scene = Scene("EURUSD")
    quote = scene.market.quote("EURUSD")
    price = quote.bid + 1 if quote.bid + 1 < quote.ask else quote.bid
    scene.market.submit("EURUSD", 1, Side.BUY, 10, price, rest=True)
    ahead = scene.market.queue_ahead("EURUSD", 1)
    scene.market.submit("EURUSD", 2, Side.SELL, ahead + 4, price, rest=True)
    assert ("EURUSD", 1, price, 4, Liquidity.MAKER) in scene.fills
    assert ("EURUSD", 2, price, 4, Liquidity.TAKER) in scene.fills
    assert scene.market.queue_ahead("EURUSD", 1) == 0


def test_cancelling_and_reducing_report_what_is_left() -> None:
    scene = Scene("AAPL")
    price = scene.market.quote("AAPL").bid - 5_000
    scene.market.submit("AAPL", 1, Side.BUY, 30, price, rest=True)
    scene.market.submit("AAPL", 2, Side.BUY, 30, price, rest=True)
    scene.market.reduce("AAPL", 1, 10)
    assert scene.market.queue_ahead("AAPL", 2) == 10
    assert scene.market.cancel("AAPL", 1) == 10
    assert scene.market.cancel("AAPL", 1) == 0
    assert scene.market.queue_ahead("AAPL", 2) == 0


def test_a_resting_order_the_price_moves_through_is_filled_at_its_price() -> None:
    scene = Scene("BTCUSDT")
    price = scene.market.quote("BTCUSDT").bid * 99 // 100
    scene.market.submit("BTCUSDT", 1, Side.BUY, 400, price, rest=True)
    scene.run(1)
    assert not scene.fills
    scene.market.move("BTCUSDT", -0.05)
    scene.simulation.settle()
    assert sum(fill[3] for fill in scene.fills) == 400
    assert {(fill[1], fill[2], fill[4]) for fill in scene.fills} == {(1, price, Liquidity.MAKER)}


@pytest.mark.parametrize("side", list(Side))
def test_an_order_too_large_for_the_makers_neither_crosses_nor_empties_the_book(side: Side) -> None:
    scene = Scene("AAPL")
    price = round(scene.market.quote("AAPL").last * (1 + 0.01 * side.sign))
    scene.market.submit("AAPL", 1, side, 500_000, price, rest=True)
    for _ in range(30):
        scene.run(1)
        quote = scene.market.quote("AAPL")
        assert 0 < quote.bid < quote.ask
        bids, asks = scene.market.depth("AAPL", 10)
        assert len(bids) == len(asks) == 10
    assert sum(fill[3] for fill in scene.fills) < 500_000


def test_a_moved_price_is_followed_by_the_book_and_a_trade_at_the_same_instant() -> None:
    scene = Scene("ETHUSDT", "ETHUSDT-PERP")
    before = {key: scene.market.quote(key) for key in scene.market.instruments}
    scene.market.move("ETHUSDT-PERP", 0.02)
    scene.simulation.settle()
    for key, old in before.items():
        quote = scene.market.quote(key)
        assert math.isclose(quote.bid, old.bid * 1.02, rel_tol=1e-3)
        assert math.isclose(quote.last, old.last * 1.02, rel_tol=1e-3)
        assert math.isclose(scene.market.mark(key), quote.last, rel_tol=1e-3)
    scene.run(1_200)
    assert math.isclose(scene.market.quote("ETHUSDT").last, before["ETHUSDT"].last * 1.02, rel_tol=0.03)


@pytest.mark.parametrize("fraction", [-1.0, math.nan, math.inf])
def test_a_senseless_move_is_refused(fraction: float) -> None:
    with pytest.raises(ValueError, match="cannot be moved"):
        Scene("AAPL").market.move("AAPL", fraction)


@pytest.mark.parametrize(("order_id", "lots"), [(0, 5), (-3, 5), (1, 0), (1, -5)])
def test_orders_that_accounts_cannot_have_are_faults(order_id: int, lots: int) -> None:
    with pytest.raises(EngineFault):
        Scene("AAPL").market.submit("AAPL", order_id, Side.BUY, lots, None, rest=False)


def test_an_order_that_rests_cannot_be_sent_again() -> None:
    scene = Scene("AAPL")
    bid = scene.market.quote("AAPL").bid
    scene.market.submit("AAPL", 1, Side.BUY, 5, bid, rest=True)
    with pytest.raises(EngineFault):
        scene.market.submit("AAPL", 1, Side.BUY, 5, bid, rest=True)


def test_every_book_is_full_when_the_first_listener_hears_of_one() -> None:
    simulation = Simulation(seed=5, start=START)
    market = Market(simulation)
    thin: list[str] = []
    market.on_quote(lambda _: thin.extend(k for k in market.instruments if not all(market.depth(k, 1))))
    market.start()
    assert thin == []


def test_a_perpetual_stays_within_a_tenth_of_a_percent_of_its_spot() -> None:
    scene = Scene("SOLUSDT", "SOLUSDT-PERP")
    for _ in range(120):
        scene.run(10)
        spot, perpetual = scene.market.quote("SOLUSDT"), scene.market.quote("SOLUSDT-PERP")
        basis = (perpetual.bid + perpetual.ask) / (spot.bid + spot.ask) - 1
        assert abs(basis) < 0.002  # the bound and what the price moved between the two steps
        assert abs(scene.market.mark("SOLUSDT-PERP") / scene.market.mark("SOLUSDT") - 1) < 0.002


def test_something_moves_several_times_a_second_and_each_liquid_market_about_once() -> None:
    scene = Scene(*(item.key for item in CATALOGUE))
    scene.simulation.take_emitted()
    scene.run(60)
    times: dict[str, list[int]] = {}
    for event in scene.simulation.take_emitted():
        if isinstance(event, QuoteChanged):
            times.setdefault(event.quote.instrument, []).append(event.time)
    together = sorted(time for series in times.values() for time in series)
    assert max(b - a for a, b in pairwise(together)) < SECOND // 3
    for key in ("BTCUSDT", "ETHUSDT", "BTCUSDT-PERP", "EURUSD", "TSLA"):
        assert len(times[key]) > 40


def test_trade_ids_count_up_and_events_carry_the_present() -> None:
    scene = Scene("TSLA")
    scene.run(MINUTE // SECOND)
    events = scene.simulation.take_emitted()
    trades = [event for event in events if isinstance(event, TradePrinted)]
    assert [trade.trade_id for trade in trades] == list(range(1, len(trades) + 1))
    assert list(scene.market.trades("TSLA", 10)) == trades[-10:]
    assert [event.time for event in events] == sorted(event.time for event in events)
    assert any(isinstance(event, DepthChanged) for event in events)


def test_an_unknown_instrument_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Scene("AAPL").market.quote("NOPE")
