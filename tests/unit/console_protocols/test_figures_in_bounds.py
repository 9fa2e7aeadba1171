"""No number of a server's is so large that what is drawn or reckoned of it could overflow."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
import pytest

from tui_trader import protocols
from tui_trader.model.errors import ProtocolError
from tui_trader.protocols.json_reading import MOST, Figure, reader
from tui_trader.protocols.onetrade.binary_frames import read_record

STEPS = {"tick_size", "step", "min_value", "lot_step"}
"""Judged by steps.py, which has its own bounds."""


def messages() -> Iterator[type[msgspec.Struct]]:
    """Every message that a protocol reads."""
    for module in pkgutil.walk_packages(protocols.__path__, f"{protocols.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if (
                isinstance(value, type)
                and issubclass(value, msgspec.Struct)
                and value.__name__.endswith("Body")
            ):
                yield value


def unbounded(hint: Any) -> bool:
    """Whether a type lets any float through."""
    if get_origin(hint) is Annotated:
        return False
    times = {int, float, str} <= set(get_args(hint))
    return hint is float or (not times and any(map(unbounded, get_args(hint))))


def test_every_figure_that_is_read_is_bounded() -> None:
    found = [
        f"{kind.__module__}.{kind.__name__}.{name}"
        for kind in set(messages())
        for name, hint in get_type_hints(kind, include_extras=True).items()
        if unbounded(hint) and name not in STEPS
    ]
    assert len(set(messages())) > 30
    assert sorted(found) == []


@pytest.mark.parametrize("figure", ["1e19", "-1e19", "1e308", "1e999"])
def test_a_figure_beyond_all_prices_is_refused(figure: str) -> None:
    with pytest.raises(ProtocolError):
        reader(list[Figure])(f"[{figure}]")
    with pytest.raises(ProtocolError):
        read_record("fx", f"1,{figure},1,1,1,1,1".encode(), {1: "EURUSD"})


def test_the_largest_figure_and_the_smallest_are_read_as_they_are() -> None:
    assert reader(list[Figure])(f"[{MOST}, -{MOST}, 0, 5e-324, 1]") == [MOST, -MOST, 0, 5e-324, 1]
