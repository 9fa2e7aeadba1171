"""PAPER and LIVE: what passes, what needs --live, what needs the phrase, and no other way."""

from __future__ import annotations

import ast
import contextlib
import typing
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tui_trader
from tests.ui.scripted_wires import ScriptedWires
from tui_trader.desk import Desk
from tui_trader.model import commands as c
from tui_trader.model.errors import CommandError
from tui_trader.model.events import LinkChanged
from tui_trader.model.values import LinkState, OrderKind, Side
from tui_trader.store.store import Store
from tui_trader.trading_gate import PhraseNeeded, Weight, weight_of

NAMES = ("broker", "simulator")
WORDS = {
    "symbol": "EURUSD", "side": Side.BUY, "kind": OrderKind.LIMIT, "quantity": Decimal(1), "reference": "r",
    "price": Decimal(1), "order_id": "1", "position_id": "1", "accepted": True, "strategy_id": "s",
    "command": "START", "limits": (), "symbols": ("EURUSD",), "timeframe": "1m", "references": ("r",),
}  # fmt: skip


def made(kind: type, link: str, **more: object) -> c.Command:
    """A command of a type, with something in every field it needs."""
    words = {**WORDS, **more}
    if kind is c.PlaceOcoOrders:
        words["orders"] = tuple(made(c.PlaceOrder, link, reference=name) for name in ("r-1", "r-2"))
    fields = {
        name: words.get(name, "x") for name in kind.__struct_fields__ if name in words or name == "link"
    }  # type: ignore[attr-defined]  # a Struct
    return kind(
        **{**fields, "link": link, **({"kind": "trades"} if kind.__name__ == "RequestReport" else {})}
    )


KINDS = typing.get_args(c.Command)
COMMANDS = st.one_of(
    st.builds(made, st.sampled_from(KINDS), st.sampled_from(NAMES)),
    st.builds(
        made,
        st.just(c.ControlBot),
        st.sampled_from(NAMES),
        command=st.sampled_from(["START", "PAUSE", "STOP"]),
    ),
    st.builds(made, st.just(c.AnswerRequote), st.sampled_from(NAMES), accepted=st.booleans()),
)


class Scene:
    """A desk with a live and a paper link that carry everything."""

    def __init__(self, *, allowed: bool) -> None:
        self.store = Store()
        self.desk = Desk(self.store, lambda: 1.0, "t")
        self.desk.gate.allowed = allowed
        self.wires = ScriptedWires(names=NAMES, live=frozenset({"broker"}))
        self.desk.wires = self.wires
        for name in NAMES:
            self.turn(name, LinkState.READY)

    def turn(self, link: str, state: LinkState) -> None:
        self.store.apply(LinkChanged(link, state), 1.0)

    @property
    def live(self) -> list[c.Command]:
        """What reached the live link."""
        return [command for command in self.wires.sent if command.link == "broker"]


def test_paper_needs_nothing() -> None:
    scene = Scene(allowed=False)
    for kind in KINDS:
        scene.desk.send(made(kind, "simulator"))
    assert len(scene.wires.sent) == len(KINDS)


def test_a_live_link_is_only_read_without_the_flag() -> None:
    scene = Scene(allowed=False)
    scene.desk.send(made(c.WatchDepth, "broker"))
    for kind in (c.PlaceOrder, c.CancelOrder, c.EngageKillSwitch):
        with pytest.raises(
            CommandError, match="broker is a LIVE link, and this console was started without --live"
        ):
            scene.desk.send(made(kind, "broker"))
    assert not scene.desk.gate.arm("broker", "trade live on broker")
    assert [type(command) for command in scene.live] == [c.WatchDepth]


def test_the_first_order_needs_the_phrase_and_what_reduces_risk_does_not() -> None:
    scene = Scene(allowed=True)
    with pytest.raises(PhraseNeeded) as caught:
        scene.desk.send(made(c.PlaceOrder, "broker"))
    assert caught.value.phrase == "trade live on broker"
    assert list(scene.store.orders.active) == []
    scene.desk.send(made(c.CancelOrder, "broker"))
    assert not scene.desk.gate.arm("broker", "Trade live")
    assert scene.desk.gate.arm("broker", " trade live on broker ")
    scene.desk.send(made(c.PlaceOrder, "broker"))
    assert [type(command) for command in scene.live] == [c.CancelOrder, c.PlaceOrder]


@pytest.mark.parametrize("states", [[LinkState.RECONNECTING, LinkState.READY], [LinkState.OFFLINE]])
def test_every_reconnect_asks_for_the_phrase_again(states: list[LinkState]) -> None:
    scene = Scene(allowed=True)
    assert scene.desk.gate.arm("broker", "trade live on broker")
    for state in states:
        scene.turn("broker", state)
    assert not scene.desk.gate.armed("broker")
    with pytest.raises(PhraseNeeded):
        scene.desk.send(made(c.PlaceOrder, "broker"))


def test_a_link_that_is_down_cannot_be_armed() -> None:
    scene = Scene(allowed=True)
    scene.turn("broker", LinkState.RECONNECTING)
    assert not scene.desk.gate.arm("broker", "trade live on broker")


Step = c.Command | tuple[str, str]
STEPS = st.lists(
    st.one_of(
        COMMANDS,
        st.tuples(
            st.just("type"), st.sampled_from(["trade live on broker", "trade live on simulator", "yes", ""])
        ),
        st.tuples(st.just("turn"), st.sampled_from([state.value for state in LinkState])),
    ),
    max_size=30,
)


@given(steps=STEPS, allowed=st.booleans())
def test_no_trade_reaches_a_live_link_that_is_not_armed(steps: list[Step], allowed: bool) -> None:
    scene = Scene(allowed=allowed)
    armed = False
    ready = True
    for step in steps:
        before = len(scene.live)
        match step:
            case ("type", typed):
                scene.desk.gate.arm("broker", typed)
                armed = armed or (allowed and ready and typed == "trade live on broker")
            case ("turn", state):
                scene.turn("broker", LinkState(state))
                ready = state == "ready"
                armed = armed and ready
            case command:
                with contextlib.suppress(CommandError):
                    scene.desk.send(command)  # type: ignore[arg-type]  # the tuples are gone
        for command in scene.live[before:]:
            weight = weight_of(command)
            assert weight is Weight.READS or allowed
            assert weight is not Weight.TRADES or armed


def test_nothing_but_the_desk_sends_by_the_wires() -> None:
    """One gate in one place: no other module may call `wires.send`."""
    senders = set()
    root = Path(tui_trader.__file__).parent
    for file in root.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "send" and "wires" in ast.unparse(node.value):
                senders.add(str(file.relative_to(root)))
    assert senders == {"desk.py"}
