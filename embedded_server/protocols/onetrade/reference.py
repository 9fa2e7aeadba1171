"""REST: the account's totals, its activity log, symbols and their price history."""

from __future__ import annotations

from starlette.responses import Response

from embedded_server.protocols.json_input import InputError
from embedded_server.protocols.onetrade import projection
from embedded_server.protocols.onetrade.calls import Call, Table, answer
from embedded_server.protocols.onetrade.desk import Desk
from embedded_server.protocols.onetrade.requests import RESOLUTIONS, instant

DEFAULT_BARS = 300
MAX_BARS = 5000


class Reference:
    """What a client reads and cannot change."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def table(self) -> Table:
        """Paths and methods."""
        return {
            "/account": {"GET": self._account},
            "/journal": {"GET": self._journal},
            "/symbols": {"GET": self._symbols},
            "/symbols/{id}": {"GET": self._symbol},
            "/symbols/ticks/history/{id}": {"GET": self._bars},
        }

    def _account(self, call: Call) -> Response:
        return answer(projection.account(self._desk.account.state(), projection.LEVERAGE))

    def _journal(self, call: Call) -> Response:
        """An extension: the entries `journal_create` announced."""
        return answer(
            [projection.journal(entry) for entry in self._desk.engine.records.activity(projection.ACCOUNT)]
        )

    def _symbols(self, call: Call) -> Response:
        return answer([self._desk.projection.symbol(key) for key in self._desk.instruments])

    def _symbol(self, call: Call) -> Response:
        return answer(self._desk.projection.symbol(self._desk.instrument(call.number()).key))

    def _bars(self, call: Call) -> Response:
        """Bars of [from, to), oldest first; `count_back`: the last so many before `to`, whatever `from`."""
        key = self._desk.instrument(call.number()).key
        resolution = RESOLUTIONS.get(call.query.get("resolution", "1"))
        if resolution is None:
            raise InputError(f"resolution: must be one of {', '.join(RESOLUTIONS)}", "resolution")
        start = instant(call.query["from"], "from") if call.query.get("from") else None
        end = instant(call.query["to"], "to") if call.query.get("to") else None
        count = _count(call.query.get("count_back"))
        if count is None and start is None:
            count = DEFAULT_BARS
        bars = self._desk.engine.market.bars(
            key, resolution, count=count, start=start if count is None else None, end=end
        )
        return answer([self._desk.projection.bar(key, bar) for bar in bars[-MAX_BARS:]])


def _count(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and 0 < int(text) <= MAX_BARS):
        raise InputError(f"count_back: must be from 1 to {MAX_BARS}", "count_back")
    return int(text)
