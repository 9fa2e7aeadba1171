"""The command line's grammar, with a desk that records."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from msgspec.structs import replace

from tests.ui import scene, scripted_wires
from tui_trader.commands.order_form import Entry, Reading
from tui_trader.commands.order_summary import summary
from tui_trader.commands.registry import GRAMMAR
from tui_trader.commands.trading import parse_order
from tui_trader.desk import Desk
from tui_trader.model import events as e
from tui_trader.model.commands import CancelOrder, ClosePosition, ControlBot, PauseStrategy, PlaceOrder
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Position, Side
from tui_trader.store.store import Store


class Recorder:
    """A console that only remembers what it was asked for."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[object, ...]]] = []

    def __getattr__(self, name: str):
        return lambda *arguments, **named: self.calls.append((name, (*arguments, *named.values())))

    @property
    def commands(self) -> list[object]:
        return [
            arguments[1 if name == "confirm" else 0]
            for name, arguments in self.calls
            if name in ("submit", "confirm")
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


@pytest.mark.parametrize(
    ("line", "kind", "price"),
    [
        ("0.5 EURUSD @ 1.0850", "limit", "1.0850"),
        ("0.5 EURUSD @1.0850", "limit", "1.0850"),
        ("0.5 EURUSD market", "market", ""),
    ],
)
def test_an_order_is_a_limit_or_says_market(line: str, kind: str, price: str) -> None:
    entry = parse_order("buy", line.split())
    assert (entry.kind, entry.price, entry.quantity) == (kind, price, "0.5")


def test_an_order_has_its_options() -> None:
    entry = parse_order("sell", ["1", "XAUUSD", "market", "sl", "2700", "tp", "2600", "dev", "5"])
    assert (entry.stop_loss, entry.take_profit, entry.deviation) == ("2700", "2600", "5")


@pytest.mark.parametrize(
    "line",
    ["buy", "buy 1", "buy 1 EURUSD", "buy 1 EURUSD @", "buy 1 EURUSD market sl", "buy 1 EURUSD nonsense",
     "buy x EURUSD market", "buy 1 NOPE market", "buy 0.001 EURUSD market", "buy 1 AAPL market",
     "buy 1 EURUSD @ -1", "buy NaN EURUSD market", "buy Infinity EURUSD market",
     "buy 1e999999 EURUSD market x", "cancel", "cancel nothing", "close", "close nothing", "strat",
     "strat nobody start", "strat strategy-123", "strat 1 stop sell", "strat 1 stop close",
     "strat 3 start", "strat 3 start on", "strat 3 start on NOPE", "strat 3 start on AAPL sl 2",
     "strat 3 start on AAPL real yes", "strat 2 resume on AAPL", "strat 1 pause now",
     "strat 1 start rate 2",
     "bot", "bot dance", "chart NOPE", "chart EURUSD 7m", "frobnicate"],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence_and_sends_nothing(desk: Desk, line: str) -> None:
    with pytest.raises(CommandError) as raised:
        GRAMMAR.run(line, desk)
    assert 0 < len(str(raised.value)) < 100
    assert "\n" not in str(raised.value)
    assert desk.console.commands == []


def test_a_buy_asks_with_its_margin(desk: Desk) -> None:
    GRAMMAR.run("buy 0.5 eurusd @ 1.0850 sl 1.08", desk)
    ((name, (question, order, details)),) = desk.console.calls
    assert name == "confirm"
    assert question == "BUY 0.5 EURUSD limit at 1.08500?"
    assert isinstance(order, PlaceOrder)
    assert (order.price, order.stop_loss) == (Decimal("1.0850"), Decimal("1.08"))
    assert any("margin" in line and "542.50 USD" in line for line in details)


def test_what_reduces_risk_does_not_ask(desk: Desk) -> None:
    for line in ("cancel all", "close EURUSD", "strat strategy-123 pause", "bot pause"):
        GRAMMAR.run(line, desk)
    assert {name for name, _ in desk.console.calls} == {"submit"}
    kinds = [type(command) for command in desk.console.commands]
    assert kinds == [CancelOrder, CancelOrder, ClosePosition, PauseStrategy, ControlBot]


def test_a_strategy_may_be_named_in_several_words(desk: Desk) -> None:
    GRAMMAR.run("strat momentum alpha pause", desk)
    assert desk.console.commands[0].strategy_id == "strategy-123"


def test_the_word_strategy_at_the_end_of_a_name_need_not_be_typed(desk: Desk) -> None:
    own = desk.store.strategies.find("breakout")
    named = replace(own, name="Volume Breakout Strategy")
    desk.store.apply(e.StrategiesListed(own.link, (named,)), 1.0)
    GRAMMAR.run("strat volume breakout pause", desk)
    assert desk.console.commands[0].strategy_id == own.id
    with pytest.raises(CommandError, match="no strategy 'volume'"):
        GRAMMAR.run("strat volume pause", desk)


def test_stopping_asks_about_positions_unless_it_is_said(desk: Desk) -> None:
    GRAMMAR.run("strat momentum alpha stop", desk)
    ((name, (strategy,)),) = desk.console.calls
    assert (name, strategy.id) == ("open_stop", "strategy-123")
    GRAMMAR.run("strat 1 stop keep", desk)
    (stop,) = desk.console.commands
    assert (stop.strategy_id, stop.close_positions) == ("strategy-123", False)


def test_a_strategy_starts_with_what_is_said_laid_over_what_it_had(desk: Desk) -> None:
    GRAMMAR.run("strat breakout start on AAPL,MSFT bars 5m sl 1.5%", desk)
    (start,) = desk.console.commands
    assert (start.symbols, start.resolution) == (("AAPL", "MSFT"), "5m")
    assert start.stop_loss_percentage == Decimal("0.015")
    assert start.max_orders_per_minute == 5


def test_an_unambiguous_beginning_is_enough(desk: Desk) -> None:
    assert GRAMMAR.find("can").name == "cancel"
    assert GRAMMAR.find("c") is None
    assert GRAMMAR.find("") is None


def test_offers_go_by_what_was_typed(desk: Desk) -> None:
    assert GRAMMAR.offers("bu", desk) == ["buy"]
    assert GRAMMAR.offers("chart BTC", desk) == ["BTCUSDT", "BTCUSDT-PERP"]
    assert GRAMMAR.offers("chart BTCUSDT 1", desk) == ["1m", "15m", "1h", "1d", "1w", "1M"]
    assert GRAMMAR.offers("strat strategy-123 p", desk) == ["pause"]
    assert "EURUSD" in GRAMMAR.offers("buy 1 ", desk)
    assert "AAPL" not in GRAMMAR.offers("buy 1 ", desk)
    assert GRAMMAR.offers("EURU", desk) == ["EURUSD"]


def test_every_verb_explains_itself(desk: Desk) -> None:
    for verb in GRAMMAR.verbs:
        GRAMMAR.run(f"{verb.name}?", desk)
    assert len(desk.console.calls) == len(GRAMMAR.verbs)
    assert len({verb.name for verb in GRAMMAR.verbs}) == len(GRAMMAR.verbs)


def test_an_empty_form_complains_about_what_is_missing(desk: Desk) -> None:
    reading = Reading(Entry(), desk)
    assert reading.order() is None
    assert set(reading.complaints) == {"symbol", "side", "kind", "quantity"}


def test_money_never_goes_through_float(desk: Desk) -> None:
    entry = Entry(symbol="EURUSD", side="sell", kind="limit", quantity="1000000.07", price="1.08512")
    order = Reading(entry, desk).order()
    assert order is not None
    assert str(order.quantity) == "1000000.07"
    assert not re.search("e", summary(order, desk)[0].split("EURUSD")[0].replace("SELL", ""), re.IGNORECASE)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("oco 0.5 EURUSD @ 1.09 stop 1.08", "Say buy or sell"),
        ("oco sell 0.5 EURUSD @ 1.09", "both @ PRICE and stop PRICE"),
        ("oco sell 0.5 EURUSD market stop 1.08", "both @ PRICE and stop PRICE"),
        ("oco sell 0.5 EURUSD @ 1.07 stop 1.06", "price: belongs above 1.08"),
        ("oco sell 0.5 EURUSD @ 1.09 stop 1.10", "stop price: belongs below 1.08"),
        ("oco sell 0.5 BTCUSDT @ 120000 stop 90000 ioc", "time in force: only gtc or gtd"),
        ("buy 0.5 EURUSD market trail 50", "trailing: beyond the price; 50pt?"),
        ("buy 0.5 EURUSD market trail", "trail needs a figure"),
        ("buy 0.5 EURUSD @ 1.08 until never", "until: 90m, 4h, 2d, 18:30"),
        ("buy 0.5 EURUSD @ 1.08 day until 4h", "until: day has no time"),
    ],
)
def test_what_is_wrong_with_a_pair_a_trail_or_an_end_is_said(desk: Desk, line: str, complaint: str) -> None:
    with pytest.raises(CommandError, match=re.escape(complaint)):
        GRAMMAR.run(line, desk)
    assert desk.console.commands == []


def test_a_pair_is_asked_for_once_with_both_prices_and_only_its_stop_trails(desk: Desk) -> None:
    GRAMMAR.run("oco sell 0.5 EURUSD @ 1.09 stop 1.08 sl 1.10 trail 50pt until 4h", desk)
    ((name, (question, pair, details)),) = desk.console.calls
    assert (name, question) == ("confirm", "SELL 0.5 EURUSD limit at 1.09000 or stop at 1.08000?")
    assert any("first to fill or end cancels the other" in line for line in details)
    limit, stop = pair.orders
    assert (limit.price, limit.stop_price, limit.trailing) == (Decimal("1.09"), None, None)
    assert (stop.price, stop.stop_price, stop.trailing) == (None, Decimal("1.08"), Decimal("0.0005"))
    assert limit.stop_loss == stop.stop_loss == Decimal("1.10")
    assert limit.expires_ms == stop.expires_ms is not None
    assert limit.reference != stop.reference


def test_the_words_of_an_order_are_offered_and_explained(desk: Desk) -> None:
    assert GRAMMAR.offers("oco ", desk) == ["buy", "sell"]
    assert "EURUSD" in GRAMMAR.offers("oco sell 0.5 ", desk)
    assert {"trail", "until"} <= set(GRAMMAR.offers("buy 0.5 EURUSD @ 1.08 ", desk))
    assert "one cancels the other" in GRAMMAR.explain("oco")
    assert "[trail D]" in GRAMMAR.explain("buy")


def test_selling_what_a_cash_account_holds_binds_and_risks_nothing(desk: Desk) -> None:
    order = Reading(parse_order("sell", ["0.5", "BTCUSDT", "@", "120000"]), desk).order()
    assert order is not None
    sentence, details = summary(order, desk)
    assert sentence == "SELL 0.5 BTCUSDT limit at 120,000.00"
    assert "margin       none, but it sells more than the 0 held" in details
    held = Position(link="channels", id="1", symbol="BTCUSDT", side=Side.BUY, quantity=0.5, entry_price=1.0)
    desk.store.positions.update(held)
    _, details = summary(order, desk)
    assert "margin       none: it sells what is held" in details
    assert "at worst     nothing more is risked" in details


@pytest.mark.parametrize("rest", ["@ 1.1 @ 1.2", "market market", "@ 1.1 sl 1 sl 1.05", "@ 1.1 day gtc"])
def test_a_term_that_is_said_twice_is_not_chosen_for_the_user(desk: Desk, rest: str) -> None:
    with pytest.raises(CommandError, match="is said twice"):
        GRAMMAR.run(f"buy 1 EURUSD {rest}", desk)
    assert desk.console.commands == []


def test_a_number_that_two_accounts_have_is_nobodys(desk: Desk) -> None:
    (order, *_), (position, *_) = (
        [one for one in desk.store.orders.active if one.id],
        [one for one in desk.store.positions if one.link == "onetrade"],
    )
    desk.store.apply(e.OrderUpdated(replace(order, link="elsewhere", symbol="OTHER")), 0.0)
    desk.store.apply(e.PositionUpdated(replace(position, link="elsewhere", symbol="OTHER")), 0.0)
    for line in (f"cancel {order.id}", f"close {position.id}"):
        with pytest.raises(CommandError, match="elsewhere each have a number"):
            GRAMMAR.run(line, desk)
    assert desk.console.commands == []
    GRAMMAR.run(f"close {position.symbol}", desk)
    GRAMMAR.run("cancel other", desk)
    assert [command.link for command in desk.console.commands][-1] == "elsewhere"
