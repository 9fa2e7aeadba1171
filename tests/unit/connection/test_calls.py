"""Questions are asked until they are answered, each time made anew; commands leave once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tui_trader.connection import calls
from tui_trader.connection.calls import Calls
from tui_trader.connection.rest import Rest
from tui_trader.model.events import CommandLost, Event
from tui_trader.protocols.codec import HttpRequest


class Deaf(Rest):
    """A server whose answers are lost, but for the last."""

    def __init__(self, lost: int) -> None:
        super().__init__("http://nowhere")
        self.lost = lost
        self.heard: list[HttpRequest] = []

    async def __call__(self, request: HttpRequest) -> tuple[int, bytes]:
        self.heard.append(request)
        if len(self.heard) <= self.lost:
            raise OSError("no answer")
        return 200, b"[]"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No wait between attempts."""
    monkeypatch.setattr(calls, "RETRY_SECONDS", 0.0)


def made_anew(request: HttpRequest) -> HttpRequest:
    return replace(request, headers={"attempt": request.headers.get("attempt", "") + "+"})


async def run(rest: Deaf, request: HttpRequest) -> tuple[list[HttpRequest], list[Event]]:
    answered: list[HttpRequest] = []
    told: list[Event] = []
    over = asyncio.Event()

    def take(asked: HttpRequest, status: int, body: bytes) -> None:
        answered.append(asked)
        over.set()

    def tell(event: Event) -> None:
        told.append(event)
        over.set()

    running = Calls("a", rest, take, tell, made_anew)
    running.make(request)
    await asyncio.wait_for(over.wait(), 5)
    await running.stop()
    return answered, told


async def test_a_question_without_an_answer_is_made_anew_each_time() -> None:
    rest = Deaf(lost=2)
    answered, told = await run(rest, HttpRequest("GET", "/orders", "orders"))
    assert [one.headers.get("attempt") for one in rest.heard] == [None, "+", "++"]
    assert answered == rest.heard[-1:]
    assert told == []


async def test_a_command_without_an_answer_left_once() -> None:
    rest = Deaf(lost=1)
    answered, told = await run(rest, HttpRequest("POST", "/orders", "place", reference="r"))
    assert len(rest.heard) == 1
    assert answered == []
    assert told == [CommandLost("a", "r", "no answer: verify")]


class Slow(Rest):
    """A server that answers nothing before it is let."""

    def __init__(self) -> None:
        super().__init__("http://nowhere")
        self.answering = asyncio.Event()
        self.heard: list[str] = []

    async def __call__(self, request: HttpRequest) -> tuple[int, bytes]:
        self.heard.append(request.purpose)
        await self.answering.wait()
        return 200, b"[]"


async def test_what_was_asked_over_a_connection_that_is_lost_is_not_listened_to_any_more() -> None:
    rest, answered = Slow(), list[str]()
    running = Calls("a", rest, lambda asked, status, body: answered.append(asked.purpose), lambda event: None)
    running.make(HttpRequest("GET", "/orders", "orders"))
    running.make(HttpRequest("GET", "/report", "report", lasting=True))
    running.make(HttpRequest("POST", "/orders", "place", reference="r"))
    await asyncio.sleep(0)
    running.drop_questions()
    running.make(HttpRequest("GET", "/orders", "orders of the next"))
    rest.answering.set()
    ends = await asyncio.gather(*running._tasks, return_exceptions=True)
    assert ends == [None] * 4, "none is canceled: its socket would be left open"
    assert rest.heard == ["orders", "report", "place", "orders of the next"]
    assert sorted(answered) == ["orders of the next", "place", "report"]
    assert not running._tasks
