"""Plant each known bug in a copy of the tree, one at a time, and see which test notices.

    python -m tests.mutants            all of them
    python -m tests.mutants requote    those with the word in their name

Exit code 1: a bug survived. A test that fails without any bug, or a bug whose line is gone, is an error.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.mutants.bugs import BUGS, Bug

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "build" / "mutants.json"
COPIED = ("embedded_server", "tui_trader", "tests", "pyproject.toml", "README.md")
FIRST_FAILURE = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def main(words: list[str]) -> int:
    """Run what was asked for; print the table."""
    bugs = [bug for bug in BUGS if not words or any(word in bug.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        _copy(folder)
        for bug in bugs:
            _planted(folder, bug)  # whatever no longer applies is said before anything is run
        sound = run(folder, sorted({test for bug in bugs for test in bug.tests}))
        if sound is not None:
            print(f"without any bug there is a failure: {sound}")
            return 2
        return _report([(bug, *_try(folder, bug)) for bug in bugs])


def _try(folder: Path, bug: Bug) -> tuple[str | None, float]:
    """Who caught it (None: nobody), and the seconds it took."""
    file, started = folder / bug.file, time.monotonic()
    sound = file.read_text(encoding="utf-8")
    file.write_text(_planted(folder, bug), encoding="utf-8")
    try:
        caught = run(folder, bug.tests)
    finally:
        file.write_text(sound, encoding="utf-8")
    seconds = time.monotonic() - started
    print(f"{'caught' if caught else 'SURVIVED':8}  {bug.name:52}  {caught or '-'}", flush=True)
    return caught, seconds


def _planted(folder: Path, bug: Bug) -> str:
    """The file with the bug in it."""
    text = (folder / bug.file).read_text(encoding="utf-8")
    if text.count(bug.before) != 1:
        sys.exit(f"the bug no longer applies: {bug.name} ({bug.file}, {text.count(bug.before)} places)")
    return text.replace(bug.before, bug.after)


def run(folder: Path, tests: list[str] | tuple[str, ...]) -> str | None:
    """The first test that failed, or None."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "NO_SHRINK": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return None
    found = FIRST_FAILURE.search(done.stdout)
    if found is None or done.returncode > 2:
        sys.exit(f"pytest could not run {tests}:\n{done.stdout[-3_000:]}{done.stderr[-3_000:]}")
    return found[1]


def _copy(folder: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "node_modules", "snapshots", ".hypothesis")
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)


def _report(outcomes: list[tuple[Bug, str | None, float]]) -> int:
    survived = [bug.name for bug, caught, _ in outcomes if caught is None]
    REPORT.parent.mkdir(exist_ok=True)
    rows = [
        {"bug": bug.name, "caught_by": caught, "seconds": round(seconds, 1)}
        for bug, caught, seconds in outcomes
    ]
    REPORT.write_text(json.dumps({"bugs": rows, "survived": survived}, indent=2), encoding="utf-8")
    print(f"\n{len(outcomes)} bugs planted, {len(outcomes) - len(survived)} caught, {len(survived)} survived")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
