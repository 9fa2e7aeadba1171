"""Reports of OneTrade: asked for, announced by `report_create` (onetrade.md, 7.), then fetched (extension).

Only what this console asked for is fetched, by its number: a server's `url` is never followed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tui_trader.model.commands import RequestReport
from tui_trader.model.errors import CommandError, ProtocolError
from tui_trader.model.events import Event, NoticeReceived, ReportReceived
from tui_trader.model.values import Severity
from tui_trader.protocols.codec import HttpRequest
from tui_trader.protocols.onetrade import messages
from tui_trader.protocols.onetrade.enums import REPORT_FAILED, REPORT_READY
from tui_trader.protocols.onetrade.projection import identifier
from tui_trader.protocols.onetrade.requests import TRADER, Owner
from tui_trader.protocols.rest_answers import REFUSED, refusal
from tui_trader.protocols.sanitising import SHORT, clean

KINDS = ("statement", "trades", "orders")
FORMATS = ("csv", "html")
ASK, FETCH = "report", "report_file"
_MOST = 64
_NAME = re.compile(r"[^A-Za-z0-9_-]+")


class Reports:
    """Which reports were asked for, and in which format each is to be fetched."""

    def __init__(self, link: str) -> None:
        self._link = link
        self._formats: dict[str, str] = {}
        self._ready: dict[str, str] = {}

    def ask(self, command: RequestReport, owner: Owner, headers: Mapping[str, str]) -> HttpRequest:
        """`POST reports`. Raises `CommandError` for a kind or format that there is none of."""
        if command.kind not in KINDS:
            raise CommandError(f"a report is one of {', '.join(KINDS)}", field="kind")
        if command.format not in FORMATS:
            raise CommandError(f"a report comes as {' or '.join(FORMATS)}", field="format")
        body = {"account_id": owner.account_id, "user_id": owner.user_id, "type": KINDS.index(command.kind)}
        purpose = f"{ASK}:{command.format}"
        return HttpRequest(
            "POST", f"{TRADER}/reports", purpose, body=body, headers=headers, reference=command.reference
        )

    def asked(self, request: HttpRequest, status: int, body: bytes) -> None:
        """Note the number of a report that was asked for; a refusal has none."""
        if status >= REFUSED:
            return
        try:
            report = messages.read_report(body)
        except ProtocolError:
            return
        self._note(self._formats, identifier(report.id, "report id"), request.purpose.partition(":")[2])

    def announced(self, report: messages.ReportBody) -> None:
        """Note that a report can be fetched, or that it never can be."""
        number = identifier(report.id, "report id")
        if report.status in REPORT_READY:
            self._note(self._ready, number, clean(report.kind or "report", SHORT))
        elif report.status in REPORT_FAILED:
            self._formats.pop(number, None)

    def due(self, headers: Mapping[str, str]) -> Sequence[HttpRequest]:
        """Fetch what was asked for and is ready, each once: announcement and answer come in any order."""
        requests = []
        for number in [one for one in self._formats if one in self._ready and one.isdigit()]:
            extension, kind = self._formats.pop(number), self._ready.pop(number)
            name = f"{_NAME.sub('-', kind).strip('-') or 'report'}-{number}.{extension}"
            path = f"{TRADER}/reports/{number}/download"
            query = {"format": extension}
            purpose = f"{FETCH}:{name}"
            requests.append(HttpRequest("GET", path, purpose, query=query, headers=headers, lasting=True))
        return requests

    def fetched(self, request: HttpRequest, status: int, body: bytes) -> Event:
        """Give the file, or say why there is none."""
        name = request.purpose.partition(":")[2]
        if status >= REFUSED:
            return NoticeReceived(self._link, Severity.ERROR, f"{name}: {refusal(status, body)}", str(status))
        return ReportReceived(self._link, name, body)

    @staticmethod
    def _note(kept: dict[str, str], number: str, text: str) -> None:
        kept[number] = text
        while len(kept) > _MOST:
            del kept[next(iter(kept))]
