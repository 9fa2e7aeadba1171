"""Engine states to OneTrade's objects. Pure: what a state does not tell, the market is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from embedded_server.accounts.venues import DOCUMENTED
from embedded_server.model.enums import Direction, OrderKind, OrderStatus, PositionStatus, Reason, Side
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import (
    AccountState,
    Bar,
    DealState,
    JournalEntry,
    OrderState,
    PositionState,
    ReportState,
)
from embedded_server.protocols.onetrade import enums, messages
from embedded_server.protocols.wire_numbers import Precision, Precisions, fee
from embedded_server.protocols.wire_time import epoch_ms, iso_z

if TYPE_CHECKING:
    from embedded_server.market.market import Market

ACCOUNT = "forex"
ACCOUNT_ID = 1
USER_ID = 1
LEVERAGE = next(venue.leverage for venue in DOCUMENTED if venue.account == ACCOUNT)


class Projection:
    """Projects the forex account's states."""

    def __init__(self, market: Market, instruments: Mapping[str, Instrument]) -> None:
        self._market = market
        self._precisions = Precisions(instruments.values())
        self._symbols = {key: symbol(instrument) for key, instrument in instruments.items()}

    def symbol(self, key: str) -> messages.Symbol:
        """The symbol object of an instrument."""
        return self._symbols[key]

    def order(self, state: OrderState, reason: Reason | None = None) -> messages.Order:
        """onetrade.md, Order Interface; `reason` replaces why it was sent."""
        exact = self._precisions[state.instrument]
        stop_limit = state.kind is OrderKind.STOP_LIMIT
        return messages.Order(
            id=state.id,
            account_id=ACCOUNT_ID,
            symbol_id=exact.instrument.number,
            symbol=self._symbols[state.instrument],
            type=enums.order_type(state),
            side=enums.SIDE_TYPES[state.side],
            volume_initial=exact.quantity(state.lots),
            volume_current=exact.quantity(state.remaining_lots),
            price_order=_price_asked(exact, state),
            price_current=self._price_current(exact, state),
            price_sl=exact.price_or_none(state.stop_loss),
            price_tp=exact.price_or_none(state.take_profit),
            status=enums.ORDER_STATUSES[state.status],
            reason=enums.REASONS[reason or state.reason],
            comment=state.refusal or state.comment,
            external_id=state.reference,
            created_at=iso_z(state.created_at),
            updated_at=iso_z(state.updated_at),
            time_setup=iso_z(state.created_at),
            time_expiration=_instant(state.expires_at),
            time_done=_instant(state.done_at),
            price_stop_limit=exact.price(state.price or 0) if stop_limit else UNSET,
            deviation=UNSET if state.deviation_ticks is None else state.deviation_ticks,
            time_offer_expiration=_offer_end(state),
            trailing_stop=state.trailing_ticks or UNSET,
            oco_group=state.oco_group or UNSET,
        )

    def position(self, state: PositionState, reason: Reason | None = None) -> messages.Position:
        """onetrade.md, Position Interface; `reason` replaces why it was opened."""
        exact = self._precisions[state.instrument]
        profit, total = position_result(state)
        return messages.Position(
            id=state.id,
            account_id=ACCOUNT_ID,
            symbol_id=exact.instrument.number,
            symbol=self._symbols[state.instrument],
            side=enums.SIDE_TYPES[state.side],
            volume_initial=exact.quantity(state.initial_lots),
            volume_current=exact.quantity(state.lots),
            price_open=exact.average(state.entry_price),
            price_current=exact.price(state.mark),
            price_sl=exact.price_or_none(state.stop_loss),
            price_tp=exact.price_or_none(state.take_profit),
            profit=fee(profit),
            total_profit=fee(total),
            swaps=fee(state.swap_micros),
            status=enums.PositionStatus.OPEN
            if state.status is PositionStatus.OPEN
            else enums.PositionStatus.CLOSED,
            reason=enums.REASONS[reason or state.reason],
            comment=state.comment,
            created_at=iso_z(state.opened_at),
            updated_at=iso_z(state.updated_at),
            trailing_stop=state.trailing_ticks or UNSET,
        )

    def deal(self, state: DealState) -> messages.Deal:
        """onetrade.md, Deal Interface."""
        exact = self._precisions[state.instrument]
        return messages.Deal(
            id=state.id,
            account_id=ACCOUNT_ID,
            order_id=state.order_id,
            position_id=state.position_id,
            symbol_id=exact.instrument.number,
            symbol=self._symbols[state.instrument],
            side=enums.SIDE_TYPES[state.side],
            direction=enums.DIRECTIONS[state.direction],
            volume=exact.quantity(state.lots),
            price=exact.price(state.price),
            entry=exact.average(state.entry_price),
            profit=fee(state.profit_micros),
            profit_raw=fee(_raw_profit(exact.instrument, state)),
            commission=fee(-state.fee_micros) if state.fee_micros else 0.0,
            swap=fee(state.swap_micros),
            fee=0.0,
            storage=0.0,
            market_bid=exact.price(state.bid),
            market_ask=exact.price(state.ask),
            market_last=exact.price(state.last),
            reason=enums.REASONS[state.reason],
            channel=enums.channel(state.channel),
            comment=state.comment,
            created_at=iso_z(state.time),
            updated_at=iso_z(state.time),
        )

    def bar(self, key: str, state: Bar) -> messages.HistoryBar:
        """One candle of the symbol's history."""
        exact = self._precisions[key]
        return messages.HistoryBar(
            time=epoch_ms(state.time),
            open=exact.price(state.open),
            high=exact.price(state.high),
            low=exact.price(state.low),
            close=exact.price(state.close),
            volume=exact.quantity(state.lots),
        )

    def _price_current(self, exact: Precision, state: OrderState) -> float:
        """What was offered, else what was paid, else what the order would meet in the market now."""
        if state.status is OrderStatus.REQUOTED and state.offer_price is not None:
            return exact.price(state.offer_price)
        if state.filled_lots and state.status is OrderStatus.FILLED:
            return exact.average(state.filled_value / state.filled_lots)
        quote = self._market.quote(state.instrument)
        return exact.price(quote.ask if state.side is Side.BUY else quote.bid)


def symbol(instrument: Instrument) -> messages.Symbol:
    """An instrument as a symbol object."""
    return messages.Symbol(
        id=instrument.number,
        symbol=instrument.symbol,
        desc=instrument.name,
        base_currency=instrument.base,
        quote_currency=instrument.quote,
        digits=instrument.price_digits,
        contract_size=instrument.contract_size,
        tick_size=float(instrument.tick_size),
        tick_value=float(instrument.tick_size * instrument.contract_size),
        min_value=float(instrument.lot_size),
        max_value=float(instrument.quantity(instrument.max_lots)),
        step=float(instrument.lot_size),
    )


def position_result(state: PositionState) -> tuple[int, int]:
    """(profit, total profit) of a position in micro-units of the account's currency."""
    profit = state.unrealised_micros if state.status is PositionStatus.OPEN else state.realised_micros
    total = state.realised_micros + state.unrealised_micros + state.swap_micros - state.fees_micros
    return profit, total


def account(state: AccountState, leverage: int) -> messages.Account:
    """The account's totals."""
    return messages.Account(
        id=ACCOUNT_ID,
        user_id=USER_ID,
        name=state.id,
        currency=state.currency,
        leverage=leverage,
        balance=fee(state.balance_micros),
        credit=0.0,
        equity=fee(state.equity_micros),
        profit=fee(state.unrealised_micros),
        margin=fee(state.margin_micros),
        margin_free=fee(state.free_margin_micros),
        margin_level=state.margin_level_percent,
        positions=state.positions,
        orders=state.working_orders,
    )


def journal(entry: JournalEntry) -> messages.Journal:
    """onetrade.md, Journal Interface. The engine keeps no address or device: those are this server's own."""
    return messages.Journal(
        id=entry.id,
        user_id=USER_ID,
        desc=entry.description,
        ip="127.0.0.1",
        device="",
        os="",
        channel=enums.channel(entry.channel),
        created_at=iso_z(entry.time),
    )


def report(state: ReportState, url: str) -> messages.Report:
    """onetrade.md, Report Interface."""
    start, end = iso_z(state.start), iso_z(state.end)
    return messages.Report(
        id=state.id,
        user_id=USER_ID,
        type=enums.REPORT_TYPES[state.kind],
        status=enums.REPORT_STATUSES[state.status],
        kind=state.kind,
        desc=f"{state.kind.capitalize()} of account {ACCOUNT_ID} from {start} to {end}",
        query=f"from={start}&to={end}",
        url=url,
    )


def _price_asked(exact: Precision, state: OrderState) -> float:
    """A stop's trigger, a limit, the price of instant execution; of a market order what it got, or 0."""
    asked = state.stop_price if state.stop_price is not None else state.price
    if asked is not None:
        return exact.price(asked)
    if state.filled_lots:
        return exact.average(state.filled_value / state.filled_lots)
    return 0.0


def _offer_end(state: OrderState) -> str | UnsetType:
    if state.status is not OrderStatus.REQUOTED or state.offer_expires_at is None:
        return UNSET
    return iso_z(state.offer_expires_at)


def _instant(time: int | None) -> str | None:
    return None if time is None else iso_z(time)


def _raw_profit(instrument: Instrument, state: DealState) -> int:
    """Profit in micro-units of the quote currency; a sale closes a long, hence the turned sign."""
    if state.direction is Direction.IN:
        return 0
    ticks = -state.side.sign * (state.price - state.entry_price)
    return round(ticks * state.lots * instrument.tick_value_micros)
