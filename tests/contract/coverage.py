"""Coverage of the documents: what each names x (served, consumed by the console's codec, tested), derived.

served: the façade describes it, and its model reproduces the document's example field for field.
consumed: the console's codec reads that example; a client message is one the console can send.
tested: a test marked `provokes` shows it on a real socket (and fails if it does not).

`python -m tests.contract.coverage` prints the tables.
"""

from __future__ import annotations

import ast
import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from embedded_server.protocols.operation import Description, Operation, Origin
from tests.contract.documented import CLIENT, CLOSE, ERROR, ITEMS, NOT_PROVOKED, Item
from tests.contract.observation import promised
from tests.unit.console_protocols import test_console_wire_vectors as console
from tui_trader.model.errors import ProtocolError
from tui_trader.model.events import UnknownReceived

TESTS = Path(__file__).parents[1]
WIRE = TESTS / "wire"
MARKED = ("contract", "clients")
TYPE_KEYS = ("type", "channel", "event", "action")
BINARY_EXAMPLES = {"price": b"1,1.08499,1.08501,1.085,15234.5,1.0893,1.0812", "profit": b"s,7,1.5,1.15"}
CONSOLE_HANDLES_IN_THE_LINK = {"onetrade/client/heartbeat", "onetrade/server/heartbeat_response"}
"""The codec's heartbeat policy makes and awaits these; its own tests show them."""


@dataclass(frozen=True)
class Row:
    """One line of a table; an empty text is a yes, anything else says why not."""

    item: Item
    served: str
    consumed: str
    tested: str

    @property
    def holes(self) -> list[str]:
        """What is missing, in words."""
        columns = (("served", self.served), ("consumed", self.consumed), ("tested", self.tested))
        return [f"{self.item.id} {name}: {why}" for name, why in columns if why]


def rows() -> list[Row]:
    """All items of all documents."""
    shown = provoked()
    return [Row(item, _served(item), _consumed(item), _tested(item, shown)) for item in ITEMS.values()]


def provoked() -> set[str]:
    """Ids promised by the markers of the tests, read from their source."""
    ids: set[str] = set()
    for folder in MARKED:
        for path in sorted((TESTS / folder).rglob("test_*.py")):
            ids |= set(promised(_patterns(ast.parse(path.read_text()))))
    return ids


def table(all_rows: list[Row]) -> str:
    """The tables as text, one an endpoint."""
    lines: list[str] = []
    endpoint = ""
    width = max(len(row.item.id) for row in all_rows)
    for row in all_rows:
        if row.item.endpoint != endpoint:
            endpoint = row.item.endpoint
            lines += ["", f"{endpoint:<{width}}  served  consumed  tested"]
        marks = [_mark(row.served), _mark(row.consumed), _mark(row.tested)]
        if row.item.id in NOT_PROVOKED:
            marks[2] = "excused"
        name = row.item.id.partition("/")[2]
        lines.append(f"  {name:<{width - 2}}  {marks[0]:<6}  {marks[1]:<8}  {marks[2]}")
    lines += ["", "not shown by any test:", *(f"  {id_}: {why}" for id_, why in NOT_PROVOKED.items())]
    return "\n".join(lines)


def _mark(why: str) -> str:
    return "NO" if why else "yes"


def _patterns(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "provokes"
        ):
            for argument in node.args:
                assert isinstance(argument, ast.Constant), "a marker names its items as literals"
                yield str(argument.value)


def _tested(item: Item, shown: set[str]) -> str:
    if item.id in NOT_PROVOKED:
        return "" if item.id not in shown else "a test shows it: strike it off the list of excuses"
    return "" if item.id in shown else "no test is marked to show it"


@cache
def _description(endpoint: str) -> Description:
    module = importlib.import_module(f"embedded_server.protocols.{endpoint}.operations")
    description = module.DESCRIPTION
    assert isinstance(description, Description)
    return description


def _served(item: Item) -> str:
    description = _description(item.endpoint)
    if item.kind == CLOSE:
        code, reason = item.fields["code"], str(item.fields["reason"])
        known = any(close.code == code and reason in close.meaning for close in description.closes)
        return "" if known else "the façade does not describe it"
    if item.kind == ERROR and item.name not in {str(c.code) for c in description.errors}:
        return "the façade does not describe it"
    operation = _operation(description, item)
    if operation is None:
        return "the façade has no such message"
    if item.text is not None or item.binary is not None:
        return ""
    example = _example(item)
    if example is None:
        return "there is no example of it"
    return _reproduced(operation, example)


def _operation(description: Description, item: Item) -> Operation | None:
    wanted = item.name if item.text or item.binary else _type(item)
    sender = CLIENT if item.kind == CLIENT else "server"
    named = [
        operation
        for operation in description.operations
        if operation.sender == sender and wanted in (operation.type, operation.name)
    ]
    observed = [operation for operation in named if operation.origin is Origin.OBSERVED]
    chosen = observed if _is_observed(item) else named
    return chosen[0] if chosen else None


def _is_observed(item: Item) -> bool:
    return any(value in ("Long", "Short", "Neutral") for value in item.fields.values())


def _reproduced(operation: Operation, example: Any) -> str:
    model: Any = operation.model
    try:
        read = msgspec.json.decode(json.dumps(example), type=model)
    except msgspec.MsgspecError as error:
        return f"the model refuses the example: {error}"
    if operation.sender == CLIENT:
        return ""
    written = json.loads(msgspec.json.encode(read))
    return "" if _contains(written, example) else "the model does not write the example"


def _contains(written: Any, example: Any) -> bool:
    """Equal, in the same order, but for fields the example has not (extensions)."""
    if isinstance(example, dict):
        names = [name for name in written if name in example]
        return names == list(example) and all(_contains(written[name], example[name]) for name in names)
    if isinstance(example, list):
        return len(written) == len(example) and all(map(_contains, written, example))
    return bool(written == example)


def _consumed(item: Item) -> str:
    if item.id in CONSOLE_HANDLES_IN_THE_LINK:
        return ""
    if item.kind == CLIENT:
        known = {name.partition("/client.")[2] for name in (*console.SENT, *console.SAME_SHAPE)}
        return "" if _type(item) in known else "the console never sends it"
    if item.kind == CLOSE:
        console.codec(item.endpoint).closed(int(str(item.fields["code"])), str(item.fields["reason"]))
        return ""
    frame = BINARY_EXAMPLES.get(item.name) if item.binary else _frame(item)
    if frame is None:
        return "there is no example of it"
    try:
        decoded = console.decode(item.endpoint, frame)
    except ProtocolError as error:
        return f"the codec refuses it: {error}"
    unknown = any(isinstance(event, UnknownReceived) for event in decoded.events)
    return "the codec does not know it" if unknown else ""


def _frame(item: Item) -> str | None:
    example = _example(item)
    return None if example is None else json.dumps(example)


def _type(item: Item) -> str:
    return str(next(item.fields[key] for key in TYPE_KEYS if key in item.fields))


def _example(item: Item) -> Any:
    """The document's example of the message with the item's values put in."""
    sender = CLIENT if item.kind == CLIENT else "observed" if _is_observed(item) else "server"
    path = WIRE / item.endpoint / f"{sender}.{_type(item)}.json"
    if not path.exists():
        return None
    example = json.loads(path.read_text())
    for place, value in item.fields.items():
        _put(example, place.split("."), value)
    return example


def _put(message: Any, path: list[str], value: object) -> None:
    for key in path[:-1]:
        message = message[key]
    if isinstance(message, list):
        message = message[0]
    message[path[-1]] = value


if __name__ == "__main__":
    print(table(rows()))
