"""When a link tries again: the documents' waits, and no sooner fresh start than after a stable connection."""

from __future__ import annotations

from tui_trader.connection.reconnect import Reconnect
from tui_trader.protocols.bot_core.keep_alive import BACKOFF
from tui_trader.protocols.codec import Backoff


def test_bot_core_waits_as_documented_and_then_gives_up() -> None:
    reconnect = Reconnect(BACKOFF)
    waits = [reconnect.lost(float(now)) for now in range(11)]
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30, 30, 30, None]


def test_the_last_wait_is_repeated_where_nobody_gives_up() -> None:
    reconnect = Reconnect(Backoff((1.0, 2.0), None))
    assert [reconnect.lost(0.0) for _ in range(5)] == [1, 2, 2, 2, 2]


def test_a_short_connection_does_not_start_the_waits_over() -> None:
    reconnect = Reconnect(BACKOFF)
    reconnect.lost(0.0)
    reconnect.lost(1.0)
    reconnect.opened(10.0)
    assert reconnect.lost(39.9) == 4
    assert reconnect.attempt == 3


def test_a_stable_connection_starts_the_waits_over() -> None:
    reconnect = Reconnect(BACKOFF)
    reconnect.lost(0.0)
    reconnect.lost(1.0)
    reconnect.opened(10.0)
    assert reconnect.lost(40.0) == 1
    assert reconnect.attempt == 1


def test_only_the_connection_that_was_lost_counts_as_stable() -> None:
    reconnect = Reconnect(BACKOFF)
    reconnect.opened(0.0)
    reconnect.lost(5.0)
    assert reconnect.lost(100.0) == 2


def test_the_user_starts_over_at_once() -> None:
    reconnect = Reconnect(Backoff((1.0,), attempts=1))
    reconnect.lost(0.0)
    assert reconnect.lost(0.0) is None
    reconnect.start_over()
    assert reconnect.attempt == 0
    assert reconnect.lost(0.0) == 1
