"""The fair price, in blocks: log-volatilities on four time scales, fat-tailed shocks, about a jump a day.

Every random number comes from a stream named after the instrument and its purpose, and a block depends only
on how many steps went before it, so neither stepping nor the company of other instruments changes a path.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from embedded_server.kernel.time import MINUTE, SECOND, WEEK
from embedded_server.market.profiles import MINUTES_A_DAY, volatility_profile
from embedded_server.market.sessions import Session
from embedded_server.model.instruments import Instrument

Floats = NDArray[np.float64]
Streams = Callable[[str], np.random.Generator]

TIME_SCALES_SECONDS = np.array([120.0, 1_800.0, 21_600.0, 259_200.0])
WEIGHTS = np.array([0.22, 0.30, 0.38, 0.38])
_MEAN_SQUARE = float(np.sum(WEIGHTS**2))
"""exp(sum w x) has mean square exp(2 sum w^2): subtracting this from the exponent makes it 1."""
DEGREES_OF_FREEDOM = 5
UNIT_VARIANCE = math.sqrt((DEGREES_OF_FREEDOM - 2) / DEGREES_OF_FREEDOM)
"""What a Student-t number is multiplied with to have variance 1."""
JUMPS_A_DAY = 1.0
JUMP_SCALE_MINUTES = 60.0
"""A jump's deviation is that of this many minutes of ordinary trading."""
GAP_SCALE_MINUTES = 60.0
"""The same for the price gap between two sessions."""
BASIS_SECONDS = np.array([45.0, 7_200.0])
BASIS_DEVIATIONS = np.array([0.00003, 0.00022])
BASIS_BOUND = 0.0009
LOWEST_FAIR_TICKS = 200.0
"""A path never falls below this many ticks, so that a book always has room for its bids."""
_YEAR_SECONDS = 365 * 86_400


class Decay:
    """An Ornstein-Uhlenbeck recursion in equal steps, `steps` of them at a time as a few array operations."""

    def __init__(self, time_scales: Floats, seconds: float, steps: int) -> None:
        # Scales far below the step are noise from step to step; the bound keeps exp() below overflow.
        scales = np.maximum(time_scales, steps * seconds / 600.0)
        elapsed = np.arange(1, steps + 1, dtype=np.float64) * seconds / scales[:, None]
        self._steps = steps
        self._fading = np.exp(-elapsed)
        self._shocks = np.exp(elapsed) * np.sqrt(-np.expm1(-2.0 * seconds / scales))[:, None]

    def path(self, state: Floats, normals: Floats) -> Floats:
        """Unit-variance values after each step, from `state` before the first; (scales, steps)."""
        path = np.empty_like(normals)
        for first in range(0, normals.shape[1], self._steps):
            drawn = normals[:, first : first + self._steps]
            count = drawn.shape[1]
            summed = np.cumsum(self._shocks[:, :count] * drawn, axis=1)
            path[:, first : first + count] = self._fading[:, :count] * (state[:, None] + summed)
            state = path[:, first + count - 1]
        return path


@lru_cache(maxsize=16)
def volatility_decay(seconds: float, steps: int) -> Decay:
    """The shared recursion of the log-volatilities."""
    return Decay(TIME_SCALES_SECONDS, seconds, steps)


@lru_cache(maxsize=16)
def basis_decay(seconds: float, steps: int) -> Decay:
    """The shared recursion of a perpetual's basis."""
    return Decay(BASIS_SECONDS, seconds, steps)


class Dynamics:
    """The constants of one instrument's path, and its state at the start of the run.

    A perpetual has the path of its underlying (same streams, same state) times one plus its basis.
    """

    def __init__(
        self, instrument: Instrument, underlying: Instrument | None, session: Session, streams: Streams
    ) -> None:
        source = underlying or instrument
        self.key = instrument.key
        self.source = source.key
        self.session = session
        self.profile = volatility_profile(source.asset_class, session)
        trading_share = session.trading_time / WEEK
        self.sigma = source.annual_volatility / math.sqrt(_YEAR_SECONDS * trading_share)
        """Standard deviation of the log price over a second of trading."""
        self.jump_rate = JUMPS_A_DAY / (86_400.0 if session.name != "us_equity" else 23_400.0)
        self.jump_deviation = self.sigma * math.sqrt(JUMP_SCALE_MINUTES * 60.0)
        self.gap_deviation = self.sigma * math.sqrt(GAP_SCALE_MINUTES * 60.0)
        self.log_price = math.log(float(source.initial_price / instrument.tick_size))
        self.volatilities = streams(f"market/{source.key}/state").standard_normal(len(WEIGHTS))
        self.has_basis = underlying is not None
        self.basis = (
            streams(f"market/{instrument.key}/state").standard_normal(len(BASIS_SECONDS))
            if self.has_basis
            else np.zeros(len(BASIS_SECONDS))
        )

    def initial_ticks(self) -> int:
        """The price at the start of the run."""
        return max(1, round(math.exp(self.log_price) * (1.0 + float(basis_fraction(self.basis)))))

    def initial_mark(self) -> float:
        """The mark price at the start of the run, in ticks."""
        slow = BASIS_DEVIATIONS[1] * self.basis[1]
        return math.exp(self.log_price) * (1.0 + float(np.clip(slow, -BASIS_BOUND, BASIS_BOUND)))

    def deviations(self, volatilities: Floats, minutes: NDArray[np.int64]) -> Floats:
        """Log-price deviation over a second, for log-volatility values and minutes of the day."""
        return np.asarray(
            self.sigma * np.exp(WEIGHTS @ volatilities - _MEAN_SQUARE) * self.profile[minutes % MINUTES_A_DAY]
        )

    def increments(self, stream: np.random.Generator, deviations: Floats, seconds: float) -> Floats:
        """Log-price changes over steps of `seconds`: Student-t shocks and, rarely, a jump."""
        count = len(deviations)
        shocks = stream.standard_t(DEGREES_OF_FREEDOM, count) * (UNIT_VARIANCE * math.sqrt(seconds))
        jumps = stream.random(count) < self.jump_rate * seconds
        sizes = stream.standard_normal(count)
        return np.asarray(shocks * deviations + jumps * sizes * self.jump_deviation)


class Block:
    """Consecutive steps of a path, one element a step.

    `fairs` and `marks` are prices in ticks (a mark is the underlying's fair price and the slow part of the
    basis; without an underlying, the fair price), `returns` log returns, `deviations` log-price deviations
    over a second.
    """

    __slots__ = ("deviations", "fairs", "marks", "returns")

    def __init__(self, fairs: Floats, marks: Floats, returns: Floats, deviations: Floats) -> None:
        self.fairs = fairs
        self.marks = marks
        self.returns = returns
        self.deviations = deviations


class PriceProcess:
    """One instrument's path forward from the start, a block at a time."""

    def __init__(self, dynamics: Dynamics, streams: Streams, *, seconds: float, steps: int) -> None:
        self._dynamics = dynamics
        self._stream = streams(f"market/{dynamics.source}/price")
        self._basis_stream = streams(f"market/{dynamics.key}/basis") if dynamics.has_basis else None
        self._seconds = seconds
        self._steps = steps
        self._volatilities = dynamics.volatilities
        self._basis = dynamics.basis
        self._log_price = dynamics.log_price

    def shift(self, fraction: float) -> None:
        """Move the path by a fraction from here on."""
        self._log_price += math.log1p(fraction)

    def gap(self) -> None:
        """Let the price jump as it does between two sessions."""
        level = float(np.exp(WEIGHTS @ self._volatilities - _MEAN_SQUARE))
        shock = float(self._stream.standard_t(DEGREES_OF_FREEDOM)) * UNIT_VARIANCE
        self._log_price += self._dynamics.gap_deviation * level * shock

    def block(self, start: int, count: int) -> Block:
        """The next `count` steps, the first of them at time `start`."""
        dynamics, stream = self._dynamics, self._stream
        normals = stream.standard_normal((len(WEIGHTS), self._steps))[:, :count]
        path = volatility_decay(self._seconds, self._steps).path(self._volatilities, normals)
        self._volatilities = path[:, -1].copy()
        times = start + np.arange(count, dtype=np.int64) * int(self._seconds * SECOND)
        deviations = dynamics.deviations(path, times // MINUTE)
        returns = dynamics.increments(stream, deviations, self._seconds)
        logs = self._log_price + np.cumsum(returns)
        self._log_price = float(logs[-1])
        fairs = marks = np.maximum(np.exp(logs), LOWEST_FAIR_TICKS)
        if self._basis_stream is not None:
            normals = self._basis_stream.standard_normal((len(BASIS_SECONDS), self._steps))[:, :count]
            basis = basis_decay(self._seconds, self._steps).path(self._basis, normals)
            self._basis = basis[:, -1].copy()
            marks = fairs * (1.0 + np.clip(BASIS_DEVIATIONS[1] * basis[1], -BASIS_BOUND, BASIS_BOUND))
            fairs = fairs * (1.0 + basis_fraction(basis))
        return Block(fairs, marks, returns, deviations)


def basis_fraction(states: Floats) -> Floats:
    """A perpetual's price over its underlying's, less one; `states` is (scales,) or (scales, steps)."""
    return np.asarray(np.clip(BASIS_DEVIATIONS @ states, -BASIS_BOUND, BASIS_BOUND))
