"""The dealer alone, against a client that only writes down what was asked of it."""

from __future__ import annotations

from msgspec.structs import replace

from embedded_server.dealing.dealer import ANSWER_GRACE, FASTEST_MS, OFFER_LIFE, SLOWEST_MS, Dealer
from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import MILLISECOND, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.market import Market
from embedded_server.model.commands import Accepted, Refused
from embedded_server.model.enums import OrderKind, OrderStatus, Reason, RefusalCode, Side
from embedded_server.model.states import OrderState

EUR = "EURUSD"


class Notes:
    """A client of the dealer: keeps orders, obeys, remembers."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.orders: dict[int, OrderState] = {}
        self.done: list[tuple[int, str, int]] = []
        self.objection: Refused | None = None

    def add(self, number: int, deviation: int = 3) -> None:
        """A buy of ten lots at 108460."""
        self.orders[number] = OrderState(
            id=number,
            account="forex",
            instrument=EUR,
            side=Side.BUY,
            kind=OrderKind.MARKET,
            status=OrderStatus.DEALING,
            lots=10,
            price=108_460,
            deviation_ticks=deviation,
            created_at=0,
            updated_at=0,
        )

    def _note(self, order_id: int, what: str, status: OrderStatus) -> None:
        self.done.append((order_id, what, self._simulation.now))
        self.orders[order_id] = replace(self.orders[order_id], status=status)

    def order(self, order_id: int) -> OrderState | None:
        return self.orders.get(order_id)

    def obstacle(self, order_id: int, price: int) -> Refused | None:
        return self.objection

    def execute(self, order_id: int, limit: int) -> None:
        self._note(order_id, f"execute {limit}", OrderStatus.FILLED)

    def fill(self, order_id: int, price: int) -> None:
        self._note(order_id, f"fill {price}", OrderStatus.FILLED)

    def requote(self, order_id: int, price: int, expires_at: int) -> None:
        order = self.orders[order_id]
        self.orders[order_id] = replace(
            order, offer_price=price, offer_expires_at=expires_at, requotes=order.requotes + 1
        )
        self._note(order_id, f"requote {price}", OrderStatus.REQUOTED)

    def cancel(self, order_id: int, reason: Reason) -> None:
        self._note(order_id, "cancel", OrderStatus.CANCELED)

    def reject(self, order_id: int, refusal: str) -> None:
        self._note(order_id, "reject", OrderStatus.REJECTED)

    def expire(self, order_id: int) -> None:
        self._note(order_id, "expire", OrderStatus.EXPIRED)

    def words(self) -> list[str]:
        """What was asked, in order."""
        return [word for _, word, _ in self.done]


def _dealt(seed: int = 5, ask: int = 108_460) -> tuple[Simulation, Market, Notes, Dealer]:
    simulation = Simulation(seed=seed, start=0)
    market = Market(simulation, [i for i in CATALOGUE if i.key == EUR])
    market.submit(EUR, 900, Side.SELL, 1_000, ask, rest=True)
    notes = Notes(simulation)
    return simulation, market, notes, Dealer(simulation, market, notes, iter(range(1_000, 2_000)).__next__)


def test_delays_lie_between_their_bounds_and_come_from_the_seed() -> None:
    def delays(seed: int) -> list[int]:
        simulation, _, notes, dealer = _dealt(seed)
        for number in range(1, 40):
            notes.add(number)
            dealer.deal(number)
        simulation.run_until(2 * SECOND)
        return [time for *_, time in sorted(notes.done)]

    first = delays(1)
    assert len(first) == 39
    assert min(first) >= FASTEST_MS * MILLISECOND
    assert max(first) <= SLOWEST_MS * MILLISECOND
    assert len(set(first)) > 30
    assert first == delays(1)
    assert first != delays(2)


def test_the_price_seen_is_filled_on_the_book_at_that_limit() -> None:
    simulation, _, notes, dealer = _dealt()
    notes.add(1)
    dealer.deal(1)
    simulation.run_until(2 * SECOND)
    assert notes.words() == ["execute 108460"]


def test_a_price_that_ran_away_is_offered_and_the_dealer_hedges_an_acceptance() -> None:
    simulation, market, notes, dealer = _dealt(ask=108_464)
    notes.add(1)
    dealer.deal(1)
    simulation.run_until(2 * SECOND)
    assert notes.words() == ["requote 108464"]
    assert dealer.answer(1, True) == Accepted(1)
    assert notes.words()[1:] == ["fill 108464"]
    assert market.available(EUR, Side.BUY, None) == 990


def test_an_offer_that_was_accepted_is_not_filled_again() -> None:
    simulation, market, notes, dealer = _dealt(ask=108_464)
    notes.add(1)
    dealer.deal(1)
    simulation.run_until(2 * SECOND)
    assert dealer.answer(1, True) == Accepted(1)
    again = dealer.answer(1, True)
    assert isinstance(again, Refused)
    assert again.code is RefusalCode.OFFER_GONE
    assert notes.words() == ["requote 108464", "fill 108464"]
    assert market.available(EUR, Side.BUY, None) == 990


def test_an_objection_at_acceptance_leaves_the_offer_standing() -> None:
    simulation, market, notes, dealer = _dealt(ask=108_464)
    notes.add(1)
    dealer.deal(1)
    simulation.run_until(2 * SECOND)
    notes.objection = Refused(RefusalCode.INSUFFICIENT_FUNDS, "too poor", "lots")
    assert dealer.answer(1, True) == notes.objection
    assert notes.words() == ["requote 108464"]
    assert market.available(EUR, Side.BUY, None) == 1_000


def test_an_objection_at_the_decision_rejects() -> None:
    simulation, _, notes, dealer = _dealt()
    notes.add(1)
    notes.objection = Refused(RefusalCode.INSUFFICIENT_FUNDS, "too poor", "lots")
    dealer.deal(1)
    simulation.run_until(2 * SECOND)
    assert notes.words() == ["reject"]


def test_silence_expires_the_order_after_the_grace() -> None:
    simulation, _, notes, dealer = _dealt(ask=108_464)
    notes.add(1)
    dealer.deal(1)
    simulation.run_until(60 * SECOND)
    assert notes.words() == ["requote 108464", "expire"]
    assert notes.done[1][2] - notes.done[0][2] == OFFER_LIFE + ANSWER_GRACE


def test_a_renewed_offer_is_not_ended_by_the_old_ones_timer() -> None:
    simulation, _, notes, dealer = _dealt(ask=108_464)
    notes.add(1)
    dealer.deal(1)
    simulation.run_until(2 * SECOND)
    offered = notes.done[0][2]
    simulation.run_until(offered + OFFER_LIFE + ANSWER_GRACE - 1)
    dealer.answer(1, True)
    simulation.run_until(offered + OFFER_LIFE + ANSWER_GRACE + OFFER_LIFE - 1)
    assert notes.words() == ["requote 108464", "requote 108464"]


def test_an_order_withdrawn_before_the_decision_is_forgotten() -> None:
    simulation, _, notes, dealer = _dealt()
    notes.add(1)
    dealer.deal(1)
    notes.cancel(1, Reason.CLIENT)
    simulation.run_until(60 * SECOND)
    assert notes.words() == ["cancel"]


def test_an_unknown_order_has_no_offer() -> None:
    _, _, _, dealer = _dealt()
    outcome = dealer.answer(7, True)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.INVALID_STATE


def test_an_acceptance_that_evens_the_dealers_inventory_leaves_none() -> None:
    simulation, market, notes, dealer = _dealt(ask=108_464)
    notes.add(1)
    dealer.deal(1)
    simulation.run_until(2 * SECOND)
    market.cancel(EUR, 900)
    dealer.answer(1, True)
    assert dealer.inventory[EUR] == 10, "nobody sold to the dealer"
    market.submit(EUR, 901, Side.BUY, 1_000, 108_450, rest=True)
    notes.add(2)
    notes.orders[2] = replace(notes.orders[2], side=Side.SELL)
    dealer.deal(2)
    simulation.run_until(4 * SECOND)
    dealer.answer(2, True)
    assert notes.words()[2:] == ["requote 108450", "fill 108450"]
    assert dealer.inventory[EUR] == 0
    assert market.available(EUR, Side.SELL, None) == 1_000
