"""What the status of an answer says of a command: only 2xx takes it, only 4xx refuses it."""

from __future__ import annotations

import pytest

from tui_trader.model.events import CommandAnswered, CommandLost
from tui_trader.protocols.codec import HttpRequest
from tui_trader.protocols.rest_answers import PAIR, command_answers

ONE = HttpRequest("POST", "/orders", "place", reference="r-1")
TWO = HttpRequest("POST", "/orders/oco", PAIR, reference="r-1", with_it=("r-2",))


@pytest.mark.parametrize("request_", [ONE, TWO], ids=["one", "a pair"])
@pytest.mark.parametrize("status", [100, 199, 300, 301, 304, 307, 308, 399, 408, 500, 502, 504, 599])
def test_any_other_answer_leaves_every_order_of_the_request_unknown(
    request_: HttpRequest, status: int
) -> None:
    events = command_answers("forex", request_, status, b'{"id": 7}')
    assert events == tuple(
        CommandLost("forex", reference, f"answered HTTP {status}: verify")
        for reference in request_.references
    )


@pytest.mark.parametrize("status", [200, 201, 202, 204, 400, 401, 404, 409, 422, 429])
def test_a_status_that_decides_is_taken_at_its_word(status: int) -> None:
    (event,) = command_answers("forex", ONE, status, b'{"id": 7}')
    assert isinstance(event, CommandAnswered)
    assert event.accepted is (status < 300)


@pytest.mark.parametrize("request_", [ONE, TWO], ids=["one", "a pair"])
def test_an_error_in_a_good_answers_clothes_is_a_refusal(request_: HttpRequest) -> None:
    body = b'{"code":"NO_MONEY","success":false,"error":"x","message":"not enough margin","data":null}'
    assert command_answers("forex", request_, 200, body) == tuple(
        CommandAnswered(link="forex", reference=one, accepted=False, detail="not enough margin")
        for one in request_.references
    )


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"success":true}', b'{"success":"no"}', b'{"id":1,"success":null}']
)
def test_nothing_less_than_its_own_word_makes_a_good_answer_a_refusal(body: bytes) -> None:
    (event,) = command_answers("forex", ONE, 200, body)
    assert isinstance(event, CommandAnswered)
    assert event.accepted
