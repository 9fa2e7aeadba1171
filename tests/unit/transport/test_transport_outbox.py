"""The outbox and the topic board without a socket."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from embedded_server.transport.frames import build_frame
from embedded_server.transport.limits import Limits
from embedded_server.transport.outbox import Outbox
from embedded_server.transport.topics import TopicBoard


def subscriber(
    board: TopicBoard, name: str, *topics: str, limits: Limits | None = None
) -> tuple[Any, Outbox]:
    outbox = Outbox(limits or Limits())
    client = SimpleNamespace(id=name)
    board.register(name, outbox)
    for topic in topics:
        assert board.subscribe(client, topic)  # type: ignore[arg-type]
    return client, outbox


def lag(board: TopicBoard, client: Any, outbox: Outbox) -> None:
    outbox.lagging = True
    board.lags(client.id)


def test_everything_is_joined_in_order_for_a_client_that_keeps_up() -> None:
    board = TopicBoard()
    _, outbox = subscriber(board, "a", "t")
    outbox.send(b"reply")
    board.publish("t", b"one")
    board.publish("t", b"two")
    assert outbox.take() == b"reply" + build_frame(b"one") + build_frame(b"two")
    assert outbox.take() == b""


def test_a_frame_is_built_once_for_all_listeners() -> None:
    board = TopicBoard()
    _, first = subscriber(board, "a", "t")
    _, second = subscriber(board, "b", "t")
    board.publish("t", b"same")
    assert first.pending[0] is second.pending[0]


def test_a_lagging_client_keeps_the_newest_of_each_topic_in_order_of_arrival() -> None:
    board = TopicBoard()
    client, outbox = subscriber(board, "a", "t", "u")
    lag(board, client, outbox)
    for topic, payload in (("t", b"old"), ("u", b"other"), ("t", b"new")):
        board.publish(topic, payload)
    assert outbox.take() == build_frame(b"other") + build_frame(b"new")


def test_keyed_messages_of_a_topic_do_not_replace_one_another() -> None:
    board = TopicBoard()
    client, outbox = subscriber(board, "a", "t")
    lag(board, client, outbox)
    board.publish("t", b"one", key="1")
    board.publish("t", b"two", key="2")
    assert outbox.take() == build_frame(b"one") + build_frame(b"two")


def test_what_is_kept_for_a_lagging_client_is_bounded_and_the_oldest_goes_first() -> None:
    board = TopicBoard()
    client, outbox = subscriber(board, "a", "t", limits=Limits(kept_messages=2))
    lag(board, client, outbox)
    for number in range(5):
        board.publish("t", b"%d" % number, key=str(number))
    assert outbox.take() == build_frame(b"3") + build_frame(b"4")


def test_messages_that_must_not_be_lost_are_all_kept_and_come_first() -> None:
    board = TopicBoard()
    client, outbox = subscriber(board, "a", "t")
    lag(board, client, outbox)
    board.publish("t", b"price")
    assert outbox.send(b"fill 1")
    assert outbox.send(b"fill 2")
    assert outbox.take() == b"fill 1fill 2" + build_frame(b"price")


def test_past_its_limit_the_backlog_of_a_lagging_client_is_refused() -> None:
    outbox = Outbox(Limits(backlog_bytes=10))
    assert outbox.send(b"x" * 100)
    outbox.take()
    outbox.lagging = True
    assert outbox.send(b"x" * 10)
    assert not outbox.send(b"x")


def test_leaving_a_topic_drops_what_was_kept_of_it() -> None:
    board = TopicBoard()
    client, outbox = subscriber(board, "a", "t")
    lag(board, client, outbox)
    board.publish("t", b"price")
    assert board.unsubscribe(client, "t")
    assert not outbox.holds_any()
    assert not board.has("t")


def test_a_client_that_caught_up_gets_everything_again() -> None:
    board = TopicBoard()
    client, outbox = subscriber(board, "a", "t")
    lag(board, client, outbox)
    outbox.lagging = False
    board.caught_up("a")
    board.publish("t", b"one")
    board.publish("t", b"two")
    assert len(outbox.pending) == 2


def test_a_topic_joined_while_lagging_is_coalesced_too() -> None:
    board = TopicBoard()
    client, outbox = subscriber(board, "a")
    lag(board, client, outbox)
    board.subscribe(client, "t")
    board.publish("t", b"one")
    board.publish("t", b"two")
    assert outbox.take() == build_frame(b"two")


def test_subscriptions_are_counted_once_and_forgotten_with_their_client() -> None:
    board = TopicBoard()
    client, outbox = subscriber(board, "a", "t", "u")
    assert not board.subscribe(client, "t")
    assert board.of(client) == ("t", "u")
    assert board.active() == ("t", "u")
    board.drop(client)
    board.drop(client)
    assert board.active() == ()
    assert not board.subscribe(client, "t")
    board.publish("t", b"nobody")
    assert not outbox.pending


def test_frames_have_the_three_forms_of_length() -> None:
    assert build_frame(b"x" * 125)[:2] == b"\x81\x7d"
    assert build_frame(b"x" * 126, binary=True)[:4] == b"\x82\x7e\x00\x7e"
    assert build_frame(b"x" * 65_536)[:10] == b"\x81\x7f" + (65_536).to_bytes(8, "big")
