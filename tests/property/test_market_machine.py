"""A market under random account orders, moves and time: no lot is lost, no book crossed, candles add up."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import DAY, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.market import Market
from embedded_server.model.enums import Liquidity, Resolution, Side
from embedded_server.model.events import TradePrinted

KEY = "AAPL"
START = 1_772_000_000 // 86_400 * DAY
LOTS = st.one_of(st.integers(1, 400), st.integers(1, 40_000))


class MarketMachine(RuleBasedStateMachine):
    """Sends what accounts could send and counts every lot."""

    def __init__(self) -> None:
        super().__init__()
        self.simulation = Simulation(seed=1, start=START)
        self.market = Market(self.simulation, [item for item in CATALOGUE if item.key == KEY])
        self.market.on_fill(self.filled)
        self.market.start()
        self.resting: dict[int, int] = {}
        self.taken: dict[int, int] = {}
        self.traded = 0
        self.next_id = 1

    def filled(self, key: str, order_id: int, price: int, lots: int, liquidity: Liquidity) -> None:
        assert key == KEY
        assert price > 0
        assert lots > 0
        if liquidity is Liquidity.MAKER:
            self.resting[order_id] -= lots
            assert self.resting[order_id] >= 0
        else:
            self.taken[order_id] = self.taken.get(order_id, 0) + lots

    @rule(side=st.sampled_from(list(Side)), offset=st.integers(-400, 400), lots=LOTS, rest=st.booleans())
    def send_limit(self, side: Side, offset: int, lots: int, rest: bool) -> None:
        order_id, self.next_id = self.next_id, self.next_id + 1
        limit = self.market.quote(KEY).last + offset
        available = self.market.available(KEY, side, limit)
        remaining = self.market.submit(KEY, order_id, side, lots, limit, rest=rest)
        assert remaining == max(0, lots - available)
        assert self.taken.get(order_id, 0) == lots - remaining
        if rest and remaining:
            self.resting[order_id] = remaining

    @rule(side=st.sampled_from(list(Side)), lots=LOTS)
    def send_market(self, side: Side, lots: int) -> None:
        order_id, self.next_id = self.next_id, self.next_id + 1
        available = self.market.available(KEY, side, None)
        assert self.market.submit(KEY, order_id, side, lots, None, rest=False) == max(0, lots - available)

    @precondition(lambda self: self.resting)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order_id = data.draw(st.sampled_from(sorted(self.resting)))
        assert self.market.cancel(KEY, order_id) == self.resting.pop(order_id)

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds: int) -> None:
        self.simulation.run_until(self.simulation.now + seconds * SECOND)
        bids, asks = self.market.depth(KEY, 10)
        assert len(bids) == len(asks) == 10

    @rule(fraction=st.floats(-0.03, 0.03))
    def move(self, fraction: float) -> None:
        self.market.move(KEY, fraction)
        self.simulation.settle()

    @invariant()
    def the_book_is_not_crossed(self) -> None:
        quote = self.market.quote(KEY)
        assert not (quote.bid and quote.ask) or quote.bid < quote.ask
        bids, asks = self.market.depth(KEY, 10_000)
        prices = [level.price for level in (*reversed(bids), *asks)]
        assert prices == sorted(set(prices))
        assert all(level.lots > 0 for level in (*bids, *asks))

    @invariant()
    def candles_hold_every_trade(self) -> None:
        events = self.simulation.take_emitted()
        self.traded += sum(event.lots for event in events if isinstance(event, TradePrinted))
        bars = self.market.bars(KEY, Resolution.M5, start=START)
        assert sum(bar.lots for bar in bars) == self.traded
        assert bars[-1].close == self.market.quote(KEY).last


MarketMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestMarket = MarketMachine.TestCase
