"""The list of verbs: a new one is its function and a line in its module; a new module is a line here."""

from __future__ import annotations

from tui_trader.commands.alerts import ALERTS
from tui_trader.commands.grammar import Grammar, Verb
from tui_trader.commands.machines import MACHINES
from tui_trader.commands.records import RECORDS
from tui_trader.commands.safety import SAFETY
from tui_trader.commands.trading import TRADING
from tui_trader.commands.viewing import VIEWING

VERBS: tuple[Verb, ...] = (
    *TRADING,
    *SAFETY,
    *MACHINES,
    *ALERTS,
    *VIEWING,
    *RECORDS,
)

GRAMMAR = Grammar(VERBS)
