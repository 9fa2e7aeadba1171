"""Verbs of the machines: strategies, the bot, AI signals, links. What adds risk asks first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tui_trader.commands.grammar import Verb, Words
from tui_trader.commands.strategy_form import LABELS, StrategyReading, present, resumption, terms
from tui_trader.desk import Desk
from tui_trader.formatting.symbols import long_symbol
from tui_trader.model.commands import (
    ControlBot,
    PauseStrategy,
    RequestSignal,
    StartStrategy,
    StopStrategy,
)
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Strategy

_DEEDS = ("start", "resume", "pause", "stop")
_CONFIG_WORDS = {
    "on": "symbols",
    "bars": "resolution",
    "value": "max_position_value",
    "rate": "max_orders_per_minute",
    "sl": "stop_loss",
    "real": "real_trading",
}
_AFTERWARDS = ("keep", "close")


def _strategy(words: Words, desk: Desk) -> None:
    place = next((n for n, word in enumerate(words) if n and word.lower() in _DEEDS), None)
    if place is None:
        raise CommandError("Say a strategy (number, id or name) and start, pause or stop.")
    name, deed, rest = " ".join(words[:place]), words[place].lower(), words[place + 1 :]
    find = desk.store.strategies.find
    strategy = find(name) or find(f"{name} Strategy")
    if strategy is None:
        raise CommandError(f"There is no strategy {name!r}; Tab lists their ids.")
    if deed == "stop":
        _stop(strategy, rest, desk)
    elif deed == "pause" and not rest:
        desk.console.submit(PauseStrategy(link=strategy.link, strategy_id=strategy.id))
    elif deed == "pause" or (deed == "resume" and rest):
        raise CommandError(f"Nothing is said after {deed}.")
    elif strategy.status == "ACTIVE":
        raise CommandError(f"{strategy.name} is running already: stop it first to change its config.")
    else:
        paused = strategy.status == "PAUSED" and not rest
        command = resumption(strategy, desk) if paused else _configured(strategy, rest, desk)
        verb = "Resume" if paused else "Start"
        desk.console.confirm(f"{verb} {strategy.name}?", command, details=terms(command))


def _configured(strategy: Strategy, rest: Words, desk: Desk) -> StartStrategy:
    """Lay what is typed over the present config; the form's rules judge the whole."""
    if len(rest) % 2 or any(word.lower() not in _CONFIG_WORDS for word in rest[::2]):
        raise CommandError("After start: on AAPL,MSFT  bars 5m  value 10000  rate 5  sl 2%  real no.")
    typed = {_CONFIG_WORDS[word.lower()]: value for word, value in zip(rest[::2], rest[1::2], strict=True)}
    reading = StrategyReading(strategy, replace(present(strategy, desk), **typed), desk)
    command = reading.command()
    if command is None:
        field, complaint = next(iter(reading.complaints.items()))
        raise CommandError(f"{LABELS[field]}: {complaint}")
    return command


def _stop(strategy: Strategy, rest: Words, desk: Desk) -> None:
    wish = " ".join(rest).lower()
    if wish and wish not in _AFTERWARDS:
        raise CommandError("After stop: keep or close, for what it holds.")
    if wish == "close" and not desk.store.strategies.closes_positions(strategy.link):
        raise CommandError(f"{strategy.link} offers no way to close what a strategy holds. Say keep.")
    if wish:
        closes = wish == "close"
        stop = StopStrategy(link=strategy.link, strategy_id=strategy.id, close_positions=closes)
        desk.console.submit(stop)
    else:
        desk.console.open_stop(strategy)


def _strategy_words(words: Words, desk: Desk) -> Sequence[str]:
    deed = next((word.lower() for word in words[1:] if word.lower() in _DEEDS), "")
    if deed == "start":
        return tuple(_CONFIG_WORDS)
    if deed:
        return _AFTERWARDS if deed == "stop" else ()
    return _DEEDS if words else [one.id for one in desk.store.strategies]


def _bot(words: Words, desk: Desk) -> None:
    if len(words) != 1 or words[0].lower() not in _DEEDS:
        raise CommandError("Say start, pause or stop.")
    deed = "START" if words[0].lower() == "resume" else words[0].upper()
    links = [link for link in desk.names if desk.can(link, ControlBot)]
    if not links:
        raise CommandError("No link leads to a bot.")
    command = ControlBot(link=links[0], command=deed)
    if deed == "START":
        desk.console.confirm("Start the bot?", command, details=("It trades by itself until it is paused.",))
    else:
        desk.console.submit(command)


def _bot_words(words: Words, desk: Desk) -> Sequence[str]:
    return () if words else ("start", "pause", "stop")


def _signal(words: Words, desk: Desk) -> None:
    symbol = long_symbol(words[0]) if words else desk.store.selection.symbol
    links = desk.carriers(symbol, RequestSignal) or [x for x in desk.names if desk.can(x, RequestSignal)]
    if not links:
        raise CommandError("No link leads to an AI service.")
    timeframe = words[1] if len(words) > 1 else "1h"
    desk.console.submit(RequestSignal(link=links[0], symbol=symbol, timeframe=timeframe))


def _retry(words: Words, desk: Desk) -> None:
    if desk.wires is None:
        raise CommandError("No link is open yet.")
    wanted = words or [view.name for view in desk.store.links if not view.ready]
    for name in wanted:
        desk.wires.retry(name)


def _symbols(words: Words, desk: Desk) -> Sequence[str]:
    return () if words else [item.key for item in desk.store.instruments]


def _links(words: Words, desk: Desk) -> Sequence[str]:
    return () if words else desk.names


_STRATEGY_USAGE = "STRATEGY start [FIELD VALUE …] | pause | stop"

MACHINES = (
    Verb("strat", _STRATEGY_USAGE, "fields: on bars value rate sl real", _strategy, _strategy_words),
    Verb("bot", "start | pause | stop", "control the bot", _bot, _bot_words),
    Verb("signal", "[SYMBOL] [TIMEFRAME]", "ask the AI service for a signal now", _signal, _symbols),
    Verb("retry", "[LINK]", "connect links that are down at once", _retry, _links),
)
