"""The command palette's view of the command line and the panes: one registry, two ways in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui_trader.commands.registry import GRAMMAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tui_trader.app import TraderApp


class Choice(NamedTuple):
    """One line of the palette."""

    title: str
    summary: str
    go: Callable[[], None]


class ConsoleCommands(Provider):
    """Verbs open the command line; panes and instruments are gone to at once."""

    def _choices(self) -> Iterator[Choice]:
        app = cast("TraderApp", self.app)
        for verb in GRAMMAR.verbs:
            yield Choice(verb.title, verb.summary, partial(app.front.open_command_line, f"{verb.name} "))
        for key, pane in app.board.panes.items():
            yield Choice(f"Go to {pane.TITLE}", "pane", partial(app.front.show_pane, key))
        for place, workspace in enumerate(app.board.workspaces):
            yield Choice(f"Workspace {workspace.title}", f"key {place + 1}", partial(app.board.open, place))
        for item in app.store.instruments:
            yield Choice(item.key, item.description or item.kind, partial(app.front.look_at, item.key))

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for title, summary, go in self._choices():
            yield DiscoveryHit(Content(title), go, text=title, help=_escaped(summary))

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for title, summary, go in self._choices():
            score = matcher.match(title)
            if score > 0:
                yield Hit(score, matcher.highlight(_escaped(title)), go, text=title, help=_escaped(summary))


def _escaped(text: str) -> str:
    """Server text that cannot pass for markup."""
    return text.replace("[", "\\[")
