"""The long sizes of everything that tries to break the program, and a table of figures.

    python -m tests.torture            all of it, two runs at a time: a quarter of an hour on two quiet cores
    python -m tests.torture chaos      those with the word in their name

The figures go to build/torture.json too. Exit code 1: something failed.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.torture.figures import NAMES, total

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "build" / "torture.json"
AT_A_TIME = 2
PATIENCE_SECONDS = 3_600
"""A run that takes longer hangs: it is ended, and failed."""
CHAOS_SEEDS = 20
KEYSTROKES = {
    "armed": "every_order_of_the_server_has_its_key_press_or_its_confirmation",
    "unarmed": "no_key_sends_anything_to_the_server",
}


@dataclass(frozen=True)
class Run:
    """One pytest run with its sizes."""

    name: str
    tests: tuple[str, ...]
    sizes: dict[str, str] = field(default_factory=dict)
    alone: bool = False
    """Measures time, so nothing may run beside it."""


def chaos() -> list[Run]:
    """The same machine with another chance each time."""
    name, tests = "store against server under chaos", ("tests/faults/test_chaos.py",)
    sizes = {"CHAOS_EXAMPLES": "8", "CHAOS_STEPS": "30"}
    seeds = range(1, CHAOS_SEEDS + 1)
    return [Run(f"{name}, seed {seed}", tests, {**sizes, "CHAOS_SEED": str(seed)}) for seed in seeds]


def keystrokes() -> list[Run]:
    """A monkey that may trade, and one that may not."""
    file, sizes = "tests/ui/test_keystrokes.py::test", {"KEYSTROKES": "10000"}
    return [
        Run(f"keystrokes, {hand}", (f"{file}_{hand}_{rest}",), sizes) for hand, rest in KEYSTROKES.items()
    ]


def runs() -> list[Run]:
    """All of it, the longest first."""
    return [
        Run("1,000 clients, 20 stuck, 20 slow", ("tests/faults/test_stuck_readers.py",),
            {"CROWD": "real", "CROWD_SIZE": "960,20,20"}, alone=True),
        *keystrokes(),
        Run("1,000 reconnects of every link", ("tests/faults/test_reconnect_leaks.py",),
            {"LEAK_RECONNECTS": "1000"}),
        *chaos(),
        Run("every close code at every point", ("tests/faults/test_close_codes.py",), {"CLOSE_CODES": "all"}),
        Run("sessions of all protocols", ("tests/property/test_session_machine.py",),
            {"SESSION_EXAMPLES": "30", "SESSION_STEPS": "30"}),
        Run("book and ledger", ("tests/property/test_ledger_state_machine.py",
            "tests/property/test_order_book_machine.py"), {"LEDGER_EXAMPLES": "1000"}),
        Run("arming", ("tests/ui/test_arming_machine.py",), {"ARMING_EXAMPLES": "20", "ARMING_STEPS": "60"}),
        Run("raw frames", ("tests/faults/test_raw_frames.py",), {"FRAME_MUTANTS": "1000"}),
        Run("hostile messages", ("tests/faults/test_hostile_corpus.py",), {"HOSTILE_CASES": "all"}),
        Run("hostile REST bodies", ("tests/faults/test_hostile_bodies.py",), {"HOSTILE_BODIES": "all"}),
        Run("kill -9 in the middle of orders", ("tests/faults/test_kill_minus_nine.py",),
            {"JOURNAL_KILLS": "40"}),
        Run("a sync before every acknowledgement", ("tests/faults/test_synced_first.py",)),
        Run("a hostile backend and a terminal", ("tests/e2e/test_hostile_screen.py",),
            {"HOSTILE_PANES": "all"}),
        Run("disk full; SIGTERM with stuck peers", (
            "tests/contract/test_journal_server.py::"
            "test_a_full_disk_refuses_an_order_in_the_protocols_words_and_takes_the_next",
            "tests/faults/test_departure.py",
        )),
    ]  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    run: Run
    passed: bool
    seconds: float
    figures: dict[str, int]
    output: str


def main(words: list[str]) -> int:
    """Run, print the table, keep the figures."""
    wanted = [run for run in runs() if not words or any(word in run.name for word in words)]
    started = time.monotonic()
    outcomes = [_shown(carry_out(run)) for run in wanted if run.alone]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        outcomes += [_shown(one) for one in pool.map(carry_out, [run for run in wanted if not run.alone])]
    return report(outcomes, time.monotonic() - started)


def carry_out(run: Run) -> Outcome:
    """One pytest process."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *run.tests]
        env = {**os.environ, **run.sizes, "TORTURE_FIGURES": str(file), "PYTHONPATH": str(ROOT)}
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=env,
                capture_output=True,
                text=True,
                check=False,
                timeout=PATIENCE_SECONDS,
            )
            passed, output = done.returncode == 0, done.stdout + done.stderr
        except subprocess.TimeoutExpired as hung:
            passed, output = False, f"no end after {PATIENCE_SECONDS} s\n{_text(hung.stdout)}"
        return Outcome(run, passed, time.monotonic() - started, total(file), output)


def _text(output: bytes | str | None) -> str:
    return output.decode(errors="replace") if isinstance(output, bytes) else output or ""


def _row(name: str, figures: dict[str, int], seconds: float, verdict: str) -> str:
    cells = (f"{figures[one]:,}" if one in figures else "-" for one in NAMES)
    return f"{name:46}" + "".join(f"{cell:>13}" for cell in cells) + f"{seconds:>9.1f}  {verdict}"


def _shown(outcome: Outcome) -> Outcome:
    print(
        _row(outcome.run.name, outcome.figures, outcome.seconds, "ok" if outcome.passed else "FAILED"),
        flush=True,
    )
    return outcome


def report(outcomes: list[Outcome], seconds: float) -> int:
    """The table once more, with chaos as one row, sums and the machine."""
    sums: dict[str, int] = {}
    for outcome in outcomes:
        for name, value in outcome.figures.items():
            sums[name] = sums.get(name, 0) + value
    print("\n" + f"{'':46}" + "".join(f"{name:>13}" for name in NAMES) + f"{'seconds':>9}")
    for name, members in _grouped(outcomes).items():
        figures = {k: sum(m.figures.get(k, 0) for m in members) for m in members for k in m.figures}
        verdict = "ok" if all(m.passed for m in members) else "FAILED"
        print(_row(name, figures, sum(m.seconds for m in members), verdict))
    print(_row("all", sums, seconds, "wall time"))
    print(machine())
    for outcome in outcomes:
        if not outcome.passed:
            print(f"\n--- {outcome.run.name}\n{outcome.output[-6_000:]}")
    REPORT.parent.mkdir(exist_ok=True)
    rows = [
        {"run": o.run.name, "passed": o.passed, "seconds": round(o.seconds, 1), **o.figures} for o in outcomes
    ]
    kept = {"machine": machine(), "seconds": round(seconds, 1), "sums": sums, "runs": rows}
    REPORT.write_text(json.dumps(kept, indent=2), encoding="utf-8")
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _grouped(outcomes: list[Outcome]) -> dict[str, list[Outcome]]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.run.name.partition(", seed")[0], []).append(outcome)
    return groups


def machine() -> str:
    """What it ran on."""
    model = ""
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [
            x.partition(":")[2].strip() for x in info.read_text().splitlines() if x.startswith("model name")
        ]
        model = lines[0] if lines else ""
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {model or platform.machine()}, {system}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
