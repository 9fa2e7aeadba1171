"""Positions, accounts, requotes, strategies, signals, bots, risk, deals and the journal."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest
from msgspec.structs import replace

from tui_trader.model import events as e
from tui_trader.model.commands import AnswerRequote, PlaceOrder, WatchQuotes
from tui_trader.model.values import (
    Account,
    Bar,
    Bot,
    Deal,
    LinkState,
    Order,
    OrderKind,
    OrderStatus,
    Position,
    Risk,
    Severity,
    Side,
    Signal,
    Strategy,
    StrategyConfig,
)
from tui_trader.store.deals import DEALS
from tui_trader.store.journal import ENTRIES, SLACK
from tui_trader.store.signals import SIGNALS
from tui_trader.store.store import Store


def position(identity: str = "1", quantity: float = 1.0, link: str = "broker") -> Position:
    return Position(
        link=link, id=identity, symbol="EURUSD", side=Side.BUY, quantity=quantity, entry_price=1.1
    )  # fmt: skip


def offer(order_id: str = "7", seconds: float = 5.0) -> e.RequoteOffered:
    order = Order(
        link="broker", id=order_id, symbol="EURUSD", side=Side.BUY, kind=OrderKind.MARKET,
        status=OrderStatus.REQUOTED, quantity=1.0, offer_price=1.2,
    )  # fmt: skip
    return e.RequoteOffered(order=order, old_price=1.1, valid_seconds=seconds)


def strategy(identity: str = "s1", status: str = "STOPPED") -> Strategy:
    return Strategy(link="desk", id=identity, name=f"Name {identity}", status=status, symbols=("AAPL",))


def signal(identity: str) -> Signal:
    return Signal(link="ai", id=identity, source="ai", symbol="X", direction="long", confidence=0.5)


def test_every_event_is_routed() -> None:
    examples = {type(event) for event in EXAMPLES}
    assert examples == set(get_args(e.Event))
    store = Store()
    for event in EXAMPLES:
        store.apply(event, 1.0)


def test_an_order_of_an_earlier_console_is_unknown_until_the_server_tells() -> None:
    store = Store()
    store.apply(e.OrderRecalled("broker", BUY, 1_000), 0.0)
    (waiting,) = store.orders.active
    assert (waiting.status, waiting.reference, waiting.id) == (OrderStatus.UNKNOWN, "lost-1", "")
    store.apply(e.OrdersFound("broker", ("lost-1",), ()), 1.0)
    (waiting,) = store.orders.active
    assert (waiting.status, waiting.reason) == (OrderStatus.UNKNOWN, "not known to the server: verify")
    ended = replace(waiting, id="7", status=OrderStatus.FILLED, filled=0.1)
    store.apply(e.OrdersFound("broker", ("lost-1",), (ended,)), 2.0)
    assert list(store.orders.active) == []
    assert [(order.id, order.status) for order in store.orders.closed] == [("7", OrderStatus.FILLED)]


def test_an_order_that_ended_in_a_gap_and_is_found_is_no_longer_unknown() -> None:
    store = Store()
    working = replace(offer().order, id="9", status=OrderStatus.WORKING, reference="gap-1")
    store.apply(e.OrderUpdated(working), 0.0)
    store.apply(e.OrdersReplaced(working.link, ()), 1.0)
    assert [order.status for order in store.orders.closed] == [OrderStatus.UNKNOWN]
    canceled = replace(working, status=OrderStatus.CANCELED)
    store.apply(e.OrdersFound(working.link, ("gap-1",), (canceled,)), 2.0)
    assert [order.status for order in store.orders.closed] == [OrderStatus.CANCELED]


def test_a_position_without_quantity_is_closed() -> None:
    store = Store()
    store.apply(e.PositionUpdated(position()), 0.0)
    store.apply(e.PositionUpdated(position(quantity=0.0)), 1.0)
    assert list(store.positions) == []


def test_a_profit_changes_only_the_result() -> None:
    store = Store()
    store.apply(e.PositionUpdated(position()), 0.0)
    revision = store.positions.revision
    store.apply(e.PositionProfit("broker", "1", 12.5), 1.0)
    store.apply(e.PositionProfit("broker", "unheard of", 1.0), 1.0)
    (known,) = store.positions
    assert (known.unrealised, known.entry_price) == (12.5, 1.1)
    assert known.mark_price is None, "the mark that came before is not the one of this result"
    assert store.positions.revision == revision + 1


def test_a_complete_list_of_positions_replaces_one_links_only() -> None:
    store = Store()
    for event in (position("1"), position("2"), position("1", link="other")):
        store.apply(e.PositionUpdated(event), 0.0)
    store.apply(e.PositionsReplaced("broker", (position("2"), position("3"))), 1.0)
    assert [(one.link, one.id) for one in store.positions] == [
        ("broker", "2"), ("other", "1"), ("broker", "3"),
    ]  # fmt: skip


def test_an_account_keeps_what_an_update_does_not_say() -> None:
    store = Store()
    store.apply(e.AccountUpdated(Account(link="broker", currency="USD", balance=10.0, equity=11.0)), 0.0)
    store.apply(e.AccountUpdated(Account(link="broker", equity=12.0)), 1.0)
    known = store.accounts.get("broker")
    assert known is not None
    assert (known.currency, known.balance, known.equity) == ("USD", 10.0, 12.0)


def test_one_more_offer_on_an_order_ends_the_one_before_and_says_why() -> None:
    store = Store()
    store.apply(offer("1"), 0.0)
    first = store.requotes.queue[0]
    store.sent(AnswerRequote(link="broker", order_id="1", accepted=True, reference="a"), 6.0)
    store.apply(offer("1"), 6.5)
    (second,) = store.requotes.queue
    assert second is not first
    assert not first.open
    assert (second.open, second.accepted, second.remaining(6.5)) == (True, None, 5.0)
    assert "too late" in second.note
    store.apply(offer("1"), 7.0)
    assert store.requotes.queue[0].note == "the dealer changed the offer"


def test_requotes_queue_by_deadline_and_end_with_a_sentence() -> None:
    store = Store()
    store.apply(offer("1", 9.0), 0.0)
    store.apply(offer("2", 5.0), 1.0)
    assert [one.order.id for one in store.requotes.queue] == ["2", "1"]
    assert store.requotes.queue[0].remaining(4.0) == pytest.approx(2.0)
    assert store.requotes.queue[0].remaining(99.0) == 0.0
    store.apply(e.RequoteEnded("broker", "2", "expired"), 6.5)
    assert [one.order.id for one in store.requotes.queue] == ["1"]
    assert store.requotes.ended[-1].outcome == "expired"


def test_an_answer_leaves_the_offer_open_until_the_server_ends_it() -> None:
    store = Store()
    store.apply(offer(), 0.0)
    store.sent(AnswerRequote(link="broker", order_id="7", accepted=True, reference="r"), 1.0)
    requote = store.requotes.get("broker", "7")
    assert requote is not None
    assert (requote.accepted, requote.open) == (True, True)


def test_strategies_are_found_by_id_name_or_place() -> None:
    store = Store()
    store.apply(e.StrategiesListed("desk", (strategy("s1"), strategy("s2"))), 0.0)
    assert [store.strategies.find(text).id for text in ("S2", "name s1", "2")] == ["s2", "s1", "s2"]
    assert store.strategies.find("3") is None


def test_a_status_keeps_symbols_it_does_not_name() -> None:
    store = Store()
    store.apply(e.StrategiesListed("desk", (strategy(),)), 0.0)
    store.apply(e.StrategyStatusChanged("desk", "s1", "Name", "ACTIVE"), 1.0)
    known = store.strategies.get("desk", "s1")
    assert known is not None
    assert (known.status, known.symbols) == ("ACTIVE", ("AAPL",))


def test_a_signal_that_two_links_tell_is_one() -> None:
    store = Store()
    store.apply(e.SignalReceived(replace(signal("a"), link="bot_core")), 0.0)
    store.apply(e.SignalReceived(replace(signal("a"), link="ai_service")), 0.0)
    assert len(store.signals) == 1


def test_histories_are_bounded_and_hear_nothing_twice() -> None:
    store = Store()
    for number in range(SIGNALS + 2):
        store.apply(e.SignalReceived(signal(str(number))), 0.0)
    store.apply(e.SignalReceived(signal(str(SIGNALS))), 0.0)
    assert len(store.signals) == SIGNALS
    assert next(iter(store.signals.newest_first)).id == str(SIGNALS + 1)
    for number in range(DEALS + 2):
        store.apply(e.DealDone(_deal(str(number))), 0.0)
    assert len(store.deals) == DEALS


def test_a_holding_that_is_called_like_its_instrument_is_named_once() -> None:
    store = Store()
    store.apply(e.PositionRemoved("channels", "BTCUSDT", "BTCUSDT"), 0.0)
    store.apply(e.PositionRemoved("onetrade", "7", "EURUSD"), 0.0)
    told = [entry.text for entry in store.journal.entries]
    assert told == ["position BTCUSDT closed", "position 7 EURUSD closed"]


def test_the_journal_tells_what_is_new_and_forgets_the_oldest() -> None:
    store = Store()
    written = ENTRIES + SLACK + 1
    for number in range(written):
        store.apply(e.NoticeReceived("broker", Severity.INFO, str(number)), float(number))
    assert len(store.journal) == ENTRIES + 1
    assert store.journal.first == SLACK + 1 == store.journal.entries[0].sequence
    assert [entry.text for entry in store.journal.since(written - 2)] == [str(written - 2), str(written - 1)]
    assert len(store.journal.since(0)) == len(store.journal)
    assert store.journal.since(written) == []


def test_prices_and_subscriptions_write_no_journal() -> None:
    store = Store()
    store.apply(e.QuoteUpdated(link="feed", symbol="X", last=1.0), 0.0)
    store.sent(WatchQuotes(link="feed", symbols=("X",)), 0.0)
    assert len(store.journal) == 0


def test_a_link_keeps_since_when_it_is_in_its_state() -> None:
    store = Store()
    store.apply(e.LinkChanged("feed", LinkState.RECONNECTING, "lost", 1, 2.0), 10.0)
    store.apply(e.LinkChanged("feed", LinkState.RECONNECTING, "lost", 2, 4.0), 12.0)
    view = store.links.get("feed")
    assert view is not None
    assert (view.since, view.retry_at, view.attempt) == (10.0, 16.0, 2)


def _deal(identity: str = "d") -> Deal:
    return Deal(
        link="broker", id=identity, order_id="7", symbol="EURUSD", side=Side.BUY, quantity=1.0, price=1.1
    )  # fmt: skip


BUY = PlaceOrder(
    link="broker",
    symbol="X",
    side=Side.BUY,
    kind=OrderKind.LIMIT,
    quantity=Decimal("0.1"),
    price=Decimal("1.1"),
    reference="lost-1",
)

EXAMPLES: tuple[e.Event, ...] = (
    e.LinkChanged("broker", LinkState.READY),
    e.RoundTripMeasured("broker", 0.01),
    e.InstrumentsListed("broker", ()),
    e.QuoteUpdated(link="broker", symbol="X", last=1.0),
    e.TradePrinted("broker", "X", 1.0, 1.0, Side.BUY),
    e.DepthUpdated("broker", "X", (), ()),
    e.BarUpdated("broker", "X", "1m", Bar(0, 1.0, 1.0, 1.0, 1.0, 1.0)),
    e.HistoryLoaded("broker", "X", "1m", ()),
    e.IndicatorsUpdated("broker", "X", "1m", 0, ()),
    e.OrderUpdated(offer().order),
    e.OrdersReplaced("broker", ()),
    e.OrderRecalled("broker", BUY, 0),
    e.OrdersFound("broker", ("lost-1",), ()),
    offer(),
    e.RequoteEnded("broker", "7", "expired"),
    e.PositionUpdated(position()),
    e.PositionProfit("broker", "1", 1.0),
    e.PositionRemoved("broker", "1"),
    e.PositionsReplaced("broker", ()),
    e.DealDone(_deal()),
    e.AccountUpdated(Account(link="broker")),
    e.StrategiesListed("desk", (strategy(),)),
    e.StrategyConfigsListed("desk", (StrategyConfig(strategy_id="s1", max_orders_per_minute=5),)),
    e.StrategyStatusChanged("desk", "s1", "Name", "ACTIVE"),
    e.ExecutionServiceChanged("desk", "RUNNING"),
    e.SignalReceived(signal("1")),
    e.BotUpdated(Bot(link="bot", status="RUNNING", mode="PAPER_TRADING")),
    e.RiskUpdated(Risk(link="guard", equity=1.0, exposure=0.0, drawdown_percent=0.0)),
    e.KillSwitchChanged("guard", True, False),
    e.NoticeReceived("broker", Severity.INFO, "hello"),
    e.DealsListed("broker", ()),
    e.ReportReceived("broker", "trades-1.csv", b""),
    e.RiskAlertRaised(link="guard", severity=Severity.WARNING, rule="exposure", text="near"),
    e.JournalReceived("broker", "line"),
    e.SessionEnded("broker", "logged in elsewhere"),
    e.CommandAnswered(link="broker", reference="r", accepted=True),
    e.CommandLost("broker", "r", ""),
    e.UnknownReceived("broker", "Strange", "{}"),
)
