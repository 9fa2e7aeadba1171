"""A strategy's config as typed: every rule of the document, and nothing guessed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tui_trader.commands.strategy_form import (
    StrategyEntry,
    StrategyReading,
    assumed,
    present,
    resumption,
    terms,
)
from tui_trader.desk import Desk
from tui_trader.model import events as e
from tui_trader.model.values import Instrument, Strategy, StrategyConfig
from tui_trader.store.store import Store

STRATEGY = Strategy(link="desk", id="s1", name="One", status="STOPPED", symbols=("AAPL", "MSFT"))
GOOD = StrategyEntry(
    symbols="aapl, msft",
    resolution="5m",
    real_trading="no",
    max_position_value="12,345.67",
    max_orders_per_minute="5",
    stop_loss="1.5%",
)


class PaperWires:
    """Links behind which a simulator is, or not."""

    def __init__(self, paper: bool) -> None:
        self.paper = paper

    def is_paper(self, name: str) -> bool:
        return self.paper


@pytest.fixture
def desk() -> Desk:
    store = Store()
    store.apply(e.StrategiesListed("desk", (STRATEGY,)), 0.0)
    listed = [("TSLA", "equity"), ("EURUSD", "forex")]
    instruments = tuple(Instrument(key=key, symbol=key, link="gate", kind=kind) for key, kind in listed)
    store.apply(e.InstrumentsListed("gate", instruments), 0.0)
    desk = Desk(store, lambda: 0.0, "me")
    desk.wires = PaperWires(True)
    return desk


def test_a_good_entry_becomes_a_command_with_every_digit(desk: Desk) -> None:
    command = StrategyReading(STRATEGY, GOOD, desk).command()
    assert command is not None
    assert command.symbols == ("AAPL", "MSFT")
    assert (command.resolution, command.real_trading) == ("5m", False)
    assert command.max_position_value == Decimal("12345.67")
    assert command.max_orders_per_minute == 5
    assert command.stop_loss_percentage == Decimal("0.015")
    assert "stop loss 1.5%" in terms(command)


@pytest.mark.parametrize(
    ("field", "text", "complaint"),
    [
        ("symbols", " ", "at least one"),
        ("symbols", "AAPL TSLA aapl", "AAPL is named twice"),
        ("symbols", "AAPL NOPE", "no equity NOPE"),
        ("symbols", "EURUSD", "no equity EURUSD"),
        ("resolution", "2m", "one of 1m 5m"),
        ("real_trading", "maybe", "yes or no?"),
        ("real_trading", "yes", "this link is a simulator"),
        ("max_position_value", "", "how much?"),
        ("max_position_value", "0", "above 0"),
        ("max_position_value", "NaN", "not a number"),
        ("max_position_value", "1000000001", "above 0, at most 1,000,000,000"),
        ("max_position_value", "5%", "an amount of money"),
        ("max_orders_per_minute", "0", "1 to 600"),
        ("max_orders_per_minute", "601", "1 to 600"),
        ("max_orders_per_minute", "1.5", "1 to 600"),
        ("stop_loss", "0", "such as 2%"),
        ("stop_loss", "2", "such as 2%"),
        ("stop_loss", "100%", "such as 2%"),
        ("stop_loss", "two", "not a number"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_alone(
    desk: Desk, field: str, text: str, complaint: str
) -> None:
    reading = StrategyReading(STRATEGY, replace(GOOD, **{field: text}), desk)
    assert reading.command() is None
    assert list(reading.complaints) == [field]
    assert complaint in reading.complaints[field]


def test_a_fraction_and_its_percentage_are_the_same_stop_loss(desk: Desk) -> None:
    typed = [
        StrategyReading(STRATEGY, replace(GOOD, stop_loss=text), desk).command() for text in ("2%", "0.02")
    ]
    assert [one.stop_loss_percentage for one in typed if one] == [Decimal("0.02")] * 2


def test_real_trading_is_possible_only_on_a_live_link(desk: Desk) -> None:
    desk.wires = PaperWires(False)
    command = StrategyReading(STRATEGY, replace(GOOD, real_trading="yes"), desk).command()
    assert command is not None
    assert command.real_trading
    assert any("REAL" in line for line in terms(command))


def test_the_form_is_filled_with_what_is_known_and_says_what_is_not(desk: Desk) -> None:
    assert present(STRATEGY, desk).max_position_value == "10000", "the document's example"
    assert assumed(STRATEGY, desk) == {
        "resolution",
        "real_trading",
        "max_position_value",
        "max_orders_per_minute",
        "stop_loss",
    }
    config = StrategyConfig(
        strategy_id="s1",
        symbols=("AAPL",),
        resolution="15m",
        real_trading=False,
        max_position_value=2_500.5,
        max_orders_per_minute=3,
        stop_loss=0.07,
    )
    desk.store.apply(e.StrategyConfigsListed("desk", (config,)), 0.0)
    entry = present(STRATEGY, desk)
    assert assumed(STRATEGY, desk) == frozenset()
    assert (entry.resolution, entry.max_position_value, entry.stop_loss) == ("15m", "2500.5", "7%")
    command = StrategyReading(STRATEGY, entry, desk).command()
    assert command is not None
    assert command.stop_loss_percentage == Decimal("0.07"), "what was told comes back unchanged"


def test_a_strategy_goes_on_with_nothing_that_was_not_told(desk: Desk) -> None:
    command = resumption(STRATEGY, desk)
    assert (command.symbols, command.resolution, command.stop_loss_percentage) == (
        ("AAPL", "MSFT"),
        None,
        None,
    )
