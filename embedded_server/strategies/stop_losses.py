"""The strategies' stop losses: a position that loses more than the config's fraction is closed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from embedded_server.model.commands import ClosePosition
from embedded_server.model.enums import Reason

if TYPE_CHECKING:
    from embedded_server.accounts.accounts import Accounts
    from embedded_server.kernel.simulation import Simulation
    from embedded_server.market.market import Market


class StopLosses:
    """Levels of every protected position, rebuilt after fills and config changes, compared on every quote."""

    def __init__(
        self,
        simulation: Simulation,
        market: Market,
        accounts: Accounts,
        account: str,
        fraction_of: Callable[[str], float | None],
    ) -> None:
        self._simulation = simulation
        self._market = market
        self._accounts = accounts
        self._account = account
        self._fraction_of = fraction_of
        self._levels: dict[str, dict[int, float]] = {}

    def start(self) -> None:
        """Listen to quotes."""
        self._market.on_quote(self._quoted)

    def refresh(self) -> None:
        """Read the positions again and set their levels."""
        self._levels.clear()
        for position in self._accounts[self._account].positions():
            fraction = None if position.strategy is None else self._fraction_of(position.strategy)
            if fraction is not None:
                levels = self._levels.setdefault(position.instrument, {})
                levels[position.id] = position.entry_price * (1.0 - fraction)

    def _quoted(self, key: str) -> None:
        levels = self._levels.get(key)
        if not levels:
            return
        bid = self._market.quote(key).bid
        if bid <= 0:
            return
        for position_id in [one for one, level in levels.items() if bid < level]:
            # Taken out so that it closes once; the refresh after the fill puts back what is left of it.
            del levels[position_id]
            self._simulation.soon(partial(self._close, position_id))

    def _close(self, position_id: int) -> None:
        position = self._accounts[self._account].position(position_id)
        if position is None or position.lots == 0:
            return
        self._accounts.submit(
            ClosePosition(account=self._account, position_id=position_id, reason=Reason.STOP_LOSS)
        )
        self.refresh()
