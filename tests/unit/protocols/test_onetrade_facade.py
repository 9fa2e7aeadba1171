"""OneTrade's WebSocket around a real engine: sessions, subscriptions, account events, frames."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from engine_stand import Stand, WireClient

from embedded_server.engine.engine import DEFAULT_START
from embedded_server.kernel.time import DAY, SECOND
from embedded_server.model.commands import (
    Accepted,
    AnswerRequote,
    ClosePosition,
    ForceRequote,
    MovePrice,
    PlaceOrder,
    RecordActivity,
    RequestReport,
)
from embedded_server.model.enums import OrderKind, Side
from embedded_server.protocols.facade import Handshake
from embedded_server.protocols.onetrade.facade import OneTradeFacade

START = {"type": "start_account_all", "data": None}


@pytest.fixture
def stand() -> Stand[OneTradeFacade]:
    return Stand(OneTradeFacade)


def login(stand: Stand[OneTradeFacade], name: str = "c1") -> WireClient:
    """A client with a session of its own, connected."""
    session = stand.facade._sessions.login(stand.time.monotonic())
    client = WireClient(name, session_id=session.id, access_token=session.token)
    assert stand.facade.admit(client.handshake) is None
    stand.facade.opened(client)
    return client


def buy(**more: object) -> PlaceOrder:
    fields = {
        "account": "forex",
        "instrument": "EURUSD",
        "side": Side.BUY,
        "kind": OrderKind.MARKET,
        "lots": 10,
    }
    return PlaceOrder(**fields | more)  # type: ignore[arg-type]


def test_the_heartbeat_is_answered_as_raw_text(stand: Stand[OneTradeFacade]) -> None:
    client = login(stand)
    stand.facade.received(client, "9")
    assert client.sent == ["10"]


def test_of_two_sockets_one_gets_the_session(stand: Stand[OneTradeFacade]) -> None:
    client = login(stand)
    refusal = stand.facade.admit(client.handshake)
    assert refusal is not None
    assert (refusal.status, json.loads(refusal.body)) == (400, {"message": "session is already used"})


def test_a_claim_without_a_socket_lapses(stand: Stand[OneTradeFacade]) -> None:
    session = stand.facade._sessions.login(stand.time.monotonic())
    handshake = Handshake("/ws/v1", {"session_id": session.id, "access_token": session.token})
    assert stand.facade.admit(handshake) is None
    assert stand.facade.admit(handshake) is not None
    stand.time.pass_(10)
    assert stand.facade.admit(handshake) is None


def test_closing_frees_the_session(stand: Stand[OneTradeFacade]) -> None:
    client = login(stand)
    stand.facade.closed(client)
    assert stand.facade.admit(client.handshake) is None


@pytest.mark.parametrize("field", ["session_id", "access_token"])
def test_a_wrong_session_or_token_is_401(stand: Stand[OneTradeFacade], field: str) -> None:
    session = stand.facade._sessions.login(stand.time.monotonic())
    query = {"session_id": session.id, "access_token": session.token} | {field: "wrong"}
    refusal = stand.facade.admit(Handshake("/ws/v1", query))
    assert refusal is not None
    assert refusal.status == 401


def test_a_subscription_begins_with_the_present_price_and_follows_it(stand: Stand[OneTradeFacade]) -> None:
    client = login(stand)
    stand.say(client, {"type": "market_subscribe_symbol", "data": 1})
    frame = client.sent.pop()
    assert isinstance(frame, bytes)
    fields = frame.decode().split(",")
    quote, day = stand.engine.market.quote("EURUSD"), stand.engine.market.day("EURUSD")
    instrument = stand.engine.market.instruments["EURUSD"]
    assert fields[0] == "1"
    assert [Decimal(one) for one in (*fields[1:4], *fields[5:])] == [
        instrument.price(ticks) for ticks in (quote.bid, quote.ask, quote.last, day.high, day.low)
    ]
    assert Decimal(fields[4]) == instrument.quantity(day.lots)
    stand.run(5)
    assert client.sent
    assert all(isinstance(one, bytes) and one.startswith(b"1,") for one in client.sent)


def test_unsubscribing_ends_the_frames(stand: Stand[OneTradeFacade]) -> None:
    client = login(stand)
    stand.say(client, {"type": "market_subscribe_symbol", "data": 1})
    stand.say(client, {"type": "market_unsubscribe_symbol", "data": 1})
    client.take()
    stand.run(3)
    assert client.take() == []


def test_an_order_is_placed_filled_and_opens_a_position(stand: Stand[OneTradeFacade]) -> None:
    client = login(stand)
    stand.say(client, START)
    stand.engine.submit(buy(comment="mine"))
    stand.run(3)
    messages = [one for one in client.take() if isinstance(one, dict)]
    assert [one["type"] for one in messages] == [
        "orders_place",
        "orders_update",
        "deals_create",
        "positions_open",
    ]
    placed, filled, deal, position = (one["data"] for one in messages)
    assert (placed["status"], filled["status"]) == (0, 3)
    assert (placed["volume_current"], filled["volume_current"]) == (0.1, 0.0)
    assert filled["time_done"]
    assert (deal["order_id"], deal["position_id"], deal["direction"]) == (placed["id"], position["id"], 0)
    assert deal["volume"] == position["volume_current"] == 0.1
    assert position["symbol"]["id"] == position["symbol_id"] == 1
    assert placed["comment"] == "mine"


def test_profit_frames_follow_the_price(stand: Stand[OneTradeFacade]) -> None:
    client = login(stand)
    stand.say(client, START)
    stand.engine.submit(buy())
    stand.run(3)
    client.take()
    stand.run(5)
    frames = [one.split(",") for one in client.take()]
    (position,) = stand.engine.accounts["forex"].positions()
    assert {(frame[0], frame[1]) for frame in frames} == {("s", str(position.id))}
    assert Decimal(frames[-1][2]) * 1_000_000 == position.unrealised_micros
    assert all(topic == "profit" and key == str(position.id) for topic, key in stand.topics.keys)


def test_account_events_go_to_those_who_asked(stand: Stand[OneTradeFacade]) -> None:
    asked, other = login(stand, "asked"), login(stand, "other")
    stand.say(asked, START)
    stand.engine.submit(buy())
    stand.run(2)
    assert asked.types()
    assert other.take() == []
    stand.say(asked, {"type": "stop_account_all", "data": None})
    stand.engine.submit(buy())
    stand.run(2)
    assert asked.take() == []


def test_a_requote_is_offered_and_accepted(stand: Stand[OneTradeFacade]) -> None:
    client = login(stand)
    stand.say(client, START)
    stand.engine.submit(ForceRequote())
    asked = stand.engine.market.quote("EURUSD").ask
    outcome = stand.engine.submit(buy(price=asked, deviation_ticks=0))
    stand.run(2)
    offer = next(one["data"] for one in client.take() if one["type"] == "dealing_order_requote")
    assert offer["status"] == 7
    assert offer["price_current"] != offer["price_order"]
    assert offer["time_offer_expiration"] > offer["updated_at"]
    assert isinstance(outcome, Accepted)
    assert isinstance(outcome.id, int)
    stand.engine.submit(AnswerRequote(account="forex", order_id=outcome.id, accepted=True))
    stand.run(2)
    updates = [
        one["data"] for one in client.take() if isinstance(one, dict) and one["type"] == "orders_update"
    ]
    assert updates[-1]["status"] == 3


def test_closing_a_position_is_announced(stand: Stand[OneTradeFacade]) -> None:
    client = login(stand)
    stand.engine.submit(buy())
    stand.run(2)
    stand.say(client, START)
    client.take()
    (position,) = stand.engine.accounts["forex"].positions()
    stand.engine.submit(ClosePosition(account="forex", position_id=position.id))
    stand.run(2)
    messages = {one["type"]: one["data"] for one in client.take() if isinstance(one, dict)}
    closed, deal = messages["positions_close"], messages["deals_create"]
    assert (closed["status"], closed["volume_current"]) == (2, 0.0)
    assert (deal["direction"], deal["side"]) == (1, 1)
    assert deal["profit"] == pytest.approx(closed["profit"])


def test_activity_and_reports_are_announced(stand: Stand[OneTradeFacade]) -> None:
    client = login(stand)
    stand.say(client, START)
    stand.engine.submit(RecordActivity(account="forex", description="login"))
    now = stand.engine.now
    stand.engine.submit(RequestReport(account="forex", kind="trades", start=now - 1, end=now))
    stand.run(2)
    journal, report = [one for one in client.take() if isinstance(one, dict)]
    assert (journal["type"], journal["data"]["desc"]) == ("journal_create", "login")
    assert report["type"] == "report_create"
    assert report["data"]["url"].startswith("http://127.0.0.1:9/api/v1/trader/reports/1/download?key=")


def test_a_displaced_session_is_told_and_closed(stand: Stand[OneTradeFacade]) -> None:
    client = login(stand)
    session = stand.facade._sessions.of_id(client.handshake.query["session_id"], stand.time.monotonic())
    assert session is not None
    stand.facade._displace(session)
    assert client.take() == [{"type": "session_logout", "data": {"session_id": session.id}}]
    assert client.code == 1000
    assert stand.facade.admit(client.handshake) is None


@pytest.mark.parametrize(
    "message",
    [
        "10",
        "nonsense",
        "{}",
        "[]",
        b"9",
        '{"type":1}',
        '{"type":"orders_place"}',
        '{"type":"market_subscribe_symbol"}',
        '{"type":"market_subscribe_symbol","data":true}',
        '{"type":"market_subscribe_symbol","data":"1"}',
        '{"type":"market_subscribe_symbol","data":999999}',
        '{"type":"market_unsubscribe_symbol","data":1.0}',
        '{"type":"start_account_all","data":1}',
        '{"type":"\\u0000"}',
        '{"type":' + "[" * 100_000,
    ],
)
def test_what_cannot_be_understood_is_answered_and_survived(
    stand: Stand[OneTradeFacade], message: str | bytes
) -> None:
    client = login(stand)
    stand.say(client, message)
    assert client.types() == ["error"]
    stand.say(client, "9")
    assert client.sent == ["10"]


def test_the_twentieth_bad_message_in_a_minute_is_the_last(stand: Stand[OneTradeFacade]) -> None:
    client = login(stand)
    for _ in range(19):
        stand.say(client, "nonsense")
    assert client.code is None
    stand.say(client, "nonsense")
    assert client.code == 1008


def announced(client: WireClient, kind: str) -> list[dict[str, object]]:
    return [one["data"] for one in client.take() if isinstance(one, dict) and one["type"] == kind]


@pytest.mark.parametrize(("fraction", "reason"), [(-0.01, 3), (0.01, 4)])
def test_stop_loss_and_take_profit_are_reasons(
    stand: Stand[OneTradeFacade], fraction: float, reason: int
) -> None:
    client = login(stand)
    quote = stand.engine.market.quote("EURUSD")
    stand.engine.submit(buy(stop_loss=quote.bid - 400, take_profit=quote.bid + 400))
    stand.run(1)
    stand.say(client, START)
    stand.engine.submit(MovePrice(instrument="EURUSD", fraction=fraction))
    stand.run(20)
    messages = {one["type"]: one["data"] for one in client.take() if isinstance(one, dict)}
    assert messages["positions_close"]["reason"] == reason
    assert messages["deals_create"]["reason"] == reason


def test_a_stop_out_is_a_reason_and_a_margin_call_is_told(stand: Stand[OneTradeFacade]) -> None:
    client = login(stand)
    stand.say(client, START)
    stand.engine.submit(buy(lots=36))
    stand.run(1)
    account = stand.engine.accounts["forex"]
    for _ in range(60):
        stand.engine.submit(MovePrice(instrument="EURUSD", fraction=-0.02))
        stand.run(10)
        if not account.positions():
            break
    messages = [one for one in client.take() if isinstance(one, dict)]
    assert any(one["type"] == "info" and "Margin call" in one["data"]["message"] for one in messages)
    closed = [one["data"] for one in messages if one["type"] == "positions_close"]
    assert [one["reason"] for one in closed] == [6]


def test_a_rollover_updates_the_position_with_its_swap_and_reason() -> None:
    stand = Stand(OneTradeFacade, start=DEFAULT_START + DAY - 5 * SECOND)
    client = login(stand)
    stand.say(client, START)
    stand.engine.submit(buy())
    stand.run(1)
    client.take()
    stand.run(5)
    (update,) = announced(client, "positions_update")
    assert update["reason"] == 7
    assert update["swaps"] != 0.0
    assert update["total_profit"] == pytest.approx(update["profit"] + update["swaps"])  # type: ignore[operator]
