"""Limits as typed: what is wrong with each, and only what changed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tui_trader.commands.limit_form import Change, label, read

PRESENT = {"maxDrawdownPercent": 20.0, "minMarginLevelPercent": 150.0}


def test_only_changes_are_read_and_an_empty_field_keeps_its_limit() -> None:
    typed = {"maxDrawdownPercent": "20.00", "minMarginLevelPercent": ""}
    assert read(PRESENT, typed) == ([], {})
    changes, complaints = read(PRESENT, {"maxDrawdownPercent": " 17.5 % "})
    assert complaints == {}
    assert changes == [Change("maxDrawdownPercent", Decimal(20), Decimal("17.5"))]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("x", "not a number"), ("0", "must be more than 0"), ("-3", "must be more than 0"),
     ("NaN", "must be more than 0"), ("Infinity", "must be more than 0"), ("1000001", "at most 1,000,000")],
)  # fmt: skip
def test_what_cannot_be_a_limit_is_complained_about(text: str, complaint: str) -> None:
    changes, complaints = read(PRESENT, {"maxDrawdownPercent": text})
    assert changes == []
    assert complaints == {"maxDrawdownPercent": complaint}


def test_a_higher_ceiling_and_a_lower_floor_are_looser() -> None:
    assert Change("maxDrawdownPercent", Decimal(20), Decimal(25)).looser
    assert not Change("maxDrawdownPercent", Decimal(20), Decimal(15)).looser
    assert Change("minMarginLevelPercent", Decimal(150), Decimal(120)).looser
    assert not Change("minMarginLevelPercent", Decimal(150), Decimal(180)).looser


def test_names_are_words() -> None:
    assert label("maxDailyLossPercent") == "daily loss, at most"
    assert label("minMarginLevelPercent") == "margin level, at least"
    assert label("cooldown") == "cooldown"
