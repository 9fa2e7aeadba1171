"""The documents' examples as a server would send them, and what a codec sends, parsed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tui_trader.protocols.codec import Endpoint, Frame

WIRE = Path(__file__).parents[2] / "wire"
NOW = 1_700_000_000_000
ENDPOINT = Endpoint("ws://h:1/ws")


def wire(place: str, **changes: object) -> str:
    """The example `protocol/type`, its data changed."""
    protocol, _, kind = place.partition("/")
    message = json.loads((WIRE / protocol / f"server.{kind}.json").read_text())
    if changes:
        message["data"].update(changes)
    return json.dumps(message)


def sent(outgoing: Any) -> list[Any]:
    """Frames, parsed; requests are left out."""
    return [json.loads(one.data) for one in outgoing if isinstance(one, Frame)]
