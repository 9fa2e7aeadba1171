"""When signals come: soon after the start, every five minutes an instrument, spread, and on request."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from embedded_server.analysis.ai_service import AiService
from embedded_server.analysis.analysis import Analysis
from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import SECOND
from embedded_server.model.commands import Accepted, Refused, RequestSignal
from embedded_server.model.enums import RefusalCode, Resolution
from embedded_server.model.events import AiSignalGenerated
from embedded_server.model.states import AiSignal

BTC, ETH = "BTCUSDT-PERP", "ETHUSDT-PERP"


@pytest.fixture
def service(simulation: Simulation, market: Any) -> AiService:
    for index, key in enumerate((BTC, ETH)):
        steps = np.random.default_rng(index).normal(0, 900, 300)
        for resolution in (Resolution.M15, Resolution.H1):
            market.set_closes(key, [int(one) for one in 6_700_000 + np.cumsum(steps)], resolution)
    return AiService(simulation, market, Analysis(simulation, market))


def generated(simulation: Simulation) -> list[AiSignalGenerated]:
    return [event for event in simulation.take_emitted() if isinstance(event, AiSignalGenerated)]


def test_the_first_signal_comes_within_seconds(simulation: Simulation, service: AiService) -> None:
    service.start()
    simulation.run_until(simulation.start + 3 * SECOND)
    assert [event.signal.instrument for event in generated(simulation)] == [BTC]


def test_every_perpetual_has_a_signal_each_five_minutes_spread_over_them(
    simulation: Simulation, service: AiService
) -> None:
    service.start()
    simulation.run_until(simulation.start + 620 * SECOND)
    times = [
        (event.signal.instrument, (event.time - simulation.start) // SECOND)
        for event in generated(simulation)
    ]
    assert times == [(BTC, 2), (ETH, 152), (BTC, 302), (ETH, 452), (BTC, 602)]


def test_the_next_time_is_known(simulation: Simulation, service: AiService) -> None:
    assert service.next_signal_time is None
    service.start()
    assert service.next_signal_time == simulation.start + 2 * SECOND
    simulation.run_until(simulation.start + 2 * SECOND)
    assert service.next_signal_time == simulation.start + 152 * SECOND
    assert service.last_signal_time == simulation.start + 2 * SECOND


def test_a_request_is_answered_at_once_with_the_id_of_its_signal(
    simulation: Simulation, service: AiService
) -> None:
    outcome = service.request(RequestSignal(instrument=ETH))
    (event,) = generated(simulation)
    assert event.requested
    assert outcome == Accepted(event.signal.id)
    assert (event.signal.instrument, event.signal.timeframe) == (ETH, Resolution.H1)
    assert service.latest(ETH) == event.signal
    assert list(service.history()) == [event.signal]


def test_an_unknown_instrument_is_refused(service: AiService) -> None:
    outcome = service.request(RequestSignal(instrument="NOPE"))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.field) == (RefusalCode.UNKNOWN_INSTRUMENT, "instrument")


def test_a_timeframe_that_no_document_names_is_refused(service: AiService) -> None:
    outcome = service.request(RequestSignal(instrument=BTC, timeframe=Resolution.W1))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.field) == (RefusalCode.INVALID, "timeframe")


def test_an_instrument_without_a_closed_bar_is_refused(service: AiService) -> None:
    outcome = service.request(RequestSignal(instrument=BTC, timeframe=Resolution.D1))
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.INVALID_STATE


def test_listeners_hear_every_signal(service: AiService) -> None:
    heard: list[AiSignal] = []
    service.on_signal(heard.append)
    service.request(RequestSignal(instrument=BTC))
    assert heard == list(service.history())


def test_a_request_does_not_disturb_the_period(simulation: Simulation, service: AiService) -> None:
    service.start()
    service.request(RequestSignal(instrument=BTC))
    assert service.last_signal_time is None
    assert service.next_signal_time == simulation.start + 2 * SECOND
