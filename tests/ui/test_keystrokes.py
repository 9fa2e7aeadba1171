"""Random keystrokes: unarmed nothing leaves the console, armed nothing that was not pressed or confirmed.

`KEYSTROKES=10000` makes both as long as they are meant to be, `KEYSTROKES_SEED` another hand.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.torture import figures
from tests.ui.keystrokes import WAIT, WATCHED, Ledger, armed_hand, figures_of, typed, unarmed_hand
from tests.ui.market_stage import market_stage

SEED = int(os.environ.get("KEYSTROKES_SEED", "7"))
UNARMED = int(os.environ.get("KEYSTROKES", "60"))
ARMED = int(os.environ.get("KEYSTROKES", "150"))

OPENING_MOVES = ["colon", *typed("buy 0.1 EURUSD market"), "enter", WAIT, "y", WAIT]
"""However short the storm is, it has an order that was asked about."""


@pytest.fixture(autouse=True)
def _no_trace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keys that save files save them here; no editor is there to be opened."""
    monkeypatch.setenv("TUI_TRADER_EXPORTS", str(tmp_path))
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)


async def storm(ledger: Ledger, hand: Iterator[str], count: int, pause: float) -> None:
    """So many keys; one that would quit only means to. What came of them is counted whatever comes."""
    it = ledger.it
    try:
        with patch.object(it.app, "exit"):
            await _pressed(ledger, hand, count, pause)
    finally:
        theirs, ours = ledger.orders(), set(ledger.accepted)
        figures.add(
            inputs=ledger.presses,
            acknowledged=len(ours),
            lost=len(ours - set(theirs)),
            duplicated=max(0, len(theirs) + ledger.refused - ledger.granted),
        )
    assert it.app.is_running
    assert it.app._exception is None


async def _pressed(ledger: Ledger, hand: Iterator[str], count: int, pause: float) -> None:
    chance = random.Random(SEED + 1)
    while ledger.presses < count:
        key = next(hand)
        if key == WAIT:
            await ledger.wait(1.0)
            continue
        await ledger.press(key)
        if chance.random() < pause:
            await ledger.wait(0.5)


async def test_unarmed_no_key_sends_anything_to_the_server() -> None:
    async with market_stage() as it:
        ledger = Ledger(it)
        await storm(ledger, unarmed_hand(random.Random(SEED)), UNARMED, 0.02)
        assert not [one for one in ledger.arrived if isinstance(one, WATCHED)]
        assert not ledger.orders()
        print(figures_of(ledger))


async def test_armed_every_order_of_the_server_has_its_key_press_or_its_confirmation() -> None:
    async with market_stage() as it:
        ledger = Ledger(it)
        hand = chain(OPENING_MOVES, armed_hand(random.Random(SEED)))
        await storm(ledger, hand, ARMED, 0.1)
        assert sorted(ledger.accepted) == ledger.orders(), "each is there once, and no other is there"
        assert len(ledger.accepted) + ledger.refused == ledger.granted, figures_of(ledger)
        assert len(ledger.accepted) > ARMED / 100, "it was a hand that trades"
        print(figures_of(ledger))
