"""The command palette's view of the command line and the panes: one registry, two ways in."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui_trader.commands.registry import GRAMMAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui_trader.app import TraderApp


class ConsoleCommands(Provider):
    """Verbs open the command line, instruments and panes are gone to at once."""

    def _choices(self) -> list[tuple[str, str, Callable[[], None]]]:
        app = cast("TraderApp", self.app)
        choices: list[tuple[str, str, Callable[[], None]]] = [
            (verb.title, verb.summary, lambda name=verb.name: app.open_command_line(f"{name} "))  # type: ignore[misc]
            for verb in GRAMMAR.verbs
        ]
        choices += [
            (f"Go to {pane.TITLE}", f"pane {pane.DIGIT}", lambda key=key: app.show_pane(key))  # type: ignore[misc]
            for key, pane in app.board.panes.items()
        ]
        choices += [
            (item.key, item.description or item.kind, lambda key=item.key: app.look_at(key))  # type: ignore[misc]
            for item in app.store.instruments
        ]
        return choices

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for title, help_text, go in self._choices():
            yield DiscoveryHit(title, go, help=help_text)

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for title, help_text, go in self._choices():
            score = matcher.match(title)
            if score > 0:
                yield Hit(score, matcher.highlight(title), go, help=help_text)
