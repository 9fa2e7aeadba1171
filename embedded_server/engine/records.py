"""Activity log and reports of the accounts: what people asked for and did; the newest of each are kept."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from functools import partial

from embedded_server.accounts.accounts import Accounts
from embedded_server.kernel.simulation import Priority, Simulation
from embedded_server.kernel.time import SECOND
from embedded_server.model.commands import Accepted, Outcome, RecordActivity, Refused, RequestReport
from embedded_server.model.enums import RefusalCode
from embedded_server.model.events import ActivityRecorded, ReportPrepared
from embedded_server.model.states import JournalEntry, ReportState

REPORT_KINDS = ("statement", "trades", "orders")
PREPARATION_TIME = SECOND
MAX_DESCRIPTION = 200
ACTIVITY_KEPT = 10_000
"""Entries of one account: every login is one, and a client may come back for days."""
REPORTS_KEPT = 1_000


class Records:
    """Appends activity and prepares reports; ids count from 1."""

    def __init__(self, simulation: Simulation, accounts: Accounts) -> None:
        self._simulation = simulation
        self._accounts = {account.id for account in accounts}
        self._activity: dict[str, deque[JournalEntry]] = defaultdict(partial(deque, maxlen=ACTIVITY_KEPT))
        self._reports: dict[int, ReportState] = {}
        self._entries = 0
        self._requested = 0

    def activity(self, account: str) -> Sequence[JournalEntry]:
        """The account's log, oldest first."""
        return tuple(self._activity[account])

    def reports(self, account: str) -> Sequence[ReportState]:
        """The account's reports, oldest first."""
        return [report for report in self._reports.values() if report.account == account]

    def report(self, number: int) -> ReportState | None:
        """One report by id."""
        return self._reports.get(number)

    def submit(self, command: RecordActivity | RequestReport) -> Outcome:
        """Carry out a command; unknown accounts, kinds and empty ranges are refused."""
        if command.account not in self._accounts:
            return Refused(RefusalCode.UNKNOWN_ACCOUNT, f"there is no account {command.account}", "account")
        if isinstance(command, RecordActivity):
            return self._record(command)
        return self._request(command)

    def _record(self, command: RecordActivity) -> Outcome:
        self._entries += 1
        now = self._simulation.now
        entry = JournalEntry(
            id=self._entries,
            account=command.account,
            description=command.description[:MAX_DESCRIPTION],
            channel=command.channel,
            time=now,
        )
        self._activity[command.account].append(entry)
        self._simulation.emit(ActivityRecorded(time=now, entry=entry))
        return Accepted(entry.id)

    def _request(self, command: RequestReport) -> Outcome:
        if command.kind not in REPORT_KINDS:
            return Refused(RefusalCode.INVALID, f"a report is one of {', '.join(REPORT_KINDS)}", "kind")
        if command.start >= command.end:
            return Refused(RefusalCode.INVALID, "a report ends after it starts", "end")
        self._requested += 1
        number = self._requested
        if len(self._reports) >= REPORTS_KEPT:
            del self._reports[next(iter(self._reports))]
        self._reports[number] = ReportState(
            id=number,
            account=command.account,
            kind=command.kind,
            status="requested",
            start=command.start,
            end=command.end,
            time=self._simulation.now,
        )
        self._simulation.after(PREPARATION_TIME, Priority.ACCOUNTING, partial(self._prepare, number))
        return Accepted(number)

    def _prepare(self, number: int) -> None:
        now = self._simulation.now
        asked = self._reports.get(number)
        if asked is None:
            return
        ready = ReportState(
            id=asked.id,
            account=asked.account,
            kind=asked.kind,
            status="ready",
            start=asked.start,
            end=asked.end,
            time=now,
        )
        self._reports[number] = ready
        self._simulation.emit(ReportPrepared(time=now, report=ready))
