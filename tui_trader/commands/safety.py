"""Verbs of safety: the kill switch, limits, flattening; and reports of the account."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from tui_trader.commands.grammar import Verb, Words
from tui_trader.commands.order_pair import ended_by, one_of_each
from tui_trader.desk import Desk
from tui_trader.formatting.symbols import long_symbol
from tui_trader.model.commands import (
    CancelOrder,
    ClosePosition,
    Command,
    ReleaseKillSwitch,
    RequestReport,
)
from tui_trader.model.errors import CommandError

REPORTS = ("statement", "trades", "orders")
FORMATS = ("csv", "html")


def _kill(words: Words, desk: Desk) -> None:
    desk.console.open_kill_switch()


def _release(words: Words, desk: Desk) -> None:
    links = [link for link in desk.names if desk.can(link, ReleaseKillSwitch)]
    if not links and not desk.halting.engaged:
        raise CommandError("No link leads to a kill switch, and the console's own is not engaged.")
    if not desk.halted:
        raise CommandError("The kill switch is not engaged.")

    def release() -> None:
        if desk.halting.engaged:
            desk.halting.release(desk.clock())
        for link in links if desk.store.risk.engaged else ():
            desk.console.submit(ReleaseKillSwitch(link=link))

    desk.console.ask("Release the kill switch?", release, _RELEASING)


def _limits(words: Words, desk: Desk) -> None:
    desk.console.open_limits()


def flattening(what: str, desk: Desk) -> list[Command]:
    """Cancel working orders (of a pair one) and close positions: `all`, of a symbol or pattern, or a link."""
    wanted = "*" if what.lower() == "all" else long_symbol(what)

    def meant(link: str, symbol: str) -> bool:
        return link == what or fnmatchcase(symbol.upper(), wanted)

    orders = one_of_each(one for one in desk.store.orders.active if meant(one.link, one.symbol))
    positions = [one for one in desk.store.positions if meant(one.link, one.symbol)]
    return [
        *(CancelOrder(link=o.link, order_id=o.id, reference=desk.reference()) for o in orders
          if desk.can(o.link, CancelOrder)),
        *(ClosePosition(link=p.link, position_id=p.id, reference=desk.reference()) for p in positions
          if desk.can(p.link, ClosePosition)),
    ]  # fmt: skip


def _flatten(words: Words, desk: Desk) -> None:
    if len(words) > 1:
        raise CommandError("Flatten what? all, a symbol, a pattern such as EUR*, or a link.")
    commands = flattening(words[0] if words else "all", desk)
    if not commands:
        raise CommandError("Nothing to flatten: no working order and no position that a link can close.")
    if words:
        _send_all(commands, desk)
    else:
        desk.console.ask("Flatten everything?", lambda: _send_all(commands, desk), _counted(commands, desk))


def _counted(commands: Sequence[Command], desk: Desk) -> tuple[str, ...]:
    """What they end: of orders that wait together all, though one is canceled."""
    cancels = [command for command in commands if isinstance(command, CancelOrder)]
    orders, positions = len(ended_by(cancels, desk.store.orders.active)), len(commands) - len(cancels)
    texts = (
        f"cancels {orders} working order{'s' * (orders > 1)}" if orders else "",
        f"closes {positions} position{'s' * (positions > 1)} at the market" if positions else "",
    )
    return tuple(text for text in texts if text)


def _send_all(commands: Sequence[Command], desk: Desk) -> None:
    sent = [command for command in commands if desk.console.submit(command)]
    if sent:
        desk.console.report("Flattening: " + ", ".join(_counted(sent, desk)) + ".")


def _flatten_words(words: Words, desk: Desk) -> Sequence[str]:
    if words:
        return ()
    held = [*desk.store.positions, *desk.store.orders.active]
    symbols, links = (one.symbol for one in held), (one.link for one in held)
    return ("all", *dict.fromkeys((*symbols, *links)))


def _report(words: Words, desk: Desk) -> None:
    kind, form = (words[0].lower() if words else ""), (words[1].lower() if len(words) > 1 else "")
    if kind not in REPORTS or (form and form not in FORMATS):
        raise CommandError(f"Say {', '.join(REPORTS)}; then, if you like, {' or '.join(FORMATS)}.")
    links = [link for link in desk.names if desk.can(link, RequestReport)]
    if not links:
        raise CommandError("No link gives reports.")
    form = form or ("html" if kind == "statement" else "csv")
    command = RequestReport(link=links[0], kind=kind, format=form, reference=desk.reference())
    if desk.console.submit(command):
        desk.console.report(f"Report asked for: {kind} as {form}; it is saved when it comes.")


def _report_words(words: Words, desk: Desk) -> Sequence[str]:
    return (REPORTS, FORMATS)[len(words)] if len(words) < 2 else ()


_RELEASING = ("Orders are taken again.", "What it paused stays paused until it is started.")
_FLATTEN_USAGE = "[all | SYMBOL | PATTERN* | LINK]"
_REPORT_USAGE = "statement | trades | orders [csv | html]"

SAFETY = (
    Verb("kill", "", "the kill switch: stop everything, after a typed word", _kill),
    Verb("release", "", "release the kill switch, after a question", _release),
    Verb("flatten", _FLATTEN_USAGE, "cancel orders and close positions", _flatten, _flatten_words),
    Verb("limits", "", "change the risk limits", _limits),
    Verb("report", _REPORT_USAGE, "ask for a report", _report, _report_words),
)
