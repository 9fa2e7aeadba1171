"""Files for the user: where they go and what they may be called."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_trader.export_folder import export_folder, save
from tui_trader.model.errors import CommandError


def test_a_file_is_the_users_alone_and_overwrites_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    first, second = save("trades-1.csv", b"a", folder), save("trades-1.csv", b"b", folder)
    assert [path.name for path in (first, second)] == ["trades-1.csv", "trades-1-2.csv"]
    assert (first.read_bytes(), second.read_bytes()) == (b"a", b"b")
    assert first.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/b", "", ".", "..", ".bashrc", "a\\b"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError):
        save(name, b"", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_refuses_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(CommandError, match=r"cannot save trades\.csv"):
        save("trades.csv", b"", tmp_path / "taken")


def test_the_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TUI_TRADER_EXPORTS", str(tmp_path))
    assert export_folder() == tmp_path
