"""Adding a thing is a file and a line: the README's own, put into a copy of the packages and driven there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("tui_trader", "embedded_server")
_FILE = re.compile(r"^<!-- file: (\S+) -->\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| ([a-z, ]+) \| (?:`(\S+)`)? ?\| `(.+)` \| `(\w+)` of `(\S+)` \|$", re.MULTILINE)


@dataclass(frozen=True)
class Addition:
    """One row of the README's table."""

    kind: str
    file: str
    line: str
    table: str
    registry: str

    @property
    def imported(self) -> str:
        """The import that the line needs, if it names something of the file."""
        if not self.file:
            return ""
        module = self.file.removesuffix(".py").replace("/", ".")
        names = {"workspace": "morning", "strategy": "LastBar"}
        return f"from {module} import {names.get(self.kind, self.line.strip('*,'))}\n"

    def register(self, root: Path) -> None:
        """Put the line at the end of its table, and its import with the others."""
        path = root / self.registry
        text = path.read_text(encoding="utf-8")
        start = re.search(rf"^{self.table}\b[^\n]*\($", text, re.MULTILINE)
        assert start, f"there is no table {self.table} in {self.registry}"
        end = re.compile(r"^\)", re.MULTILINE).search(text, start.end())
        assert end
        text = f"{text[: end.start()]}    {self.line}\n{text[end.start() :]}"
        first = re.search(r"^from (?!__future__)", text, re.MULTILINE)
        assert first
        path.write_text(text[: first.start()] + self.imported + text[first.start() :], encoding="utf-8")


def section() -> str:
    """What the README says about extending it."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.split(r"^##+ ", page.partition("### Extending it\n")[2], flags=re.MULTILINE)[0]


FILES = dict(_FILE.findall(section()))
ADDITIONS = [Addition(*row) for row in _ROW.findall(section())]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both packages with everything the README adds, and nothing else changed."""
    root = tmp_path_factory.mktemp("extended")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    for name, code in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(code, encoding="utf-8")
    for addition in ADDITIONS:
        addition.register(root)
    return root


def test_the_page_has_a_line_for_every_kind_and_a_file_for_every_line_that_needs_one() -> None:
    assert [one.kind for one in ADDITIONS] == [
        "pane", "workspace", "command", "key", "protocol, spoken", "protocol, understood", "strategy",
        "instrument",
    ]  # fmt: skip
    assert [one.file for one in ADDITIONS if one.file] == list(FILES)


def test_what_the_page_adds_passes_the_lint(copy: Path) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    for command in (["check", "--quiet", "--ignore", "I001"], ["format", "--check", "--quiet"]):
        done = subprocess.run([ruff, *command, *FILES], cwd=copy, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_everything_the_page_adds_works_by_its_file_and_its_line_alone(copy: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(copy), str(ROOT))),
        "XDG_CONFIG_HOME": str(copy / "config"),
        "XDG_STATE_HOME": str(copy / "state"),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.ui.extended_copy"],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-6_000:]
