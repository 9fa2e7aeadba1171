"""State to bytes and back: nothing lost, nothing called that is not the engine's."""

from __future__ import annotations

import os
import pickle
import zlib

import numpy as np
import pytest
from journal_stage import SETTINGS

from embedded_server.engine.engine import Engine
from embedded_server.journal.freezer import FrozenStateError, array, bound, freeze, thaw
from embedded_server.kernel.time import MINUTE, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.model.enums import Resolution


@pytest.fixture(scope="module")
def engine() -> Engine:
    made = Engine(SETTINGS)
    made.step(3 * MINUTE)
    made.publish()
    return made


def test_what_comes_back_goes_on_the_same(engine: Engine) -> None:
    other = thaw(freeze(engine))
    for one in (engine, other):
        one.step(90 * SECOND)
    events = engine.simulation.take_emitted()
    assert len(events) > 1_000
    assert events == other.simulation.take_emitted()


def test_history_candles_and_streams_come_back(engine: Engine) -> None:
    other = thaw(freeze(engine))
    for instrument in CATALOGUE[::7]:
        for resolution in Resolution:
            mine = engine.market.bars(instrument.key, resolution, count=400)
            assert list(mine) == list(other.market.bars(instrument.key, resolution, count=400))
        assert engine.market.day(instrument.key) == other.market.day(instrument.key)
    name = "market/AAPL/takers"
    assert (engine.simulation.stream(name).random(5) == other.simulation.stream(name).random(5)).all()


def test_who_listens_is_not_part_of_the_state(engine: Engine) -> None:
    stop = engine.bus.subscribe(lambda sequence, batch: None)
    other = thaw(freeze(engine))
    stop()
    assert other.recorder is None
    other.publish()


class Bomb:
    def __init__(self, *call: object) -> None:
        self.call = call

    def __reduce__(self) -> tuple[object, ...]:
        return self.call[0], self.call[1]


@pytest.mark.parametrize(
    "payload",
    [
        Bomb(os.system, ("true",)),
        Bomb(eval, ("1",)),
        Bomb(getattr, (SETTINGS, "seed")),
        Bomb(bound, (SETTINGS, "__init__")),
        Bomb(bound, ([], "append")),
        Bomb(array, ("O", (0,), b"")),
        Bomb(np.array, ([1],)),
        [1, 2],
    ],
)
def test_nothing_but_an_engines_state_is_thawed(payload: object) -> None:
    with pytest.raises(FrozenStateError):
        thaw(zlib.compress(pickle.dumps(payload)))


@pytest.mark.parametrize("data", [b"", b"x", zlib.compress(b""), zlib.compress(b"\x80\x05N.")])
def test_damaged_bytes_are_one_error(data: bytes) -> None:
    with pytest.raises(FrozenStateError):
        thaw(data)


def test_what_is_not_the_engines_cannot_be_frozen(engine: Engine) -> None:
    engine.market.on_quote(print)
    try:
        with pytest.raises(FrozenStateError):
            freeze(engine)
    finally:
        engine.market._listeners.quotes.remove(print)
