"""OneTrade's stream in the console: frames, orders, positions, requotes from offer to end, true lists."""

from __future__ import annotations

import json
from typing import Any

import pytest
from onetrade_desk import (
    NOW,
    answer,
    sent,
    symbol_row,
    wire,
)

from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import ProtocolError
from tui_trader.model.values import OrderKind, OrderStatus, Severity, Side
from tui_trader.protocols.codec import Decoded, Endpoint, Frame, HttpRequest
from tui_trader.protocols.onetrade import client_messages
from tui_trader.protocols.onetrade.codec import MOST_QUOTED, OneTradeCodec


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
