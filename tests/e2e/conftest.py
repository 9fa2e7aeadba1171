"""The program in a terminal of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from terminal import Terminal


@pytest.fixture(autouse=True, scope="session")
def children(compiled_once: None) -> None:
    """Every start of the program after the first finds its modules compiled."""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """`program()` starts it; whatever is left of it at the end of the test is ended."""
    opened: list[Terminal] = []

    def start(*arguments: str, **variables: str) -> Terminal:
        opened.append(Terminal(tmp_path, *arguments, **variables))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()
