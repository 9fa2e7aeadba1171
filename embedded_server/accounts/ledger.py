"""The ledger of one account: append-only entries in integer micro-units whose sum is the balance, exactly."""

from __future__ import annotations

from embedded_server.accounts.identities import Identities
from embedded_server.accounts.past import Past
from embedded_server.kernel.simulation import Simulation
from embedded_server.model.enums import LedgerKind
from embedded_server.model.events import LedgerPosted
from embedded_server.model.states import LedgerEntry


class Ledger:
    """Posts movements of the balance and says so."""

    def __init__(
        self, simulation: Simulation, identities: Identities, account: str, opening_micros: int
    ) -> None:
        self._simulation = simulation
        self._identities = identities
        self._account = account
        self.balance = 0
        self.entries: Past[LedgerEntry] = Past()
        self._totals = dict.fromkeys(LedgerKind, 0)
        self.post(LedgerKind.DEPOSIT, opening_micros, comment="opening balance")

    def total(self, kind: LedgerKind) -> int:
        """Sum of the entries of a kind, signed."""
        return self._totals[kind]

    def post(
        self,
        kind: LedgerKind,
        amount_micros: int,
        *,
        order_id: int | None = None,
        deal_id: int | None = None,
        position_id: int | None = None,
        comment: str | None = None,
    ) -> None:
        """Move the balance; an amount of zero leaves no entry."""
        if amount_micros == 0:
            return
        self.balance += amount_micros
        self._totals[kind] += amount_micros
        entry = LedgerEntry(
            id=self._identities.entry(),
            account=self._account,
            kind=kind,
            amount_micros=amount_micros,
            balance_micros=self.balance,
            order_id=order_id,
            deal_id=deal_id,
            position_id=position_id,
            comment=comment,
            time=self._simulation.now,
        )
        self.entries.add(entry)
        self._simulation.emit(LedgerPosted(time=self._simulation.now, entry=entry))
