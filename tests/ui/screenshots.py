"""Makes the README's pictures: `python -m tests.ui.screenshots FOLDER`. The same market, the same bytes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from embedded_server.model.commands import ForceRequote
from tests.ui.market_stage import MIDNIGHT_MS, MarketStage, market_stage
from tests.ui.picture import save_png, svg_of
from tests.ui.settling import settling
from tests.ui.small_png import shrink

AFTERNOON_MS = MIDNIGHT_MS + (14 * 60 + 40) * 60_000
Scene = Callable[[MarketStage], Awaitable[None]]


async def a_trading_day(it: MarketStage) -> None:
    """A position and a working order, strategies at work, and a minute of moving prices."""
    await it.advance(20.0, step=1.0)
    ask = it.app.store.quotes.get("EURUSD").ask
    for line in (
        f"buy 0.1 EURUSD market sl {ask - 0.0015:.5f} tp {ask + 0.003:.5f}",
        "sell 0.05 GBPUSD market",
        f"buy 0.1 EURUSD @ {ask - 0.00012:.5f}",
        f"sell 0.2 EURUSD @ {ask + 0.00021:.5f}",
    ):
        await it.command(line)
        await it.agree()
        await it.advance(2.0)
    await it.advance(40.0, step=1.0)


async def a_requote(it: MarketStage) -> None:
    """The dealer offers another price."""
    await a_trading_day(it)
    it.decree(ForceRequote(count=1, ticks=4))
    await it.command("buy 0.1 EURUSD market dev 2")
    await it.agree()
    await it.until(lambda: "Requote" in it.screen)
    await it.advance(1.5)


async def the_ticket(it: MarketStage) -> None:
    """An order being looked over."""
    await a_trading_day(it)
    await it.press("f9", "s", "tab", "l", "tab")
    await it.type("0.2")
    await it.press("tab")
    bid = it.app.store.quotes.get("EURUSD").bid
    await it.type(f"{bid + 0.0002:.5f}")
    await it.press("tab")
    await it.type(f"{bid + 0.0015:.5f}")
    for field in it.app.screen.query("Input"):
        field.cursor_blink = False
    await it.press("enter")


async def the_strategies(it: MarketStage) -> None:
    """What each strategy holds; one of them was just paused."""
    await a_trading_day(it)
    await it.go("strategies")
    await it.press("enter")
    await it.advance(1.0)
    await it.press("p")
    await it.advance(2.0)


async def the_signals(it: MarketStage) -> None:
    """The AI's signals and why."""
    await a_trading_day(it)
    await it.go("signals")
    await it.press("j")
    await it.advance(1.0)


async def the_help(it: MarketStage) -> None:
    """Keys and commands."""
    await a_trading_day(it)
    await it.press("question_mark")


async def the_book_alone(it: MarketStage) -> None:
    """The spot market's chart, zoomed."""
    await it.command("chart BTCUSDT 5m")
    await it.advance(30.0, step=1.0)
    await it.go("chart")
    await it.press("z")
    await it.advance(2.0)


async def the_bots(it: MarketStage) -> None:
    """Strategies, bot and signals."""
    await a_trading_day(it)
    await it.press("2")
    await it.advance(1.0)


async def the_account(it: MarketStage) -> None:
    """A few closed trades, the account's curve, and risk within its limits."""
    await a_trading_day(it)
    for quantity in ("0.08", "0.05", "0.1"):
        for line in (f"buy {quantity} AUDUSD market", "flatten AUDUSD"):
            await it.command(line)
            if line.startswith("buy"):
                await it.agree()
            await it.advance(25.0, step=1.0)
    await it.press("3")
    it.app.board.panes["account"].put_cursor_on("onetrade")
    await it.advance(2.0)


async def the_journal(it: MarketStage) -> None:
    """What happened, and the frames that told it."""
    await a_trading_day(it)
    await it.press("4")
    await it.advance(1.0)


async def the_kill_switch(it: MarketStage) -> None:
    """Thrown, and verified line by line."""
    await a_trading_day(it)
    await it.press("ctrl+k")
    it.app.screen.query_one("Input").cursor_blink = False
    await it.type("kill")
    await it.press("enter")
    await it.until(lambda: "✓ verified" in it.screen)


@dataclass(frozen=True)
class Shot:
    """One picture."""

    name: str
    size: tuple[int, int]
    scene: Scene
    theme: str | None = None


SHOTS = (
    Shot("trade-80x24", (80, 24), a_trading_day),
    Shot("trade-120x40", (120, 40), a_trading_day),
    Shot("trade-200x60", (200, 60), a_trading_day),
    Shot("trade-light-120x40", (120, 40), a_trading_day, "paper"),
    Shot("trade-blue-orange-120x40", (120, 40), a_trading_day, "midnight-blue-orange"),
    Shot("bots-120x40", (120, 40), the_bots),
    Shot("bots-200x60", (200, 60), the_bots),
    Shot("account-120x40", (120, 40), the_account),
    Shot("account-200x60", (200, 60), the_account),
    Shot("journal-120x40", (120, 40), the_journal),
    Shot("journal-200x60", (200, 60), the_journal),
    Shot("kill-switch-120x40", (120, 40), the_kill_switch),
    Shot("requote-120x40", (120, 40), a_requote),
    Shot("ticket-120x40", (120, 40), the_ticket),
    Shot("strategies-120x40", (120, 40), the_strategies),
    Shot("signals-120x40", (120, 40), the_signals),
    Shot("help-120x40", (120, 40), the_help),
    Shot("chart-120x40", (120, 40), the_book_alone),
)


async def take(shot: Shot, folder: Path) -> None:
    """Make one picture, as SVG and as PNG."""
    stage = market_stage(*shot.size, theme=shot.theme, start_ms=AFTERNOON_MS, warm_up_minutes=40)
    async with stage as it:
        await shot.scene(it)
        it.app.clear_notifications()
        await it.show()
        svg = svg_of(it.app)
    (folder / f"{shot.name}.svg").write_text(svg, encoding="utf-8")
    picture = folder / f"{shot.name}.png"
    save_png(svg, picture)
    picture.write_bytes(shrink(picture.read_bytes()))


def main(folder: Path, *names: str) -> None:
    """Make all pictures, or those named."""
    folder.mkdir(parents=True, exist_ok=True)
    for shot in SHOTS:
        if not names or shot.name in names:
            with settling():
                asyncio.run(take(shot, folder))
            print(f"{folder / shot.name}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
