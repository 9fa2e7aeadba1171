"""What a long history costs the console: a year of minutes opened in the chart, a full journal filtered.

python -m tests.benchmarks.console_views [--quick]
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from tests.benchmarks.figures import QUICK_RUNS, RUNS, Figure, middle, run_alone
from tests.benchmarks.records import QUERIES, full_journal
from tui_trader.desk import Desk
from tui_trader.model.events import HistoryLoaded
from tui_trader.model.values import Bar
from tui_trader.panes.chart import ChartPane
from tui_trader.panes.journal import JournalPane
from tui_trader.store.selection import Selection
from tui_trader.store.store import Store

MINUTE_MS = 60_000
YEAR = 365 * 24 * 60
START_MS = 1_735_689_600_000
SIZE = (120, 30)


def milliseconds(work: Callable[[], object]) -> float:
    """CPU time of a call."""
    began = time.process_time()
    work()
    return 1_000 * (time.process_time() - began)


def year() -> tuple[Bar, ...]:
    """A year of one-minute candles."""
    return tuple(
        Bar(START_MS + n * MINUTE_MS, p := 100 + n * 7919 % 1_000 / 100, p + 0.2, p - 0.2, p + 0.1, 10.0)
        for n in range(YEAR)
    )


def open_year(bars: tuple[Bar, ...]) -> float:
    """Take the history over and draw it."""
    store = Store(Selection("EURUSD"))
    store.selection.choose(timeframe="1m")
    pane = ChartPane(Desk(store, lambda: 0.0, "bench"))

    def work() -> None:
        store.apply(HistoryLoaded("market_data_gateway", "EURUSD", "1m", bars), 0.0)
        pane.body(*SIZE, 0.0)

    return milliseconds(work)


def measure(quick: bool) -> Iterator[Figure]:
    """The two budgets of long histories."""
    runs = QUICK_RUNS if quick else RUNS
    bars = year()
    opened = tuple(open_year(bars) for _ in range(runs))
    note = f"{YEAR:,} candles told in one history, kept and drawn"
    yield Figure("console, a year of minutes in the chart", "ms", middle(opened), {}, "<= 100 ms",
                 middle(opened) <= 100, note, opened)  # fmt: skip
    store = full_journal()
    note = f"{len(store.journal):,} entries"
    for query in QUERIES:
        pane = JournalPane(Desk(store, lambda: 0.0, "bench"))

        def search(pane: JournalPane = pane, query: str = query) -> None:
            pane.set_filter("")
            pane.set_filter(query)
            pane.rows()

        filtered = tuple(milliseconds(search) for _ in range(runs))
        yield Figure(f"console, journal filtered, {query}", "ms", middle(filtered), {}, "<= 100 ms",
                     middle(filtered) <= 100, note, filtered)  # fmt: skip


if __name__ == "__main__":
    run_alone(measure, __doc__)
