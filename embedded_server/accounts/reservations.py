"""What working orders hold back: money of buyers, lots of closers. Legs of an OCO group share it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from embedded_server.accounts.position_book import Holding


class Claim(Struct, frozen=True):
    """One order's hold. Of a group, `resting` legs add up; legs that wait for a trigger share with them."""

    micros: int = 0
    lots: int = 0
    holding: Holding | None = None
    group: str | None = None
    resting: bool = True


class Reservations:
    """The claims of one account's working orders."""

    def __init__(self) -> None:
        self._claims: dict[int, Claim] = {}
        self._money: int | None = 0

    def hold(self, order_id: int, claim: Claim) -> None:
        """Set what an order holds, in place of what it held."""
        self._claims[order_id] = claim
        self._money = None

    def release(self, order_id: int) -> None:
        """Give back everything an order holds."""
        if self._claims.pop(order_id, None) is not None:
            self._money = None

    @property
    def money(self) -> int:
        """Reserved micro-units."""
        if self._money is None:
            self._money = _shared((c, c.micros) for c in self._claims.values())
        return self._money

    def lots_of(self, order_id: int) -> int:
        """Lots that one order holds."""
        claim = self._claims.get(order_id)
        return 0 if claim is None else claim.lots

    def lots(self, holding: Holding) -> int:
        """Lots of a holding that closers hold."""
        return _shared((c, c.lots) for c in self._claims.values() if c.holding == holding)

    def money_with(self, order_id: int, claim: Claim) -> int:
        """What would be reserved if an order held `claim`."""
        others = [c for number, c in self._claims.items() if number != order_id]
        return _shared((c, c.micros) for c in [*others, claim])

    def lots_with(self, order_id: int, claim: Claim) -> int:
        """Lots of the claim's holding that would be held if an order held it."""
        others = [c for n, c in self._claims.items() if n != order_id and c.holding == claim.holding]
        return _shared((c, c.lots) for c in [*others, claim])


def _shared(claims: Iterable[tuple[Claim, int]]) -> int:
    total = 0
    resting: dict[str, int] = {}
    waiting: dict[str, int] = {}
    for claim, amount in claims:
        if claim.group is None:
            total += amount
        elif claim.resting:
            resting[claim.group] = resting.get(claim.group, 0) + amount
        else:
            waiting[claim.group] = max(waiting.get(claim.group, 0), amount)
    for group in resting.keys() | waiting.keys():
        total += max(resting.get(group, 0), waiting.get(group, 0))
    return total
