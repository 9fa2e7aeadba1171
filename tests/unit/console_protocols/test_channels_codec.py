"""The channels API in the console: signatures, nothing before the login, whole lists, order entry."""

from __future__ import annotations

import hashlib
import hmac
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError, ProtocolError
from tui_trader.model.values import LinkState, OrderKind, OrderStatus, Severity, Side
from tui_trader.protocols.channels.codec import ChannelsCodec
from tui_trader.protocols.channels.signing import signature
from tui_trader.protocols.codec import Endpoint, Frame, HttpRequest

WIRE = Path(__file__).parents[2] / "wire" / "channels"
NOW = 1_647_356_789_123
ACCEPTED = '{"event":"authenticated","success":true,"timestamp":1647356789124}'


@pytest.fixture
def codec() -> ChannelsCodec:
    return ChannelsCodec("spot", Endpoint("ws://h:1/ws", "", {"api_key": "key", "api_secret": "secret"}))


@pytest.fixture
def ready(codec: ChannelsCodec) -> ChannelsCodec:
    codec.opened(NOW)
    codec.decode(ACCEPTED, NOW)
    return codec


def wire(kind: str, **changes: object) -> str:
    message = json.loads((WIRE / f"server.{kind}.json").read_text())
    message["data"].update(changes)
    return json.dumps(message)


def sent(outgoing: Any) -> list[Any]:
    return [
        json.loads(one.data) if isinstance(one, Frame) else f"{one.method} {one.path}" for one in outgoing
    ]


def place(**changes: Any) -> c.PlaceOrder:
    order: dict[str, Any] = {
        "link": "spot",
        "symbol": "BTCUSDT",
        "side": Side.BUY,
        "kind": OrderKind.LIMIT,
        "quantity": Decimal("0.010"),
        "price": Decimal("65000.10"),
        "reference": "ref-1",
    }
    return c.PlaceOrder(**{**order, **changes})


def test_the_signature_is_lower_case_hex_over_the_four_lines() -> None:
    expected = hmac.new(b"secret", b"GET\n/ws\n1647356789123\n", hashlib.sha256).hexdigest()
    assert signature("secret", "GET", "/ws", NOW) == expected


def test_opening_signs_in_and_sends_nothing_else(codec: ChannelsCodec) -> None:
    assert sent(codec.opened(NOW)) == [
        {
            "action": "authenticate",
            "api_key": "key",
            "timestamp": NOW,
            "signature": signature("secret", "GET", "/ws", NOW),
        }
    ]


def test_before_signing_in_a_subscription_is_only_remembered(codec: ChannelsCodec) -> None:
    codec.opened(NOW)
    assert codec.encode(c.WatchDepth(link="spot", symbol="ETHUSDT"), NOW) == ()
    assert codec.encode(c.UnwatchQuotes(link="spot", symbols=("DOGEUSDT",)), NOW) == ()
    assert codec.encode(c.RefreshAccount(link="spot"), NOW) == ()
    decoded = codec.decode(ACCEPTED, NOW)
    assert decoded.ready
    assert sent(decoded.replies) == [
        {"action": "subscribe", "channels": ["orders", "positions"], "params": {"exchange": "binance"}},
        "GET /api/v1/orders",
        "GET /api/v1/positions",
        "GET /api/v1/account",
        {
            "action": "subscribe",
            "channels": ["market_data"],
            "params": {"exchange": "binance", "type": "ticker"},
        },
        {
            "action": "unsubscribe",
            "channels": ["market_data"],
            "params": {"exchange": "binance", "symbols": ["DOGEUSDT"], "type": "ticker"},
        },
        {
            "action": "subscribe",
            "channels": ["orderbook", "trades"],
            "params": {"exchange": "binance", "symbols": ["ETHUSDT"], "depth": 20},
        },
        {"action": "subscribe", "channels": ["system_events"]},
    ]


def test_another_symbols_book_replaces_the_one_before(ready: ChannelsCodec) -> None:
    ready.encode(c.WatchDepth(link="spot", symbol="ETHUSDT"), NOW)
    assert ready.encode(c.WatchDepth(link="spot", symbol="ETHUSDT"), NOW) == ()
    gone, came = sent(ready.encode(c.WatchDepth(link="spot", symbol="BTCUSDT"), NOW))
    assert (gone["action"], gone["params"]["symbols"]) == ("unsubscribe", ["ETHUSDT"])
    assert (came["action"], came["params"]["symbols"]) == ("subscribe", ["BTCUSDT"])


def test_after_a_loss_nothing_is_sent_until_signed_in_again(ready: ChannelsCodec) -> None:
    ready.closed(1006, "")
    assert ready.encode(c.WatchDepth(link="spot", symbol="ETHUSDT"), NOW) == ()


@pytest.mark.parametrize(
    "refusal",
    [
        '{"event":"error","message":"Authentication failed","code":401}',
        '{"event":"authenticated","success":false}',
    ],
)
def test_a_refused_login_waits_for_the_user(codec: ChannelsCodec, refusal: str) -> None:
    codec.opened(NOW)
    decoded = codec.decode(refusal, NOW)
    assert decoded.ended is LinkState.OFFLINE
    (ended,) = decoded.events
    assert isinstance(ended, e.SessionEnded)
    assert "check this link's API key" in ended.detail


def test_an_error_after_the_login_is_a_notice(ready: ChannelsCodec) -> None:
    decoded = ready.decode('{"event":"error","message":"Unknown symbol","code":404}', NOW)
    assert decoded.ended is None
    assert decoded.events == (e.NoticeReceived("spot", Severity.ERROR, "Unknown symbol", "404"),)


def test_a_ping_is_answered_and_a_close_is_told(ready: ChannelsCodec) -> None:
    assert sent(ready.decode('{"event":"ping","timestamp":1}', NOW).replies) == [
        {"action": "pong", "timestamp": NOW}
    ]
    (notice,) = ready.decode('{"event":"close","message":"Session timeout","code":1000}', NOW).events
    assert isinstance(notice, e.NoticeReceived)
    assert "Session timeout" in notice.text


def test_ticker_book_and_trade_are_market_events(ready: ChannelsCodec) -> None:
    (quote,) = ready.decode(wire("market_data"), NOW).events
    assert isinstance(quote, e.QuoteUpdated)
    assert (quote.symbol, quote.last, quote.bid, quote.ask) == ("BTCUSDT", 42650.5, 42650.0, 42651.0)
    (book,) = ready.decode(wire("orderbook"), NOW).events
    assert isinstance(book, e.DepthUpdated)
    assert book.bids == ((42650.0, 1.5), (42649.5, 2.3))
    assert book.asks == ((42651.0, 0.8), (42652.5, 1.2))
    (trade,) = ready.decode(wire("trades"), NOW).events
    assert trade == e.TradePrinted("spot", "BTCUSDT", 42650.5, 0.1, Side.BUY, 1_647_356_789_123)
    with pytest.raises(ProtocolError):
        ready.decode(wire("trades", side="up"), NOW)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("open", OrderStatus.WORKING),
        ("partially_filled", OrderStatus.PARTIALLY_FILLED),
        ("filled", OrderStatus.FILLED),
        ("canceled", OrderStatus.CANCELED),
        ("rejected", OrderStatus.REJECTED),
        ("expired", OrderStatus.EXPIRED),
    ],
)
def test_an_order_is_in_one_of_the_six_states(ready: ChannelsCodec, word: str, status: OrderStatus) -> None:
    (updated,) = ready.decode(wire("orders", status=word), NOW).events
    assert isinstance(updated, e.OrderUpdated)
    order = updated.order
    assert order.status is status
    assert (order.id, order.quantity, order.filled, order.price, order.fee) == (
        "123456789",
        0.1,
        0.05,
        42500.0,
        2.125,
    )


@pytest.mark.parametrize("change", [{"status": "done"}, {"side": "both"}, {"type": "iceberg"}])
def test_an_order_in_an_unknown_state_is_never_guessed(
    ready: ChannelsCodec, change: dict[str, object]
) -> None:
    with pytest.raises(ProtocolError):
        ready.decode(wire("orders", **change), NOW)


def test_a_position_of_nothing_is_closed(ready: ChannelsCodec) -> None:
    (updated,) = ready.decode(wire("positions"), NOW).events
    assert isinstance(updated, e.PositionUpdated)
    assert updated.position.mark_price == pytest.approx(42650.0 + 125.0 / 0.5)
    assert ready.decode(wire("positions", amount=0.0), NOW).events == (
        e.PositionRemoved("spot", "BTCUSDT", "BTCUSDT"),
    )


def test_lists_by_rest_replace_what_was_known(ready: ChannelsCodec) -> None:
    order = json.loads(wire("orders"))["data"]
    position = json.loads(wire("positions"))["data"]
    orders, positions, account = (one for one in ready.encode(c.RefreshAccount(link="spot"), NOW))
    assert isinstance(orders, HttpRequest)
    assert isinstance(positions, HttpRequest)
    assert isinstance(account, HttpRequest)
    rows = json.dumps([order, {**order, "id": "2", "status": "filled"}]).encode()
    (replaced,) = ready.decode_response(orders, 200, rows).events
    assert isinstance(replaced, e.OrdersReplaced)
    assert [one.id for one in replaced.orders] == ["123456789"]
    (held,) = ready.decode_response(positions, 200, json.dumps([position]).encode()).events
    assert isinstance(held, e.PositionsReplaced)
    (totals,) = ready.decode_response(account, 200, b'{"currency":"USDT","balance":10,"equity":11}').events
    assert isinstance(totals, e.AccountUpdated)
    assert (totals.account.balance, totals.account.equity) == (10, 11)
    (notice,) = ready.decode_response(orders, 401, b'{"message":"Authentication failed"}').events
    assert isinstance(notice, e.NoticeReceived)


def test_an_order_is_signed_over_the_very_bytes_that_are_sent(ready: ChannelsCodec) -> None:
    (request,) = ready.encode(place(), NOW)
    assert isinstance(request, HttpRequest)
    assert isinstance(request.body, bytes)
    assert (request.method, request.path, request.reference) == ("POST", "/api/v1/orders", "ref-1")
    assert json.loads(request.body, parse_float=Decimal) == {
        "symbol": "BTCUSDT",
        "side": "buy",
        "type": "limit",
        "amount": Decimal("0.010"),
        "price": Decimal("65000.10"),
        "client_order_id": "ref-1",
    }
    assert request.headers == {
        "X-API-Key": "key",
        "X-Timestamp": str(NOW),
        "X-Signature": signature("secret", "POST", "/api/v1/orders", NOW, request.body.decode()),
    }
    assert "X-Signature" not in repr(request)


def test_a_market_order_sends_no_price(ready: ChannelsCodec) -> None:
    (request,) = ready.encode(place(kind=OrderKind.MARKET), NOW)
    assert isinstance(request, HttpRequest)
    assert b"price" not in (request.body or b"")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quantity": Decimal(0)}, "quantity"),
        ({"price": None}, "price"),
        ({"price": Decimal("NaN")}, "price"),
        ({"kind": OrderKind.STOP}, "stop_price"),
        ({"take_profit": Decimal(-1)}, "take_profit"),
    ],
)
def test_a_wrong_input_names_its_field(ready: ChannelsCodec, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(CommandError) as caught:
        ready.encode(place(**changes), NOW)
    assert caught.value.field == field


def test_other_requests_are_the_exchanges_own(ready: ChannelsCodec) -> None:
    commands: list[c.Command] = [
        c.CancelOrder(link="spot", order_id="12", reference="r"),
        c.ClosePosition(link="spot", position_id="BTCUSDT", reference="r"),
        c.ModifyPosition(link="spot", position_id="BTCUSDT", reference="r", stop_loss=Decimal(41_000)),
    ]
    assert [sent(ready.encode(command, NOW))[0] for command in commands] == [
        "DELETE /api/v1/orders/12",
        "DELETE /api/v1/positions/BTCUSDT",
        "POST /api/v1/positions/BTCUSDT/stops",
    ]
    with pytest.raises(CommandError):
        ready.encode(
            c.ClosePosition(link="spot", position_id="BTCUSDT", reference="r", quantity=Decimal(1)), NOW
        )
    with pytest.raises(CommandError):
        ready.encode(c.CancelOrder(link="spot", order_id="../x", reference="r"), NOW)


def test_totals_are_asked_for_every_few_seconds_while_prices_arrive(ready: ChannelsCodec) -> None:
    assert ready.decode(wire("market_data"), NOW + 2_999).replies == ()
    assert sent(ready.decode(wire("market_data"), NOW + 3_000).replies) == ["GET /api/v1/account"]


def test_a_wall_clock_that_was_put_back_does_not_end_the_asking(ready: ChannelsCodec) -> None:
    assert sent(ready.decode(wire("market_data"), NOW - 3_600_000).replies) == ["GET /api/v1/account"]
    assert ready.decode(wire("market_data"), NOW - 3_600_000 + 2_999).replies == ()


def test_the_same_question_in_the_same_millisecond_is_signed_as_another(ready: ChannelsCodec) -> None:
    refresh = c.RefreshAccount(link="spot")
    asked = [one for _ in range(3) for one in ready.encode(refresh, NOW) if isinstance(one, HttpRequest)]
    assert len({one.headers["X-Signature"] for one in asked}) == 9
    assert all(NOW <= int(one.headers["X-Timestamp"]) < NOW + 15 for one in asked)


def test_a_question_asked_once_more_is_signed_anew(ready: ChannelsCodec) -> None:
    lists = ready.encode(c.RefreshAccount(link="spot"), NOW)
    found = ready.encode(c.FindOrders(link="spot", references=("r-1",)), NOW)
    for first in (*lists, *found):
        assert isinstance(first, HttpRequest)
        again = ready.again(first, NOW + 12_000)
        assert (again.method, again.path, again.purpose) == (first.method, first.path, first.purpose)
        stamp = int(again.headers["X-Timestamp"])
        assert NOW + 12_000 <= stamp < NOW + 12_010
        assert again.headers["X-Signature"] == signature("secret", "GET", first.path, stamp)


def test_a_wall_clock_that_was_put_back_is_signed_with(ready: ChannelsCodec) -> None:
    (earlier,) = ready.encode(place(), NOW - 3_600_000)
    assert isinstance(earlier, HttpRequest)
    assert int(earlier.headers["X-Timestamp"]) == NOW - 3_600_000


@pytest.mark.parametrize(
    ("told", "filled"),
    [
        ({"filled": None, "remaining": 0.03}, 0.07),
        ({"filled": None, "remaining": None, "status": "filled"}, 0.1),
        ({"filled": None, "remaining": None, "status": "open"}, 0.0),
        ({"filled": 0.02, "remaining": 0.0}, 0.02),
    ],
)
def test_what_is_not_told_of_an_order_is_reckoned_or_left_open(
    ready: ChannelsCodec, told: dict[str, object], filled: float
) -> None:
    (event,) = ready.decode(wire("orders", fee={"cost": None, "currency": None}, **told), NOW).events
    assert isinstance(event, e.OrderUpdated)
    assert event.order.filled == filled
    assert event.order.fee is None


def test_a_position_without_its_price_is_not_given_one(ready: ChannelsCodec) -> None:
    (event,) = ready.decode(wire("positions", average_price=None), NOW).events
    assert isinstance(event, e.PositionUpdated)
    assert event.position.entry_price == 42650.0
    assert event.position.mark_price == pytest.approx(42900.0)
    (event,) = ready.decode(wire("positions", average_price=None, cost=None), NOW).events
    assert isinstance(event, e.PositionUpdated)
    assert (event.position.mark_price, event.position.trailing) == (None, None)


def lists(codec: ChannelsCodec) -> dict[str, HttpRequest]:
    asked = codec.encode(c.RefreshAccount(link="spot"), NOW)
    return {one.purpose: one for one in asked if isinstance(one, HttpRequest)}


@pytest.mark.parametrize("what", ["orders", "positions"])
def test_a_list_that_an_event_overtook_is_asked_for_again(ready: ChannelsCodec, what: str) -> None:
    first = lists(ready)[what]
    ready.decode(wire(what), NOW + 40)
    overtaken = ready.decode_response(first, 200, b"[]")
    assert overtaken.events == ()
    (again,) = overtaken.replies
    assert isinstance(again, HttpRequest)
    assert (again.path, again.headers["X-Timestamp"]) == (first.path, str(NOW + 40))
    (replaced,) = ready.decode_response(again, 200, b"[]").events
    assert isinstance(replaced, e.OrdersReplaced | e.PositionsReplaced)


def test_a_snapshot_overtakes_no_list(ready: ChannelsCodec) -> None:
    first = lists(ready)["orders"]
    ready.decode(json.dumps(json.loads(wire("orders")) | {"event": "snapshot"}), NOW + 40)
    (replaced,) = ready.decode_response(first, 200, b"[]").events
    assert isinstance(replaced, e.OrdersReplaced)


def test_a_list_that_never_rests_is_taken_as_it_is_after_a_few_times(ready: ChannelsCodec) -> None:
    request, answers = lists(ready)["orders"], 0
    while True:
        ready.decode(wire("orders"), NOW + answers)
        decoded = ready.decode_response(request, 200, b"[]")
        answers += 1
        if decoded.events:
            break
        (again,) = decoded.replies
        assert isinstance(again, HttpRequest)
        request = again
    assert answers == 4
