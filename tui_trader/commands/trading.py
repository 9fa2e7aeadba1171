"""Verbs that trade: buy, sell, cancel, close. What adds risk asks first; a type is never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TypeVar

from msgspec.structs import replace

from tui_trader.commands.grammar import Verb, Words
from tui_trader.commands.order_form import Entry, Reading
from tui_trader.commands.order_pair import KIND, one_of_each
from tui_trader.commands.order_summary import summary
from tui_trader.desk import Desk
from tui_trader.formatting.symbols import long_symbol
from tui_trader.model.commands import CancelOrder, ClosePosition, PlaceOrder
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Order, Position, Side, TimeInForce

_OPTIONS = {
    "stop": "stop_price",
    "sl": "stop_loss",
    "tp": "take_profit",
    "trail": "trailing",
    "until": "until",
    "dev": "deviation",
}
Numbered = TypeVar("Numbered", Order, Position)
_LASTING = tuple(one for one in TimeInForce if one is not TimeInForce.GTD)
"""`until` says the other."""


def parse_order(side: str, words: Words) -> Entry:
    """Read `QUANTITY SYMBOL (@ PRICE | market | stop PRICE [@ PRICE])` and terms by name.

    QUANTITY may be `$5000` or `1%`; `day`, `ioc`, `fok`, `gtc` or `until TIME` say how long, `trail DISTANCE`
    lets the stop follow. Raises `CommandError`.
    """
    if len(words) < 3:
        raise CommandError("Say quantity, symbol, and @ PRICE or market.")
    quantity, symbol, *rest = words
    found = {"side": side, "quantity": quantity, "symbol": symbol}
    while rest:
        word = rest.pop(0).lower()
        if word == "market":
            name, value = "kind", word
        elif word.startswith("@"):
            name, value = "price", word[1:] or _value(word, rest)
        elif word in _OPTIONS:
            name, value = _OPTIONS[word], _value(word, rest)
        elif word in _LASTING:
            name, value = "time_in_force", word
        else:
            raise CommandError(f"What does {word!r} mean here?")
        if name in found:
            raise CommandError(f"The {name.replace('_', ' ')} is said twice.")
        found[name] = value
    if "kind" not in found:
        if not found.keys() & {"price", "stop_price"}:
            raise CommandError("Say @ PRICE for a limit order, or market.")
        stop = "stop_price" in found
        found["kind"] = "stop_limit" if stop and "price" in found else "stop" if stop else "limit"
    return Entry(**found)


def _value(word: str, rest: Words) -> str:
    if not rest:
        raise CommandError(f"{word} needs a figure after it.")
    return rest.pop(0)


def _place(side: str, words: Words, desk: Desk) -> None:
    _confirm(parse_order(side, words), desk)


def _confirm(entry: Entry, desk: Desk) -> None:
    reading = Reading(entry, desk)
    order = reading.order()
    if order is None:
        field, complaint = next(iter(reading.complaints.items()))
        raise CommandError(f"{field.replace('_', ' ')}: {complaint}")
    sentence, details = summary(order, desk)
    desk.console.confirm(f"{sentence}?", order, details=details)


def _buy(words: Words, desk: Desk) -> None:
    _place("buy", words, desk)


def _sell(words: Words, desk: Desk) -> None:
    _place("sell", words, desk)


def _pair(words: Words, desk: Desk) -> None:
    side = words[0].lower() if words else ""
    if side not in tuple(Side):
        raise CommandError("Say buy or sell; then quantity, symbol, @ PRICE and stop PRICE.")
    entry = parse_order(side, words[1:])
    if not (entry.price and entry.stop_price) or entry.kind == "market":
        raise CommandError("Say both @ PRICE and stop PRICE: one cancels the other.")
    _confirm(replace(entry, kind=KIND), desk)


def _pair_words(words: Words, desk: Desk) -> Sequence[str]:
    return _order_words(words[1:], desk) if words else tuple(Side)


def _order_words(words: Words, desk: Desk) -> Sequence[str]:
    if len(words) == 1:
        tradable = (item.key for item in desk.store.instruments)
        return [key for key in tradable if desk.carriers(key, PlaceOrder)]
    return ("@", "market", *_OPTIONS, *_LASTING) if len(words) > 1 else ()


def _numbered(number: str, known: Sequence[Numbered]) -> list[Numbered]:
    """What has this number. Raises `CommandError` where several accounts have one: which is meant?"""
    found = [one for one in known if one.id == number]
    if len({one.link for one in found}) > 1:
        links = " and ".join(one.link for one in found)
        raise CommandError(f"{links} each have a number {number}: choose it in the list.")
    return found


def _cancel(words: Words, desk: Desk) -> None:
    if len(words) != 1:
        raise CommandError("Cancel what? An order's number, a symbol, a pattern such as EUR*, or all.")
    wanted = "*" if words[0].lower() == "all" else long_symbol(words[0])
    working = [order for order in desk.store.orders.active if order.id]
    orders = [o for o in working if fnmatchcase(o.symbol.upper(), wanted)] or _numbered(words[0], working)
    if not orders:
        raise CommandError(f"No working order matches {words[0]!r}.")
    for order in one_of_each(orders):
        desk.console.submit(CancelOrder(link=order.link, order_id=order.id, reference=desk.reference()))


def _cancel_words(words: Words, desk: Desk) -> Sequence[str]:
    orders = [order for order in desk.store.orders.active if order.id]
    return () if words else ("all", *dict.fromkeys(o.symbol for o in orders), *(o.id for o in orders))


def _close(words: Words, desk: Desk) -> None:
    if len(words) != 1:
        raise CommandError("Close what? A position's number or a symbol.")
    wanted = long_symbol(words[0])
    held = list(desk.store.positions)
    positions = [one for one in held if one.symbol == wanted] or _numbered(words[0], held)
    if not positions:
        raise CommandError(f"No open position matches {words[0]!r}.")
    for one in positions:
        desk.console.submit(ClosePosition(link=one.link, position_id=one.id, reference=desk.reference()))


def _close_words(words: Words, desk: Desk) -> Sequence[str]:
    held = list(desk.store.positions)
    return () if words else (*dict.fromkeys(one.symbol for one in held), *(one.id for one in held))


_ORDER_USAGE = "QTY|$MONEY|RISK% SYMBOL @ PRICE|market|stop P [sl P] [tp P] [trail D] [until T] [dev N]"
_PAIR_USAGE = "buy|sell QTY SYMBOL @ PRICE stop PRICE [sl P] [tp P] [trail D]"

TRADING = (
    Verb("buy", _ORDER_USAGE, "send a buy order, after a question", _buy, _order_words),
    Verb("sell", _ORDER_USAGE, "send a sell order, after a question", _sell, _order_words),
    Verb("oco", _PAIR_USAGE, "send a limit and a stop; one cancels the other", _pair, _pair_words),
    Verb("cancel", "ORDER | SYMBOL | PATTERN* | all", "cancel working orders", _cancel, _cancel_words),
    Verb("close", "POSITION | SYMBOL", "close positions", _close, _close_words),
)
