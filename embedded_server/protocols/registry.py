"""The one list of endpoints; adding one is a folder beside this file and a line here."""

from __future__ import annotations

from embedded_server.protocols.bars.facade import BarsFacade
from embedded_server.protocols.facade import Facade

FACADES: tuple[type[Facade], ...] = (BarsFacade,)
