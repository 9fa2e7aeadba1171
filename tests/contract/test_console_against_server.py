"""The console's links against the real server, in one process, on a market whose time the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Literal

import pytest

from embedded_server.model import commands as engine
from embedded_server.model.enums import OrderStatus as EngineStatus
from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from tui_trader.connection.links import Links
from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError
from tui_trader.model.values import LinkState, OrderKind, OrderStatus, Severity, Side
from tui_trader.own_server import plans
from tui_trader.protocols.registry import PROTOCOLS
from tui_trader.server_process import Announcement

PATIENCE_SECONDS = 20.0


class Console:
    """Links to a server, what they told, and a way to wait for it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.events: list[e.Event] = []
        self._news = asyncio.Event()
        announcement = Announcement(
            ready=True,
            endpoints=server.endpoints,
            http=server.http,
            credentials_file=str(server.credentials_file),
        )
        self.links = Links(plans(announcement), self._take)

    def _take(self, event: e.Event) -> None:
        self.events.append(event)
        self._news.set()

    async def until(self, wanted: Callable[[e.Event], bool]) -> e.Event:
        """The first event, past or to come, for which `wanted` holds."""
        return await self.after(0, wanted)

    async def after(self, seen: int, wanted: Callable[[e.Event], bool]) -> e.Event:
        """The first event behind the first `seen` ones for which `wanted` holds."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for event in self.events[seen:]:
                    if wanted(event):
                        return event
                seen = len(self.events)
                self._news.clear()
                await self._news.wait()

    async def order(self, link: str, reference: str, status: OrderStatus) -> e.OrderUpdated:
        """The order of a reference, once it is in a state."""
        event = await self.until(
            lambda one: (
                isinstance(one, e.OrderUpdated)
                and (one.order.link, one.order.reference, one.order.status) == (link, reference, status)
            )
        )
        assert isinstance(event, e.OrderUpdated)
        return event

    def kinds(self, link: str) -> set[type]:
        """Types of market and account events a link brought."""
        return {type(event) for event in self.events if getattr(event, "link", None) == link}

    @property
    def faults(self) -> list[e.Event]:
        """Everything that says that one side did not understand the other."""
        return [
            event
            for event in self.events
            if isinstance(event, e.UnknownReceived)
            or (isinstance(event, e.NoticeReceived) and event.severity is Severity.ERROR)
        ]


@pytest.fixture
def dialect() -> str:
    return "documented"


@pytest.fixture
async def server(dialect: Literal["documented", "observed"]) -> AsyncIterator[Server]:
    async with Server(ServerSettings(seed=7, ports="free", clock="manual", dialect=dialect)) as running:
        yield running


@pytest.fixture
async def console(server: Server) -> AsyncIterator[Console]:
    """All links ready, forex instruments and account loaded."""
    one = Console(server)
    one.links.start()
    for name in PROTOCOLS:
        await one.until(
            lambda event, name=name: (
                isinstance(event, e.LinkChanged)  # type: ignore[misc]  # bound in the loop
                and (event.link, event.state) == (name, LinkState.READY)
            )
        )
    await one.until(lambda event: isinstance(event, e.AccountUpdated) and event.account.link == "onetrade")
    await one.until(lambda event: isinstance(event, e.InstrumentsListed) and event.link == "onetrade")
    yield one
    await one.links.stop()


def order(link: str, symbol: str, reference: str, **changes: object) -> c.PlaceOrder:
    given: dict[str, object] = {
        "link": link,
        "symbol": symbol,
        "side": Side.BUY,
        "kind": OrderKind.MARKET,
        "quantity": Decimal("0.10"),
        "reference": reference,
    }
    return c.PlaceOrder(**{**given, **changes})  # type: ignore[arg-type]  # a test's shorthand


def engine_order(server: Server, account: str, reference: str) -> EngineStatus:
    """State of the one order of this reference that the engine knows."""
    one = server.engine.accounts[account]
    (found,) = [
        state for state in (*one.working_orders(), *one.order_history()) if state.reference == reference
    ]
    return found.status


@pytest.mark.parametrize("dialect", ["documented", "observed"])
async def test_every_link_streams_what_it_is_for(console: Console, server: Server) -> None:
    console.links.send(c.WatchDepth(link="channels", symbol="BTCUSDT"))
    console.links.send(c.WatchDepth(link="market_data_gateway", symbol="EURUSD"))
    console.links.send(c.WatchBars(link="market_data_gateway", symbol="EURUSD", timeframe="1m", count=300))
    history = await console.until(lambda event: isinstance(event, e.HistoryLoaded))
    assert isinstance(history, e.HistoryLoaded)
    assert len(history.bars) in (300, 301)
    await console.until(lambda event: isinstance(event, e.DepthUpdated) and event.link == "channels")
    await server.advance(65)
    await console.until(lambda event: isinstance(event, e.IndicatorsUpdated))
    await console.until(
        lambda event: isinstance(event, e.BarUpdated) and event.link == "market_data_gateway" and event.closed
    )
    await console.until(lambda event: isinstance(event, e.BarUpdated) and event.link == "bars")
    for link in ("market_data_gateway", "bot_core", "channels", "onetrade"):
        await console.until(
            lambda event, link=link: isinstance(event, e.QuoteUpdated) and event.link == link  # type: ignore[misc]
        )
    assert {e.DepthUpdated, e.TradePrinted} <= console.kinds("channels")
    assert {e.DepthUpdated, e.TradePrinted, e.InstrumentsListed} <= console.kinds("market_data_gateway")
    assert console.faults == []
    assert all(console.links.status(name).malformed == 0 for name in console.links.names)


async def test_quotes_are_the_markets_own(console: Console, server: Server) -> None:
    await server.advance(2)
    market = server.engine.market
    owners = {
        "AAPL": "market_data_gateway",
        "BTCUSDT": "channels",
        "BTCUSDT-PERP": "bot_core",
        "EURUSD": "onetrade",
    }
    for key, link in owners.items():
        instrument, quote = market.instruments[key], market.quote(key)
        now = (link, key, float(instrument.price(quote.bid)), float(instrument.price(quote.ask)))
        await console.until(
            lambda event, now=now: (
                isinstance(event, e.QuoteUpdated)  # type: ignore[misc]  # bound in the loop
                and (event.link, event.symbol, event.bid, event.ask) == now
            )
        )


async def test_a_forex_order_exists_once_at_the_server_and_can_be_canceled(
    console: Console, server: Server
) -> None:
    limit = order("onetrade", "EURUSD", "fx-1", kind=OrderKind.LIMIT, price=Decimal("1.00000"))
    console.links.send(limit)
    placed = await console.order("onetrade", "fx-1", OrderStatus.WORKING)
    answered = await console.until(
        lambda event: isinstance(event, e.CommandAnswered) and event.reference == "fx-1"
    )
    assert isinstance(answered, e.CommandAnswered)
    assert (answered.accepted, answered.order_id) == (True, placed.order.id)
    assert engine_order(server, "forex", "fx-1") is EngineStatus.WORKING
    console.links.send(c.CancelOrder(link="onetrade", order_id=placed.order.id, reference="fx-2"))
    await console.order("onetrade", "fx-1", OrderStatus.CANCELED)
    assert engine_order(server, "forex", "fx-1") is EngineStatus.CANCELED


@pytest.mark.parametrize(("accepted", "ending"), [(True, OrderStatus.FILLED), (False, OrderStatus.CANCELED)])
async def test_a_requote_is_offered_answered_and_ended(
    console: Console, server: Server, accepted: bool, ending: OrderStatus
) -> None:
    server.engine.submit(engine.ForceRequote(count=1, ticks=3))
    market = server.engine.market
    price = market.instruments["EURUSD"].price(market.quote("EURUSD").ask)
    console.links.send(order("onetrade", "EURUSD", "rq-1", price=price, deviation_points=0))
    await asyncio.wait_for(_advance_until(server, console, e.RequoteOffered), PATIENCE_SECONDS)
    offer = next(event for event in console.events if isinstance(event, e.RequoteOffered))
    assert offer.old_price == float(price)
    assert offer.order.offer_price is not None
    assert offer.order.offer_price > float(price)
    assert 0 < offer.valid_seconds <= 60
    console.links.send(
        c.AnswerRequote(link="onetrade", order_id=offer.order.id, accepted=accepted, reference="rq-2")
    )
    await asyncio.wait_for(_advance_until(server, console, e.RequoteEnded), PATIENCE_SECONDS)
    await server.advance(3)
    await console.order("onetrade", "rq-1", ending)
    assert engine_order(server, "forex", "rq-1").value == ending.value
    late = c.AnswerRequote(link="onetrade", order_id=offer.order.id, accepted=True, reference="rq-3")
    console.links.send(late)
    refused = await console.until(
        lambda event: isinstance(event, e.CommandAnswered) and event.reference == "rq-3"
    )
    assert isinstance(refused, e.CommandAnswered)
    assert not refused.accepted
    assert refused.detail


async def _advance_until(server: Server, console: Console, kind: type) -> None:
    while not any(isinstance(event, kind) for event in console.events):
        await server.advance(0.2)
        await asyncio.sleep(0.01)


async def test_a_position_is_opened_protected_and_closed(console: Console, server: Server) -> None:
    console.links.send(order("onetrade", "EURUSD", "p-1"))
    await _advance_until(server, console, e.PositionUpdated)
    position = next(event.position for event in console.events if isinstance(event, e.PositionUpdated))
    assert (position.symbol, position.quantity, position.side) == ("EURUSD", 0.1, Side.BUY)
    stop = Decimal(str(round(position.entry_price - 0.01, 5)))
    console.links.send(
        c.ModifyPosition(link="onetrade", position_id=position.id, reference="p-2", stop_loss=stop)
    )
    await console.until(
        lambda event: isinstance(event, e.PositionUpdated) and event.position.stop_loss == float(stop)
    )
    console.links.send(
        c.ClosePosition(link="onetrade", position_id=position.id, reference="p-3", quantity=Decimal("0.04"))
    )
    await server.advance(2)
    await console.until(
        lambda event: isinstance(event, e.PositionUpdated) and event.position.quantity == pytest.approx(0.06)
    )
    console.links.send(c.ClosePosition(link="onetrade", position_id=position.id, reference="p-4"))
    await server.advance(2)
    await console.until(lambda event: isinstance(event, e.PositionRemoved) and event.id == position.id)
    assert not server.engine.accounts["forex"].positions()


async def test_a_spot_order_is_signed_accepted_and_filled(console: Console, server: Server) -> None:
    console.links.send(order("channels", "BTCUSDT", "sp-1", quantity=Decimal("0.0100")))
    filled = await console.order("channels", "sp-1", OrderStatus.FILLED)
    assert filled.order.average_price is not None
    answered = await console.until(
        lambda event: isinstance(event, e.CommandAnswered) and event.reference == "sp-1"
    )
    assert isinstance(answered, e.CommandAnswered)
    assert answered.accepted
    assert engine_order(server, "spot", "sp-1") is EngineStatus.FILLED
    console.links.send(c.ClosePosition(link="channels", position_id="BTCUSDT", reference="sp-2"))
    await console.until(lambda event: isinstance(event, e.PositionRemoved) and event.link == "channels")


async def test_a_refused_order_says_why(console: Console) -> None:
    console.links.send(order("channels", "BTCUSDT", "no-1", quantity=Decimal(1_000_000)))
    event = await console.until(
        lambda one: (
            (isinstance(one, e.CommandAnswered) and one.reference == "no-1")
            or (isinstance(one, e.OrderUpdated) and one.order.reference == "no-1")
        )
    )
    if isinstance(event, e.CommandAnswered):
        assert not event.accepted
        assert event.detail
    else:
        assert isinstance(event, e.OrderUpdated)
        assert event.order.status is OrderStatus.REJECTED
        assert event.order.reason


async def test_a_strategy_is_started_paused_and_stopped(console: Console) -> None:
    listed = await console.until(lambda event: isinstance(event, e.StrategiesListed))
    assert isinstance(listed, e.StrategiesListed)
    strategy = next(one for one in listed.strategies if one.status == "STOPPED")
    for command, status in (
        (c.StartStrategy(link="orchestrator", strategy_id=strategy.id), "ACTIVE"),
        (c.PauseStrategy(link="orchestrator", strategy_id=strategy.id), "PAUSED"),
        (c.StopStrategy(link="orchestrator", strategy_id=strategy.id), "STOPPED"),
    ):
        console.links.send(command)
        await console.until(
            lambda event, status=status: (
                isinstance(event, e.StrategyStatusChanged)  # type: ignore[misc]
                and (event.id, event.status) == (strategy.id, status)
            )
        )
    assert console.faults == []


async def test_what_bounds_the_strategies_is_told_to_whoever_asks(console: Console) -> None:
    told = await console.until(lambda event: isinstance(event, e.StrategyConfigsListed))
    assert isinstance(told, e.StrategyConfigsListed)
    assert told.stop_closes_positions
    assert {one.strategy_id for one in told.configs} == {f"strategy-{number}" for number in range(123, 128)}
    config = next(one for one in told.configs if one.strategy_id == "strategy-123")
    assert (config.symbols, config.resolution) == (("AAPL", "MSFT", "GOOGL"), "1m")
    assert (config.max_position_value, config.max_orders_per_minute, config.stop_loss) == (10_000, 5, 0.02)
    console.links.send(c.StopStrategy(link="orchestrator", strategy_id="strategy-123", close_positions=True))
    await console.until(
        lambda event: isinstance(event, e.StrategyStatusChanged) and event.status == "STOPPED"
    )
    assert console.faults == []


@pytest.mark.parametrize("dialect", ["documented", "observed"])
async def test_the_bot_is_controlled_and_a_signal_comes_from_both_services(console: Console) -> None:
    console.links.send(c.ControlBot(link="bot_core", command="PAUSE"))
    await console.until(lambda event: isinstance(event, e.BotUpdated) and event.bot.status == "PAUSED")
    console.links.send(c.RequestSignal(link="ai_service", symbol="ETHUSDT-PERP", timeframe="1h"))
    signals = [
        await console.until(
            lambda event, link=link: (
                isinstance(event, e.SignalReceived)  # type: ignore[misc]
                and (event.signal.link, event.signal.symbol, event.signal.timeframe)
                == (link, "ETHUSDT-PERP", "1h")
            )
        )
        for link in ("ai_service", "bot_core")
    ]
    first, second = (one.signal for one in signals if isinstance(one, e.SignalReceived))
    assert first.id == second.id
    assert first.reasoning == second.reasoning != ""


async def test_the_kill_switch_is_engaged_verified_and_released(console: Console, server: Server) -> None:
    console.links.send(c.EngageKillSwitch(link="risk_guardian", reason="test"))
    await console.until(lambda event: isinstance(event, e.KillSwitchChanged) and event.engaged)
    await server.advance(5)  # closing positions takes market time, and so does looking again
    await console.until(lambda event: isinstance(event, e.KillSwitchChanged) and event.verified)
    console.links.send(order("onetrade", "EURUSD", "ks-1"))
    refused = await console.until(
        lambda event: isinstance(event, e.CommandAnswered) and event.reference == "ks-1"
    )
    assert isinstance(refused, e.CommandAnswered)
    assert not refused.accepted
    console.links.send(c.ReleaseKillSwitch(link="risk_guardian"))
    await console.until(lambda event: isinstance(event, e.KillSwitchChanged) and not event.engaged)
    console.links.send(c.SetRiskLimits(link="risk_guardian", limits=(("maxDrawdownPercent", Decimal(15)),)))
    await console.until(
        lambda event: isinstance(event, e.RiskUpdated) and dict(event.risk.limits)["maxDrawdownPercent"] == 15
    )


async def test_after_a_cut_everything_comes_back_and_no_order_is_sent_twice(
    console: Console, server: Server
) -> None:
    limit = order("onetrade", "EURUSD", "cut-1", kind=OrderKind.LIMIT, price=Decimal("1.00000"))
    console.links.send(limit)
    await console.order("onetrade", "cut-1", OrderStatus.WORKING)
    mark = len(console.events)
    for name in PROTOCOLS:
        for session in list(server.endpoint(name).sessions):
            session.abort()
    for name in PROTOCOLS:
        await console.after(mark, lambda event, name=name: _is(event, name, LinkState.RECONNECTING))  # type: ignore[misc]
    with pytest.raises(CommandError, match="nothing was sent"):
        console.links.send(order("onetrade", "EURUSD", "cut-2"))
    for name in PROTOCOLS:
        console.links.retry(name)
        await console.after(mark, lambda event, name=name: _is(event, name, LinkState.READY))  # type: ignore[misc]
    replaced = await console.after(
        mark, lambda event: isinstance(event, e.OrdersReplaced) and event.link == "onetrade"
    )
    assert isinstance(replaced, e.OrdersReplaced)
    assert [one.reference for one in replaced.orders] == ["cut-1"]
    assert len(server.engine.accounts["forex"].working_orders()) == 1


def _is(event: e.Event, name: str, state: LinkState) -> bool:
    return isinstance(event, e.LinkChanged) and (event.link, event.state) == (name, state)
