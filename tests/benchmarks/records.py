"""What records cost: a filter over 100,000 journal entries, one more, a tapped frame. CPU time, one core."""

from __future__ import annotations

import time
from collections.abc import Callable

from tui_trader.connection.tap import Tap
from tui_trader.desk import Desk
from tui_trader.exports import journal_table, written
from tui_trader.model.values import Severity
from tui_trader.panes.inspector import InspectorPane
from tui_trader.panes.journal import JournalPane
from tui_trader.store.journal import ENTRIES, SLACK
from tui_trader.store.store import Store

LINKS = ("orchestrator", "market_data_gateway", "risk_guardian", "bot_core", "onetrade", "channels", "bars")
KINDS = ("order", "deal", "notice", "link", "sent", "server", "signal")
QUERIES = (
    "link:onetrade",
    "kind:order sev:warning",
    "margin",
    "order 4711",
    "link:onetrade kind:order sev:warning margin",
    '-kind:link "level 70" -done',
)
FRAMES = 200_000
ROUNDS = 5


def cost(work: Callable[[], object]) -> float:
    """Least CPU seconds of a few calls."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def full_journal() -> Store:
    """A store whose journal is as full as it gets."""
    store = Store()
    severities = tuple(Severity)
    for number in range(ENTRIES + SLACK):
        store.journal.write(
            number * 0.01,
            LINKS[number % len(LINKS)],
            KINDS[number % 11 % len(KINDS)],
            f"order {number} buy 0.50 EURUSD @ 1.08512 working: margin level {number % 97}",
            severity=severities[number % 13 % 4],
        )
    return store


def journal() -> None:
    """Filters, one new entry under a filter, and a frame of the pane."""
    store = full_journal()
    print(f"journal of {len(store.journal):,} entries")
    for query in QUERIES:
        pane = JournalPane(Desk(store, lambda: 0.0, "bench"))

        def search(pane: JournalPane = pane, query: str = query) -> None:
            pane.set_filter(query)
            pane.rows()

        print(f"  filter {query:<46}{cost(search) * 1e3:8.1f} ms   {len(pane.rows()):>7,} found")

    def one_more() -> None:
        for _ in range(1_000):
            store.journal.write(0.0, "onetrade", "order", "order 1 margin", severity=Severity.WARNING)
            pane.rows()

    print(f"  one more entry, filtered {'':<28}{cost(one_more) * 1e3:8.1f} µs")
    pane.set_filter("")
    print(f"  drawing 60 lines {'':<36}{cost(lambda: pane.body(200, 60, 0.0)) * 1e3:8.1f} ms")
    table = journal_table(pane.desk)
    began = time.process_time()
    size = len(written(table, "csv"))
    print(
        f"  as CSV, in a thread {size / 1e6:>6.1f} MB {'':<23}{(time.process_time() - began) * 1e3:8.1f} ms"
    )


def taps() -> None:
    """A frame that nobody looks at, the same without a tap, and what looking costs."""
    frames = [f'{{"type":"ticker","symbol":"BTCUSDT","bid":{n}.5,"ask":{n}.7}}' for n in range(FRAMES)]
    tap = Tap("channels")

    def tapped() -> None:
        for data in frames:
            tap.received(data, 1.0)

    def bare() -> None:
        for _ in frames:
            pass

    nanoseconds = (cost(tapped) - cost(bare)) / FRAMES * 1e9
    print(f"tap: {nanoseconds:.0f} ns a frame; keeps {len(tap):,} frames in {tap.kept_bytes:,} bytes")

    class Wires:
        names = ("channels",)

        def tap(self, name: str) -> Tap:
            return tap

    def looked_at(query: str) -> Callable[[], None]:
        def look() -> None:
            desk = Desk(Store(), lambda: 0.0, "bench")
            desk.wires = Wires()  # type: ignore[assignment]  # only its taps are used
            pane = InspectorPane(desk)
            pane.set_filter(query)
            pane.body(200, 60, 0.0)

        return look

    print(f"  opening the inspector {'':<31}{cost(looked_at('')) * 1e3:8.1f} ms")
    print(f"  searching it {'':<40}{cost(looked_at('kind:ticker btcusdt')) * 1e3:8.1f} ms")


if __name__ == "__main__":
    journal()
    taps()
