"""The ring of frames: bounded in bytes, in order over all links, and safe to show."""

from __future__ import annotations

from itertools import count

import pytest
from link_stub import Record, Stub

from tui_trader.connection.link import Link
from tui_trader.connection.tap import LARGEST, OVERHEAD, Direction, Tap
from tui_trader.model.values import LinkState
from tui_trader.protocols.codec import HttpRequest
from tui_trader.protocols.redaction import HIDDEN

SECRET = "a-very-secret-value"


def test_frames_come_out_as_they_went_in() -> None:
    tap = Tap("x")
    tap.received('{"type":"ticker","n":1}', 1.5)
    tap.sent("9", 2.0)
    tap.received(b"\x01\x02\xff", 2.5)
    first, second, third = tap.since(0)
    assert (first.link, first.kind, first.direction, first.at, first.size) == ("x", "ticker", "in", 1.5, 23)
    assert (second.kind, second.line, second.direction) == ("beat", "9", Direction.OUT)
    assert (third.kind, third.line, third.binary, third.size) == ("binary", "01 02 ff", True, 3)
    assert first.text == '{\n  "type": "ticker",\n  "n": 1\n}'
    assert [frame.sequence for frame in tap.since(2)] == [3]
    assert tap.since(3) == []


def test_memory_is_bounded_in_bytes_and_the_oldest_go_first() -> None:
    tap = Tap("x", limit=20_000)
    for number in range(1_000):
        tap.received(f"{number:0200}", 0.0)
    assert tap.kept_bytes <= 20_000
    assert len(tap) < 20_000 // (200 + OVERHEAD)
    assert tap.last == 1_000
    assert tap.first == 1_001 - len(tap)
    assert [frame.sequence for frame in tap.since(0)] == list(range(tap.first, 1_001))


def test_of_a_huge_frame_only_the_beginning_is_kept() -> None:
    tap = Tap("x")
    tap.received("x" * 4_000_000, 0.0)
    (frame,) = tap.since(0)
    assert frame.size == 4_000_000
    assert len(frame.text) == LARGEST


def test_links_share_their_numbers() -> None:
    numbers = count(1)
    one, other = Tap("a", numbers=numbers), Tap("b", numbers=numbers)
    for tap in (one, other, one):
        tap.received("x", 0.0)
    assert [frame.sequence for frame in one.since(0)] == [1, 3]
    assert [frame.sequence for frame in other.since(0)] == [2]
    assert other.first == 2
    assert Tap("c").first == 1


def test_a_login_over_http_is_kept_without_its_secrets() -> None:
    tap = Tap("x", {"api_key": SECRET})
    request = HttpRequest(
        "POST", "/login", "login", query={"grant": "api_key"}, headers={"API-Key": SECRET, "Accept": "*/*"}
    )
    tap.requested(request, 0.0)
    tap.answered(request, 200, b'{"data":{"session_id":"sess-12345678","access_token":"t-87654321"}}', 0.1)
    tap.requested(HttpRequest("POST", "/check/sess-12345678", "check"), 0.2)
    tap.connecting("ws://h/ws?session_id=sess-12345678&access_token=t-87654321", {"Authorization": "t"}, 0.3)
    tap.received('{"echo":"t-87654321"}', 0.4)
    shown = "\n".join(frame.text + frame.line + frame.kind for frame in tap.since(0))
    for secret in (SECRET, "sess-12345678", "t-87654321"):
        assert secret not in shown
    assert f"API-Key: {HIDDEN}\nAccept: */*" in shown
    assert f"POST /check/{HIDDEN}" in shown


def test_nothing_that_a_terminal_obeys_is_in_a_line() -> None:
    tap = Tap("x")
    tap.received('{"type":"\x1b[2J\u202eevil","x":"\x1b]52;c;aGk=\x07"}', 0.0)
    (frame,) = tap.since(0)
    assert frame.line == '{"type":"evil","x":""}'
    assert frame.kind == "evil"


async def test_a_link_taps_every_frame_both_ways(link: Link, record: Record, stub: Stub) -> None:
    async def talk(connection: object) -> None:
        await connection.send("hello")  # type: ignore[attr-defined]
        await connection.send("bad frame")  # type: ignore[attr-defined]
        await connection.send("ask")  # type: ignore[attr-defined]
        await stub.listen(connection)  # type: ignore[arg-type]

    stub.talk = talk
    link.start()
    await record.until(lambda: LinkState.READY in record.states)
    await stub.until(lambda: "answer" in stub.received)
    kept = [(frame.direction, frame.line) for frame in link.tap.since(0)]
    assert kept[0] == ("out", f"GET {stub.url} X-Test: 1")
    assert ("in", "bad frame") in kept
    assert kept[-1] == ("out", "answer")


@pytest.mark.parametrize("text", ["[" * 60_000, '{"a":' * 30_000, '{"token":[' * 9_000, "\ud800", "NaN"])
def test_hostile_frames_are_shown_and_do_no_harm(text: str) -> None:
    tap = Tap("x")
    tap.received(text, 0.0)
    (frame,) = tap.since(0)
    assert isinstance(frame.text + frame.line + frame.kind + frame.haystack, str)
