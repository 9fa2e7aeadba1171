"""REST: reports, asked for, listed and downloaded (extension to onetrade.md, 7. Report Events)."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from starlette.responses import Response

from embedded_server.kernel.time import DAY
from embedded_server.model.commands import RequestReport
from embedded_server.model.states import ReportState
from embedded_server.protocols.json_input import InputError
from embedded_server.protocols.onetrade import projection
from embedded_server.protocols.onetrade.calls import ApiError, Call, Table, answer
from embedded_server.protocols.onetrade.desk import Desk
from embedded_server.protocols.onetrade.report_contents import sections
from embedded_server.protocols.onetrade.report_files import FORMATS, render
from embedded_server.protocols.onetrade.requests import CreateReport, instant

PREFIX = "/api/v1/trader"


class Reports:
    """A report's URL carries a key of its own, since whoever follows a link sends no bearer token."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._secret = secrets.token_bytes(32)

    def table(self) -> Table:
        """Paths and methods, all but the download."""
        return {
            "/reports": {"GET": self._list, "POST": self._create},
            "/reports/{id}": {"GET": self._get},
        }

    def url(self, base_url: str, report: ReportState) -> str:
        """Where a ready report downloads; empty until then."""
        if report.status != "ready":
            return ""
        return f"{base_url}{PREFIX}/reports/{report.id}/download?key={self._key(report.id)}"

    def download(self, number: int, key: str, kind: str | None, *, authorised: bool) -> Response:
        """The file, for whoever shows its key or a token; by default a statement as HTML, others as CSV."""
        if not authorised and not hmac.compare_digest(self._key(number), key):
            raise ApiError(401, "the report's key or an access token is needed")
        report = self._report(number)
        if report.status != "ready":
            raise ApiError(409, f"report {number} is {report.status}", "INVALID_STATE")
        kind = kind or ("html" if report.kind == "statement" else "csv")
        if kind not in FORMATS:
            raise InputError(f"format: must be one of {', '.join(FORMATS)}", "format")
        content = render(kind, projection.report(report, "").desc, sections(self._desk, report))
        disposition = f'attachment; filename="{report.kind}-{report.id}.{kind}"'
        return Response(
            content,
            headers={
                "Content-Type": FORMATS[kind],
                "Content-Disposition": disposition,
                "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
                "X-Content-Type-Options": "nosniff",
            },
        )

    def _list(self, call: Call) -> Response:
        reports = self._desk.engine.records.reports(projection.ACCOUNT)
        return answer([projection.report(report, self.url(call.base_url, report)) for report in reports])

    def _get(self, call: Call) -> Response:
        return self._answer(call, call.number())

    def _create(self, call: Call) -> Response:
        body = call.model(CreateReport)
        body.check_owner()
        now = self._desk.engine.now
        end = now + 1 if body.to is None else instant(body.to, "to")
        start = end - DAY if body.from_ is None else instant(body.from_, "from")
        command = RequestReport(account=projection.ACCOUNT, kind=body.type.name.lower(), start=start, end=end)
        return self._answer(call, self._desk.submit(command), 201)

    def _answer(self, call: Call, number: int, status: int = 200) -> Response:
        report = self._report(number)
        return answer(projection.report(report, self.url(call.base_url, report)), status)

    def _report(self, number: int) -> ReportState:
        report = self._desk.engine.records.report(number)
        if report is None or report.account != projection.ACCOUNT:
            raise ApiError(404, f"there is no report {number}", "UNKNOWN_REPORT")
        return report

    def _key(self, number: int) -> str:
        return hmac.new(self._secret, f"report {number}".encode(), hashlib.sha256).hexdigest()[:32]
