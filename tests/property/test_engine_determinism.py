"""Same seed and same inputs give the same events, byte for byte, however the run is stepped."""

from __future__ import annotations

import random

import pytest

from embedded_server.engine.engine import Engine, EngineSettings, Input
from embedded_server.kernel.time import MILLISECOND, MINUTE, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.model.commands import (
    Command,
    ControlBot,
    EngageKillSwitch,
    PlaceOrder,
    ReleaseKillSwitch,
    StartStrategy,
)
from embedded_server.model.enums import OrderKind, Side
from embedded_server.model.events import BarClosed, DepthChanged, Event, QuoteChanged, TradePrinted

RUN = 6 * MINUTE
CHOSEN = ("AAPL", "MSFT", "BTCUSDT", "BTCUSDT-PERP", "ETHUSDT", "ETHUSDT-PERP", "EURUSD", "USDJPY")
INSTRUMENTS = tuple(instrument for instrument in CATALOGUE if instrument.key in CHOSEN)


def engine(seed: int = 11) -> Engine:
    return Engine(EngineSettings(seed=seed, instruments=INSTRUMENTS, record_digest=True))


def commands(start: int) -> list[tuple[int, Command]]:
    """A person's orders at odd moments of the run."""
    return [
        (start + 7 * SECOND, order("forex", "EURUSD", Side.BUY, 10)),
        (start + 31 * SECOND + 5, order("spot", "BTCUSDT", Side.BUY, 300)),
        (start + 61 * SECOND, StartStrategy(strategy_id="strategy-123")),
        (start + 90 * SECOND + 1, order("futures", "BTCUSDT-PERP", Side.SELL, 20)),
        (start + 120 * SECOND, ControlBot(command="PAUSE")),
        (start + 200 * SECOND, EngageKillSwitch(reason="test")),
        (start + 230 * SECOND, ReleaseKillSwitch()),
        (start + 231 * SECOND, order("forex", "USDJPY", Side.SELL, 5)),
    ]


def order(account: str, instrument: str, side: Side, lots: int) -> PlaceOrder:
    return PlaceOrder(account=account, instrument=instrument, side=side, kind=OrderKind.MARKET, lots=lots)


def run_in_steps(next_step: random.Random | None) -> str:
    subject = engine()
    end = subject.now + RUN
    due = commands(subject.now)
    while subject.now < end or due:
        target = end if next_step is None else subject.now + next_step.randrange(1, 400 * MILLISECOND)
        if due and due[0][0] <= target:
            time, command = due.pop(0)
            subject.advance(time)
            subject.submit(command)
        else:
            subject.advance(min(target, end))
        if next_step is not None and next_step.random() < 0.3:
            subject.publish()
    return subject.digest()


@pytest.fixture(scope="module")
def reference() -> str:
    return run_in_steps(None)


@pytest.mark.parametrize("step_seed", [1, 2])
def test_the_digest_of_a_run_is_the_same_however_it_is_stepped(reference: str, step_seed: int) -> None:
    assert run_in_steps(random.Random(step_seed)) == reference


def test_another_seed_gives_another_run(reference: str) -> None:
    other = engine(seed=12)
    other.step(RUN)
    assert other.digest() != reference


def test_replaying_the_inputs_rebuilds_the_run_people_s_orders_included(reference: str) -> None:
    first = engine()
    inputs: list[Input] = []
    first.on_input = inputs.append
    for time, command in commands(first.now):
        first.advance(time)
        first.submit(command)
    first.advance(first.settings.start + RUN)
    assert first.digest() == reference
    assert len(inputs) == len(commands(0))

    second = engine()
    second.replay(inputs, first.settings.start + RUN)
    assert second.digest() == reference


def test_adding_an_instrument_leaves_the_others_unchanged() -> None:
    def market_events(keys: tuple[str, ...]) -> dict[str, list[Event]]:
        subject = Engine(EngineSettings(seed=5, instruments=tuple(i for i in CATALOGUE if i.key in keys)))
        seen: dict[str, list[Event]] = {key: [] for key in keys}

        def keep(_: int, batch: object) -> None:
            for event in batch:  # type: ignore[attr-defined]
                match event:
                    case QuoteChanged(quote=quote):
                        seen[quote.instrument].append(event)
                    case (
                        DepthChanged(instrument=key)
                        | TradePrinted(instrument=key)
                        | BarClosed(instrument=key)
                    ):
                        seen[key].append(event)
                    case _:
                        pass

        subject.bus.subscribe(keep)
        subject.step(5 * MINUTE)
        subject.publish()
        return seen

    few = market_events(("GBPUSD", "LTCUSDT", "XAUUSD"))
    more = market_events(("GBPUSD", "LTCUSDT", "USDCAD", "XAUUSD"))
    assert few["LTCUSDT"]
    for key, events in few.items():
        # Trade numbers count over the whole market; everything else of a stream is its own.
        assert [_without_number(event) for event in events] == [_without_number(event) for event in more[key]]


def _without_number(event: Event) -> object:
    if isinstance(event, TradePrinted):
        return (event.time, event.price, event.lots, event.side)
    return event
