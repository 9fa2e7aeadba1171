"""Brings back what was remembered, and writes it down again whenever it changed."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from tui_trader.panes.tickers import TickersPane
from tui_trader.remembered import Remembered
from tui_trader.store.selection import TIMEFRAMES

if TYPE_CHECKING:
    from textual.app import App

    from tui_trader.desk import Desk
    from tui_trader.remembered import StateFile
    from tui_trader.settings import Settings
    from tui_trader.workspaces.board import Board
    from tui_trader.workspaces.first_steps import FirstSteps

SAVE_SECONDS = 5.0


class Remembering:
    """What settings name wins over what was remembered. Without a file nothing is remembered."""

    def __init__(
        self, app: App[None], desk: Desk, board: Board, first_steps: FirstSteps, file: StateFile | None
    ) -> None:
        self._app = app
        self._desk = desk
        self._board = board
        self._steps = first_steps
        self._file = file
        self._saved = Remembered()
        self._looked = 0.0
        self._writing: asyncio.Future[None] | None = None

    def restore(self, settings: Settings) -> None:
        """Bring it back, before anything is shown."""
        if self._file is None:
            return
        kept = self._saved = self._file.read()
        if self._file.complaint:
            self._desk.warn("state", self._file.complaint)
        if kept.theme in self._app.available_themes and not settings.theme:
            self._app.theme = kept.theme
        timeframe = kept.timeframe if kept.timeframe in TIMEFRAMES else ""
        self._desk.store.selection.choose(settings.symbol or kept.symbol, timeframe)
        if 0 <= kept.workspace < len(self._board.workspaces):
            self._board.place = kept.workspace
        self._tickers.sort_by(kept.sorting)
        self._desk.lists.restore(kept.lists, kept.list_chosen)
        self._desk.alerts.restore(kept.alerts)
        self._steps.restore(kept.steps)

    @property
    def _tickers(self) -> TickersPane:
        pane = self._board.panes[TickersPane.KEY]
        assert isinstance(pane, TickersPane)
        return pane

    def _present(self) -> Remembered:
        selection = self._desk.store.selection
        return Remembered(
            theme=self._app.theme,
            symbol=selection.symbol,
            timeframe=selection.timeframe,
            workspace=self._board.place,
            sorting=self._tickers.order,
            lists=dict(self._desk.lists.all),
            list_chosen=self._desk.lists.chosen,
            alerts=tuple(self._desk.alerts),
            steps=tuple(sorted(self._steps.taken)),
        )

    def tick(self, now: float) -> None:
        """Write what changed, every few seconds, without holding the screen up."""
        if self._file is None or now < self._looked + SAVE_SECONDS:
            return
        self._looked = now
        present = self._present()
        if present != self._saved and (self._writing is None or self._writing.done()):
            self._saved = present
            self._writing = asyncio.get_running_loop().run_in_executor(None, self._write, present)

    def close(self) -> None:
        """Write what changed, now: the program ends."""
        if self._file is not None:
            self._write(self._present())

    def _write(self, remembered: Remembered) -> None:
        assert self._file is not None
        try:
            self._file.write(remembered)
        except OSError as error:
            logging.getLogger(__name__).warning("nothing is remembered: %s", error)
