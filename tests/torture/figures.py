"""What a long run adds up: tests say what they tried, survived and lost; `TORTURE_FIGURES` names the file."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

NAMES = ("inputs", "faults", "acknowledged", "lost", "duplicated", "leaked")


def add(**figures: int) -> None:
    """Add figures as they were counted, before they are judged; nothing happens in an ordinary run."""
    assert set(figures) <= set(NAMES)
    if file := os.environ.get("TORTURE_FIGURES"):
        with Path(file).open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(figures) + "\n")


def total(file: Path) -> dict[str, int]:
    """The sums."""
    sums: Counter[str] = Counter()
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            sums.update(json.loads(line))
    return dict(sums)
