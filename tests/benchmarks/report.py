"""`make bench`: every module of this folder that measures, one table, the same as JSON in build/bench.

    python -m tests.benchmarks.report [--quick] [module ...]

Ratios are of figures of the same run. A budget that is not met is marked; a module that fails fails the run.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.environments import FOLDER, environment, versions
from tests.benchmarks.figures import Figure, number, verdict

HERE = Path(__file__).parent
Measure = Callable[[bool], Iterator[Figure]]


def modules(names: Sequence[str]) -> list[str]:
    """The modules that measure; all of them if none is named."""
    texts = {path.stem: path.read_text() for path in sorted(HERE.glob("*.py"))}
    found = [name for name, text in texts.items() if "\ndef measure(quick: bool)" in text]
    return [name for name in found if not names or name in names]


def measured(name: str, *, quick: bool) -> Iterator[Figure]:
    """The figures of a module."""
    measure: Measure = importlib.import_module(f"tests.benchmarks.{name}").measure
    return measure(quick)


def machine() -> str:
    """What it ran on."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), model)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{model}, {os.cpu_count()} cores{load}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def rows(figure: Figure) -> Iterator[tuple[str, ...]]:
    """A figure's line of the table, one more for each further anchor, and its notes."""
    anchors = [(name, number(value), f"{figure.ratio(name):.2f}x") for name, value in figure.anchors.items()]
    anchors += [(name, "missing", "") for name in figure.missing]
    first, *rest = anchors or [("", "", "")]
    met = verdict(figure) if figure.budget else ""
    yield (figure.name, f"{number(figure.ours)} {figure.unit}", *first, figure.budget, met)
    for anchor in rest:
        yield ("", "", *anchor, "", "")
    if figure.note:
        yield (f"  ({figure.note})",)


def print_table(figures: Sequence[Figure]) -> None:
    """Columns as wide as what is in them."""
    head = ("figure", "ours", "anchor", "its figure", "ratio", "budget", "met")
    table = [head, *(row for figure in figures for row in rows(figure))]
    widths = [max(len(row[column]) for row in table if len(row) == len(head)) for column in range(len(head))]
    for row in table:
        if len(row) == 1:
            print(row[0])
        else:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            print("  ".join(cells).rstrip())


def save(figures: Sequence[Figure], about: dict[str, object], *, quick: bool) -> Path:
    """The figures as JSON."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / ("bench-quick.json" if quick else "bench.json")
    path.write_text(json.dumps({**about, "figures": [asdict(figure) for figure in figures]}, indent=1) + "\n")
    return path


def main() -> int:
    """Measure, print, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short run of each: about a minute")
    parser.add_argument("modules", nargs="*")
    options = parser.parse_args()
    began = time.monotonic()
    figures: list[Figure] = []
    failed = []
    anchors: dict[str, object] = {}
    for name in ("fastws", "servers", "ftui"):
        home = environment(name)
        anchors[name] = home.problem or versions(home)
        if home.problem:
            print(f"anchors of {name} cannot be installed here: {home.problem}")
    about: dict[str, object] = {"machine": machine(), "quick": options.quick, "anchors": anchors}
    for name in modules(options.modules):
        print(f"measuring: {name} ... ", end="", file=sys.stderr, flush=True)
        started = time.monotonic()
        try:
            figures += measured(name, quick=options.quick)
        except (Exception, SystemExit):  # noqa: BLE001 - one module must not cost the others their figures
            traceback.print_exc()
            failed.append(name)
        print(f"{time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print_table(figures)
    print(f"\n{about['machine']}; {time.monotonic() - began:.0f} s")
    unmet = [figure.name for figure in figures if figure.met is False]
    budgets = sum(1 for figure in figures if figure.budget)
    print(f"{budgets} budgets, {len(unmet)} not met" + "".join(f"\n  {name}" for name in unmet))
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    print(f"as JSON: {save(figures, {**about, 'failed': failed}, quick=options.quick)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
