"""A console under measurement, in a terminal: ours (also without a probe), or a naive one.

    python -m tests.benchmarks.console_subject ours|unprobed|naive OUTPUT WARM_UP SECONDS ACCOUNT PORT...

Writes what it saw to OUTPUT as JSON: lag of its loop, frames, messages, processor seconds, key to screen, and
of an account's numbered deals how many the store took and how many are missing. The naive one has no account.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import DataTable

from tests.benchmarks.console_feed import SYMBOLS

PROBE_SECONDS = 0.005


class Gauge:
    """Samples of one run; `watch` attaches it to an app."""

    def __init__(self, output: Path, warm_up: float, seconds: float) -> None:
        self.output, self.warm_up, self.seconds = output, warm_up, seconds
        self.period = PROBE_SECONDS
        self.lags: list[float] = []
        self.keys: list[float] = []
        self.frames = self.written = self.messages = 0
        self.pressed: float | None = None
        self.deals: set[int] = set()
        """Numbers of those that the store has taken."""

    def watch(self, app: App[None]) -> None:
        """Count what the app writes, from now on."""
        driver = app._driver
        assert driver is not None
        write = driver.write

        def counted(data: str) -> None:
            write(data)
            self.frames += len(data) > 16
            self.written += len(data.encode())
            if self.pressed is not None and len(data) > 16:
                self.keys.append(time.monotonic() - self.pressed)
                self.pressed = None

        driver.write = counted  # type: ignore[method-assign]
        self.task = asyncio.create_task(self.probe(app))

    async def probe(self, app: App[None]) -> None:
        """Measure, write and leave."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self.warm_up)
        self.lags.clear()
        self.keys.clear()
        frames, written, messages, cpu = self.frames, self.written, self.messages, time.process_time()
        began = loop.time()
        while loop.time() < began + self.seconds:
            due = loop.time() + self.period
            await asyncio.sleep(self.period)
            self.lags.append(loop.time() - due)
        took = loop.time() - began
        found = {
            "lags": sorted(self.lags), "keys": sorted(self.keys), "frames": (self.frames - frames) / took,
            "bytes": (self.written - written) / took, "rate": (self.messages - messages) / took,
            "cpu": (time.process_time() - cpu) / took, "messages": self.messages, "deals": len(self.deals),
            "missing": max(self.deals, default=0) - len(self.deals),
        }  # fmt: skip
        self.output.write_text(json.dumps(found))
        app.exit()


def ours(account: str, ports: list[str], gauge: Gauge) -> App[None]:
    """The console on eight links, and the one of an account."""
    import tui_trader.app
    from tui_trader.app import TraderApp
    from tui_trader.connection.links import LinkPlan, Links
    from tui_trader.launch import spare_what_stays
    from tui_trader.model.events import DealDone, Event
    from tui_trader.protocols.codec import Endpoint
    from tui_trader.settings import Settings

    class Measured(TraderApp):
        CSS_PATH = Path(tui_trader.app.__file__).with_name("app.tcss")

        async def on_event(self, event: object) -> None:
            await super().on_event(event)  # type: ignore[arg-type]
            if isinstance(event, Key):
                gauge.pressed = event.time

    async def connect(sink: Callable[[Event], None]) -> Links:
        def counted(event: Event) -> None:
            gauge.messages += 1
            sink(event)
            if isinstance(event, DealDone):
                gauge.deals.add(int(event.deal.id))

        plans = [
            LinkPlan(
                f"gateway{number}", "market_data_gateway", Endpoint(f"ws://127.0.0.1:{port}/ws"), paper=True
            )
            for number, port in enumerate(ports)
        ]
        plans.append(
            LinkPlan(
                "account", "orchestrator", Endpoint(f"ws://127.0.0.1:{account}/ws/strategies"), paper=True
            )
        )
        links = Links(plans, counted)
        links.start()
        gauge.watch(app)
        spare_what_stays()
        return links

    app = Measured(Settings(symbol=SYMBOLS[0], remember=False), connect)
    return app


class Naive(App[None]):
    """A DataTable that every message goes to at once."""

    def __init__(self, ports: list[str], gauge: Gauge) -> None:
        super().__init__()
        self.ports, self.gauge = ports, gauge

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    async def on_event(self, event: object) -> None:
        await super().on_event(event)  # type: ignore[arg-type]
        if isinstance(event, Key):
            self.gauge.pressed = event.time

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for column in ("symbol", "bid", "ask", "last", "change", "volume", "high", "low"):
            table.add_column(column, key=column)
        for symbol in SYMBOLS:
            table.add_row(symbol, *[""] * 7, key=symbol)
        self.gauge.watch(self)
        for port in self.ports:
            self.run_worker(self.read(port))

    async def read(self, port: str) -> None:
        from websockets.asyncio.client import connect

        table = self.query_one(DataTable)
        async with connect(f"ws://127.0.0.1:{port}/ws", compression=None) as socket:
            async for text in socket:
                self.gauge.messages += 1
                message = json.loads(text)
                if message["type"] == "quote":
                    data = message["data"]
                    for column in ("bid", "ask", "last"):
                        table.update_cell(data["symbol"], column, f"{data[column]:.2f}")


def main() -> None:
    """Run one console."""
    kind, output, warm_up, seconds, account, *ports = sys.argv[1:]
    gauge = Gauge(Path(output), float(warm_up), float(seconds))
    if kind == "unprobed":
        gauge.period = gauge.seconds
    app = Naive(ports, gauge) if kind == "naive" else ours(account, ports, gauge)
    app.run()


if __name__ == "__main__":
    main()
