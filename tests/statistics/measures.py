"""The stylised facts of SIMULATION.md as functions of one-minute arrays (after Cont 2001)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Minutes:
    """One-minute observations in order; `session` numbers the trading session each belongs to."""

    closes: Floats
    volumes: Floats
    spreads: Floats
    """Mean quoted spread over the minute."""
    session: NDArray[np.int64]
    minute_of_day: NDArray[np.int64]


def measure(minutes: Minutes, *, equity: bool) -> dict[str, float]:
    """Every statistic of the gate by name. Returns over a closure are left out, the rest is one series."""
    inside = minutes.session[1:] == minutes.session[:-1]
    returns = np.diff(np.log(minutes.closes))[inside]
    sizes = np.abs(returns)
    absolute = autocorrelations(sizes, 600)
    signed = autocorrelations(returns, 10)
    variance = variance_ratios(returns, (10, 60))
    kurtosis = {horizon: excess_kurtosis(overlapping(returns, horizon)) for horizon in (1, 15, 240)}
    found = {
        "return autocorrelation 1": signed[1],
        "return autocorrelation 2": signed[2],
        "return autocorrelation 5": signed[5],
        "return autocorrelation 10": signed[10],
        "variance ratio 10": variance[0],
        "variance ratio 60": variance[1],
        "kurtosis 1": kurtosis[1],
        "kurtosis 15": kurtosis[15],
        "kurtosis 240 / kurtosis 1": kurtosis[240] / kurtosis[1],
        "kurtosis 15 / kurtosis 1": kurtosis[15] / kurtosis[1],
        "Hill index, top 1 %": hill_index(sizes, 0.01),
        "Hill index, top 5 %": hill_index(sizes, 0.05),
        "|return| autocorrelation 1": absolute[1],
        "|return| autocorrelation 10": absolute[10],
        "|return| autocorrelation 60": absolute[60],
        "|return| autocorrelation 240": absolute[240],
        "|return| autocorrelation exponent": decay_exponent(absolute),
        "corr(volume, |return|)": float(np.corrcoef(minutes.volumes[1:][inside], sizes)[0, 1]),
        "Spearman(spread, |return|)": spearman(minutes.spreads[1:][inside], sizes),
    }
    if equity:
        found["volume at the ends over midday"] = smile(minutes)
    return {name: float(value) for name, value in found.items()}


def autocorrelations(values: Floats, lags: int) -> Floats:
    """Autocorrelation at lags 0 to `lags`, by FFT."""
    centred = values - values.mean()
    size = 1 << (2 * len(centred) - 1).bit_length()
    spectrum = np.fft.rfft(centred, size)
    covariances = np.fft.irfft(spectrum * np.conj(spectrum), size)[: lags + 1]
    return np.asarray(covariances / covariances[0])


def overlapping(returns: Floats, horizon: int) -> Floats:
    """Sums over every run of `horizon` returns."""
    total = np.concatenate(([0.0], np.cumsum(returns)))
    return np.asarray(total[horizon:] - total[:-horizon])


def variance_ratios(returns: Floats, horizons: tuple[int, ...]) -> list[float]:
    """Variance of overlapping `horizon` returns over that of as many independent ones."""
    centred = returns - returns.mean()
    return [float(np.mean(np.square(overlapping(centred, h))) / (h * returns.var())) for h in horizons]


def excess_kurtosis(values: Floats) -> float:
    """Fourth standardised moment less 3."""
    centred = values - values.mean()
    return float(np.mean(centred**4) / np.mean(centred**2) ** 2 - 3.0)


def hill_index(sizes: Floats, share: float) -> float:
    """Hill's tail index over the largest `share` of the values."""
    count = max(2, int(len(sizes) * share))
    largest = np.sort(sizes)[-count:]
    return float(1.0 / np.mean(np.log(largest[1:] / largest[0])))


def decay_exponent(correlations: Floats) -> float:
    """Exponent b of lag^-b fitted to log-spaced lags 1-600."""
    lags = np.unique(np.rint(np.geomspace(1, 600, 40)).astype(int))
    values = np.maximum(correlations[lags], 1e-3)
    return float(-np.polyfit(np.log(lags), np.log(values), 1)[0])


def spearman(first: Floats, second: Floats) -> float:
    """Rank correlation (ties keep their order's average)."""
    return float(np.corrcoef(ranks(first), ranks(second))[0, 1])


def ranks(values: Floats) -> Floats:
    """Ranks with ties averaged."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2.0)[inverse])


def smile(minutes: Minutes) -> float:
    """Mean volume of a session's first and last half hour over that of its middle two hours."""
    clock = minutes.minute_of_day
    first, last = clock.min(), clock.max() + 1
    middle = (first + last) / 2
    ends = (clock < first + 30) | (clock >= last - 30)
    midday = np.abs(clock + 0.5 - middle) < 60
    return float(minutes.volumes[ends].mean() / minutes.volumes[midday].mean())
