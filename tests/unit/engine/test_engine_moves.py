"""Prices moved by hand: however often it is done, they stay prices."""

from __future__ import annotations

import pytest

from embedded_server.engine.engine import Engine, EngineSettings
from embedded_server.kernel.time import SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.model.commands import Accepted, MovePrice, Refused
from embedded_server.model.enums import RefusalCode

PAIR = tuple(one for one in CATALOGUE if one.key in ("DOGEUSDT", "DOGEUSDT-PERP"))


@pytest.mark.parametrize("fraction", [-0.5, 0.5])
@pytest.mark.parametrize("key", [one.key for one in PAIR])
def test_a_price_moved_again_and_again_comes_to_a_bound(key: str, fraction: float) -> None:
    engine = Engine(EngineSettings(instruments=PAIR, record_digest=True))
    outcomes = []
    for _ in range(80):
        outcomes.append(engine.submit(MovePrice(instrument=key, fraction=fraction)))
        engine.step(SECOND)
    engine.digest()
    assert isinstance(outcomes[0], Accepted)
    assert isinstance(outcomes[-1], Refused)
    assert (outcomes[-1].code, outcomes[-1].field) == (RefusalCode.INVALID, "fraction")
    for one in PAIR:
        quote = engine.market.quote(one.key)
        assert 100 < quote.bid < quote.ask < 10**10
        assert 100 < quote.last < 10**10
