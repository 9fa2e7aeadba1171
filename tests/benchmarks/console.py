"""The console as a user has it: start, default market, floods of messages; in terminals and processes.

    python -m tests.benchmarks.console [--quick]

Lag and keys are wall clock: on a busy machine they tell of the machine. Processor seconds are the console's
alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.console_terminal import Terminal
from tests.benchmarks.figures import QUICK_RUNS, RUNS, Figure, middle, run_alone

WARM_UP = 3.0
SECONDS, QUICK_SECONDS = 10.0, 3.0
RATES, QUICK_RATES = (1_000, 10_000, 50_000), (10_000,)
UP, DOWN = b"\x1b[A", b"\x1b[B"
BARE = "tests.benchmarks.console_bare"
FIRST_CELL = b"\x1b[1;1H"
TICKET_KEY = b"\x1b[20~"
TICKET = b"New order"
FUNDS = b"10,000.00"
"""In the status line once onetrade has told its account: it takes the orders of what is looked at first."""
CLOCK = b"UTC"
"""In the status line once the market's time is known: a price has come."""


def ingest(kind: str, rate: int, seconds: float) -> dict[str, float]:
    """One console fed at a rate: what its gauge saw, lists as their 99th percentiles."""
    feed = subprocess.Popen(
        (sys.executable, "-m", "tests.benchmarks.console_feed", str(rate)), stdout=subprocess.PIPE, text=True
    )
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "gauge.json"
        assert feed.stdout is not None
        told = json.loads(feed.stdout.readline())
        ports = (told["account"], *told["ports"])
        command = ("-m", "tests.benchmarks.console_subject", kind, str(output), f"{WARM_UP}", f"{seconds}")
        with Terminal(*command, *map(str, ports)) as terminal:
            presses = 0
            while not terminal.ended and presses < 10 * (WARM_UP + seconds + 20):
                terminal.read(0.1)
                if rate and not terminal.ended:
                    terminal.type(UP if presses % 2 else DOWN)
                presses += 1
        feed.wait(10)
        found = json.loads(output.read_text())
        found["fed"] = json.loads(feed.stdout.readline())["sent"]
    for name in ("lags", "keys"):
        samples = found[name] or [float("nan")]
        found[name] = 1_000 * samples[min(len(samples) - 1, int(0.99 * len(samples)))]
    return {name: float(value) for name, value in found.items()}


def floods(runs: int, seconds: float, rates: Sequence[int]) -> Iterator[Figure]:
    """So many messages a second of 24 instruments on 8 links."""
    for rate in rates:
        ours, naive, busy = [], [], rate == 10_000
        for _ in range(runs):
            ours.append(ingest("ours", rate, seconds))
            if busy:
                naive.append(ingest("naive", rate, seconds))
        name = f"console, {rate:,} msg/s"
        lags, keys, frames = (tuple(run[of] for run in ours) for of in ("lags", "keys", "frames"))
        least = {10_000: 10.0, 50_000: 15.0}.get(rate)
        yield Figure(
            f"{name}, loop lag p99", "ms", middle(lags), _of(naive, "lags"),
            f"<= {least:g} ms" if least else "", middle(lags) <= least if least else None, samples=lags,
        )  # fmt: skip
        yield Figure(
            f"{name}, key to screen p99", "ms", middle(keys), _of(naive, "keys"),
            "<= 50 ms" if busy else "", middle(keys) <= 50 if busy else None, samples=keys,
        )  # fmt: skip
        yield Figure(
            f"{name}, frames", "/s", middle(frames), _of(naive, "frames"),
            ">= 25" if busy else "", middle(frames) >= 25 if busy else None, samples=frames,
        )  # fmt: skip
        yield _processor(name, rate, ours, naive)
        missing = tuple(run["missing"] for run in ours)
        note = f"{middle(run['deals'] for run in ours):,.0f} deals told beside the quotes"
        yield Figure(
            f"{name}, of an account lost", "deals", max(missing), {}, "none",
            not max(missing) and all(run["deals"] for run in ours), note, missing,
        )  # fmt: skip


def _processor(name: str, rate: int, ours: list[dict[str, float]], naive: list[dict[str, float]]) -> Figure:
    cpu = tuple(100 * run["cpu"] for run in ours)
    taken = middle(run["rate"] for run in ours)
    note = f"took {taken:,.0f} msg/s, {1e4 * middle(cpu) / taken:.1f} us a message"
    met = middle(cpu) <= 30 * middle(run["cpu"] for run in naive) if naive else None
    budget = "<= 0.3 x naive" if naive else ""
    anchors = {name: 100 * value for name, value in _of(naive, "cpu").items()}
    return Figure(f"{name}, processor", "% of a core", middle(cpu), anchors, budget, met, note, cpu)


def _of(naive: list[dict[str, float]], name: str) -> dict[str, float]:
    return {"naive DataTable": middle(run[name] for run in naive)} if naive else {}


def default_market(runs: int, seconds: float) -> Iterator[Figure]:
    """The console with its own server, left alone at 120 x 40."""
    cpu, written, resident, stock = [], [], [], []
    for _ in range(runs):
        with Terminal("-m", "tests.benchmarks.console_stock") as terminal:
            terminal.read(6.0)
            size = len(terminal.output)
            terminal.read(seconds)
            stock.append((len(terminal.output) - size) / seconds / 1_000)
        with Terminal("-m", "tui_trader") as terminal:
            terminal.read(6.0)
            before, size = terminal.cpu(), len(terminal.output)
            terminal.read(seconds)
            cpu.append(100 * (terminal.cpu() - before) / seconds)
            written.append((len(terminal.output) - size) / seconds / 1_000)
            resident.append(terminal.resident())
    yield Figure("console, default market, processor", "% of a core", middle(cpu), {}, "<= 5 %",
                 middle(cpu) <= 5, samples=tuple(cpu))  # fmt: skip
    yield Figure("console, default market, written", "kB/s", middle(written),
                 {"stock painting": middle(stock)}, "<= 40 kB/s, <= 1/4 of stock painting",
                 middle(written) <= min(40, middle(stock) / 4), samples=tuple(written))  # fmt: skip
    yield Figure("console, default market, memory", "MiB", middle(resident), {}, "<= 70 MB",
                 middle(resident) <= 70e6 / 2**20, f"after {6 + seconds:g} s", tuple(resident))  # fmt: skip
    silent = [100 * ingest("unprobed", 0, seconds)["cpu"] for _ in range(runs)]
    yield Figure("console, market stopped, processor", "% of a core", middle(silent), {}, "<= 0.5 %",
                 middle(silent) <= 0.5, "eight links, nothing told", tuple(silent))  # fmt: skip


def starts(runs: int) -> Iterator[Figure]:
    """From the start of the process to the first cell, the first price, and an order that could be sent."""
    bare, paint, price, ready, opened, work, bare_work = [], [], [], [], [], [], []
    for _ in range(runs):
        with Terminal("-m", BARE) as terminal:
            bare.append(1_000 * terminal.read(10.0, (FIRST_CELL,))[FIRST_CELL])
            bare_work.append(terminal.cpu())
        with Terminal("-m", "tui_trader") as terminal:
            paint.append(1_000 * terminal.read(10.0, (FIRST_CELL,))[FIRST_CELL])
            work.append(terminal.cpu())
            price.append(1_000 * terminal.read(10.0, (CLOCK,)).get(CLOCK, float("inf")))
            terminal.read(10.0, (FUNDS,))
            pressed = time.monotonic() - terminal.began
            terminal.type(TICKET_KEY)
            ready.append(1_000 * terminal.read(10.0, (TICKET,)).get(TICKET, float("inf")))
            opened.append(ready[-1] - 1_000 * pressed)
    first = middle(paint)
    note = f"processor: {1_000 * middle(work):.0f} ms, bare {1_000 * middle(bare_work):.0f} ms"
    yield Figure("console, first paint", "ms", first, {"bare Textual": middle(bare)}, "<= 1.4 x bare Textual",
                 first <= 1.4 * middle(bare), note, tuple(paint))  # fmt: skip
    yield Figure("console, first live price", "ms", middle(price), {}, "<= 1,000 ms",
                 middle(price) <= 1_000, samples=tuple(price))  # fmt: skip
    note = f"account told, ticket open; {middle(opened):.0f} ms of it from the key to the ticket"
    yield Figure("console, ready to trade", "ms", middle(ready), {}, "<= 1,500 ms",
                 middle(ready) <= 1_500, note, tuple(ready))  # fmt: skip


def measure(quick: bool) -> Iterator[Figure]:
    """Everything about the console that a process of its own can tell."""
    runs, seconds = (QUICK_RUNS, QUICK_SECONDS) if quick else (RUNS, SECONDS)
    yield from starts(runs)
    yield from default_market(1 if quick else runs, seconds)
    yield from floods(1 if quick else runs, seconds, QUICK_RATES if quick else RATES)


if __name__ == "__main__":
    run_alone(measure, __doc__)
