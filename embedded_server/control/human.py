"""Engine states in human units: prices, quantities and money as decimal numbers, instants as ISO text.

Names follow: `lots` become `quantity`, `..._micros` lose their ending, an order's `filled_value` becomes its
`average_price`; distances stay in ticks and say so. Enums are their values.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct

from embedded_server.model.instruments import MICROS, Instrument
from embedded_server.model.states import OrderState
from embedded_server.protocols.wire_numbers import Precision, Precisions
from embedded_server.protocols.wire_time import iso_z

PRICES = frozenset(
    {
        "price",
        "stop_price",
        "stop_loss",
        "take_profit",
        "offer_price",
        "entry_price",
        "liquidation_price",
        "mark",
        "bid",
        "ask",
        "last",
        "open",
        "high",
        "low",
        "close",
    }
)
QUANTITIES = {
    "lots": "quantity",
    "filled_lots": "filled_quantity",
    "initial_lots": "initial_quantity",
    "bid_lots": "bid_quantity",
    "ask_lots": "ask_quantity",
}
INSTANTS = frozenset({"time", "start", "end", "last_signal_time", "next_signal_time"})


class Human:
    """Converts what the engine knows; the instrument of a number is that of the nearest state around it."""

    def __init__(self, instruments: Mapping[str, Instrument]) -> None:
        self._precisions = Precisions(instruments.values())

    def show(self, value: object, around: Precision | None = None) -> object:
        """A state, or anything made of states, as plain JSON values."""
        if isinstance(value, Struct):
            return self._struct(value, around)
        if isinstance(value, dict):
            return {
                str(name): self.show(item, self._precisions.get(name, around)) for name, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.show(item, around) for item in value]
        return value.value if isinstance(value, Enum) else value

    def _struct(self, struct: Struct, around: Precision | None) -> dict[str, object]:
        precision = self._precisions.get(getattr(struct, "instrument", ""), around)
        shown: dict[str, object] = {}
        for name in struct.__struct_fields__:
            key, value = self._field(name, getattr(struct, name), precision)
            shown[key] = value
        if isinstance(struct, OrderState) and precision is not None:
            del shown["filled_value"]
            filled = struct.filled_lots
            shown["average_price"] = precision.average(struct.filled_value / filled) if filled else None
        return shown

    def _field(self, name: str, value: object, precision: Precision | None) -> tuple[str, object]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return QUANTITIES.get(name, name.removesuffix("_micros")), self.show(value, precision)
        if name in INSTANTS or name.endswith("_at"):
            return name, iso_z(int(value))
        if name.endswith("_micros"):
            return name.removesuffix("_micros"), value / MICROS
        if precision is not None and name in PRICES:
            return name, precision.price(value) if isinstance(value, int) else precision.average(value)
        if precision is not None and name in QUANTITIES:
            return QUANTITIES[name], precision.quantity(int(value))
        return name, value
