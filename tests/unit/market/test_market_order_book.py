"""The order book: priority, partial fills, cancels, reductions, depth."""

from __future__ import annotations

import pytest

from embedded_server.market.order_book import OrderBook
from embedded_server.model.enums import Side
from embedded_server.model.states import DepthLevel


def book_of(*orders: tuple[int, Side, int, int]) -> OrderBook:
    book = OrderBook()
    for order_id, side, price, lots in orders:
        book.rest(order_id, side, price, lots)
    return book


def test_the_best_price_is_matched_first() -> None:
    book = book_of((1, Side.SELL, 101, 5), (2, Side.SELL, 100, 5))
    assert book.match(Side.BUY, 7, None) == [(2, 100, 5), (1, 101, 2)]


def test_at_one_price_the_oldest_order_is_matched_first() -> None:
    book = book_of((1, Side.BUY, 100, 5), (2, Side.BUY, 100, 5), (3, Side.BUY, 100, 5))
    assert book.match(Side.SELL, 6, None) == [(1, 100, 5), (2, 100, 1)]
    assert book.match(Side.SELL, 6, None) == [(2, 100, 4), (3, 100, 2)]


def test_a_limit_stops_the_matching() -> None:
    book = book_of((1, Side.SELL, 100, 5), (2, Side.SELL, 102, 5))
    assert book.match(Side.BUY, 10, 101) == [(1, 100, 5)]
    assert book.best_ask() == 102


def test_a_sell_limit_takes_bids_at_or_above_it() -> None:
    book = book_of((1, Side.BUY, 100, 5), (2, Side.BUY, 98, 5))
    assert book.match(Side.SELL, 10, 99) == [(1, 100, 5)]
    assert book.best_bid() == 98


def test_a_cancelled_order_is_not_matched_and_says_what_it_had() -> None:
    book = book_of((1, Side.BUY, 100, 5), (2, Side.BUY, 100, 3))
    assert book.cancel(1) == 5
    assert book.cancel(1) == 0
    assert book.match(Side.SELL, 9, None) == [(2, 100, 3)]
    assert book.best_bid() is None


def test_cancelling_a_deep_level_leaves_the_best() -> None:
    book = book_of((1, Side.BUY, 100, 5), (2, Side.BUY, 98, 5), (3, Side.BUY, 99, 5))
    assert book.cancel(3) == 5
    assert book.depth(Side.BUY, 5) == (DepthLevel(100, 5), DepthLevel(98, 5))


def test_reducing_keeps_the_place_in_the_queue() -> None:
    book = book_of((1, Side.BUY, 100, 5), (2, Side.BUY, 100, 5))
    book.reduce(1, 2)
    assert book.match(Side.SELL, 3, None) == [(1, 100, 2), (2, 100, 1)]


def test_a_renewed_order_is_last_at_its_price() -> None:
    book = book_of((1, Side.BUY, 100, 5), (2, Side.BUY, 100, 5))
    book.renew(1, 3, 4)
    assert (book.cancel(1), book.depth(Side.BUY, 1)[0].lots) == (0, 9)
    assert book.match(Side.SELL, 7, None) == [(2, 100, 5), (3, 100, 2)]


@pytest.mark.parametrize("lots", [0, 6])
def test_reducing_to_nothing_or_to_more_is_an_error(lots: int) -> None:
    book = book_of((1, Side.BUY, 100, 5))
    with pytest.raises(ValueError, match="cannot reduce"):
        book.reduce(1, lots)


def test_the_queue_ahead_counts_what_is_left_of_earlier_orders() -> None:
    book = book_of((1, Side.BUY, 100, 5), (2, Side.BUY, 100, 5), (3, Side.BUY, 100, 5), (4, Side.BUY, 101, 9))
    book.match(Side.SELL, 11, None)
    assert book.queue_ahead(3) == 8
    book.cancel(2)
    assert book.queue_ahead(3) == 3
    assert book.queue_ahead(99) == 0


def test_available_is_what_an_order_could_take() -> None:
    book = book_of((1, Side.SELL, 100, 5), (2, Side.SELL, 102, 7), (3, Side.BUY, 99, 4), (4, Side.BUY, 97, 6))
    assert book.available(Side.BUY, 101) == 5
    assert book.available(Side.BUY, None) == 12
    assert book.available(Side.SELL, 98) == 4
    assert book.available(Side.SELL, 1) == 10


def test_depth_is_best_first_on_both_sides() -> None:
    book = book_of((1, Side.SELL, 102, 5), (2, Side.SELL, 101, 7), (3, Side.BUY, 97, 4), (4, Side.BUY, 99, 6))
    assert [level.price for level in book.depth(Side.SELL, 10)] == [101, 102]
    assert [level.price for level in book.depth(Side.BUY, 1)] == [99]


def test_the_oldest_of_many_is_found_after_the_others_are_gone() -> None:
    book = book_of(*((order_id, Side.BUY, 100, 1) for order_id in range(1, 1001)))
    for order_id in range(1, 1000):
        book.cancel(order_id)
    assert book.match(Side.SELL, 5, None) == [(1000, 100, 1)]
    assert not book.orders
    assert book.best_bid() is None


def test_every_change_moves_the_revision() -> None:
    book = OrderBook()
    seen = [book.revision]
    for change in (
        lambda: book.rest(1, Side.BUY, 100, 5),
        lambda: book.reduce(1, 4),
        lambda: book.match(Side.SELL, 1, None),
        lambda: book.cancel(1),
    ):
        change()
        seen.append(book.revision)
    assert len(set(seen)) == len(seen)
