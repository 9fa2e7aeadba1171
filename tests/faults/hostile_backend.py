"""A backend that talks to the terminal: the real server, and behind its back every text field it documents.

    python -m tests.faults.hostile_backend OPTIONS_AS_JSON

Each documented message of the server is sent with each of its text fields spoilt in turn, and the texts in
REST answers are spoilt too. `ATTACKS` is what is tried; each carries `MARK`, so that it can be found.
"""

from __future__ import annotations

import asyncio
import importlib.resources
import itertools
import json
import sys
from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from embedded_server.command_line import run
from embedded_server.protocols.facade import Client
from embedded_server.transport.endpoint import Endpoint
from tests.faults.hostile_corpus import at, paths

MARK = "OWNED"
NUMBER = "7777"
"""A parameter that no sequence of the console's own has."""
ATTACKS = (
    f"\x1b]52;c;{MARK}\x07",
    f"\x1b]0;{MARK}\x1b\\",
    f"\x1b]8;;http://{MARK}\x1b\\link\x1b]8;;\x1b\\",
    f"\x1b[{NUMBER};5;31m{MARK}",
    f"\x1b[{NUMBER}A\x1b[2J{MARK}",
    f"\x1b[?{NUMBER}h{MARK}",
    f"\x1bP{NUMBER}q{MARK}\x1b\\",
    f"\x1b_{MARK}\x1b\\\x1b^{MARK}\x1b\\\x1bX{MARK}\x1b\\",
    f"\x1bc\x1b7\x1b8\x1bM{MARK}",
    f"\x9b{NUMBER}m\x90{MARK}\x9c\x9d0;{MARK}\x9c\x85\x8d",
    f"\x07\x08\x0b\x0c\x0e\x0f\x7f\x00{MARK}\r\n\t",
    f"\u202e{MARK}\u202c\u2066\u2069\u061c\u200e\u200f",
    f"\u200b\u200c\u200d\u2060\ufeff\u00ad{MARK}\U000e0041",
    f"[@click=app.leave]{MARK}[/][/x][bold",
    f"{MARK} \x1b",
)
SPOILT_KEYS = {"comment", "description", "message", "name", "reason", "error", "title", "external_id"}
SKIPPED = ("error.authentication_failed", "session_logout")
"""What would end the link before it is attacked."""
DELAY_SECONDS = 0.5
_attacks = itertools.cycle(ATTACKS)


def spoilt(endpoint: str) -> Iterator[bytes]:
    """Every documented message of a server, every text field in turn, every attack in turn."""
    file = importlib.resources.files(f"embedded_server.protocols.{endpoint}") / "examples.json"
    for name, example in json.loads(file.read_text(encoding="utf-8")).items():
        if not name.startswith("server.") or name.endswith(SKIPPED):
            continue
        for path in paths(example):
            value = at(example, path)
            if isinstance(value, str):
                for text in (f"{value}{next(_attacks)}", next(_attacks)):
                    copy = json.loads(json.dumps(example))
                    at(copy, path[:-1])[path[-1]] = text
                    yield json.dumps(copy).encode()


def attack(client: Client, endpoint: Endpoint) -> None:
    """Send all of it, a little at a time."""
    loop = asyncio.get_running_loop()
    for number, message in enumerate(spoilt(endpoint.facade.name)):
        loop.call_later(number * 0.002, client.send, message)


def install() -> None:
    """Attack every client once it has said something; spoil REST answers from the start."""
    shield = Endpoint.shield
    attacked: set[str] = set()

    def shielded(self: Endpoint, call: Any, *arguments: Any, **named: Any) -> Any:
        client = arguments[0] if call == self.facade.received else None
        if client is not None and client.id not in attacked:
            attacked.add(client.id)
            asyncio.get_running_loop().call_later(DELAY_SECONDS, attack, client, self)
        return shield(self, call, *arguments, **named)

    Endpoint.shield = shielded  # type: ignore[method-assign, assignment]
    render = Response.render

    def rendered(self: Response, content: Any) -> bytes | memoryview:
        if isinstance(content, bytes) and self.media_type == "application/json":
            content = json.dumps(_spoil(json.loads(content))).encode()
        return render(self, content)

    Response.__init__.__globals__["Response"].render = rendered


def _spoil(value: Any) -> Any:
    if isinstance(value, list):
        return [_spoil(one) for one in value]
    if isinstance(value, dict):
        return {
            key: f"{one or ''}{next(_attacks)}" if key in SPOILT_KEYS and not one else _spoil(one)
            for key, one in value.items()
        }
    return value


if __name__ == "__main__":
    install()
    sys.exit(run(json.loads(sys.argv[1])))
