"""Drives a copy of both packages that the README's extensions were put into; test_extending.py starts it.

Everything is done as a user would, by keys on a console whose links are real sockets, and looked up at the
server. It says nothing and ends with 0 when all of it works.
"""

from __future__ import annotations

import asyncio
import json

from websockets.asyncio.client import connect

from embedded_server.model.events import StrategySignalled
from tests.ui.market_stage import MarketStage, market_stage
from tests.ui.settling import settling
from tui_trader.settings_example import keys


async def the_pane(it: MarketStage) -> None:
    """`:show` leads to it, its own key turns it; `?`, the hints and the list for rebinding know the key."""
    await it.go("movers")
    assert it.app.focused is it.app.board.panes["movers"], it.app.focused
    first = it.screen.splitlines()[3].split()[0]
    assert "u turn" in it.screen.splitlines()[-1], it.screen
    await it.press("u")
    assert it.screen.splitlines()[3].split()[0] != first, it.screen
    assert '#movers.turn = "u"' in keys()
    await it.press("question_mark")
    sheets = [it.screen]
    for _ in range(4):
        await it.press("pagedown")
        sheets.append(it.screen)
    assert any("Winners first, or losers" in sheet for sheet in sheets), sheets
    await it.press("escape")


async def the_workspace(it: MarketStage) -> None:
    """Its digit is its place."""
    await it.press("5")
    assert "5 Morning" in it.screen.splitlines()[0], it.screen
    assert {pane.KEY for pane in it.app.board.visible_panes} == {"movers", "chart"}


async def the_command_and_the_key(it: MarketStage) -> None:
    """Both look at what moved most; the key does nothing while something is being typed."""
    quotes = list(it.app.store.quotes)
    leader = max(quotes, key=lambda quote: abs(quote.change_percent or 0.0)).symbol
    other = next(quote.symbol for quote in quotes if quote.symbol != leader)
    for way in ("command", "key"):
        it.app.store.selection.choose(other)
        await (it.command("lead") if way == "command" else it.press("f8"))
        assert it.app.store.selection.symbol == leader, way
    it.app.store.selection.choose(other)
    await it.press("colon", "f8", "escape")
    assert it.app.store.selection.symbol == other
    await it.command("lead?")
    assert "look at what moved most today" in it.screen, it.screen


async def the_protocol(it: MarketStage) -> None:
    """The console's link is READY and writes to the journal; any other client hears the same."""
    markets = len(it.server.engine.market.instruments)
    assert it.app.store.links.ready("news")
    assert any(line.text == f"NEWS: {markets} markets" for line in it.app.store.journal)
    async with connect(it.server.endpoints["news"]) as socket:
        assert json.loads(await socket.recv()) == {"headline": f"{markets} markets"}
        await it.advance(300.0, step=30.0)
        assert "rise" in await socket.recv() or "rose" in await socket.recv()
    heard = [line.text for line in it.app.store.journal if line.link == "news"]
    assert any(text.startswith("NEWS: TTWO ") for text in heard), heard


async def the_strategy_and_the_instrument(it: MarketStage) -> None:
    """The instrument is quoted and can be traded; the strategy trades it, and both sides know."""
    signals = [event.signal for event in it.happened(StrategySignalled)]
    assert any((one.strategy_id, one.instrument) == ("strategy-128", "TTWO") for one in signals), signals
    strategy = it.app.store.strategies.find("Last Bar")
    assert strategy is not None and strategy.status == "ACTIVE", strategy
    await it.command("ttwo")
    assert it.app.store.selection.symbol == "TTWO"
    assert it.app.store.quotes.get("TTWO").ask > 0
    await it.press("2")
    assert "Last Bar" in it.screen, it.screen


async def drive() -> None:
    """One market and one console for all of them."""
    async with market_stage(120, 40) as it:
        await it.advance(2.0)
        await the_pane(it)
        await the_workspace(it)
        await the_command_and_the_key(it)
        await the_protocol(it)
        await the_strategy_and_the_instrument(it)


if __name__ == "__main__":
    with settling():
        asyncio.run(drive())
