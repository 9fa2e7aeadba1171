"""Everything the engine knows at one instant; what every endpoint says must follow from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from embedded_server.model.enums import Resolution
from embedded_server.model.risk import RiskState
from embedded_server.model.states import (
    AccountState,
    AiSignal,
    Bar,
    BotState,
    DayStatistics,
    DealState,
    DepthLevel,
    OrderState,
    PositionState,
    Quote,
    StrategyState,
)

if TYPE_CHECKING:
    from embedded_server.engine.engine import Engine

DEPTH = 10


class InstrumentSnapshot(Struct, frozen=True, kw_only=True):
    """One instrument's market: top of book, ten levels a side (best first), the day, the forming minute."""

    quote: Quote
    mark: int
    bids: tuple[DepthLevel, ...]
    asks: tuple[DepthLevel, ...]
    day: DayStatistics
    minute: Bar
    open: bool


class AccountSnapshot(Struct, frozen=True, kw_only=True):
    """One account: totals, what works, what is open, what was done."""

    state: AccountState
    working: tuple[OrderState, ...]
    positions: tuple[PositionState, ...]
    deals: tuple[DealState, ...]


class EngineSnapshot(Struct, frozen=True, kw_only=True):
    """The whole engine at `time` (virtual ns); `sequence` counts the events published before it."""

    time: int
    sequence: int
    instruments: dict[str, InstrumentSnapshot]
    accounts: dict[str, AccountSnapshot]
    strategies: tuple[StrategyState, ...]
    signals: dict[str, AiSignal]
    bot: BotState
    risk: RiskState


def take_snapshot(engine: Engine) -> EngineSnapshot:
    """Look at everything once; changes nothing."""
    latest = {key: engine.ai_service.latest(key) for key in engine.market.instruments}
    return EngineSnapshot(
        time=engine.now,
        sequence=engine.bus.sequence,
        instruments={key: _instrument(engine, key) for key in engine.market.instruments},
        accounts={
            account.id: AccountSnapshot(
                state=account.state(),
                working=account.working_orders(),
                positions=account.positions(),
                deals=tuple(account.deals()),
            )
            for account in engine.accounts
        },
        strategies=engine.strategies.states(),
        signals={key: signal for key, signal in latest.items() if signal is not None},
        bot=engine.bot.state(),
        risk=engine.guardian.state(),
    )


def _instrument(engine: Engine, key: str) -> InstrumentSnapshot:
    market = engine.market
    bids, asks = market.depth(key, DEPTH)
    return InstrumentSnapshot(
        quote=market.quote(key),
        mark=market.mark(key),
        bids=bids,
        asks=asks,
        day=market.day(key),
        minute=market.forming(key, Resolution.M1),
        open=market.is_open(key),
    )
