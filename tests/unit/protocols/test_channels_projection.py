"""Golden numbers of the channels document (SIMULATION.md, Golden arithmetic), and the words of each state."""

from __future__ import annotations

import json
from decimal import Decimal

import msgspec
import pytest
from facade_fakes import NOW, vector

from embedded_server.market.catalogue import CATALOGUE
from embedded_server.model.enums import OrderKind, OrderStatus, PositionStatus, Side
from embedded_server.model.events import TradePrinted
from embedded_server.model.instruments import MICROS
from embedded_server.model.states import DayStatistics, DepthLevel, OrderState, PositionState, Quote
from embedded_server.protocols.channels.projection import Projection, trailing_ticks

BTC = next(one for one in CATALOGUE if one.key == "BTCUSDT")
PROJECTION = Projection({BTC.key: BTC})
TIME = 1647356789123 * 1_000_000


def ticks(price: str) -> int:
    return BTC.ticks(Decimal(price))


def lots(amount: str) -> int:
    return BTC.lots(Decimal(amount))


def order(**fields: object) -> OrderState:
    given = {
        "id": 123456789,
        "account": "spot",
        "instrument": "BTCUSDT",
        "side": Side.BUY,
        "kind": OrderKind.LIMIT,
        "status": OrderStatus.WORKING,
        "lots": lots("0.1"),
        "price": ticks("42500"),
        "created_at": TIME,
        "updated_at": TIME,
    }
    return OrderState(**given | fields)  # type: ignore[arg-type]


def position(**fields: object) -> PositionState:
    given = {
        "id": 1,
        "account": "spot",
        "instrument": "BTCUSDT",
        "side": Side.BUY,
        "status": PositionStatus.OPEN,
        "lots": lots("0.5"),
        "initial_lots": lots("0.5"),
        "entry_price": float(ticks("42650")),
        "cost_micros": 21_325 * MICROS,
        "mark": ticks("42900"),
        "unrealised_micros": 125 * MICROS,
        "stop_loss": ticks("41000"),
        "take_profit": ticks("45000"),
        "opened_at": NOW,
        "updated_at": NOW,
    }
    return PositionState(**given | fields)  # type: ignore[arg-type]


def plain(message: object) -> object:
    return msgspec.to_builtins(message)


def test_the_documents_order_comes_out_of_its_state() -> None:
    filled = order(
        status=OrderStatus.PARTIALLY_FILLED,
        filled_lots=lots("0.05"),
        filled_value=lots("0.05") * ticks("42500"),
        fees_micros=2_125_000,
    )
    expected = vector("channels", "server.orders")
    expected["data"]["average"] = 42500.0
    assert plain(PROJECTION.orders(filled, "update", TIME)) == expected


def test_the_documents_position_comes_out_of_its_state_but_for_its_rounding() -> None:
    state = position(trailing_ticks=trailing_ticks(float(ticks("42650")), Decimal("2.5")))
    expected = vector("channels", "server.positions")
    expected["data"]["unrealized_pnl_percentage"] = 0.59
    assert plain(PROJECTION.positions(state, "update", TIME)) == expected


def test_the_documents_ticker_book_and_trade_come_out_of_their_states() -> None:
    quote = Quote("BTCUSDT", TIME, ticks("42650"), ticks("42651"), 1, 1, ticks("42650.5"))
    day = DayStatistics(ticks("42600"), ticks("43100"), ticks("42500"), quote.last, lots("2541.34"), 1)
    assert plain(PROJECTION.market_data(quote, day)) == vector("channels", "server.market_data")

    bids = [DepthLevel(ticks("42650"), lots("1.5")), DepthLevel(ticks("42649.5"), lots("2.3"))]
    asks = [DepthLevel(ticks("42651"), lots("0.8")), DepthLevel(ticks("42652.5"), lots("1.2"))]
    book = msgspec.json.decode(msgspec.json.encode(PROJECTION.orderbook("BTCUSDT", bids, asks, TIME)))
    assert book == vector("channels", "server.orderbook")

    trade = TradePrinted(
        time=TIME,
        instrument="BTCUSDT",
        trade_id=123456789,
        price=ticks("42650.5"),
        lots=lots("0.1"),
        side=Side.BUY,
    )
    assert plain(PROJECTION.trade(trade)) == vector("channels", "server.trades")


def test_a_market_order_has_no_price_before_its_fill_and_the_average_after() -> None:
    waiting = PROJECTION.order(order(kind=OrderKind.MARKET, price=None))
    assert (waiting.price, waiting.cost) == (None, None)
    filled = PROJECTION.order(
        order(
            kind=OrderKind.MARKET,
            price=None,
            status=OrderStatus.FILLED,
            filled_lots=lots("0.1"),
            filled_value=lots("0.1") * ticks("42500"),
        )
    )
    assert (filled.price, filled.cost, filled.status) == (42500.0, 4250.0, "filled")


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (OrderStatus.NEW, "open"),
        (OrderStatus.WORKING, "open"),
        (OrderStatus.PARTIALLY_FILLED, "partially_filled"),
        (OrderStatus.FILLED, "filled"),
        (OrderStatus.CANCELED, "canceled"),
        (OrderStatus.REJECTED, "rejected"),
        (OrderStatus.EXPIRED, "expired"),
    ],
)
def test_every_status_has_its_word(status: OrderStatus, word: str) -> None:
    assert PROJECTION.order(order(status=status)).status == word


def test_extension_fields_appear_only_where_they_apply() -> None:
    documented = vector("channels", "server.orders")["data"]
    assert json.loads(msgspec.json.encode(PROJECTION.order(order()))).keys() == documented.keys()
    stop = PROJECTION.order(
        order(kind=OrderKind.STOP, price=None, stop_price=ticks("43000"), reference="mine")
    )
    assert (stop.stop_price, stop.client_order_id, stop.price) == (43000.0, "mine", None)


def test_a_loss_is_a_negative_percentage_and_nothing_held_is_zero() -> None:
    loss = PROJECTION.position(position(unrealised_micros=-125 * MICROS), TIME)
    assert loss.unrealized_pnl_percentage == -0.59
    closed = PROJECTION.position(position(lots=0, cost_micros=0, unrealised_micros=0, stop_loss=None), TIME)
    assert (closed.amount, closed.unrealized_pnl_percentage, closed.stop_loss) == (0.0, 0.0, None)
