"""The one shape of a benchmark's result. Nothing here measures; ratios are of figures of the same run.

Each module beside this one has `measure(quick) -> Iterator[Figure]`, and runs alone:

    python -m tests.benchmarks.<name> [--quick]
"""

from __future__ import annotations

import argparse
import math
import statistics
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

RUNS = 5
"""Samples behind a median; a quick run takes `QUICK_RUNS`."""
QUICK_RUNS = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured quantity beside the same quantity of its anchors, in one unit."""

    name: str
    """`delivery, 100 clients, 24 a tick`: the part before the first comma groups figures."""
    unit: str
    ours: float
    """Median of `samples`."""
    anchors: dict[str, float] = field(default_factory=dict)
    """Medians of what others take, measured in alternation with ours."""
    budget: str = ""
    """In words, as PERFORMANCE.md has it: `<= 2 x raw joined`; empty where there is none."""
    met: bool | None = None
    """None without a budget, or where its anchor is missing."""
    note: str = ""
    samples: tuple[float, ...] = ()
    """What `ours` is the median of."""
    missing: tuple[str, ...] = ()
    """Anchors that could not be installed or run here, with the reason."""

    def ratio(self, anchor: str) -> float:
        """The anchor's figure in units of ours."""
        return self.anchors[anchor] / self.ours if self.ours else float("inf")


def middle(samples: Iterable[float]) -> float:
    """The median."""
    return statistics.median(samples)


def line(figure: Figure) -> str:
    """One figure as a line of text: ours, each anchor with its ratio, the budget and whether it is met."""
    parts = [f"{figure.name:<44} {number(figure.ours):>10} {figure.unit}"]
    parts += [
        f"{name} {number(value)} ({number(figure.ratio(name))}x)" for name, value in figure.anchors.items()
    ]
    parts += [f"{name}: missing" for name in figure.missing]
    if figure.budget:
        parts.append(f"budget {figure.budget}: {verdict(figure)}")
    if figure.note:
        parts.append(figure.note)
    return " | ".join(parts)


def verdict(figure: Figure) -> str:
    """Whether the budget is met."""
    return {True: "met", False: "NOT MET", None: "-"}[figure.met]


def number(value: float) -> str:
    """Three figures, thousands separated."""
    if not math.isfinite(value):
        return str(value)
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def run_alone(measure: Callable[[bool], Iterator[Figure]], description: str | None) -> None:
    """The main function of a module: print each figure once it is known."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    for figure in measure(parser.parse_args().quick):
        print(line(figure), flush=True)
