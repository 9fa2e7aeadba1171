"""Consoles on backends made from the documents alone: what there is is shown, what there is not is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from textual.pilot import Pilot
from websockets.asyncio.server import serve

from tests.contract import document_backends as backend
from tests.ui.key_names import KEY_NAMES
from tests.ui.picture import text_of
from tui_trader.app import TraderApp
from tui_trader.backends import Backends
from tui_trader.settings import load
from tui_trader.store.store import LISTS_SECONDS

SHORT = {
    "orchestrator": "machines",
    "market_data_gateway": "prices",
    "risk_guardian": "guard",
    "onetrade": "broker",
}


@dataclass
class Visit:
    """A console on links of a settings file."""

    app: TraderApp
    pilot: Pilot[None]
    refused: list[str]
    skew: list[float] = field(default_factory=lambda: [0.0])

    @property
    def screen(self) -> str:
        """The screen as text, with runs of blanks as one."""
        return " ".join(text_of(self.app).split())

    async def show(self) -> None:
        """Paint what is due."""
        for _ in range(2):
            self.app.frame()
            await self.pilot.pause()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for what the network does in its own time."""
        async with asyncio.timeout(20):
            while not condition():
                await self.show()
                await asyncio.sleep(0.005)

    async def look(self, pane: str) -> str:
        """Go to a pane by the command line, give it the whole screen, and read it."""
        shown = self.app.board.panes[pane]
        await self.pilot.press("colon", *(KEY_NAMES.get(one, one) for one in f"show {pane}"), "enter")
        await self.until(lambda: shown.has_focus)
        if self.app.board.zoomed is not shown:
            await self.pilot.press("z")
        await self.until(lambda: self.app.board.zoomed is shown)
        self.app.clear_notifications()
        await self.show()
        return self.screen

    async def patiently(self, text: str) -> None:
        """Let the clock run until a text is there; a minute is the most that is waited."""
        for _ in range(60):
            self.app.clear_notifications()
            await self.wait(1.0)
            if text in self.screen:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{text!r} is not on the screen:\n{self.screen}")

    async def wait(self, seconds: float) -> None:
        """Let the console's clock run ahead."""
        self.skew[0] += seconds
        await self.show()


@asynccontextmanager
async def visiting(
    folder: Path, *talks: tuple[str, backend.Talk], width: int = 80, height: int = 24, more: str = ""
) -> AsyncIterator[Visit]:
    """Serve each protocol by its stub and open a console on all of them."""
    refused: list[str] = []
    servers = [await serve(talk, "127.0.0.1", 0, ping_interval=None) for _, talk in talks]
    async with backend.sessions(refused) as http:
        text = "".join(
            f'[links.{SHORT[name]}]\nprotocol = "{name}"\nhttp = "http://127.0.0.1:{http}"\n{more}'
            f'url = "ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws"\npaper = true\n'
            for (name, _), server in zip(talks, servers, strict=True)
        )
        file = folder / "settings.toml"
        file.write_text(text)
        names = tuple(SHORT[name] for name, _ in talks)
        settings = load(file, environment={}, flags={"connect": names, "remember": False})
        loop, skew = asyncio.get_running_loop(), [0.0]
        app = TraderApp(settings, Backends(settings).connect, clock=lambda: loop.time() + skew[0])
        app.animation_level = "none"
        try:
            async with app.run_test(size=(width, height), notifications=True) as pilot:
                it = Visit(app, pilot, refused, skew)
                await it.until(lambda: all(app.store.links.ready(name) for name in names))
                yield it
        finally:
            for server in servers:
                server.close()
                await server.wait_closed()


async def test_an_orchestrator_alone_shows_its_strategies_and_says_what_it_does_not_tell(tmp_path) -> None:
    async with visiting(tmp_path, ("orchestrator", backend.orchestrator)) as it:
        assert "machines does not tell of candles" in it.screen
        assert "machines does not tell of prices" in await it.look("tickers")
        assert "machines does not tell of depth" in await it.look("order_book")
        assert "machines does not tell of account totals" in await it.look("account")
        assert "machines does not tell of orders" in await it.look("orders")
        assert "machines does not tell of a bot" in await it.look("bot")
        assert "AAPL long 10 150.25" in await it.look("positions")
        screen = await it.look("strategies")
        assert "Moving Average Crossover ● active" in screen
        assert "–/–" in screen, "neither rate nor limit is told"
        screen = await it.look("journal")
        assert "SolarFlare" in screen
        assert "MALFORMED" in screen
        assert "--:--:-- machines" not in screen, "our own time, where no market tells any"
        await it.look("strategies")
        await it.pilot.press("enter")
        await it.wait(1.0)
        await it.pilot.press("p")
        await it.until(lambda: "paused" in it.screen)


async def test_a_gateway_without_a_list_depth_or_history_quotes_the_symbols_of_the_settings(tmp_path) -> None:
    more = 'symbols = ["AAPL", "MSFT"]\n'
    async with visiting(tmp_path, ("market_data_gateway", backend.gateway), more=more) as it:
        await it.wait(LISTS_SECONDS + 1.0)
        await it.until(lambda: len(it.app.store.instruments) == 2)
        await it.wait(6.0)
        assert "AAPL 150.25" in await it.look("tickers")
        await it.look("order_book")
        await it.patiently("prices sends no depth of AAPL")
        await it.look("chart")
        await it.patiently("prices sends no candles of AAPL")
        assert "prices does not tell of orders" in await it.look("orders")


async def test_a_guardian_that_tells_totals_alone_gets_no_figure_made_up(tmp_path) -> None:
    async with visiting(tmp_path, ("risk_guardian", backend.guardian)) as it:
        assert "total 10,250.50 exposed 1,550.50 drawdown –" in await it.look("risk")
        await it.pilot.press("e")
        await it.show()
        assert "No guardian has told its limits." in it.screen
        assert "no account has told its totals yet" in await it.look("account")
        assert "guard does not tell of positions" in await it.look("positions")


@pytest.mark.parametrize("names", [True, False], ids=["named", "observed"])
async def test_a_onetrade_without_rest_shows_what_its_events_tell_to_the_last_digit(tmp_path, names) -> None:
    async with visiting(tmp_path, ("onetrade", backend.onetrade(names=names))) as it:
        await it.until(lambda: len(it.app.store.positions) and "GET /api/v1/trader/deals" in it.refused)
        assert "EURUSD short 0.2 1.09100" in await it.look("positions")
        assert "+21.50" in it.screen
        assert "EURUSD buy limit 0.5 0 1.08000 ● working" in await it.look("orders")
        assert "orders_teleported" in await it.look("journal")
        told = [line.text for line in it.app.store.journal]
        assert "404: this server does not tell its symbols when asked" in told
        assert it.app.store.quotes.get("EURUSD").ask == 1.09001
        assert "broker does not tell of a bot" in await it.look("bot")


async def test_all_of_them_together_at_every_size(tmp_path) -> None:
    talks = (
        ("orchestrator", backend.orchestrator),
        ("market_data_gateway", backend.gateway),
        ("risk_guardian", backend.guardian),
        ("onetrade", backend.onetrade(names=False)),
    )
    async with visiting(tmp_path, *talks) as it:
        await it.until(lambda: len(it.app.store.positions) == 2)
        for size in ((80, 24), (120, 40), (200, 60)):
            await it.pilot.resize_terminal(*size)
            for digit in "1234":
                await it.pilot.press(digit)
                await it.show()
        assert "no link tells of a bot" in await it.look("bot")
        assert "machines +48.00 USD broker +21.50" in await it.look("positions")
