"""The control endpoint in the words of its own documentation; control.py has a handler for each."""

from __future__ import annotations

from typing import Unpack

from embedded_server.control import answers as a
from embedded_server.control import requests as r
from embedded_server.protocols.injections import AnyError, AnyMessage
from embedded_server.protocols.operation import Form, HttpOperation, Origin, Parameter, Terms

TITLE = "Control of the simulated backend"
SENTENCES = (
    "For tests of other people's clients: stand time still, step it, look at everything, and let the rare "
    "things happen on demand. Every request but this page and its document needs the header "
    "`Authorization: Bearer TOKEN`; the token is `control.token` of the credentials file.",
    "Bodies and answers are JSON; a field that does not exist is refused. Errors are one word and one "
    "sentence: `code` and `message`.",
    "Time moves by `step` and `run-until` while the clock is `paused`. Where the server was started with "
    "`timers = manual`, the protocols' timers (heartbeats, deadlines) move with it, and only so.",
)

RAW = Parameter(
    "raw", "`true`: the engine's integers, in ticks, lots, micro-units and nanoseconds", form=bool
)


def _operation(method: str, path: str, summary: str, answer: Form, **terms: Unpack[Terms]) -> HttpOperation:
    terms["refusals"] = (400, 401, *terms.get("refusals", ()))
    terms.setdefault("origin", Origin.EXTENSION)
    return HttpOperation(
        method,
        path,
        summary,
        answer,
        security="bearer",
        refusal=a.ErrorAnswer,
        tag="control",
        **terms,
    )


OPERATIONS = (
    _operation("GET", "/clock", "Where time stands.", a.ClockState),
    _operation(
        "POST", "/clock", "Pause time, let it run, or change its speed.", a.ClockState, body=r.SetClock
    ),
    _operation(
        "POST",
        "/clock/step",
        "Run a paused clock forward by a span.",
        a.StepAnswer,
        body=r.Step,
        refusals=(409, 503),
    ),
    _operation(
        "POST",
        "/clock/run-until",
        "Run a paused clock until a condition holds, to the very instant.",
        a.RunUntilAnswer,
        body=r.RunUntil,
        refusals=(409, 503),
    ),
    _operation(
        "GET",
        "/snapshot",
        "Everything the engine knows at this instant: markets, accounts, strategies, signals, bot, risk.",
        object,
        query=(RAW,),
    ),
    _operation(
        "GET",
        "/events",
        "What happened lately. Market data and everything else are kept apart, the last 20000 of each.",
        a.EventsAnswer,
        query=(
            Parameter("after", "sequence of the last event known; all that are kept without it", form=int),
            Parameter("types", "names of event types, separated by commas"),
            Parameter("limit", "at most so many, 1000 by default", form=int),
            RAW,
        ),
    ),
    _operation("GET", "/clients", "Every open WebSocket.", a.Clients),
    _operation("POST", "/inject/price", "Move a market.", a.Done, body=r.Price, refusals=(404,)),
    _operation("POST", "/inject/requote", "Make the dealer requote.", a.Done, body=r.Requote),
    _operation(
        "POST",
        "/inject/event",
        "Raise an engine event: every endpoint it concerns tells it in its own words.",
        a.Done,
        body=r.AnyEvent,
        refusals=(404,),
    ),
    _operation(
        "POST",
        "/inject/error",
        "Let an endpoint send its error message.",
        a.Reached,
        body=AnyError,
        refusals=(404,),
    ),
    _operation(
        "POST",
        "/inject/message",
        "Let an endpoint send another of its messages.",
        a.Reached,
        body=AnyMessage,
        refusals=(404,),
    ),
    _operation(
        "POST",
        "/inject/disconnect",
        "Close connections with a code of choice, or cut them.",
        a.Reached,
        body=r.Disconnect,
        refusals=(404,),
    ),
    _operation(
        "POST",
        "/inject/silence",
        "Let connections freeze for a while, as half-open ones do.",
        a.Reached,
        body=r.Silence,
        refusals=(404,),
    ),
)
