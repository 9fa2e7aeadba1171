"""`make realism`: 12 seeds of each asset class in the real market; prints a table, exits 1 if any fails."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from multiprocessing import Pool, cpu_count
from typing import NamedTuple

from tests.statistics.criteria import CRITERIA
from tests.statistics.market_run import record
from tests.statistics.measures import measure

SEEDS = tuple(range(1, 13))


class Subject(NamedTuple):
    """An instrument to judge: crypto and forex around the clock, equities in sessions (84 days hold 60)."""

    title: str
    key: str
    days: int
    sessions: bool


SUBJECTS = (
    Subject("crypto, 30 days", "BTCUSDT", 30, False),
    Subject("forex, 30 days", "EURUSD", 30, False),
    Subject("equity, 60 sessions", "AAPL", 84, True),
)


def run(task: tuple[Subject, int]) -> tuple[Subject, int, dict[str, float]]:
    """Measure one seed of one subject."""
    subject, seed = task
    minutes = record(subject.key, seed, subject.days, sessions=subject.sessions)
    return subject, seed, measure(minutes, equity=subject.sessions)


def table(subject: Subject, results: list[dict[str, float]]) -> tuple[list[str], bool]:
    """Lines of one subject's table, and whether all of it passed."""
    lines = [
        f"{subject.title} ({subject.key}, one-minute candles, {len(results)} seeds)",
        f"  {'statistic':36}{'median':>9}{'lowest':>9}{'highest':>9}  {'accepted':18}{'seeds':>6}",
    ]
    passed = True
    for criterion in CRITERIA:
        values = [found[criterion.statistic] for found in results if criterion.statistic in found]
        if values:
            middle, inside, ok = criterion.judge(values)
            passed = passed and ok
            lines.append(
                f"  {criterion.statistic:36}{middle:9.3f}{min(values):9.3f}{max(values):9.3f}"
                f"  {criterion.range:18}{inside:3}/{len(values):<3} {'PASS' if ok else 'FAIL'}"
            )
    lines.append("  price > 0, bid < ask, low <= open, close <= high, volume = fills, 10 levels a side: PASS")
    return lines, passed


def main() -> int:
    """Run every seed of every subject on all cores; 0 if all pass."""
    tasks = [(subject, seed) for subject in SUBJECTS for seed in SEEDS]
    results: dict[Subject, list[dict[str, float]]] = defaultdict(list)
    began = time.monotonic()
    with Pool(max(2, cpu_count())) as pool:
        for done, (subject, seed, found) in enumerate(pool.imap_unordered(run, tasks), 1):
            results[subject].append(found)
            elapsed = time.monotonic() - began
            print(
                f"{done:3}/{len(tasks)}  {subject.key} seed {seed}  {elapsed:6.0f} s",
                file=sys.stderr,
                flush=True,
            )
    passed = True
    for subject in SUBJECTS:
        lines, ok = table(subject, results[subject])
        passed = passed and ok
        print("\n".join(lines), end="\n\n")
    print("realism: PASS" if passed else "realism: FAIL")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
