"""From a signal to a filled-in ticket: side, instrument and levels. Type and quantity stay the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_trader.commands.figures import MOST
from tui_trader.commands.sizing import exact
from tui_trader.formatting.symbols import short_symbol
from tui_trader.model.commands import PlaceOrder
from tui_trader.model.values import Severity
from tui_trader.store.signals import key_of

if TYPE_CHECKING:
    from tui_trader.desk import Desk
    from tui_trader.model.values import Instrument, Signal

_SIDES = {"long": "buy", "short": "sell"}


def tradable(symbol: str, desk: Desk) -> Instrument | None:
    """What can be traded on a signal: its instrument, or else the spot pair that it is derived from."""
    instruments = desk.store.instruments
    for key in (symbol, symbol.removesuffix("-PERP")):
        instrument = instruments.get(key)
        if instrument is not None and desk.carriers(key, PlaceOrder):
            return instrument
    return None


def fields_of(signal: Signal, instrument: Instrument) -> dict[str, str]:
    """What of an order the signal says, as one would type it; levels on the instrument's own steps."""
    tick = exact(instrument.tick_size)
    told = {"stop_loss": signal.stop_loss, "take_profit": signal.take_profit}
    levels = {name: round(exact(value) / tick) * tick for name, value in told.items() if value}
    given = {name: f"{level:f}" for name, level in levels.items() if 0 < level < MOST}
    return {"side": _SIDES[signal.direction], **given}


def open_ticket(signal: Signal, desk: Desk) -> None:
    """Open the ticket filled in from a signal, or say why not. Nothing is sent by it."""
    instrument = tradable(signal.symbol, desk)
    name = short_symbol(signal.symbol)
    if signal.direction not in _SIDES:
        desk.console.report(f"The signal on {name} is neutral: there is nothing to trade.")
    elif instrument is None:
        desk.console.report(f"No link takes orders on {name}.", Severity.WARNING)
    else:
        note = f"from a signal: {signal.direction} {signal.confidence:.0%}"
        if instrument.key != signal.symbol:
            note += f"; spot instead of {name}"
        desk.console.open_ticket(instrument.key, fields_of(signal, instrument), note, key_of(signal))
