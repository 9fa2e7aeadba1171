"""The contract tests' clients are used here, too; they import one another as pytest finds them there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "contract"))


@pytest.fixture(autouse=True, scope="session")
def children(compiled_once: None) -> None:
    """Every process after the first finds its modules compiled."""
