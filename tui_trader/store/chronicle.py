"""The journal's sentence for each event and command worth one; streams of prices get none."""

from __future__ import annotations

from typing import get_args

from msgspec import Struct

from tui_trader.model.commands import (
    AnswerRequote,
    CancelOrder,
    ClosePosition,
    Command,
    ControlBot,
    EngageKillSwitch,
    ModifyOrder,
    ModifyPosition,
    PauseStrategy,
    PlaceOcoOrders,
    PlaceOrder,
    ReleaseKillSwitch,
    RequestReport,
    RequestSignal,
    SetRiskLimits,
    StartStrategy,
    StopStrategy,
)
from tui_trader.model.events import (
    CommandAnswered,
    CommandLost,
    DealDone,
    DealsListed,
    Event,
    ExecutionServiceChanged,
    InstrumentsListed,
    JournalReceived,
    KillSwitchChanged,
    LinkChanged,
    NoticeReceived,
    OrderRecalled,
    OrdersFound,
    OrderUpdated,
    PositionRemoved,
    ReportReceived,
    RequoteEnded,
    RequoteOffered,
    RiskAlertRaised,
    SessionEnded,
    SignalReceived,
    StrategyStatusChanged,
    StreamEvent,
    UnknownReceived,
)
from tui_trader.model.values import LinkState, Order, OrderStatus, Severity

_LINK_SEVERITY = {
    LinkState.RECONNECTING: Severity.WARNING,
    LinkState.CONFLICT: Severity.WARNING,
    LinkState.OFFLINE: Severity.ERROR,
}
_ORDER_SEVERITY = {
    OrderStatus.REJECTED: Severity.WARNING,
    OrderStatus.EXPIRED: Severity.WARNING,
    OrderStatus.UNKNOWN: Severity.ERROR,
}

_STREAMS = frozenset({*get_args(StreamEvent), DealsListed})


class Line(Struct, frozen=True):
    """What the journal will say."""

    link: str
    kind: str
    text: str
    severity: Severity = Severity.INFO
    time_ms: int | None = None


def line_of_event(event: Event) -> Line | None:
    """The line an event deserves, or None for what only streams."""
    if type(event) in _STREAMS:
        return None
    return _trading_line(event) or _service_line(event)


def _trading_line(event: Event) -> Line | None:  # noqa: C901, PLR0911 - one arm per kind of event
    match event:
        case OrderUpdated(order=order):
            return Line(
                order.link, "order", _order_text(order), _ORDER_SEVERITY.get(order.status, Severity.INFO)
            )
        case RequoteOffered(order=order):
            prices = f"{_figure(event.old_price)} -> {_figure(order.offer_price)}"
            text = f"requote on order {order.id} {order.symbol}: {prices}"
            return Line(order.link, "requote", text, Severity.WARNING)
        case RequoteEnded():
            return Line(event.link, "requote", f"order {event.order_id}: {event.detail}")
        case DealDone(deal=deal):
            what = f"{deal.side} {_figure(deal.quantity)} {deal.symbol} @ {_figure(deal.price)}"
            text = f"{what} (order {deal.order_id})"
            return Line(deal.link, "deal", text, time_ms=deal.time_ms)
        case OrderRecalled():
            text = f"the answer to {line_of_command(event.order)} was never seen: outcome unknown"
            return Line(event.link, "lost", text, Severity.ERROR)
        case OrdersFound():
            text = "; ".join(map(_order_text, event.orders))
            return Line(event.link, "found", text) if text else None
        case PositionRemoved():
            name = event.symbol if event.id == event.symbol else f"{event.id} {event.symbol}"
            return Line(event.link, "position", f"position {name} closed")
        case CommandAnswered(accepted=True):
            what = f": order {event.order_id}" if event.order_id else ""
            return Line(event.link, "accepted", f"request accepted{what} {event.detail}".rstrip())
        case InstrumentsListed():
            return Line(event.link, "listed", f"{len(event.instruments):,} instruments")
        case CommandAnswered(accepted=False):
            return Line(event.link, "refused", event.detail or "request refused", Severity.WARNING)
        case CommandLost():
            return Line(event.link, "lost", event.detail or "answer lost: outcome unknown", Severity.ERROR)
    return None


def _service_line(event: Event) -> Line | None:  # noqa: C901, PLR0911 - one arm per kind of event
    match event:
        case LinkChanged():
            text = f"{event.state}{': ' if event.detail else ''}{event.detail}"
            usual = Severity.WARNING if event.detail and event.state is LinkState.READY else Severity.INFO
            return Line(event.link, "link", text, _LINK_SEVERITY.get(event.state, usual))
        case StrategyStatusChanged():
            return Line(event.link, "strategy", f"{event.id} {event.name}: {event.status}")
        case ExecutionServiceChanged():
            return Line(event.link, "strategy", f"execution service: {event.status}")
        case SignalReceived(signal=signal):
            text = f"{signal.source} {signal.symbol} {signal.direction} {signal.confidence:.0%}"
            return Line(signal.link, "signal", text, time_ms=signal.time_ms)
        case NoticeReceived():
            text = f"{event.code}: {event.text}" if event.code else event.text
            return Line(event.link, "notice", text, event.severity)
        case JournalReceived():
            return Line(event.link, "server", event.text, time_ms=event.time_ms)
        case SessionEnded():
            return Line(event.link, "session", event.detail, Severity.ERROR)
        case RiskAlertRaised():
            return Line(event.link, "alert", event.text, event.severity)
        case ReportReceived():
            return Line(event.link, "report", f"received {event.name}, {len(event.content):,} bytes")
        case KillSwitchChanged():
            state = "engaged" if event.engaged else "released"
            suffix = ", verified" if event.verified else ""
            return Line(event.link, "risk", f"kill switch {state}{suffix}", Severity.CRITICAL)
        case UnknownReceived():
            return Line(event.link, "unknown", f"{event.kind}: {event.text}")
    return None


def _figure(value: float | None) -> str:
    """A price or a quantity in full, thousands separated: never as a power of ten."""
    if value is None:
        return "?"
    text = f"{value:,.10f}".rstrip("0")
    return text.removesuffix(".")


def _order_text(order: Order) -> str:
    price = "" if order.price is None else f" @ {_figure(order.price)}"
    price = price if order.stop_price is None else f" stop {_figure(order.stop_price)}{price}"
    reason = f": {order.reason}" if order.reason else ""
    status = order.status.replace("_", " ")
    return f"order {order.id} {order.side} {_figure(order.quantity)} {order.symbol}{price} {status}{reason}"


def line_of_command(command: Command) -> str | None:  # noqa: C901, PLR0911 - one arm per kind of command
    """The line a command deserves, or None for subscriptions and refreshes."""
    match command:
        case PlaceOrder():
            price = "" if command.price is None else f" @ {command.price}"
            price = price if command.stop_price is None else f" {command.stop_price}{price}"
            return f"{command.side} {command.quantity} {command.symbol} {command.kind}{price}"
        case PlaceOcoOrders(orders=orders):
            return f"one cancels the other: {' / '.join(filter(None, map(line_of_command, orders)))}"
        case ModifyOrder() | CancelOrder():
            return f"{_verb(command)} order {command.order_id}"
        case ClosePosition() | ModifyPosition():
            return f"{_verb(command)} position {command.position_id}"
        case AnswerRequote():
            return f"{'accept' if command.accepted else 'refuse'} requote on order {command.order_id}"
        case StartStrategy() | PauseStrategy() | StopStrategy():
            closes = isinstance(command, StopStrategy) and command.close_positions
            rest = " and close what it holds" if closes else ""
            return f"{_verb(command)} {command.strategy_id}{rest}"
        case ControlBot():
            return f"bot {command.command.lower()}"
        case RequestSignal():
            return f"request a signal on {command.symbol} {command.timeframe}"
        case EngageKillSwitch():
            return "engage the kill switch"
        case ReleaseKillSwitch():
            return "release the kill switch"
        case SetRiskLimits():
            bounds = ", ".join(f"{name} {bound}" for name, bound in command.limits)
            return f"set risk limits: {bounds}"
        case RequestReport():
            return f"request a report: {command.kind} as {command.format}"
    return None


def _verb(command: Command) -> str:
    name = type(command).__name__
    return next(
        verb for verb in ("Modify", "Cancel", "Close", "Start", "Pause", "Stop") if name.startswith(verb)
    ).lower()
