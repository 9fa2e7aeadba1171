"""The four accounts behind one door: commands go to the account they name, market news to who trades it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from embedded_server.accounts.account import Account
from embedded_server.accounts.gate import Gate
from embedded_server.accounts.identities import Identities
from embedded_server.accounts.swap import next_midnight, nights_charged
from embedded_server.accounts.venues import DOCUMENTED, Venue
from embedded_server.dealing.dealer import Dealer
from embedded_server.kernel.simulation import Priority, Simulation
from embedded_server.market.market import Market
from embedded_server.model.commands import AccountCommand, Outcome, Refused
from embedded_server.model.enums import Liquidity, RefusalCode
from embedded_server.model.instruments import AssetClass


class Accounts:
    """Accounts by id, in the fixed order equities, futures, forex, spot."""

    def __init__(
        self,
        simulation: Simulation,
        market: Market,
        *,
        gate: Gate | None = None,
        venues: Sequence[Venue] = DOCUMENTED,
    ) -> None:
        self._simulation = simulation
        identities = Identities()
        self._accounts = {v.account: Account(simulation, market, v, identities) for v in venues}
        self._traders = {key: account for account in self for key in account.instruments}
        self._derived = {
            i.underlying: i.key
            for i in market.instruments.values()
            if i.asset_class is AssetClass.PERPETUAL and i.underlying is not None and i.key in self._traders
        }
        self.dealer: Dealer = self._accounts["forex"].employ_dealer()
        """Deals the forex account's instant execution; `dealer.force(count, ticks)` is for tests."""
        self.set_gate(gate)
        market.on_fill(self._on_fill)
        market.on_quote(self._on_quote)
        self._schedule_rollover()

    def __getitem__(self, account: str) -> Account:
        return self._accounts[account]

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts.values())

    def set_gate(self, gate: Gate | None) -> None:
        """Ask `gate` about every order of every account before it is accepted."""
        for account in self:
            account.set_gate(gate)

    def submit(self, command: AccountCommand) -> Outcome:
        """Carry out a command. Accepted with the order's id; the position's for ModifyPosition."""
        account = self._accounts.get(command.account)
        if account is None:
            return Refused(RefusalCode.UNKNOWN_ACCOUNT, f"there is no account {command.account}", "account")
        return account.submit(command)

    def _on_fill(self, instrument: str, order_id: int, price: int, lots: int, liquidity: Liquidity) -> None:
        account = self._traders.get(instrument)
        if account is not None:
            account.on_fill(order_id, price, lots, liquidity)

    def _on_quote(self, instrument: str) -> None:
        account = self._traders.get(instrument)
        if account is not None:
            account.on_quote(instrument)
        derived = self._derived.get(instrument)
        if derived is not None:
            self._traders[derived].on_mark(derived)

    def _schedule_rollover(self) -> None:
        midnight = next_midnight(self._simulation.now)
        self._simulation.at(midnight, Priority.ACCOUNTING, self._roll)

    def _roll(self) -> None:
        nights = nights_charged(self._simulation.now)
        if nights:
            self._accounts["forex"].roll(nights)
        self._schedule_rollover()
