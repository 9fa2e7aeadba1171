"""The words of the market: sides, order kinds, states and reasons. Wire spellings live in protocols/."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """Direction of an order, a trade or a position (long = buy)."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """+1 for buy, -1 for sell."""
        return 1 if self is Side.BUY else -1

    @property
    def opposite(self) -> Side:
        """The other side."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderKind(StrEnum):
    """How an order is priced and when it becomes live."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"


class OrderStatus(StrEnum):
    """Where an order is in its life (SIMULATION.md, Trading rules)."""

    NEW = "new"
    WORKING = "working"
    DEALING = "dealing"
    REQUOTED = "requoted"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELED = "canceled"
    REJECTED = "rejected"
    EXPIRED = "expired"

    @property
    def terminal(self) -> bool:
        """True once nothing can happen to the order any more."""
        return self in _TERMINAL


_TERMINAL = {OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.REJECTED, OrderStatus.EXPIRED}


class TimeInForce(StrEnum):
    """How long an order may work."""

    GTC = "gtc"
    IOC = "ioc"
    FOK = "fok"
    GTD = "gtd"


class Liquidity(StrEnum):
    """Whether a fill took liquidity or provided it."""

    MAKER = "maker"
    TAKER = "taker"


class PositionStatus(StrEnum):
    """Life of a position."""

    OPEN = "open"
    CLOSED = "closed"


class Direction(StrEnum):
    """Whether a deal opened or closed exposure."""

    IN = "in"
    OUT = "out"


class Reason(StrEnum):
    """Why an order was sent or a position changed."""

    CLIENT = "client"
    STRATEGY = "strategy"
    SIGNAL = "signal"
    STOP_LOSS = "stop_loss"
    TAKE_PROFIT = "take_profit"
    TRAILING_STOP = "trailing_stop"
    STOP_OUT = "stop_out"
    LIQUIDATION = "liquidation"
    ROLLOVER = "rollover"
    OCO = "oco"
    KILL_SWITCH = "kill_switch"
    RISK_LIMIT = "risk_limit"
    DEALER = "dealer"
    EXPIRY = "expiry"


class LedgerKind(StrEnum):
    """What moved the balance."""

    DEPOSIT = "deposit"
    TRADE = "trade"
    FEE = "fee"
    SWAP = "swap"


class StrategyStatus(StrEnum):
    """State of a strategy."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    ERROR = "ERROR"


class BotStatus(StrEnum):
    """State of the bot (bot-core.md, 7. BotStatusUpdate)."""

    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    ERROR = "ERROR"


class Action(StrEnum):
    """What an AI signal advises."""

    LONG = "long"
    SHORT = "short"
    NEUTRAL = "neutral"


class AlertLevel(StrEnum):
    """How serious a risk alert is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Resolution(StrEnum):
    """Bar lengths served anywhere; each façade maps its own spelling to these."""

    M1 = "1m"
    M5 = "5m"
    M15 = "15m"
    M30 = "30m"
    H1 = "1h"
    H4 = "4h"
    D1 = "1d"
    W1 = "1w"
    MN1 = "1M"


class RefusalCode(StrEnum):
    """Why a command was not accepted. Façades map these to their own codes."""

    UNKNOWN_INSTRUMENT = "unknown_instrument"
    UNKNOWN_ACCOUNT = "unknown_account"
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_POSITION = "unknown_position"
    UNKNOWN_STRATEGY = "unknown_strategy"
    INVALID = "invalid"
    INVALID_STATE = "invalid_state"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    LIMIT_EXCEEDED = "limit_exceeded"
    NOT_TRADABLE = "not_tradable"
    KILL_SWITCH = "kill_switch"
    OFFER_GONE = "offer_gone"
    UNAVAILABLE = "unavailable"
    """The server cannot record anything at the moment; nothing was done."""
