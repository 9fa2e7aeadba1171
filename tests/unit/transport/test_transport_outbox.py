"""The outbox and the topic board without a socket."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from embedded_server.transport.frames import build_frame
from embedded_server.transport.limits import Limits
from embedded_server.transport.outbox import Outbox
from embedded_server.transport.topics import TopicBoard


def subscriber(
    board: TopicBoard,
    name: str,
    *topics: str,
    limits: Limits | None = None,
    write: Callable[[bytes], None] = lambda data: None,
) -> tuple[Any, Outbox]:
    outbox = Outbox(limits or Limits())
    client = SimpleNamespace(id=name)
    board.register(name, outbox, write)
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
    _, second = subscriber(board, "b", "t", "u")
    board.publish("t", b"same")
    assert first.take() is second.take()


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
    assert len(outbox) == 2


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
    assert not outbox.holds_any()


def frames(*payloads: bytes) -> bytes:
    return b"".join(build_frame(payload) for payload in payloads)


def test_clients_of_the_same_topics_are_written_one_joined_text() -> None:
    board = TopicBoard()
    written: list[bytes] = []
    for name in "abc":
        subscriber(board, name, "t", "u", write=written.append)
    subscriber(board, "d", "u", write=written.append)
    board.publish("t", b"1")
    board.publish("u", b"2")
    board.flush()
    assert written == [frames(b"1", b"2")] * 3 + [frames(b"2")]
    assert written[0] is written[1]
    board.flush()
    assert len(written) == 4


def test_what_a_client_is_sent_by_itself_keeps_its_place_among_what_all_are_sent() -> None:
    board = TopicBoard()
    first: list[bytes] = []
    second: list[bytes] = []
    _, outbox = subscriber(board, "a", "t", write=first.append)
    subscriber(board, "b", "t", write=second.append)
    board.publish("t", b"1")
    outbox.send(b"reply")
    board.publish("t", b"2")
    outbox.send(b"another")
    board.publish("t", b"3")
    assert len(outbox) == 5
    board.flush()
    board.publish("t", b"4")
    board.flush()
    assert first == [frames(b"1") + b"reply" + frames(b"2") + b"another" + frames(b"3"), frames(b"4")]
    assert second == [frames(b"1", b"2", b"3"), frames(b"4")]


def test_a_client_that_joins_within_a_tick_gets_what_comes_after_and_one_that_leaves_what_came_before() -> (
    None
):
    board = TopicBoard()
    first: list[bytes] = []
    second: list[bytes] = []
    client, _ = subscriber(board, "a", "t", write=first.append)
    board.publish("t", b"1")
    joining, outbox = subscriber(board, "b", write=second.append)
    outbox.send(b"welcome")
    board.subscribe(joining, "t")
    board.publish("t", b"2")
    board.unsubscribe(client, "t")
    board.publish("t", b"3")
    board.flush()
    assert first == [frames(b"1", b"2")]
    assert second == [b"welcome" + frames(b"2", b"3")]


def test_a_client_without_topics_is_written_what_it_is_sent_by_itself() -> None:
    board = TopicBoard()
    written: list[bytes] = []
    _, outbox = subscriber(board, "a", write=written.append)
    outbox.send(b"one")
    board.flush()
    outbox.send(b"two")
    board.flush()
    assert written == [b"one", b"two"]


def test_a_client_that_falls_behind_while_it_is_written_to_misses_and_repeats_nothing() -> None:
    board = TopicBoard()
    written: list[bytes] = []

    def write(data: bytes) -> None:
        written.append(data)
        lag(board, client, outbox)

    client, outbox = subscriber(board, "a", "t", write=write)
    others: list[bytes] = []
    subscriber(board, "b", "t", write=others.append)
    board.publish("t", b"1")
    board.flush()
    board.publish("t", b"2", key="2")
    board.publish("t", b"3", key="3")
    board.flush()
    assert written == [frames(b"1")]
    assert outbox.take() == frames(b"2", b"3")
    assert others == [frames(b"1"), frames(b"2", b"3")]


def test_a_board_says_once_a_tick_that_frames_wait_and_again_when_they_are_many() -> None:
    board = TopicBoard()
    told: list[int] = []
    board.on_publish = told.append
    board.burst_bytes = 40
    subscriber(board, "a", "t")
    for _ in range(4):
        board.publish("t", b"x" * 12)
    assert told == [14, 42, 14]
    board.flush()
    board.publish("t", b"x" * 12)
    assert told == [14, 42, 14, 14]


def test_an_outbox_knows_whether_its_client_was_written_to_since_it_was_asked() -> None:
    board = TopicBoard()
    client, outbox = subscriber(board, "a", "t")
    board.publish("t", b"1")
    assert not outbox.was_written()
    board.flush()
    assert outbox.was_written()
    assert not outbox.was_written()
    board.publish("t", b"2")
    board.flush()
    board.unsubscribe(client, "t")
    assert outbox.was_written()


def test_what_one_client_is_sent_by_itself_was_not_written_to_the_others_of_its_topics() -> None:
    board = TopicBoard()
    _, outbox = subscriber(board, "a", "t")
    _, other = subscriber(board, "b", "t")
    outbox.send(b"reply")
    board.flush()
    assert outbox.was_written()
    assert not other.was_written()
    outbox.send(b"reply")
    board.publish("t", b"1")
    board.flush()
    assert outbox.was_written()
    assert other.was_written()
    assert not outbox.was_written()


def test_a_client_that_caught_up_while_nothing_may_be_written_gets_what_was_kept_first() -> None:
    board = TopicBoard()
    written: list[bytes] = []
    client, outbox = subscriber(board, "a", "t", limits=Limits(backlog_bytes=10), write=written.append)
    lag(board, client, outbox)
    board.publish("t", b"old")
    outbox.send(b"123456")
    outbox.catch_up()
    board.caught_up("a")
    board.publish("t", b"new")
    board.flush()
    lag(board, client, outbox)
    assert outbox.send(b"123456"), "the backlog that was written counts no more"
    board.publish("t", b"newest")
    assert written == [b"123456" + frames(b"old", b"new")]
    assert outbox.take() == b"123456" + frames(b"newest")


def test_frames_have_the_three_forms_of_length() -> None:
    assert build_frame(b"x" * 125)[:2] == b"\x81\x7d"
    assert build_frame(b"x" * 126, binary=True)[:4] == b"\x82\x7e\x00\x7e"
    assert build_frame(b"x" * 4095)[:4] == b"\x81\x7e\x0f\xff"
    assert build_frame(b"x" * 4096)[:4] == b"\x81\x7e\x10\x00"
    assert build_frame(b"x" * 65_535)[:4] == b"\x81\x7e\xff\xff"
    assert build_frame(b"x" * 65_536)[:10] == b"\x81\x7f" + (65_536).to_bytes(8, "big")
