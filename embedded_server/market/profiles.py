"""How busy each minute of the UTC day is: a factor on volatility whose mean square is 1 while trading."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from embedded_server.market.sessions import Session
from embedded_server.model.instruments import AssetClass

Curve = NDArray[np.float64]

MINUTES_A_DAY = 1440
_OPEN, _CLOSE = 810, 1200
"""Minutes of the US session, 13:30 and 20:00."""


@lru_cache(maxsize=16)
def volatility_profile(asset_class: AssetClass, session: Session) -> Curve:
    """Factor on volatility for each minute of the day; activity follows it too."""
    minutes = np.arange(MINUTES_A_DAY, dtype=np.float64)
    if asset_class is AssetClass.EQUITY:
        curve = _smile(minutes) if not session.always_open else 1.0 + 0.5 * _bump(minutes, 1005.0, 150.0)
    elif asset_class is AssetClass.FOREX:
        curve = 0.8 + 0.45 * _bump(minutes, 540.0, 120.0) + 0.6 * _bump(minutes, 870.0, 130.0)
    else:
        curve = 0.9 + 0.35 * _bump(minutes, 900.0, 200.0) + 0.1 * _bump(minutes, 120.0, 150.0)
    trading = _trading_minutes(session)
    return np.asarray(curve / np.sqrt(np.mean(np.square(curve[trading]))))


def _smile(minutes: Curve) -> Curve:
    """High after the opening, low at midday, higher again towards the close."""
    since_open = np.clip(minutes - _OPEN, 0.0, None)
    to_close = np.clip(_CLOSE - minutes, 0.0, None)
    return np.asarray(0.8 + 0.9 * np.exp(-since_open / 35.0) + 0.5 * np.exp(-to_close / 30.0))


def _bump(minutes: Curve, centre: float, width: float) -> Curve:
    distance = np.abs(minutes - centre)
    around = np.minimum(distance, MINUTES_A_DAY - distance)
    return np.asarray(np.exp(-0.5 * np.square(around / width)))


def _trading_minutes(session: Session) -> slice:
    return slice(_OPEN, _CLOSE) if session.name == "us_equity" else slice(0, MINUTES_A_DAY)
