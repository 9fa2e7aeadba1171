"""A scripted market for the screen, told event by event: a busy day, and what else may come."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from tests.ui.scripted_wires import SUPPORTED, Clock
from tui_trader.model import events as e
from tui_trader.model.values import (
    Account,
    Bar,
    Bot,
    Deal,
    Instrument,
    LinkState,
    Order,
    OrderKind,
    OrderStatus,
    Position,
    Risk,
    RiskAccount,
    RiskStrategy,
    Severity,
    Side,
    Signal,
    Strategy,
    StrategyPosition,
)

NOON = 1_767_268_800_000
"""2026-01-01 12:00 UTC, epoch ms."""

_MARKETS = (
    ("AAPL", "equity", 2, 228.41, 0.84, 51_200_000), ("MSFT", "equity", 2, 431.20, -0.31, 18_900_000),
    ("GOOGL", "equity", 2, 178.05, 1.12, 22_400_000), ("AMZN", "equity", 2, 201.77, 0.05, 31_000_000),
    ("TSLA", "equity", 2, 352.56, -2.44, 88_100_000), ("NVDA", "equity", 2, 141.98, 3.07, 210_000_000),
    ("META", "equity", 2, 567.16, 0.00, 12_100_000), ("NFLX", "equity", 2, 897.48, -0.77, 3_900_000),
    ("BTCUSDT", "spot", 2, 104_250.01, 2.31, 24_801.5), ("ETHUSDT", "spot", 2, 3_871.44, -0.92, 301_220.1),
    ("SOLUSDT", "spot", 2, 221.63, 4.18, 2_100_450.0), ("BNBUSDT", "spot", 2, 702.10, 0.44, 180_010.0),
    ("XRPUSDT", "spot", 4, 2.2841, -1.03, 90_120_000.0), ("ADAUSDT", "spot", 4, 0.9812, 0.66, 60_000_000.0),
    ("DOGEUSDT", "spot", 5, 0.38214, 5.91, 900_000_000.0), ("LTCUSDT", "spot", 2, 118.90, -0.15, 400_100.0),
    ("BTCUSDT-PERP", "perpetual", 2, 104_271.50, 2.35, 98_410.0),
    ("ETHUSDT-PERP", "perpetual", 2, 3_872.05, -0.88, 1_220_000.0),
    ("SOLUSDT-PERP", "perpetual", 2, 221.70, 4.21, 9_100_000.0),
    ("EURUSD", "forex", 5, 1.08512, 0.12, 1_200.0), ("GBPUSD", "forex", 5, 1.27034, -0.08, 910.0),
    ("USDJPY", "forex", 3, 154.218, 0.41, 2_210.0), ("XAUUSD", "forex", 2, 2_651.34, -0.55, 8_100.0),
    ("AUDUSD", "forex", 5, 0.65120, 0.00, 640.0),
)  # fmt: skip

_OWNERS = {"equity": "market_data_gateway", "spot": "channels", "perpetual": "bot_core", "forex": "onetrade"}


def instruments() -> dict[str, list[Instrument]]:
    """Each link's own instruments."""
    listed: dict[str, list[Instrument]] = {}
    for key, kind, digits, *_ in _MARKETS:
        link = _OWNERS[kind]
        listed.setdefault(link, []).append(
            Instrument(
                key=key,
                symbol=key.removesuffix("-PERP"),
                link=link,
                kind=kind,
                price_digits=digits,
                tick_size=10.0**-digits,
                contract_size=100_000.0 if kind == "forex" else 1.0,
                quote_currency="USD" if kind in ("forex", "equity") else "USDT",
                quantity_step=0.01,
                minimum_quantity=0.01,
            )
        )
    everything = [one for own in listed.values() for one in own]
    listed["market_data_gateway"] = everything
    return listed


def wave(place: int, step: int) -> float:
    """A path that looks like a market and is the same on every machine."""
    return round(
        math.sin(step * 0.31 + place) + 0.6 * math.sin(step * 0.083 + place * 2) + 0.4 * math.sin(step * 1.7),
        6,
    )


def quotes(step: int) -> Iterator[e.Event]:
    """One quote for every instrument."""
    for place, (key, kind, digits, base, change, volume) in enumerate(_MARKETS):
        tick = 10.0**-digits
        price = round(base * (1 + 0.0004 * wave(place, step)), digits)
        half = max(1, round(base * 0.00004 / tick)) * tick
        yield e.QuoteUpdated(
            link=_OWNERS[kind],
            symbol=key,
            bid=round(price - half, digits),
            ask=round(price + half, digits),
            last=None if kind == "forex" else price,
            change_percent=change,
            volume=float(volume),
            high=round(base * 1.011, digits),
            low=round(base * 0.988, digits),
            time_ms=NOON + step * 2_000,
        )


BEATS = 24
EURUSD_NOW = 1.08586


def candles(
    symbol: str, timeframe: str = "1m", count: int = 400, base: float = EURUSD_NOW
) -> e.HistoryLoaded:
    """Past candles that end at the market's present price."""
    minutes = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60}.get(timeframe, 60)
    bars = []
    shape = lambda i: base * (1 + 0.0012 * (wave(19, i - count) - wave(19, 0)))  # noqa: E731
    for i in range(count):
        start, end = shape(i), shape(i + 1)
        reach = base * 0.0002 * (1 + abs(math.sin(i * 2.7)))
        high, low = (
            max(start, end) + reach * abs(math.sin(i)),
            min(start, end) - reach * abs(math.cos(i * 1.3)),
        )
        time = NOON - (count - i) * minutes * 60_000
        bars.append(Bar(time, start, high, low, end, 40 + 90 * abs(math.sin(i * 0.7)) + 60 * abs(wave(3, i))))
    return e.HistoryLoaded("market_data_gateway", symbol, timeframe, tuple(bars))


def depth(
    symbol: str = "EURUSD", middle: float = EURUSD_NOW, tick: float = 0.00001, digits: int = 5
) -> e.DepthUpdated:
    """A book of 25 levels a side."""
    sizes = [0.5 + round(4 * abs(math.sin(i * 1.9)) + i * 0.15, 2) for i in range(25)]
    bids = tuple((round(middle - (i + 1) * tick, digits), size) for i, size in enumerate(sizes))
    asks = tuple((round(middle + (i + 1) * tick, digits), size) for i, size in enumerate(reversed(sizes)))
    return e.DepthUpdated("market_data_gateway", symbol, bids, asks, NOON)


def links_ready() -> Iterator[e.Event]:
    """Every link signed in."""
    for name in SUPPORTED:
        yield e.LinkChanged(name, LinkState.READY)
        yield e.RoundTripMeasured(name, 0.0012)


def trading() -> Iterator[e.Event]:
    """Accounts, positions, orders, strategies, signals and the bot of a busy day."""
    forex, spot = "onetrade", "channels"
    yield e.AccountUpdated(
        Account(link=forex, currency="USD", balance=10_000.0, equity=10_214.55, margin=217.02,
                free_margin=9_997.53, margin_level_percent=4_706.7, profit=214.55, leverage=100)
    )  # fmt: skip
    yield e.AccountUpdated(Account(link=spot, currency="USDT", balance=50_000.0, equity=50_310.2))
    yield e.PositionsReplaced(forex, (
        Position(link=forex, id="1001", symbol="EURUSD", side=Side.BUY, quantity=0.5, entry_price=1.08372,
                 mark_price=1.08582, unrealised=105.0, swap=-1.2, stop_loss=1.0815, take_profit=1.09,
                 currency="USD"),
        Position(link=forex, id="1002", symbol="XAUUSD", side=Side.SELL, quantity=0.1, entry_price=2_662.30,
                 mark_price=2_651.34, unrealised=109.55, currency="USD"),
    ))  # fmt: skip
    yield e.PositionUpdated(
        Position(link="bot_core", id="p-7", symbol="BTCUSDT-PERP", side=Side.BUY, quantity=0.01,
                 entry_price=104_900.0, mark_price=104_271.5, unrealised=-6.29, unrealised_percent=-5.99,
                 leverage=10, liquidation_price=95_114.2, currency="USDT")
    )  # fmt: skip
    yield e.OrdersReplaced(forex, (
        Order(link=forex, id="501", symbol="GBPUSD", side=Side.BUY, kind=OrderKind.LIMIT, quantity=0.2,
              price=1.268, status=OrderStatus.WORKING, created_ms=NOON - 60_000),
    ))  # fmt: skip
    yield e.OrderUpdated(
        Order(link=spot, id="9f31", symbol="ETHUSDT", side=Side.SELL, kind=OrderKind.LIMIT, filled=0.4,
              status=OrderStatus.PARTIALLY_FILLED, quantity=1.5, price=3_880.0, created_ms=NOON - 30_000)
    )  # fmt: skip
    yield e.OrderUpdated(
        Order(link=forex, id="499", symbol="EURUSD", side=Side.BUY, kind=OrderKind.MARKET, quantity=0.5,
              filled=0.5, status=OrderStatus.FILLED, average_price=1.08372, created_ms=NOON - 90_000)
    )  # fmt: skip
    yield e.DealDone(
        Deal(link=forex, id="d1", order_id="499", symbol="EURUSD", side=Side.BUY, quantity=0.5, price=1.08372,
             time_ms=NOON - 90_000)
    )  # fmt: skip
    yield from machines()
    yield risk()


LIMITS = (
    ("maxDrawdownPercent", 20.0), ("maxExposurePercent", 300.0), ("maxDailyLossPercent", 5.0),
    ("maxOrderNotionalPercent", 100.0), ("minMarginLevelPercent", 150.0),
)  # fmt: skip


def risk(*, equity: float = 10_214.55, engaged: bool = False) -> e.RiskUpdated:
    """The guardian's figures: one account within its limits, one near, one past."""
    accounts = (
        RiskAccount(account="equities", currency="USD", link="orchestrator", equity=100_812.4,
                    exposure=9_136.4, exposure_percent=9.06, drawdown_percent=0.4, daily_pnl=92.0,
                    daily_pnl_percent=0.09, positions=1),
        RiskAccount(account="futures", currency="USDT", link="bot_core", equity=9_993.71, exposure=1_042.7,
                    exposure_percent=10.43, drawdown_percent=17.2, daily_pnl=-6.29, daily_pnl_percent=-0.06,
                    margin_level_percent=9_584.0, positions=1),
        RiskAccount(account="forex", currency="USD", link="onetrade", equity=equity, exposure=54_250.0,
                    exposure_percent=531.1, drawdown_percent=1.2, daily_pnl=214.55, daily_pnl_percent=2.15,
                    margin_level_percent=4_706.7, positions=2, working_orders=1),
        RiskAccount(account="spot", currency="USDT", link="channels", equity=50_310.2, exposure=0.0,
                    exposure_percent=0.0, drawdown_percent=0.0, positions=0, daily_pnl=310.2,
                    daily_pnl_percent=0.62, working_orders=1),
    )  # fmt: skip
    strategies = (
        RiskStrategy(strategy_id="strategy-123", status="ACTIVE", exposure=9_136.4, pnl=92.0,
                     orders_last_minute=2),
        RiskStrategy(strategy_id="strategy-124", status="PAUSED", exposure=0.0, pnl=-14.2,
                     orders_last_minute=0),
        RiskStrategy(strategy_id="strategy-125", status="STOPPED", exposure=0.0, pnl=0.0,
                     orders_last_minute=0),
    )  # fmt: skip
    return e.RiskUpdated(
        Risk(link="risk_guardian", equity=171_330.86, exposure=64_429.1, drawdown_percent=1.3, limits=LIMITS,
             accounts=accounts, strategies=strategies, kill_switch=engaged)
    )  # fmt: skip


RESULTS = (84.2, -31.5, 12.0, 55.3, -18.4, -22.0, 61.9, 8.8)


def trading_record() -> Iterator[e.Event]:
    """Closed trades of the forex account, its equity on the way, and alerts."""
    deals = []
    for place, result in enumerate(RESULTS):
        for closing in (False, True):
            number = 2 * place + closing + 1
            deals.append(
                Deal(link="onetrade", id=str(number), order_id=str(400 + number), symbol="EURUSD",
                     side=Side.SELL if closing else Side.BUY, quantity=0.3, price=1.083 + 0.0002 * number,
                     position_id=str(900 + place), profit=result if closing else 0.0, fee=0.6,
                     closing=closing, time_ms=NOON - (60 - number) * 60_000)
            )  # fmt: skip
    yield e.DealsListed("onetrade", tuple(deals))
    yield e.RiskAlertRaised(
        link="risk_guardian", severity=Severity.WARNING, rule="drawdown_percent", account="futures",
        value=17.2, limit=20.0, text="futures: 17.20 % is near the limit of 20 % (drawdown)",
    )  # fmt: skip
    yield e.RiskAlertRaised(
        link="risk_guardian", severity=Severity.CRITICAL, rule="exposure_percent", account="forex",
        value=531.1, limit=300.0, text="forex: 531.10 % has passed the limit of 300 % (exposure)",
    )  # fmt: skip


def killed(*, verified: bool, left: int = 0) -> e.KillSwitchChanged:
    """What the guardian reports of the kill switch."""
    return e.KillSwitchChanged(
        "risk_guardian", True, verified,
        ("engaged: typed at the console", "strategies paused: Momentum Alpha, Mean Reversion", "bot: paused",
         "orders canceled: 2", "positions closed: 3", "strategies still active: 0",
         f"orders still working: {left}{' !' if left else ''}", "positions still open: 0",
         "verified: nothing is left" if verified else "NOT verified yet"),
    )  # fmt: skip


def equity_step(step: int) -> e.Event:
    """The forex account's equity at a step of the day."""
    equity = round(10_000 + 150 * wave(5, step) + step * 3.2, 2)
    return e.AccountUpdated(Account(link="onetrade", equity=equity))


def machines() -> Iterator[e.Event]:
    """Strategies, bot and signals."""
    desk = "orchestrator"
    held = (StrategyPosition(symbol="AAPL", quantity=40, entry_price=226.1, value=9_136.4),)
    yield e.StrategiesListed(desk, (
        Strategy(link=desk, id="strategy-123", name="Momentum Alpha", status="ACTIVE",
                 symbols=("AAPL", "MSFT"), positions=held),
        Strategy(link=desk, id="strategy-124", name="Mean Reversion", status="PAUSED", symbols=("TSLA",)),
        Strategy(link=desk, id="strategy-125", name="Breakout", status="STOPPED"),
    ))  # fmt: skip
    yield e.ExecutionServiceChanged(desk, "RUNNING")
    yield e.BotUpdated(
        Bot(link="bot_core", status="RUNNING", mode="PAPER_TRADING", uptime_seconds=7_384, positions=1,
            balance=10_000.0, pnl=-6.29, pnl_percent=-0.06, strategies=("rsi", "macd", "bollinger", "volume"),
            last_signal_ms=NOON - 120_000, next_signal_ms=NOON + 180_000)
    )  # fmt: skip
    yield e.SignalReceived(
        Signal(link=desk, id="sig-1", source="Momentum Alpha", strategy_id="strategy-123", symbol="AAPL",
               direction="long", confidence=0.71, price=228.3, quantity=40, time_ms=NOON - 240_000)
    )  # fmt: skip
    yield e.SignalReceived(
        Signal(link="ai_service", id="sig-2", source="ai_service", symbol="BTCUSDT-PERP", direction="long",
               confidence=0.78, timeframe="1h", model="trading_model_v2",
               reasoning="RSI at 58.2 is rising from neutral, MACD crossed above its signal line, and price "
               "holds above the middle Bollinger band on rising volume.",
               strategy_scores=(("RSI Strategy", 0.62), ("MACD Strategy", 0.81), ("Volume Strategy", 0.7),
                                ("Bollinger Bands Strategy", 0.55)),
               trend_direction="Bullish", trend_strength=0.66, volatility_level="Medium",
               overall_risk="Medium", position_size=0.02, stop_loss=102_900.0, take_profit=107_400.0,
               price=104_271.5, time_ms=NOON - 120_000)
    )  # fmt: skip


def busy_day(*, beats: int = BEATS) -> Iterator[e.Event]:
    """All of it, with `beats` rounds of quotes."""
    yield from links_ready()
    for link, listed in instruments().items():
        yield e.InstrumentsListed(link, tuple(listed))
    yield from (event for step in range(beats) for event in quotes(step))
    yield candles("EURUSD")
    yield depth()
    yield from trading()


Sink = Callable[[e.Event], None]


def play(sink: Sink, clock: Clock, script: Iterator[e.Event]) -> None:
    """Tell a script; every quote of the first instrument is two seconds later than the one before."""
    first = _MARKETS[0][0]
    for event in script:
        if isinstance(event, e.QuoteUpdated) and event.symbol == first:
            clock.now += 2.0
        sink(event)
    clock.now += 0.6
