"""The verb of the user's own alerts, and that of watch lists."""

from __future__ import annotations

from collections.abc import Sequence

from tui_trader.alerts.alert import FIGURES, LINK
from tui_trader.commands.grammar import Verb, Words
from tui_trader.desk import Desk
from tui_trader.formatting.symbols import long_symbol
from tui_trader.model.errors import CommandError


def _alert(words: Words, desk: Desk) -> None:
    deed = words[0].lower() if words else "list"
    if deed == "list" and len(words) < 2:
        lines = [
            f"{alert.number}  {alert.text}{'  (holds now)' if alert.met else ''}" for alert in desk.alerts
        ]
        desk.console.report("\n".join(lines) or "There are no alerts.")
    elif deed == "delete":
        _delete(words[1:], desk)
    else:
        alert = desk.alerts.add(words, desk.store)
        waits = ": it holds already and waits for the next time" if alert.met else ""
        desk.console.report(f"Alert {alert.number}: {alert.text}{waits}")


def _delete(words: Words, desk: Desk) -> None:
    if len(words) != 1 or not (words[0].isdecimal() or words[0].lower() == "all"):
        raise CommandError("Delete which alert? Its number, or all.")
    numbers = [alert.number for alert in desk.alerts] if words[0].lower() == "all" else [int(words[0])]
    for number in numbers:
        desk.alerts.delete(number)
    desk.console.report(f"{len(numbers)} alert{'' if len(numbers) == 1 else 's'} deleted.")


def _alert_words(words: Words, desk: Desk) -> Sequence[str]:
    match [word.lower() for word in words]:
        case []:
            return ("list", "delete", LINK, *FIGURES, *(item.key for item in desk.store.instruments))
        case ["delete"]:
            return ("all", *(str(alert.number) for alert in desk.alerts))
        case ["link"]:
            return desk.names
        case ["pnl"]:
            return ("<", ">", *dict.fromkeys(one.symbol for one in desk.store.positions))
        case ["list", *_] | [_, "<" | ">", *_]:
            return ()
    return ("<", ">")


def _list(words: Words, desk: Desk) -> None:
    if not words:
        desk.lists.choose("")
        return
    name, *changes = words
    for change in changes:
        key = long_symbol(change.lstrip("+-"))
        if key not in desk.store.instruments:
            raise CommandError(f"There is no instrument {change.lstrip('+-')!r}.")
        desk.lists.put(name, key, listed=not change.startswith("-"))
    desk.lists.choose(name)


def _list_words(words: Words, desk: Desk) -> Sequence[str]:
    return [item.key for item in desk.store.instruments] if words else desk.lists.names


ALERTS = (
    Verb(
        "alert", "SUBJECT > FIGURE | link [NAME] | list | delete N|all", "be told once", _alert, _alert_words
    ),
    Verb("list", "[NAME [SYMBOL | -SYMBOL]...]", "choose or change a watch list", _list, _list_words),
)
