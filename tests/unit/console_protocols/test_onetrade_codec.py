"""OneTrade in the console: sign-in, binary frames, requotes from offer to end, true lists, exact requests."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError, ProtocolError
from tui_trader.model.values import LinkState, OrderKind, OrderStatus, Severity, Side
from tui_trader.protocols.codec import Decoded, Endpoint, Frame, HttpCall, HttpRequest, Outgoing, SessionInUse
from tui_trader.protocols.onetrade import client_messages
from tui_trader.protocols.onetrade.codec import MOST_QUOTED, OneTradeCodec

WIRE = Path(__file__).parents[2] / "wire" / "onetrade"
NOW = 1_700_000_000_000
LATER = NOW + 60_000
LOGIN = '{"success":true,"data":{"access_token":"t&1","session_id":"s/1"}}'
IN_USE = '{"message":"session is already used"}'


class Broker(HttpCall):
    """Answers REST calls from a script of (status, body), and keeps what was asked."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        self.answers = list(answers)
        self.asked: list[HttpRequest] = []

    async def __call__(self, request: HttpRequest) -> tuple[int, bytes]:
        self.asked.append(request)
        status, body = self.answers.pop(0)
        return status, body.encode()


def wire(kind: str, **changes: object) -> str:
    message = json.loads((WIRE / f"server.{kind}.json").read_text())
    message["data"].update(changes)
    return json.dumps(message)


def symbol_row() -> dict[str, Any]:
    row: dict[str, Any] = json.loads(wire("orders_place"))["data"]["symbol"]
    return row


def answer(codec: OneTradeCodec, purpose: str, body: object, status: int = 200) -> Decoded:
    request = next(
        one
        for one in codec.encode(c.RefreshAccount(link="fx"), NOW) + codec.opened(NOW)
        if isinstance(one, HttpRequest) and one.purpose == purpose
    )
    return codec.decode_response(request, status, json.dumps(body).encode())


@pytest.fixture
def codec() -> OneTradeCodec:
    return OneTradeCodec("fx", Endpoint("ws://h:1/ws/v1", "http://h:1", {"api_key": "k"}))


@pytest.fixture
def loaded(codec: OneTradeCodec) -> OneTradeCodec:
    """A codec that knows the account and EURUSD."""
    answer(codec, "account", {"id": 11, "user_id": 22})
    answer(codec, "symbols", [symbol_row()])
    return codec


def sent(outgoing: list[Outgoing] | tuple[Outgoing, ...] | Any) -> list[str]:
    return [one.data if isinstance(one, Frame) else f"{one.method} {one.path}" for one in outgoing]


def place(**changes: Any) -> c.PlaceOrder:
    order: dict[str, Any] = {
        "link": "fx",
        "symbol": "EURUSD",
        "side": Side.BUY,
        "kind": OrderKind.MARKET,
        "quantity": Decimal("0.10"),
        "reference": "ref-1",
    }
    return c.PlaceOrder(**{**order, **changes})


def body(codec: OneTradeCodec, command: c.Command) -> dict[str, Any]:
    (request,) = codec.encode(command, NOW)
    assert isinstance(request, HttpRequest)
    assert isinstance(request.body, dict)
    return request.body


async def test_signing_in_is_login_then_session_check_then_a_url_with_both_tokens(
    codec: OneTradeCodec,
) -> None:
    broker = Broker((200, LOGIN), (200, ""))
    url, headers = await codec.prepare(broker)
    assert url == "ws://h:1/ws/v1?session_id=s%2F1&access_token=t%261"
    assert headers == {}
    login, check = broker.asked
    assert (login.method, login.path, login.headers) == ("POST", "/api/v1/oauth2/login", {"API-Key": "k"})
    assert login.query == {"remember_me": "false", "grant_type": "api_key"}
    assert login.body is None
    assert (check.method, check.path) == ("POST", "/ws/v1/s%2F1")


async def test_reconnecting_checks_the_same_session_again(codec: OneTradeCodec) -> None:
    await codec.prepare(Broker((200, LOGIN), (200, "")))
    broker = Broker((200, ""))
    await codec.prepare(broker)
    assert [request.purpose for request in broker.asked] == ["session_check"]


async def test_a_session_in_use_is_for_the_user_and_their_retry_signs_in_anew(codec: OneTradeCodec) -> None:
    with pytest.raises(SessionInUse, match="already used"):
        await codec.prepare(Broker((200, LOGIN), (400, IN_USE), (404, "")))
    broker = Broker((200, LOGIN), (200, ""))
    await codec.prepare(broker)
    assert [request.purpose for request in broker.asked] == ["login", "session_check"]


async def test_a_session_is_taken_over_where_the_server_describes_it(codec: OneTradeCodec) -> None:
    described = '{"paths": {"/ws/v1/{session_id}": {"post": {"parameters": [{"name": "takeover"}]}}}}'
    with pytest.raises(SessionInUse) as told:
        await codec.prepare(Broker((200, LOGIN), (400, IN_USE), (200, described)))
    assert told.value.takeover
    codec.take_over()
    broker = Broker((200, ""))
    await codec.prepare(broker)
    (check,) = broker.asked
    assert check.query == {"takeover": "true"}
    assert check.headers["Authorization"].startswith("Bearer ")


@pytest.mark.parametrize(
    "body", ["{}", "[", '{"paths": {"/ws/v1/{session_id}": {"post": {}}}}', '{"paths": 3}']
)
async def test_a_server_that_describes_no_takeover_is_never_asked_for_one(
    codec: OneTradeCodec, body: str
) -> None:
    with pytest.raises(SessionInUse) as told:
        await codec.prepare(Broker((200, LOGIN), (400, IN_USE), (200, body)))
    assert not told.value.takeover
    codec.take_over()
    broker = Broker((200, LOGIN), (200, ""))
    await codec.prepare(broker)
    assert not broker.asked[-1].query


async def test_a_server_that_forgot_the_session_is_signed_in_to_anew_at_once(codec: OneTradeCodec) -> None:
    await codec.prepare(Broker((200, LOGIN), (200, "")))
    broker = Broker((404, "{}"), (200, LOGIN), (200, ""))
    await codec.prepare(broker)
    assert [request.purpose for request in broker.asked] == ["session_check", "login", "session_check"]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([(401, '{"message":"bad key"}')], "login: bad key"),
        ([(200, '{"success":false}')], "login: refused"),
        ([(200, '{"access_token":"secret"')], "login: the answer cannot be read"),
        ([(200, LOGIN), (500, "oops")], "session check: HTTP 500"),
    ],
)
async def test_a_refused_sign_in_says_why_without_secrets(
    codec: OneTradeCodec, answers: list[tuple[int, str]], told: str
) -> None:
    with pytest.raises(ProtocolError) as caught:
        await codec.prepare(Broker(*answers))
    assert str(caught.value) == told


def test_opening_restores_subscriptions_before_it_asks_for_anything(loaded: OneTradeCodec) -> None:
    assert sent(loaded.opened(NOW)) == [
        '{"type":"start_account_all","data":null}',
        '{"type":"market_subscribe_symbol","data":1}',
        "GET /api/v1/trader/account",
        "GET /api/v1/trader/symbols",
        "GET /api/v1/trader/orders",
        "GET /api/v1/trader/positions",
        "GET /api/v1/trader/deals",
    ]


def test_listed_symbols_are_subscribed_once(codec: OneTradeCodec) -> None:
    first = answer(codec, "symbols", [symbol_row()])
    assert sent(first.replies) == ['{"type":"market_subscribe_symbol","data":1}']
    (listed,) = first.events
    assert isinstance(listed, e.InstrumentsListed)
    (instrument,) = listed.instruments
    assert (instrument.key, instrument.symbol_id, instrument.price_digits) == ("EURUSD", 1, 5)
    assert (instrument.quantity_digits, instrument.quantity_step, instrument.contract_size) == (
        2,
        0.01,
        100_000,
    )
    assert answer(codec, "symbols", [symbol_row()]).replies == ()


def test_an_unwatched_symbol_stays_so_over_reconnects_until_it_is_watched(loaded: OneTradeCodec) -> None:
    gone = loaded.encode(c.UnwatchQuotes(link="fx", symbols=("EURUSD", "XAUUSD")), NOW)
    assert sent(gone) == ['{"type":"market_unsubscribe_symbol","data":1}']
    assert not any("subscribe" in text for text in sent(loaded.opened(NOW)))
    back = loaded.encode(c.WatchQuotes(link="fx", symbols=("EURUSD",)), NOW)
    assert sent(back) == ['{"type":"market_subscribe_symbol","data":1}']


def test_a_price_record_is_a_quote(loaded: OneTradeCodec) -> None:
    (quote,) = loaded.decode(b"1,1.08499,1.08501,1.08500,12345.5,1.09,1.08", NOW).events
    assert quote == e.QuoteUpdated(
        link="fx", symbol="EURUSD", bid=1.08499, ask=1.08501, last=1.085, volume=12345.5, high=1.09, low=1.08
    )


def test_a_price_of_zero_is_no_price_and_an_unlisted_symbol_is_no_quote(loaded: OneTradeCodec) -> None:
    (quote,) = loaded.decode(b"1,0,1.08501,0,0,0,0", NOW).events
    assert isinstance(quote, e.QuoteUpdated)
    assert (quote.bid, quote.ask, quote.last) == (0.0, 1.08501, 0.0)
    assert loaded.decode(b"99,1,1,1,1,1,1", NOW).events == ()


def test_a_profit_record_changes_a_position_only(loaded: OneTradeCodec) -> None:
    assert loaded.decode(b"s,7,-12.5,3", NOW).events == (e.PositionProfit("fx", "7", -12.5),)


@pytest.mark.parametrize(
    "record", [b"", b"s,7,1", b"s,x,1,1", b"1,2,3", b"1,nan,1,1,1,1,1", b"1,1e999,1,1,1,1,1"]
)
def test_a_record_that_cannot_be_read_is_a_protocol_error(loaded: OneTradeCodec, record: bytes) -> None:
    with pytest.raises(ProtocolError):
        loaded.decode(record, NOW)


def test_ten_answers_the_heartbeat_although_it_is_json(codec: OneTradeCodec) -> None:
    decoded = codec.decode("10", NOW)
    assert decoded.heartbeat_answered
    assert decoded.ready
    assert codec.heartbeat.frame(NOW) == "9"
    assert (codec.heartbeat.interval, codec.heartbeat.timeout, codec.heartbeat.at_once) == (30.0, 10.0, True)


def test_an_order_is_read_with_enums_as_numbers_or_names(codec: OneTradeCodec) -> None:
    codec.decode(wire("orders_place"), NOW)  # EURUSD is known from here on
    numbers = codec.decode(wire("orders_place", type=4, side=1, status=2), NOW).events
    names = codec.decode(
        wire("orders_place", type="SELL_STOP", side="sell", status="partially_filled"), NOW
    ).events
    assert numbers == names
    (updated,) = numbers
    assert isinstance(updated, e.OrderUpdated)
    order = updated.order
    assert (order.kind, order.side, order.status) == (
        OrderKind.STOP,
        Side.SELL,
        OrderStatus.PARTIALLY_FILLED,
    )
    assert order.price is None
    assert order.stop_price == json.loads(wire("orders_place"))["data"]["price_order"]


def test_the_documents_pending_is_a_working_order(codec: OneTradeCodec) -> None:
    codec.decode(wire("orders_place"), NOW)  # EURUSD is known from here on
    (updated,) = codec.decode(wire("orders_place", status="PENDING", type=1), NOW).events
    assert isinstance(updated, e.OrderUpdated)
    assert updated.order.status is OrderStatus.WORKING


@pytest.mark.parametrize(
    "change", [{"status": 8}, {"status": "done"}, {"type": 7}, {"side": 2}, {"status": -1}]
)
def test_an_unknown_state_of_an_order_is_never_guessed(
    codec: OneTradeCodec, change: dict[str, object]
) -> None:
    with pytest.raises(ProtocolError, match="unknown"):
        codec.decode(wire("orders_update", **change), NOW)


def test_a_rejection_says_why(codec: OneTradeCodec) -> None:
    codec.decode(wire("orders_place"), NOW)  # EURUSD is known from here on
    (updated,) = codec.decode(wire("orders_rejected", status=5, comment="not enough margin"), NOW).events
    assert isinstance(updated, e.OrderUpdated)
    assert updated.order.reason == "not enough margin"


def test_an_unknown_reason_degrades_to_its_number(codec: OneTradeCodec) -> None:
    codec.decode(wire("orders_place"), NOW)  # EURUSD is known from here on
    (updated,) = codec.decode(wire("orders_update", reason=77), NOW).events
    assert isinstance(updated, e.OrderUpdated)
    assert updated.order.reason == "reason 77"


def test_a_requote_is_an_offer_that_holds_five_seconds_unless_the_order_says_more(
    codec: OneTradeCodec,
) -> None:
    codec.decode(wire("orders_place"), NOW)  # EURUSD is known from here on
    offer, updated = codec.decode(wire("dealing_order_requote"), NOW).events
    assert isinstance(offer, e.RequoteOffered)
    assert (offer.old_price, offer.order.offer_price, offer.valid_seconds) == (1.08612, 1.08615, 5.0)
    assert updated == e.OrderUpdated(offer.order)
    ends = wire("dealing_order_requote", time_offer_expiration="2026-01-05T10:30:07.900Z")
    again = codec.decode(ends, NOW).events[0]
    assert isinstance(again, e.RequoteOffered)
    assert again.valid_seconds == 7.5


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (3, "filled"),
        (4, "refused: the order is canceled"),
        (6, "the offer ran out"),
        (5, "the dealer rejected the order"),
    ],
)
def test_an_offer_ends_with_what_became_of_its_order(codec: OneTradeCodec, status: int, told: str) -> None:
    codec.decode(wire("dealing_order_requote", id=5), NOW)
    events = codec.decode(wire("orders_update", id=5, status=status), NOW).events
    assert events[1:] == (e.RequoteEnded("fx", "5", told),)
    assert len(codec.decode(wire("orders_update", id=5, status=status), NOW).events) == 1


def test_a_second_offer_replaces_the_first(codec: OneTradeCodec) -> None:
    codec.decode(wire("dealing_order_requote", id=5), NOW)
    offer, _ = codec.decode(wire("dealing_order_requote", id=5, price_current=1.087), NOW).events
    assert isinstance(offer, e.RequoteOffered)
    assert offer.order.offer_price == 1.087


def test_offers_end_with_their_connection(codec: OneTradeCodec) -> None:
    codec.decode(wire("dealing_order_requote", id=5), NOW)
    assert codec.closed(1006, "") == (e.RequoteEnded("fx", "5", "the connection was lost"),)
    assert codec.closed(1006, "") == ()


def test_a_position_closes_by_its_status_and_stays_after_a_partial_close(codec: OneTradeCodec) -> None:
    codec.decode(wire("orders_place"), NOW)  # EURUSD is known from here on
    opened = codec.decode(wire("positions_open", id=7), NOW).events
    assert isinstance(opened[0], e.PositionUpdated)
    partly = codec.decode(wire("positions_close", id=7, volume_current=0.05, status=0), NOW).events
    assert isinstance(partly[0], e.PositionUpdated)
    closed = codec.decode(wire("positions_close", id=7, volume_current=0.0, status=2), NOW).events
    assert closed == (e.PositionRemoved("fx", "7", "EURUSD"),)


def test_a_deal_whose_costs_are_not_told_says_none(codec: OneTradeCodec) -> None:
    (done,) = codec.decode(wire("deals_create", commission=None, fee=None, swap=None), NOW).events
    assert isinstance(done, e.DealDone)
    assert done.deal.fee is None
    (done,) = codec.decode(wire("deals_create", commission=-0.7, fee=None), NOW).events
    assert isinstance(done, e.DealDone)
    assert done.deal.fee == 0.7


def test_a_deal_costs_what_it_took_and_balance_deals_are_no_trades(codec: OneTradeCodec) -> None:
    (done,) = codec.decode(wire("deals_create", commission=-0.7, fee=-0.1), NOW).events
    assert isinstance(done, e.DealDone)
    assert done.deal.fee == pytest.approx(0.8)
    assert codec.decode(wire("deals_create", side=2), NOW).events == ()


def test_totals_are_asked_for_every_few_seconds_while_anything_arrives(loaded: OneTradeCodec) -> None:
    loaded.opened(NOW)
    assert loaded.decode("10", NOW + 2_999).replies == ()
    assert sent(loaded.decode("10", NOW + 3_000).replies) == ["GET /api/v1/trader/account"]
    assert loaded.decode("10", NOW + 3_001).replies == ()
    assert sent(loaded.decode(wire("deals_create"), NOW + 3_300).replies) == ["GET /api/v1/trader/account"]


def test_a_wall_clock_that_was_put_back_does_not_end_the_asking_for_totals(loaded: OneTradeCodec) -> None:
    loaded.opened(NOW)
    assert sent(loaded.decode("10", NOW - 3_600_000).replies) == ["GET /api/v1/trader/account"]
    assert loaded.decode("10", NOW - 3_600_000 + 2_999).replies == ()


def test_a_logout_counts_only_for_this_session(codec: OneTradeCodec) -> None:
    assert codec.decode(wire("session_logout", session_id="other"), NOW) == Decoded()


async def test_the_own_sessions_logout_ends_the_link(codec: OneTradeCodec) -> None:
    await codec.prepare(Broker((200, LOGIN), (200, "")))
    decoded = codec.decode(wire("session_logout", session_id="s/1"), NOW)
    assert decoded.ended is LinkState.CONFLICT
    assert isinstance(decoded.events[0], e.SessionEnded)


def test_a_list_that_an_event_overtook_is_asked_for_again(loaded: OneTradeCodec) -> None:
    request = next(r for r in loaded.opened(NOW) if isinstance(r, HttpRequest) and r.purpose == "orders")
    loaded.decode(wire("orders_place"), NOW)
    decoded = loaded.decode_response(request, 200, b"[]")
    assert decoded.events == ()
    (again,) = decoded.replies
    assert isinstance(again, HttpRequest)
    assert loaded.decode_response(again, 200, b"[]").events == (e.OrdersReplaced("fx", ()),)


def test_a_list_that_is_always_overtaken_is_taken_in_the_end(loaded: OneTradeCodec) -> None:
    request = next(r for r in loaded.opened(NOW) if isinstance(r, HttpRequest) and r.purpose == "orders")
    for _ in range(10):
        loaded.decode(wire("orders_place"), NOW)
        decoded = loaded.decode_response(request, 200, b"[]")
        if decoded.events:
            return
        (again,) = decoded.replies
        assert isinstance(again, HttpRequest)
        request = again
    pytest.fail("the list was never taken")


def test_a_list_holds_working_orders_and_open_positions_only(loaded: OneTradeCodec) -> None:
    order = json.loads(wire("orders_place"))["data"]
    (orders,) = answer(loaded, "orders", [order, {**order, "id": 2, "status": 3}]).events
    assert isinstance(orders, e.OrdersReplaced)
    assert [one.id for one in orders.orders] == [str(order["id"])]
    position = json.loads(wire("positions_open"))["data"]
    (positions,) = answer(loaded, "positions", [position, {**position, "id": 2, "status": 2}]).events
    assert isinstance(positions, e.PositionsReplaced)
    assert [one.id for one in positions.positions] == [str(position["id"])]


def test_a_refused_list_is_a_notice(loaded: OneTradeCodec) -> None:
    (notice,) = answer(loaded, "orders", {"message": "token expired"}, status=401).events
    assert isinstance(notice, e.NoticeReceived)
    assert "token expired" in notice.text


def test_an_order_is_sent_with_every_digit_and_its_reference(loaded: OneTradeCodec) -> None:
    (request,) = loaded.encode(place(deviation_points=3, price=Decimal("1.08501"), comment="hi"), NOW)
    assert isinstance(request, HttpRequest)
    assert (request.method, request.path, request.reference) == ("POST", "/api/v1/trader/orders", "ref-1")
    assert request.body == {
        "account_id": 11,
        "user_id": 22,
        "symbol_id": 1,
        "volume": Decimal("0.10"),
        "order_price": Decimal("1.08501"),
        "side": 0,
        "type": 0,
        "price_sl": None,
        "price_tp": None,
        "comment": "hi",
        "time_expiration": None,
        "expiration_police": 0,
        "external_id": "ref-1",
        "deviation": 3,
    }


@pytest.mark.parametrize(
    ("kind", "side", "number"),
    [
        (OrderKind.MARKET, Side.BUY, 0),
        (OrderKind.LIMIT, Side.BUY, 1),
        (OrderKind.STOP, Side.BUY, 2),
        (OrderKind.LIMIT, Side.SELL, 3),
        (OrderKind.STOP, Side.SELL, 4),
        (OrderKind.STOP_LIMIT, Side.BUY, 5),
        (OrderKind.STOP_LIMIT, Side.SELL, 6),
    ],
)
def test_kind_and_side_are_one_number(
    loaded: OneTradeCodec, kind: OrderKind, side: Side, number: int
) -> None:
    order = place(kind=kind, side=side, price=Decimal("1.1"), stop_price=Decimal("1.2"))
    assert body(loaded, order)["type"] == number


def test_a_stop_limit_triggers_at_order_price_and_rests_at_its_limit(loaded: OneTradeCodec) -> None:
    sent_body = body(
        loaded, place(kind=OrderKind.STOP_LIMIT, price=Decimal("1.1"), stop_price=Decimal("1.2"))
    )
    assert (sent_body["order_price"], sent_body["price_stop_limit"]) == (Decimal("1.2"), Decimal("1.1"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quantity": Decimal(0)}, "quantity"),
        ({"quantity": Decimal("NaN")}, "quantity"),
        ({"quantity": Decimal("0.015")}, "quantity"),
        ({"quantity": Decimal("0.001")}, "quantity"),
        ({"quantity": Decimal(1_000_000)}, "quantity"),
        ({"kind": OrderKind.LIMIT}, "price"),
        ({"kind": OrderKind.STOP}, "stop_price"),
        ({"kind": OrderKind.STOP_LIMIT, "price": Decimal(1)}, "stop_price"),
        ({"price": Decimal(-1)}, "price"),
        ({"stop_loss": Decimal("Infinity")}, "stop_loss"),
        ({"symbol": "NOPE"}, "symbol"),
    ],
)
def test_a_wrong_input_names_its_field_and_sends_nothing(
    loaded: OneTradeCodec, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(CommandError) as caught:
        loaded.encode(place(**changes), NOW)
    assert caught.value.field == field


def test_nothing_is_sent_before_the_account_is_known(codec: OneTradeCodec) -> None:
    answer(codec, "symbols", [symbol_row()])
    with pytest.raises(CommandError, match="not loaded"):
        codec.encode(place(), NOW)


def test_the_answer_to_a_requote_names_account_user_and_order(loaded: OneTradeCodec) -> None:
    answered = c.AnswerRequote(link="fx", order_id="5", accepted=True, reference="r")
    (request,) = loaded.encode(answered, NOW)
    assert isinstance(request, HttpRequest)
    assert (request.method, request.path) == ("POST", "/api/v1/trader/orders/5/approval")
    assert request.body == {"account_id": 11, "approved": True, "id": 5, "user_id": 22}
    late = loaded.decode_response(request, 409, b'{"message":"the offer is gone"}').events
    assert late == (
        e.CommandAnswered(link="fx", reference="r", accepted=False, order_id="5", detail="the offer is gone"),
        e.RequoteEnded("fx", "5", "the offer is gone"),
    )
    (accepted,) = loaded.decode_response(request, 200, b"{}").events
    assert accepted == e.CommandAnswered(link="fx", reference="r", accepted=True, order_id="5")


@pytest.mark.parametrize("status", [408, 500, 502, 503])
def test_an_answer_that_does_not_tell_the_outcome_leaves_it_unknown(
    loaded: OneTradeCodec, status: int
) -> None:
    (request,) = loaded.encode(place(), NOW)
    assert isinstance(request, HttpRequest)
    (lost,) = loaded.decode_response(request, status, b"").events
    assert isinstance(lost, e.CommandLost)
    assert lost.reference == "ref-1"


@pytest.mark.parametrize("answered", [b'{"id": 9}', b'{"id": 9, "status": 0, "new": []}'])
def test_an_accepted_order_has_its_number(loaded: OneTradeCodec, answered: bytes) -> None:
    (request,) = loaded.encode(place(), NOW)
    assert isinstance(request, HttpRequest)
    assert loaded.decode_response(request, 201, answered).events == (
        e.CommandAnswered(link="fx", reference="ref-1", accepted=True, order_id="9"),
    )
    (refused,) = loaded.decode_response(request, 400, b'{"message":"no money"}').events
    assert refused == e.CommandAnswered(link="fx", reference="ref-1", accepted=False, detail="no money")


def test_other_requests_are_the_documented_calls(loaded: OneTradeCodec) -> None:
    commands: list[c.Command] = [
        c.CancelOrder(link="fx", order_id="5", reference="r"),
        c.ModifyOrder(link="fx", order_id="5", reference="r", price=Decimal("1.1")),
        c.ClosePosition(link="fx", position_id="7", reference="r", quantity=Decimal("0.05")),
        c.ClosePosition(link="fx", position_id="7", reference="r"),
        c.ModifyPosition(link="fx", position_id="7", reference="r", stop_loss=Decimal("1.0")),
    ]
    requests = [loaded.encode(command, NOW)[0] for command in commands]
    assert [(r.method, r.path, r.body) for r in requests if isinstance(r, HttpRequest)] == [
        ("DELETE", "/api/v1/trader/orders/5", None),
        ("PUT", "/api/v1/trader/orders/5", {"order_price": Decimal("1.1")}),
        ("POST", "/api/v1/trader/positions/7", {"volume": Decimal("0.05")}),
        ("POST", "/api/v1/trader/positions/7", {}),
        ("PUT", "/api/v1/trader/positions/7", {"price_sl": Decimal("1.0")}),
    ]


def test_modifying_a_stop_limit_tells_its_two_prices_apart(loaded: OneTradeCodec) -> None:
    loaded.decode(wire("orders_place", id=5, type=5, status=0, price_stop_limit=1.1), NOW)
    limit = c.ModifyOrder(link="fx", order_id="5", reference="r", price=Decimal("1.15"))
    assert body(loaded, limit) == {"price_stop_limit": Decimal("1.15")}
    trigger = c.ModifyOrder(link="fx", order_id="5", reference="r", stop_price=Decimal("1.3"))
    assert body(loaded, trigger) == {"order_price": Decimal("1.3")}


@pytest.mark.parametrize("order_id", ["", "5/../6", "x", "٥"])
def test_an_id_that_is_no_number_reaches_no_path(loaded: OneTradeCodec, order_id: str) -> None:
    with pytest.raises(CommandError):
        loaded.encode(c.CancelOrder(link="fx", order_id=order_id, reference="r"), NOW)


async def test_tokens_do_not_show_in_representations(codec: OneTradeCodec) -> None:
    await codec.prepare(Broker((200, LOGIN), (200, "")))
    shown = repr(codec.opened(NOW)) + repr(codec.session) + repr(codec.endpoint)
    assert "t&1" not in shown
    assert "'k'" not in shown


def ask_report(codec: OneTradeCodec, kind: str = "statement", form: str = "html") -> HttpRequest:
    (request,) = codec.encode(c.RequestReport(link="fx", kind=kind, format=form, reference="r-1"), NOW)
    assert isinstance(request, HttpRequest)
    return request


def test_a_report_is_asked_for_by_its_type(loaded: OneTradeCodec) -> None:
    request = ask_report(loaded, "trades", "csv")
    assert (request.method, request.path) == ("POST", "/api/v1/trader/reports")
    assert isinstance(request.body, dict)
    assert request.body["type"] == 1
    for kind, form in (("diary", "csv"), ("orders", "exe")):
        with pytest.raises(CommandError):
            ask_report(loaded, kind, form)


@pytest.mark.parametrize("announced_first", [True, False])
def test_a_report_is_fetched_once_it_is_asked_for_and_ready(
    loaded: OneTradeCodec, announced_first: bool
) -> None:
    request = ask_report(loaded)
    answered = b'{"id": 2, "status": 0, "kind": "statement", "url": ""}'
    steps = [
        lambda: loaded.decode_response(request, 201, answered),
        lambda: loaded.decode(wire("report_create", url="http://evil.example/x"), NOW),
    ]
    replies = [reply for step in (steps[::-1] if announced_first else steps) for reply in step().replies]
    fetches = [one for one in replies if isinstance(one, HttpRequest) and "reports" in one.path]
    (fetch,) = fetches
    assert (fetch.method, fetch.path) == ("GET", "/api/v1/trader/reports/2/download")
    assert fetch.query == {"format": "html"}
    (received,) = loaded.decode_response(fetch, 200, b"<html>").events
    assert received == e.ReportReceived("fx", "statement-2.html", b"<html>")


def test_a_report_that_somebody_else_asked_for_is_only_announced(loaded: OneTradeCodec) -> None:
    decoded = loaded.decode(wire("report_create"), LATER)
    assert [type(event) for event in decoded.events] == [e.NoticeReceived]
    assert not [one for one in decoded.replies if isinstance(one, HttpRequest) and "reports" in one.path]


def test_a_reports_name_is_a_base_name(loaded: OneTradeCodec) -> None:
    request = ask_report(loaded)
    loaded.decode_response(request, 201, b'{"id": 2}')
    announced = json.loads(wire("report_create"))
    announced["data"]["kind"] = "../../etc/passwd"
    decoded = loaded.decode(json.dumps(announced), NOW)
    fetch = next(one for one in decoded.replies if isinstance(one, HttpRequest) and "reports" in one.path)
    (received,) = loaded.decode_response(fetch, 200, b"x").events
    assert isinstance(received, e.ReportReceived)
    assert "/" not in received.name
    assert not received.name.startswith(".")


def test_past_deals_are_listed_and_a_server_without_them_is_not_complained_about(
    loaded: OneTradeCodec,
) -> None:
    deal = json.loads(wire("deals_create"))["data"]
    (listed,) = answer(loaded, "deals", [deal, {**deal, "id": 99, "direction": 1, "side": 2}]).events
    assert isinstance(listed, e.DealsListed)
    assert [(one.id, one.closing) for one in listed.deals] == [(str(deal["id"]), False)]
    assert answer(loaded, "deals", {}, 404) == Decoded()


def test_a_symbol_that_no_list_told_is_known_from_the_first_event_about_it_and_subscribed() -> None:
    codec = OneTradeCodec("fx", Endpoint("ws://h/ws", "http://h"))
    first = codec.decode(wire("orders_place"), NOW)
    listed, updated = first.events
    assert isinstance(listed, e.InstrumentsListed)
    assert isinstance(updated, e.OrderUpdated)
    assert [(one.key, one.price_digits) for one in listed.instruments] == [("EURUSD", 5)]
    assert client_messages.subscribe(1) in first.replies
    assert [type(event) for event in codec.decode(wire("orders_update"), NOW).events] == [e.OrderUpdated]


def test_symbols_that_cannot_be_named_keep_nobody_from_trading_the_others(codec: OneTradeCodec) -> None:
    odd = [
        symbol_row() | {"id": 8, "symbol": "us30.cash"},
        symbol_row() | {"id": 9, "digits": None},
        symbol_row(),
    ]
    decoded = answer(codec, "symbols", odd)
    listed, notice = decoded.events
    assert isinstance(listed, e.InstrumentsListed)
    assert [one.key for one in listed.instruments] == ["EURUSD"]
    assert isinstance(notice, e.NoticeReceived)
    assert notice.severity is Severity.WARNING
    assert "left out: 2" in notice.text
    assert "us30.cash" in notice.text
    assert len(decoded.replies) == 1


def test_a_list_of_orders_is_whole_or_it_is_none(codec: OneTradeCodec) -> None:
    order = json.loads(wire("orders_place"))["data"]
    with pytest.raises(ProtocolError):
        answer(codec, "orders", [order, {**order, "id": 99, "status": 77}])


def rows_of(count: int) -> list[dict[str, Any]]:
    return [symbol_row() | {"id": number, "symbol": f"SYM{number}"} for number in range(1, count + 1)]


def subscribed(outgoing: Any) -> list[int]:
    frames = [json.loads(one.data) for one in outgoing if isinstance(one, Frame)]
    return [one["data"] for one in frames if one["type"] == "market_subscribe_symbol"]


def test_a_broker_that_lists_thousands_is_not_flooded_with_subscriptions(codec: OneTradeCodec) -> None:
    listing = answer(codec, "symbols", rows_of(1_500))
    assert subscribed(listing.replies) == list(range(1, MOST_QUOTED + 1))
    (listed, notice) = listing.events
    assert isinstance(listed, e.InstrumentsListed)
    assert len(listed.instruments) == 1_500
    assert isinstance(notice, e.NoticeReceived)
    assert f"{1_500 - MOST_QUOTED} of the listed symbols are not quoted" in notice.text
    assert subscribed(codec.opened(NOW)) == list(range(1, MOST_QUOTED + 1))
    assert not any(
        isinstance(one, e.NoticeReceived) for one in answer(codec, "symbols", rows_of(1_500)).events
    )


def test_the_symbols_of_a_link_are_those_it_subscribes() -> None:
    credentials = {"api_key": "k", "symbols": "SYM1499,SYM7,NOBODYS"}
    codec = OneTradeCodec("fx", Endpoint("ws://h:1/ws/v1", "http://h:1", credentials))
    listing = answer(codec, "symbols", rows_of(1_500))
    assert subscribed(listing.replies) == [7, 1_499]
    assert len(listing.events) == 1
    assert subscribed(codec.opened(NOW)) == [7, 1_499]
