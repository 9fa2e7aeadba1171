"""Figures that no order can have end in a complaint, wherever typed or told, and never in a fault."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from test_commands_grammar import Recorder

from tests.ui import scene, scripted_wires
from tui_trader.commands import amending, signal_ticket
from tui_trader.commands.distances import read_distance
from tui_trader.commands.figures import read_figure
from tui_trader.commands.registry import GRAMMAR
from tui_trader.desk import Desk
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Instrument
from tui_trader.store.store import Store

MONSTERS = [
    "1e13",
    "1e30",
    "1e40",
    "9e999999",
    "1e-13",
    "1e-999999",
    "0e999999",
    "-1e30",
    "sNaN",
    "9" * 5_000,
]


@pytest.fixture
def desk() -> Desk:
    clock = scripted_wires.Clock()
    store = Store()
    desk = Desk(store, clock, "test")
    desk.wires = scripted_wires.ScriptedWires()
    desk.console = Recorder()
    scene.play(lambda event: store.apply(event, clock()), clock, scene.busy_day())
    return desk


@pytest.mark.parametrize("figure", ["1", "0.000000000001", "999999999999.99", "1e3"])
def test_what_an_order_can_have_is_read_digit_for_digit(figure: str) -> None:
    assert read_figure(figure) == (Decimal(figure), "")


@pytest.mark.parametrize("figure", MONSTERS)
@pytest.mark.parametrize(
    "line",
    ["buy {} EURUSD market", "buy ${} EURUSD market", "buy {}% EURUSD market sl 1", "buy 1 EURUSD @ {}",
     "buy 1 EURUSD stop {}", "buy 1 EURUSD market sl {}", "buy 1 EURUSD market tp {}",
     "buy 1 EURUSD @ 1.08 trail {}", "buy 1 EURUSD @ 1.08 trail {}pt", "buy 1 EURUSD @ 1.08 trail {}%",
     "buy 1 EURUSD market dev {}"],
)  # fmt: skip
def test_a_monster_in_an_order_is_complained_about(desk: Desk, line: str, figure: str) -> None:
    with pytest.raises(CommandError):
        GRAMMAR.run(line.format(figure), desk)
    assert desk.console.commands == []


@pytest.mark.parametrize("figure", MONSTERS)
@pytest.mark.parametrize("name", ["price", "quantity", "stop_loss", "trailing"])
def test_a_monster_in_a_change_is_complained_about(name: str, figure: str) -> None:
    instrument = Instrument(key="X", symbol="X", link="a", tick_size=1e-10, quantity_step=1e-10)
    changes, complaints = amending.read(((name, name, "1"),), {name: figure}, instrument)
    assert (changes, list(complaints)) == ({}, [name])


@pytest.mark.parametrize("figure", MONSTERS)
def test_a_monster_is_no_distance(figure: str) -> None:
    for text in (figure, f"{figure}pt", f"{figure}%"):
        assert read_distance(text, Decimal("0.01"), None)[0] is None


@pytest.mark.parametrize("level", [1e300, 1e16, -1e300, -1.0, 1e-300])
def test_a_level_that_no_order_can_have_stays_out_of_the_ticket(desk: Desk, level: float) -> None:
    signal = replace(next(iter(desk.store.signals)), direction="long", stop_loss=level, take_profit=65_000.0)
    instrument = Instrument(key="X", symbol="X", link="a", tick_size=0.01)
    assert signal_ticket.fields_of(signal, instrument) == {"side": "buy", "take_profit": "65000.00"}


@pytest.mark.parametrize(
    "line",
    ["buy {} EURUSD market", "buy ${} EURUSD market", "buy 1 EURUSD @ {}", "buy 1 EURUSD market sl {}",
     "buy 1 EURUSD @ 1.08 trail {}"],
)  # fmt: skip
@pytest.mark.parametrize("figure", ["1,5", "0,500", "1,07", "1.000,5", "1,2345", "1,000,00"])
def test_a_decimal_comma_is_never_taken_for_a_separator_of_thousands(
    desk: Desk, line: str, figure: str
) -> None:
    with pytest.raises(CommandError, match="decimals after a point"):
        GRAMMAR.run(line.format(figure), desk)
    assert desk.console.commands == []


def test_commas_that_separate_thousands_are_left_out() -> None:
    instrument = Instrument(key="X", symbol="X", link="a", tick_size=0.1, quantity_step=1.0)
    fields = (("price", "Price", "1"), ("quantity", "Quantity", "1"))
    changes, complaints = amending.read(fields, {"price": "64,200.5", "quantity": "1,250,000"}, instrument)
    assert (changes, complaints) == ({"price": Decimal("64200.5"), "quantity": Decimal(1250000)}, {})
    changes, complaints = amending.read(fields, {"price": "64200,5", "quantity": "1,5"}, instrument)
    assert changes == {}
    assert set(complaints.values()) == {"decimals after a point"}


def test_money_that_buys_less_than_a_step_buys_nothing(desk: Desk) -> None:
    with pytest.raises(CommandError, match=r"quantity: comes to less than 0\.0"):
        GRAMMAR.run("buy $0.01 BTCUSDT market", desk)
    assert desk.console.commands == []


def test_money_that_buys_more_than_can_be_counted_is_too_large(desk: Desk) -> None:
    dust = Instrument(
        key="DUST",
        symbol="DUST",
        link="channels",
        tick_size=1e-10,
        quantity_step=1e-10,
        quote_currency="USDT",
    )
    desk.store.apply(e.InstrumentsListed("channels", (dust,)), desk.clock())
    desk.store.apply(e.QuoteUpdated(link="channels", symbol="DUST", bid=1e-9, ask=1e-9), desk.clock())
    with pytest.raises(CommandError, match="quantity: too large"):
        GRAMMAR.run("buy $999999999999 DUST @ 0.000000001", desk)
