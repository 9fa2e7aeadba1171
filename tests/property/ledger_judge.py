"""What events told of orders, positions and money, and whether the accounts say the same, exactly."""

from __future__ import annotations

from collections import defaultdict

from embedded_server.accounts.account import Account
from embedded_server.accounts.accounts import Accounts
from embedded_server.market.market import Market
from embedded_server.model.enums import Direction, LedgerKind, Liquidity, OrderStatus, Side
from embedded_server.model.events import (
    Event,
    LedgerPosted,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderModified,
    OrderPlaced,
    OrderRejected,
    OrderRequoted,
    PositionChanged,
    PositionClosed,
    PositionOpened,
)
from embedded_server.model.states import OrderState, PositionState

PAIR = "pair-"
"""How the names of groups begin of which only one order may ever fill."""
OrderEvent = (
    OrderPlaced | OrderModified | OrderRequoted | OrderFilled | OrderCanceled | OrderExpired | OrderRejected
)


class LedgerJudge:
    """Follows every event from the beginning, and refuses what cannot be."""

    def __init__(self, accounts: Accounts, market: Market) -> None:
        self._accounts = accounts
        self._market = market
        self.orders: dict[int, OrderState] = {}
        """Every order as its last event told it."""
        self._deals: dict[int, list[OrderFilled]] = defaultdict(list)
        self._entries: list[LedgerPosted] = []
        self._open_positions: dict[int, PositionState] = {}
        self._closed_positions: set[int] = set()
        self._matched: dict[int, int] = defaultdict(int)
        """Lots that the market matched, by order."""
        market.on_fill(self._match)

    def judge(self) -> None:
        """Compare all that the accounts say now."""
        self._check_orders()
        for account in self._accounts:
            self._check_positions(account)
            self._check_money(account)

    def _match(self, key: str, order_id: int, price: int, lots: int, liquidity: Liquidity) -> None:
        self._matched[order_id] += lots

    def follow(self, event: Event) -> None:
        """Take one event in, refusing what cannot follow what was."""
        match event:
            case OrderPlaced() | OrderRejected() | OrderModified() | OrderRequoted():
                self._follow_order(event)
            case OrderFilled() | OrderCanceled() | OrderExpired():
                self._follow_order(event)
                if isinstance(event, OrderFilled):
                    self._deals[event.order.id].append(event)
            case LedgerPosted():
                assert event.entry.id == len(self._entries) + 1
                self._entries.append(event)
            case PositionOpened():
                assert event.position.id not in self._open_positions
                assert event.position.id not in self._closed_positions
                self._open_positions[event.position.id] = event.position
            case PositionChanged():
                assert event.position.id in self._open_positions
            case PositionClosed():
                del self._open_positions[event.position.id]
                self._closed_positions.add(event.position.id)
            case _:
                pass

    def _follow_order(self, event: OrderEvent) -> None:
        """An order begins with its placing (or its rejection), and nothing follows its ending."""
        old = self.orders.get(event.order.id)
        fresh = isinstance(event, OrderPlaced) or (isinstance(event, OrderRejected) and old is None)
        assert fresh == (old is None), event
        assert old is None or not old.status.terminal, (old, event)
        assert event.time == event.order.updated_at
        self.orders[event.order.id] = event.order

    def _check_orders(self) -> None:
        """Working means not ended; fills sum to what is filled, never more than was asked."""
        live = {o.id for a in self._accounts for o in a.working_orders()}
        for order_id, order in self.orders.items():
            assert (order_id in live) == (not order.status.terminal)
            assert order == self._accounts[order.account].order(order_id)
            deals = [e.deal for e in self._deals[order_id]]
            assert sum(d.lots for d in deals) == order.filled_lots <= order.lots
            assert sum(d.lots * d.price for d in deals) == order.filled_value
            assert sum(d.fee_micros for d in deals) == order.fees_micros
            assert self._matched.get(order_id, order.filled_lots) == order.filled_lots
            assert (order.filled_lots == order.lots) == (order.status is OrderStatus.FILLED)
        assert live <= self.orders.keys()
        pairs = [o for o in self.orders.values() if (o.oco_group or "").startswith(PAIR)]
        assert len({o.oco_group for o in pairs if o.filled_lots}) == sum(o.filled_lots > 0 for o in pairs)

    def _check_positions(self, account: Account) -> None:
        """A position is the signed sum of its fills, and so is an account's net in an instrument."""
        size: dict[int, int] = defaultdict(int)
        net: dict[str, int] = defaultdict(int)
        for deal in account.deals():
            size[deal.position_id] += deal.lots if deal.direction is Direction.IN else -deal.lots
            net[deal.instrument] += deal.side.sign * deal.lots
        held = {p.id: p.lots for p in account.positions()}
        assert held == {number: lots for number, lots in size.items() if lots}
        for position in account.positions():
            net[position.instrument] -= position.side.sign * position.lots
            assert account.id not in ("equities", "spot") or position.side is Side.BUY
            assert position.id in self._open_positions
        assert not any(net.values())
        assert {p.id for p in account.closed_positions()} <= self._closed_positions

    def _check_money(self, account: Account) -> None:
        """Balance, cash, reserves and totals follow from the fills, exactly."""
        state, deals, entries = account.state(), account.deals(), account.ledger()
        assert [e.entry for e in self._entries if e.entry.account == account.id] == list(entries)
        assert state.balance_micros == sum(e.amount_micros for e in entries) == entries[-1].balance_micros
        swaps = sum(e.amount_micros for e in entries if e.kind is LedgerKind.SWAP)
        covers = sum(e.amount_micros for e in entries if "insurance" in (e.comment or ""))
        fees = sum(d.fee_micros for d in deals)
        profit = sum(d.profit_micros for d in deals)
        assert state.balance_micros == state.opening_micros + profit - fees + swaps + covers
        assert (state.fees_micros, state.swap_micros) == (fees, swaps)
        assert (state.realised_micros, covers >= 0) == (profit + covers, True)
        assert state.equity_micros == state.balance_micros + state.unrealised_micros
        assert state.peak_equity_micros >= max(state.equity_micros, state.opening_micros)
        assert state.reserved_micros >= 0
        assert state.reserved_micros == 0 or account.working_orders()
        if account.id in ("equities", "spot"):
            self._check_cash(account)

    def _check_cash(self, account: Account) -> None:
        """Cash is the opening balance less purchases plus sales less fees, and is never overdrawn."""
        state = account.state()
        cash = state.opening_micros - state.fees_micros
        for deal in account.deals():
            instrument = self._market.instruments[deal.instrument]
            cash -= deal.side.sign * instrument.notional_micros(deal.price, deal.lots)
        assert cash == state.balance_micros - sum(p.cost_micros for p in account.positions())
        assert cash - state.reserved_micros == state.available_micros >= 0
