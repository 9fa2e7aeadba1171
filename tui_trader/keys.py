"""The one table of keys: dispatch, hints, the `?` screen and rebinding all come from it.

A row works in its `context`; its hint survives on a narrow screen by `rank` (1 longest, 0 never shown).
Panes may bring rows of their own (`Pane.KEYS`); a row whose action is `run('a line')` types that line.
"""

from __future__ import annotations

import re

from msgspec import Struct
from textual.binding import Binding


class Key(Struct, frozen=True):
    """One row. `keys` are Textual's names, comma separated; `hint` is the short label beside the key."""

    id: str
    keys: str
    action: str
    description: str
    hint: str = ""
    rank: int = 0
    label: str = ""
    armed: bool = False
    """Works only while the pane is armed; the pane sees to that, and that a repeat is one press."""
    guarded: bool = False
    """Works only while the pane is armed; what it does sees to that itself, because repeats count."""
    everywhere: bool = False
    """Works over dialogs and in text fields too."""

    @property
    def trades(self) -> bool:
        """Whether it is dead, or means something else, until the pane is armed."""
        return self.armed or self.guarded

    @property
    def context(self) -> str:
        """Where the key works: the part of its id before the dot."""
        return self.id.partition(".")[0]

    @property
    def display(self) -> str:
        """The key as its hint shows it."""
        return self.label or self.names

    @property
    def first(self) -> str:
        """The first of the keys, as a person calls it."""
        return called(self.keys.split(",")[0])

    @property
    def names(self) -> str:
        """The keys as a person calls them."""
        return "/".join(map(called, self.keys.split(",")))


def called(key: str) -> str:
    """What a person calls a key that Textual calls so."""
    *modifiers, last = key.split("+")
    name = _NAMES.get(last) or (last.upper() if modifiers or re.fullmatch(r"f\d+", last) else last)
    return "+".join([*(word.capitalize() for word in modifiers), name])


_NAMES = {
    "colon": ":",
    "question_mark": "?",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "space": "Space",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "f5": "F5",
    "f6": "F6",
    "f7": "F7",
    "f9": "F9",
    "ctrl+p": "Ctrl+P",
    "ctrl+s": "Ctrl+S",
    "ctrl+k": "Ctrl+K",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "asterisk": "*",
    "comma": ",",
}

CONTEXTS = {
    "console": "Everywhere",
    "table": "In lists",
    "tickers": "Watchlist",
    "chart": "Chart",
    "ladder": "Ladder",
    "positions": "Positions",
    "orders": "Orders",
    "strategies": "Strategies",
    "starting": "Starting a strategy",
    "stopping": "Stopping a strategy that holds something",
    "signals": "Signals",
    "bot": "Bot",
    "risk": "Risk",
    "account": "Account",
    "links": "Links",
    "requote": "Requote",
    "ticket": "Ticket",
    "amend": "Changing an order or a position",
    "confirm": "Questions",
    "kill": "Kill switch",
    "limits": "Risk limits",
    "live": "Arming a live link",
    "line": "Command line",
    "records": "Journal and frames",
    "session": "A session in use elsewhere",
    "settings": "Settings",
    "help": "This help",
    "replay": "Replay",
}

KEYS = (
    Key("console.help", "question_mark", "help", "Show every key", "help", 2),
    Key("console.command", "colon", "command_line", "Open the command line", "command", 3),
    Key("console.ticket", "f9", "ticket", "New order", "new order", 4),
    Key(
        "console.kill",
        "ctrl+k",
        "kill_switch",
        "Kill switch: stop everything, by a typed word",
        "kill",
        5,
        everywhere=True,
    ),
    Key("console.next", "tab", "app.focus_next", "Go to the next pane", "pane", 6),
    Key("console.previous", "shift+tab", "app.focus_previous", "Go to the pane before"),
    Key("console.next_tab", "greater_than_sign", "tab(1)", "Next tab", "tabs", 6, "< >"),
    Key("console.previous_tab", "less_than_sign", "tab(-1)", "Tab before"),
    Key("console.zoom", "z", "zoom", "Give the pane the whole screen, or back", "zoom", 8),
    Key(
        "console.shorter", "left_square_bracket", "timeframe(-1)", "Shorter timeframe", "timeframe", 7, "[ ]"
    ),
    Key("console.longer", "right_square_bracket", "timeframe(1)", "Longer timeframe"),
    Key("console.filter", "slash", "filter", "Filter the list; elsewhere the markets", "filter", 7),
    Key("console.copy", "y", "copy", "Copy the line at the cursor, or the pane"),
    Key("console.settings", "comma", "settings", "Settings: where they are, what is set"),
    Key("console.requotes", "r", "requotes", "Go back to open requotes"),
    Key("console.theme", "t", "next_theme", "Next theme: dark, light, blue-orange"),
    Key("console.screenshot", "ctrl+s", "screenshot", "Save the screen as a picture", everywhere=True),
    Key("console.quit", "q", "leave", "Go back, or quit", "quit", 1),
    *(
        Key(f"console.workspace_{digit}", str(digit), f"workspace({digit})", f"Go to workspace {digit}")
        for digit in range(1, 10)
    ),
    Key("table.down", "j,down", "move(1)", "Next line"),
    Key("table.up", "k,up", "move(-1)", "Line before"),
    Key("table.page_down", "pagedown", "page(1)", "Next page"),
    Key("table.page_up", "pageup", "page(-1)", "Page before"),
    Key("table.first", "g,home", "jump(0)", "First line"),
    Key("table.last", "G,end", "jump(-1)", "Last line"),
    Key("tickers.choose", "enter", "choose", "Look at this instrument", "choose", 5),
    Key("tickers.favourite", "asterisk", "favourite", "Make it a favourite, or not any more"),
    Key("tickers.list", "w", "next_list", "Next watch list, or all markets", "lists", 9),
    Key("tickers.sort", "s", "sort", "Sort as listed, by symbol, change, volume, spread", "sort", 9),
    Key("tickers.turn", "S", "turn", "Turn the order round"),
    Key("positions.arm", "enter", "arm", "Arm the pane's trade keys for a while", "arm", 2),
    Key("positions.close", "x", "close", "Close the position", "close", 2, armed=True),
    *(
        Key(
            f"positions.part_{part}",
            key,
            f"part({part})",
            f"Close {part}% of it",
            "25 50 75%" if key == "2" else "",
            4,
            "2 5 7" if key == "2" else "",
            guarded=True,
        )
        for key, part in (("2", 25), ("5", 50), ("7", 75))
    ),
    Key("positions.reverse", "v", "reverse", "Turn it round, after a question", "reverse", 7, armed=True),
    Key("positions.even", "e", "break_even", "Stop loss to the entry", "break-even", 6, armed=True),
    Key(
        "positions.raise", "shift+up,K", "shift(1)", "Move its protection up", "SL/TP", 6, "⇧↑↓", guarded=True
    ),
    Key("positions.lower", "shift+down,J", "shift(-1)", "Move its protection down", guarded=True),
    Key("positions.which", "s", "which", "Move the take profit instead, or the stop loss", armed=True),
    Key("positions.follow", "f", "follow", "Let its stop loss trail, or stay", "trail", 7, armed=True),
    Key("positions.edit", "m", "edit", "Type its protection", "edit", 7, armed=True),
    Key("orders.arm", "enter", "arm", "Arm the pane's trade keys for a while", "arm", 2),
    Key(
        "orders.cancel", "x", "cancel", "Cancel the order, or dismiss an unknown one", "cancel", 2, armed=True
    ),
    Key("orders.side", "c", "cancel_side", "Cancel all of this side and instrument", "side", 7, armed=True),
    Key("orders.all", "X", "cancel_all", "Cancel every order, stops included", "all", 6, armed=True),
    Key("orders.edit", "m", "edit", "Type other figures into the order", "edit", 4, armed=True),
    Key(
        "orders.raise",
        "shift+up,K",
        "shift(1)",
        "Move its price up by a tick",
        "price",
        7,
        "⇧↑↓",
        guarded=True,
    ),
    Key("orders.lower", "shift+down,J", "shift(-1)", "Move its price down by a tick", guarded=True),
    Key("orders.history", "h", "history", "Working orders, or those that ended", "history", 6),
    Key("strategies.arm", "enter", "arm", "Arm the pane's keys for a while", "arm", 2),
    Key("strategies.start", "s", "start", "Start or resume the strategy", "start", 3, armed=True),
    Key("strategies.pause", "p", "pause", "Pause the strategy", "pause", 4, armed=True),
    Key("strategies.stop", "x", "stop", "Stop the strategy", "stop", 3, armed=True),
    Key("strategies.detail", "d", "detail", "Show the strategy's own signals and trades", "detail", 6),
    Key("starting.proceed", "enter", "proceed", "Look the config over; again: start", "look over", 1),
    Key("starting.close", "escape", "dismiss(None)", "Close without starting", "close", 1),
    Key("stopping.keep", "k", "keep", "Stop, and keep its positions", "keep", 1),
    Key("stopping.close", "c", "close", "Stop, and close its positions", "close", 1),
    Key("stopping.leave", "escape,q", "dismiss(None)", "Do not stop", "do not stop", 1),
    Key("signals.detail", "enter", "detail", "Show the reasoning, or the list", "reasoning", 3),
    Key("signals.request", "n", "request", "Ask the AI service for a signal now", "new signal", 4),
    Key("signals.detail_down", "J", "scroll_detail(3)", "Scroll the reasoning down"),
    Key("signals.detail_up", "K", "scroll_detail(-3)", "Scroll the reasoning up"),
    Key("signals.ticket", "T", "ticket", "Fill in a ticket from the signal", "ticket", 3),
    Key("bot.arm", "enter", "arm", "Arm the pane's keys for a while", "arm", 2),
    Key("bot.start", "s", "start", "Start the bot", "start", 3, armed=True),
    Key("bot.pause", "p", "pause", "Pause the bot", "pause", 4, armed=True),
    Key("bot.stop", "x", "stop", "Stop the bot", "stop", 3, armed=True),
    Key("risk.limits", "e", "limits", "Change the limits", "limits", 5),
    Key("account.report", "p", "report", "Ask for a report", "report", 5),
    Key("links.retry", "enter", "retry", "Connect this link now", "retry", 5),
    Key("replay.pause", "f5", "replay(0)", "Stand still, or go on", "pause", 3, everywhere=True),
    Key("replay.slower", "f6", "replay(-1)", "Play slower", "slower", 6, everywhere=True),
    Key("replay.faster", "f7", "replay(1)", "Play faster", "faster", 6, everywhere=True),
    Key("records.detail", "enter", "detail", "Show all of the line, or the list alone", "detail", 5),
    Key("records.follow", "f", "follow", "Follow what is new, or stand still", "follow", 6),
    Key("records.detail_down", "J", "scroll_detail(5)", "Scroll the detail down"),
    Key("records.detail_up", "K", "scroll_detail(-5)", "Scroll the detail up"),
    Key("chart.left", "h,left", "scroll(-1)", "Back in time, or the crosshair left", "scroll", 6, "h l"),
    Key("chart.right", "l,right", "scroll(1)", "Forward in time, or the crosshair right"),
    Key("chart.cross", "c", "cross", "Crosshair with its figures; Esc takes it away", "crosshair", 5),
    Key("chart.indicators", "i", "indicators", "Below: nothing, RSI, MACD, both", "indicators", 5),
    Key("chart.bands", "b", "bands", "Bollinger bands, 20 candles", "bands", 6),
    Key("chart.average", "a", "average", "Moving average, 50 candles", "average", 7),
    Key("chart.first", "g,home", "earliest", "The earliest candle there is"),
    Key("chart.now", "G,end", "latest", "Back to the latest candle"),
    Key("chart.wider", "plus,equals_sign", "scale(1)", "Nearer: wider candles"),
    Key("chart.narrower", "minus", "scale(-1)", "Further off: more candles, then joined ones"),
    Key("ladder.arm", "enter", "arm", "Arm the ladder's trade keys for a while", "arm", 2),
    Key("ladder.buy", "b", "buy", "Buy: a limit order at the cursor's price", "buy", 2, armed=True),
    Key("ladder.sell", "s", "sell", "Sell: a limit order at the cursor's price", "sell", 2, armed=True),
    Key("ladder.cancel", "x", "cancel", "Cancel own orders at the price", "cancel", 3, armed=True),
    Key("ladder.flatten", "X", "flatten", "Close the position in this instrument", "flatten", 4, armed=True),
    Key(
        "ladder.raise",
        "shift+up,K",
        "shift(1)",
        "Move own orders at the price up",
        "move",
        6,
        "⇧↑↓",
        guarded=True,
    ),
    Key("ladder.lower", "shift+down,J", "shift(-1)", "Move own orders at the price down", guarded=True),
    *(
        Key(
            f"ladder.size_{digit}",
            str(digit),
            f"size({digit})",
            f"Size {digit} of the line below",
            guarded=True,
        )
        for digit in range(1, 6)
    ),
    Key("ladder.down", "j,down", "move(1)", "Lower price"),
    Key("ladder.up", "k,up", "move(-1)", "Higher price"),
    Key("ladder.page_down", "pagedown", "move(10)", "Ten prices lower"),
    Key("ladder.page_up", "pageup", "move(-10)", "Ten prices higher"),
    Key("ladder.top", "g,home", "edge(1)", "The highest price in sight"),
    Key("ladder.bottom", "G,end", "edge(-1)", "The lowest price in sight"),
    Key("ladder.centre", "space", "centre", "Bring the market to the middle", "centre", 6),
    Key("ladder.coarser", "plus,equals_sign", "regroup(1)", "Gather more ticks in a line", "group", 7, "+ -"),
    Key("ladder.finer", "minus", "regroup(-1)", "Gather fewer ticks in a line"),
    Key("requote.accept", "a", "answer(True)", "Accept the dealer's price", "accept", 1),
    Key("requote.refuse", "r", "answer(False)", "Refuse the dealer's price", "refuse", 1),
    Key("requote.later", "escape", "later", "Decide later; it keeps counting", "later", 2),
    Key("requote.next", "n,tab", "next", "Next offer in the queue", "next", 3),
    Key("ticket.proceed", "enter", "proceed", "Look the order over; again: send it", "look over", 1),
    Key("amend.accept", "enter", "accept", "Send the change", "change it", 1),
    Key("amend.close", "escape", "dismiss(None)", "Leave it as it is", "leave", 1),
    Key("ticket.close", "escape", "dismiss(None)", "Close without sending", "close", 1),
    Key("kill.close", "escape", "dismiss(None)", "Close; an engaged switch stays engaged", "close", 1),
    Key("limits.proceed", "enter", "proceed", "Look the limits over; again: set them", "look over", 1),
    Key("limits.close", "escape", "dismiss(None)", "Close without a change", "close", 1),
    Key("confirm.yes", "enter,y", "answer(True)", "Yes", "yes", 1),
    Key("confirm.no", "escape,n,q", "answer(False)", "No", "no", 1),
    Key("live.close", "escape", "dismiss(False)", "Send nothing", "send nothing", 1),
    Key("session.takeover", "t", "takeover", "Take the session over; the other console ends", "take over", 1),
    Key("session.retry", "r", "retry", "Sign in again", "retry", 1),
    Key("session.later", "escape", "dismiss(None)", "Leave the link as it is", "leave it", 1),
    Key("session.quit", "q", "quit_console", "Quit this console", "quit", 1),
    Key("settings.edit", "enter,e", "edit", "Open the settings file in your editor", "edit", 1),
    Key("settings.close", "escape,q,comma", "dismiss(None)", "Close the settings", "close", 1),
    Key("help.filter", "slash", "filter", "Show only what has these words", "find", 1),
    Key("help.next", "tab", "section(1)", "Next section", "section", 1),
    Key("help.previous", "shift+tab", "section(-1)", "Section before"),
    Key("help.close", "escape,q,question_mark", "close", "Show all again, or close the help", "close", 1),
    Key("line.complete", "tab", "complete(1)", "Complete the word, or the next offer", "complete", 2),
    Key("line.back", "shift+tab", "complete(-1)", "The offer before"),
    Key("line.older", "up", "recall(-1)", "The line before in the history"),
    Key("line.newer", "down", "recall(1)", "The next line in the history"),
    Key("line.close", "escape", "close", "Leave the command line", "leave", 1),
)

_brought: dict[str, tuple[str, tuple[Key, ...]]] = {}


def bring(context: str, title: str, rows: tuple[Key, ...]) -> None:
    """Add a context of its own to the table. Raises `ValueError` for a row that would be another's."""
    known = {key.id for key in every_key()}
    for key in rows:
        if key.context != context or key.id in known or context in CONTEXTS:
            raise ValueError(f"{key.id} is no key of {context}, or there already")
    _brought[context] = (title, rows)


def every_key() -> tuple[Key, ...]:
    """The whole table."""
    return (*KEYS, *(key for _, rows in _brought.values() for key in rows))


def every_context() -> dict[str, str]:
    """Titles of all contexts."""
    return CONTEXTS | {context: title for context, (title, _) in _brought.items()}


def keys_of(*contexts: str) -> tuple[Key, ...]:
    """Rows of these contexts, in the table's order."""
    return tuple(key for key in every_key() if key.context in contexts)


def bindings(*contexts: str) -> list[Binding]:
    """Textual's bindings of these contexts; each carries the row's id, so a keymap can move it."""
    return [
        Binding(
            key.keys,
            f"armed({key.action!r})" if key.armed else key.action,
            key.description,
            show=False,
            key_display=key.display,
            tooltip=key.description,
            id=key.id,
            priority=key.everywhere,
        )
        for key in keys_of(*contexts)
    ]
