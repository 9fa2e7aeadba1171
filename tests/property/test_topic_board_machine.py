"""The topic board with its cohorts against one that keeps a list for each client, under random use.

Nothing is lost, repeated or out of order for a client that keeps up, whoever joins, leaves, lags, catches up
or falls behind while it is written to; of what a lagging client may miss it gets the newest.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from embedded_server.transport.frames import build_frame
from embedded_server.transport.limits import Limits
from embedded_server.transport.outbox import Outbox
from embedded_server.transport.topics import TopicBoard

EXAMPLES = int(os.environ.get("BOARD_EXAMPLES", "60"))
TOPICS = st.sampled_from("tu")
PLACES = st.integers(0, 5)


@dataclass(eq=False)
class Peer:
    """A client, and what it should have got."""

    id: str
    outbox: Outbox = field(default_factory=lambda: Outbox(Limits()))
    written: list[bytes] = field(default_factory=list)
    wanted: list[bytes] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)
    own: list[bytes] = field(default_factory=list)
    kept: dict[tuple[str, str | None], bytes] = field(default_factory=dict)
    full: bool = False
    """Whether its transport takes no more than the next write."""


class BoardMachine(RuleBasedStateMachine):
    """Both boards side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.board = TopicBoard()
        self.peers: list[Peer] = []
        self.number = 0
        for _ in range(3):
            self.come()
        for place in range(3):
            for topic in "tu"[: 1 + place]:
                self.subscribe(place, topic)

    def peer(self, place: int) -> Any:
        return self.peers[place % len(self.peers)]

    def numbered(self) -> bytes:
        self.number += 1
        return b"%d;" % self.number

    def lag(self, peer: Peer) -> None:
        peer.full = False
        if not peer.outbox.lagging:
            peer.outbox.lagging = True
            self.board.lags(peer.id)

    def catch_up(self, peer: Peer) -> None:
        peer.outbox.catch_up()
        self.board.caught_up(peer.id)
        peer.wanted += [*peer.own, *peer.kept.values()]
        peer.own.clear()
        peer.kept.clear()

    @precondition(lambda self: len(self.peers) < 6)
    @rule()
    def come(self) -> None:
        peer = Peer(f"peer {self.numbered()!r}")

        def write(data: bytes) -> None:
            peer.written.append(data)
            if peer.full:
                self.lag(peer)

        self.board.register(peer.id, peer.outbox, write)
        self.peers.append(peer)

    @precondition(lambda self: self.peers)
    @rule(place=PLACES, topic=TOPICS)
    def subscribe(self, place: int, topic: str) -> None:
        peer = self.peer(place)
        assert self.board.subscribe(peer, topic) is (topic not in peer.topics)
        peer.topics.add(topic)

    @precondition(lambda self: self.peers)
    @rule(place=PLACES, topic=TOPICS)
    def unsubscribe(self, place: int, topic: str) -> None:
        peer = self.peer(place)
        assert self.board.unsubscribe(peer, topic) is (topic in peer.topics)
        peer.topics.discard(topic)
        peer.kept = {slot: frame for slot, frame in peer.kept.items() if slot[0] != topic}

    @rule(topic=TOPICS, key=st.sampled_from([None, "1", "2"]))
    def publish(self, topic: str, key: str | None) -> None:
        payload = self.numbered()
        self.board.publish(topic, payload, key=key)
        for peer in self.peers:
            if topic in peer.topics and peer.outbox.lagging:
                peer.kept.pop((topic, key), None)
                peer.kept[topic, key] = build_frame(payload)
            elif topic in peer.topics:
                peer.wanted.append(build_frame(payload))

    @precondition(lambda self: self.peers)
    @rule(place=PLACES)
    def send(self, place: int) -> None:
        peer, frame = self.peer(place), self.numbered()
        peer.outbox.send(frame)
        (peer.own if peer.outbox.lagging else peer.wanted).append(frame)

    @rule()
    def flush(self) -> None:
        self.board.flush()

    @precondition(lambda self: self.peers)
    @rule(place=PLACES)
    def take_no_more(self, place: int) -> None:
        self.peer(place).full = True

    @precondition(lambda self: any(peer.outbox.lagging for peer in self.peers))
    @rule(at_once=st.booleans())
    def read(self, at_once: bool) -> None:
        peer = next(peer for peer in self.peers if peer.outbox.lagging)
        self.catch_up(peer)
        if at_once:
            peer.written.append(peer.outbox.take())

    @precondition(lambda self: self.peers)
    @rule(place=PLACES)
    def leave(self, place: int) -> None:
        peer = self.peer(place)
        self.board.drop(peer)
        self.peers.remove(peer)

    @invariant()
    def topics_are_those_of_the_clients(self) -> None:
        assert set(self.board.active()) == {topic for peer in self.peers for topic in peer.topics}

    def teardown(self) -> None:
        """Let all catch up: everybody has what it should."""
        for peer in self.peers:
            peer.full = False
            if peer.outbox.lagging:
                self.catch_up(peer)
        self.board.flush()
        for peer in self.peers:
            assert b"".join(peer.written) == b"".join(peer.wanted)
            assert not peer.outbox.holds_any()


TestTopicBoard = BoardMachine.TestCase
TestTopicBoard.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=40, deadline=None, derandomize=True, database=None
)
