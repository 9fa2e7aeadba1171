"""Status of each bot, with the monotonic time it was told, so that uptime and countdowns can run on."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tui_trader.model.values import Bot


class BotView(Struct):
    """A bot's last status and when it arrived (monotonic seconds)."""

    bot: Bot
    arrived: float


class Bots:
    """One bot per link."""

    __slots__ = ("_bots", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._bots: dict[str, BotView] = {}

    def __iter__(self) -> Iterator[BotView]:
        return iter(self._bots.values())

    def __len__(self) -> int:
        return len(self._bots)

    def get(self, link: str) -> BotView | None:
        """The bot behind this link, if it told its status."""
        return self._bots.get(link)

    def update(self, bot: Bot, now: float) -> None:
        """Take over a status."""
        self._bots[bot.link] = BotView(bot, now)
        self.revision += 1
