"""Verbs that only change what is looked at."""

from __future__ import annotations

from collections.abc import Sequence

from tui_trader.commands.grammar import Verb, Words
from tui_trader.desk import Desk
from tui_trader.formatting.symbols import long_symbol
from tui_trader.model.errors import CommandError
from tui_trader.store.selection import TIMEFRAMES


def _chart(words: Words, desk: Desk) -> None:
    timeframe = words.pop() if words and words[-1] in TIMEFRAMES else ""
    if len(words) > 1:
        raise CommandError(f"Timeframes are {' '.join(TIMEFRAMES)}.")
    symbol = long_symbol(words[0]) if words else ""
    if symbol and symbol not in desk.store.instruments:
        raise CommandError(f"There is no instrument {words[0]!r}.")
    desk.console.look_at(symbol, timeframe)


def _chart_words(words: Words, desk: Desk) -> Sequence[str]:
    return TIMEFRAMES if words else [item.key for item in desk.store.instruments]


def _show(words: Words, desk: Desk) -> None:
    if not words:
        raise CommandError("Show which pane?")
    desk.console.show_pane(" ".join(words).casefold())


def _show_words(words: Words, desk: Desk) -> Sequence[str]:
    return () if words else desk.console.panes


def _filter(words: Words, desk: Desk) -> None:
    desk.console.filter_markets(" ".join(words))


def _theme(words: Words, desk: Desk) -> None:
    desk.console.choose_theme(words[0] if words else "")


def _help(words: Words, desk: Desk) -> None:
    desk.console.show_help()


def _ticket(words: Words, desk: Desk) -> None:
    desk.console.open_ticket(long_symbol(words[0]) if words else "")


def _quit(words: Words, desk: Desk) -> None:
    desk.console.leave()


VIEWING = (
    Verb("chart", "[SYMBOL] [TIMEFRAME]", "look at an instrument", _chart, _chart_words),
    Verb("show", "PANE", "go to a pane, wherever it is", _show, _show_words),
    Verb("ticket", "[SYMBOL]", "open the order ticket", _ticket, _chart_words),
    Verb("filter", "[TEXT]", "filter the list it is typed from, or the markets; alone, show all", _filter),
    Verb("theme", "[NAME]", "change the colours", _theme),
    Verb("help", "", "show every key and command", _help),
    Verb("quit", "", "leave", _quit),
)
