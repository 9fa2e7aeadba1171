"""Verbs of the machines: strategies, the bot, AI signals, links. What adds risk asks first."""

from __future__ import annotations

from collections.abc import Sequence

from tui_trader.commands.grammar import Verb, Words
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

_DEEDS = ("start", "resume", "pause", "stop")


def _strategy(words: Words, desk: Desk) -> None:
    if len(words) < 2 or words[-1].lower() not in _DEEDS:
        raise CommandError("Say a strategy (number, id or name) and start, pause or stop.")
    deed = words[-1].lower()
    name = " ".join(words[:-1])
    strategy = desk.store.strategies.find(name)
    if strategy is None:
        raise CommandError(f"There is no strategy {name!r}.")
    link, identity = strategy.link, strategy.id
    if deed == "pause":
        desk.console.submit(PauseStrategy(link=link, strategy_id=identity))
    elif deed == "stop":
        desk.console.submit(StopStrategy(link=link, strategy_id=identity))
    else:
        command = StartStrategy(link=link, strategy_id=identity, symbols=strategy.symbols)
        desk.console.confirm(f"{deed.capitalize()} {strategy.name}?", command)


def _strategy_words(words: Words, desk: Desk) -> Sequence[str]:
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
        desk.console.confirm("Start the bot?", command, ("It trades by itself until it is paused.",))
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


MACHINES = (
    Verb("strat", "STRATEGY start | pause | stop", "control a strategy", _strategy, _strategy_words),
    Verb("bot", "start | pause | stop", "control the bot", _bot, _bot_words),
    Verb("signal", "[SYMBOL] [TIMEFRAME]", "ask the AI service for a signal now", _signal, _symbols),
    Verb("retry", "[LINK]", "connect links that are down at once", _retry, _links),
)
