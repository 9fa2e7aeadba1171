"""The price process run backwards: volatilities are reversible in time, so its past is as good as any."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedded_server.kernel.time import MINUTE, SECOND
from embedded_server.market.columns import Columns, Integers, empty
from embedded_server.market.price_process import (
    DEGREES_OF_FREEDOM,
    UNIT_VARIANCE,
    Dynamics,
    Floats,
    Streams,
    basis_decay,
    basis_fraction,
    volatility_decay,
)
from embedded_server.market.takers import volumes
from embedded_server.model.instruments import Instrument

_CHUNK = 512
_SEEN = 0.7
"""Share of the path's variance within a candle that its trades reveal in high and low."""


@dataclass(frozen=True, slots=True)
class PathState:
    """Where a path stands at one instant."""

    log_price: float
    volatilities: Floats
    basis: Floats


class BackwardPath:
    """Makes candles of one instrument that end in a given state."""

    def __init__(self, instrument: Instrument, dynamics: Dynamics, streams: Streams) -> None:
        self._instrument = instrument
        self._dynamics = dynamics
        self._streams = streams

    def candles(
        self, name: str, times: Integers, seconds: float, state: PathState
    ) -> tuple[Columns, PathState]:
        """Candles of `seconds` that open at `times` (ascending) and end in `state`, and the state before.

        `name` keys the random streams: one for every segment of history.
        """
        if not len(times):
            return empty(), state
        dynamics = self._dynamics
        stream = self._streams(f"market/{dynamics.source}/history/{name}")
        normals = stream.standard_normal((len(state.volatilities), len(times)))
        volatilities = volatility_decay(seconds, _CHUNK).path(state.volatilities, normals)
        backwards = times[::-1]
        deviations = dynamics.deviations(volatilities, backwards // MINUTE)
        returns = dynamics.increments(stream, deviations, seconds)
        gaps = self._gaps(stream, backwards, seconds, deviations)
        changes = np.cumsum(returns + gaps)
        opens = state.log_price - changes + gaps
        closes = np.append(state.log_price, state.log_price - changes[:-1])
        highs, lows = _extremes(stream, opens, closes, _SEEN * seconds * np.square(deviations))
        basis = self._basis(name, state.basis, seconds, len(times))
        shift = np.log1p(basis_fraction(basis))
        logs = (opens + shift[1:], highs + shift[1:], lows + shift[1:], closes + shift[:-1])
        before = PathState(state.log_price - float(changes[-1]), volatilities[:, -1], basis[:, -1])
        return self._columns(name, times, seconds, deviations, logs), before

    def _gaps(
        self, stream: np.random.Generator, backwards: Integers, seconds: float, deviations: Floats
    ) -> Floats:
        """Changes of the log price between the candle before and this one, where a session began."""
        dynamics = self._dynamics
        if dynamics.session.always_open:
            return np.zeros(len(backwards))
        earlier = np.append(backwards[1:], backwards[-1])
        after_closure = backwards - earlier > seconds * SECOND
        shocks = stream.standard_t(DEGREES_OF_FREEDOM, len(backwards)) * UNIT_VARIANCE
        return np.asarray(after_closure * shocks * dynamics.gap_deviation)

    def _basis(self, name: str, state: Floats, seconds: float, count: int) -> Floats:
        """Basis states at the end of the run and after each step back; (scales, count + 1)."""
        if not self._dynamics.has_basis:
            return np.zeros((len(state), count + 1))
        stream = self._streams(f"market/{self._dynamics.key}/history/basis/{name}")
        normals = stream.standard_normal((len(state), count))
        return np.column_stack((state, basis_decay(seconds, _CHUNK).path(state, normals)))

    def _columns(
        self, name: str, times: Integers, seconds: float, deviations: Floats, logs: tuple[Floats, ...]
    ) -> Columns:
        instrument = self._instrument
        opens, highs, lows, closes = (
            np.maximum(1, np.rint(np.exp(values[::-1]))).astype(np.int64) for values in logs
        )
        lots = volumes(
            self._streams(f"market/{instrument.key}/history/volume/{name}"),
            instrument.trades_per_minute / 60.0,
            instrument.typical_lots,
            deviations[::-1] / self._dynamics.sigma,
            seconds,
        )
        highs = np.maximum(highs, np.maximum(opens, closes))
        lows = np.minimum(lows, np.minimum(opens, closes))
        return Columns(times, opens, highs, lows, closes, lots)


def _extremes(
    stream: np.random.Generator, opens: Floats, closes: Floats, variances: Floats
) -> tuple[Floats, Floats]:
    """Highest and lowest of a Brownian bridge between each pair of log prices."""
    squares = np.square(closes - opens)
    reach_up = np.sqrt(squares - 2.0 * variances * np.log1p(-stream.random(len(opens))))
    reach_down = np.sqrt(squares - 2.0 * variances * np.log1p(-stream.random(len(opens))))
    return 0.5 * (opens + closes + reach_up), 0.5 * (opens + closes - reach_down)
