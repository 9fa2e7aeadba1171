"""The list of workspaces: a new one is its file and its line here; its digit is its place."""

from __future__ import annotations

from tui_trader.workspaces.account import account
from tui_trader.workspaces.bots import bots
from tui_trader.workspaces.plan import Workspace
from tui_trader.workspaces.records import records
from tui_trader.workspaces.trade import trade

WORKSPACES = (
    Workspace("Trade", trade),
    Workspace("Bots", bots),
    Workspace("Account", account),
    Workspace("Journal", records),
)
