"""What may leave the console: everything on PAPER; on LIVE only with `--live`, and trades after a phrase.

A link is LIVE unless it is known to be a simulator. The phrase holds for one connection: after a reconnect it
is asked for again. `Desk.send` asks here, and nothing is sent past it.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from tui_trader.model import commands as c
from tui_trader.model.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui_trader.store.links import LinkStates

LIVE_FLAG = "--live"


class Weight(Enum):
    """What a command can do to an account."""

    READS = 0
    REDUCES = 1
    """Takes risk away or stops a machine: needs no phrase, because nothing should stand in its way."""
    TRADES = 2


class PhraseNeeded(CommandError):
    """A live link is not armed; `phrase` is what the user must type, `command` what waits for it."""

    def __init__(self, command: c.Command, phrase: str) -> None:
        super().__init__(f"{command.link} is LIVE and not armed: type its phrase first")
        self.command = command
        self.phrase = phrase


class TradingGate:
    """Decides for every command. `allowed` says whether live links may be traded on at all."""

    def __init__(self, links: LinkStates, *, allowed: bool = False) -> None:
        self._links = links
        self.allowed = allowed
        self.halted = False
        """Whether the console's own kill switch is engaged: nothing that adds risk leaves."""
        self._armed: dict[str, int] = {}

    def check(self, command: c.Command, is_paper: Callable[[str], bool], *, typed: bool = False) -> None:
        """Let a command pass; `typed`: it takes risk away, and the kill switch's word was typed for it.

        Raises `CommandError`, or `PhraseNeeded` where a phrase would let it pass.
        """
        link = command.link
        weight = Weight.REDUCES if typed else weight_of(command)
        if self.halted and weight is Weight.TRADES and not isinstance(command, _PROTECTS):
            raise CommandError("Not sent: the kill switch is engaged; it is released by its word.")
        if weight is Weight.READS or is_paper(link):
            return
        if not self.allowed:
            raise CommandError(
                f"Not sent: {link} is a LIVE link, and this console was started without {LIVE_FLAG}."
            )
        if weight is Weight.TRADES and not self.armed(link):
            raise PhraseNeeded(command, self.phrase(link))

    def phrase(self, link: str) -> str:
        """What must be typed to trade on a live link."""
        return f"trade live on {link}"

    def arm(self, link: str, typed: str) -> bool:
        """Arm a live link for its present connection; False for a wrong phrase or a link that is down."""
        view = self._links.get(link)
        if not self.allowed or view is None or not view.ready or typed.strip() != self.phrase(link):
            return False
        self._armed[link] = view.connections
        return True

    def disarm(self, link: str) -> None:
        """Ask for the phrase again."""
        self._armed.pop(link, None)

    def armed(self, link: str) -> bool:
        """Whether the phrase was typed for the connection that is open now."""
        view = self._links.get(link)
        return view is not None and view.ready and self._armed.get(link) == view.connections


_READS = (
    c.ListStrategies,
    c.RequestSignal,
    c.WatchQuotes,
    c.UnwatchQuotes,
    c.WatchDepth,
    c.WatchBars,
    c.RefreshAccount,
    c.FindOrders,
    c.RequestReport,
)
_PROTECTS = (c.ClosePosition, c.ModifyPosition)
"""Left open by the kill switch: they act on what is there already."""
_REDUCES = (c.CancelOrder, c.PauseStrategy, c.StopStrategy, c.EngageKillSwitch)


def weight_of(command: c.Command) -> Weight:
    """What a command can do; what is not known to be harmless trades."""
    if isinstance(command, _READS):
        return Weight.READS
    if isinstance(command, c.ControlBot):
        return Weight.REDUCES if command.command in ("PAUSE", "STOP") else Weight.TRADES
    if isinstance(command, c.AnswerRequote):
        return Weight.TRADES if command.accepted else Weight.REDUCES
    return Weight.REDUCES if isinstance(command, _REDUCES) else Weight.TRADES
