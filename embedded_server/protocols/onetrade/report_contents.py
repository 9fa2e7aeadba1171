"""What a report says: the account's ledger, deals or orders of a span, read when it is fetched."""

from __future__ import annotations

from collections.abc import Sequence

from embedded_server.model.states import LedgerEntry, ReportState
from embedded_server.protocols.onetrade.desk import Desk
from embedded_server.protocols.onetrade.messages import Deal, Order
from embedded_server.protocols.onetrade.report_files import Cell, Section
from embedded_server.protocols.wire_numbers import fee
from embedded_server.protocols.wire_time import iso_z

LEDGER_COLUMNS = ("id", "time", "kind", "amount", "balance", "order", "deal", "position", "comment")
DEAL_COLUMNS = (
    "id",
    "time",
    "symbol",
    "side",
    "direction",
    "volume",
    "price",
    "profit",
    "commission",
    "swap",
    "order",
    "position",
    "comment",
)
ORDER_COLUMNS = (
    "id",
    "created",
    "done",
    "symbol",
    "type",
    "side",
    "volume",
    "remaining",
    "price",
    "stop loss",
    "take profit",
    "status",
    "comment",
)


def sections(desk: Desk, report: ReportState) -> list[Section]:
    """The tables of a report, by its kind."""
    if report.kind == "trades":
        return [_deals(desk, report)]
    if report.kind == "orders":
        return [_orders(desk, report)]
    return [_totals(desk, report), _ledger(desk, report), _deals(desk, report)]


def _totals(desk: Desk, report: ReportState) -> Section:
    entries = desk.account.ledger()
    before = [entry for entry in entries if entry.time < report.start]
    within = [entry for entry in entries if report.start <= entry.time < report.end]
    first = entries[0]  # an account opens with a deposit; an old one has forgotten it
    opening = before[-1].balance_micros if before else first.balance_micros - first.amount_micros
    closing = within[-1].balance_micros if within else opening
    rows = (
        ("Opening balance", fee(opening)),
        ("Movements", fee(closing - opening)),
        ("Closing balance", fee(closing)),
    )
    return Section("Totals", ("item", desk.account.currency), rows)


def _ledger(desk: Desk, report: ReportState) -> Section:
    entries = desk.account.ledger()
    rows = [_ledger_row(entry) for entry in entries if report.start <= entry.time < report.end]
    return Section("Ledger", LEDGER_COLUMNS, rows)


def _deals(desk: Desk, report: ReportState) -> Section:
    deals = desk.account.deals()
    rows = [_deal_row(desk.projection.deal(deal)) for deal in deals if report.start <= deal.time < report.end]
    return Section("Trades", DEAL_COLUMNS, rows)


def _orders(desk: Desk, report: ReportState) -> Section:
    orders = sorted(
        (*desk.account.order_history(), *desk.account.working_orders()), key=lambda order: order.id
    )
    rows = [
        _order_row(desk.projection.order(order))
        for order in orders
        if report.start <= order.created_at < report.end
    ]
    return Section("Orders", ORDER_COLUMNS, rows)


def _ledger_row(entry: LedgerEntry) -> Sequence[Cell]:
    return (
        entry.id,
        iso_z(entry.time),
        str(entry.kind),
        fee(entry.amount_micros),
        fee(entry.balance_micros),
        entry.order_id,
        entry.deal_id,
        entry.position_id,
        entry.comment,
    )


def _deal_row(deal: Deal) -> Sequence[Cell]:
    return (
        deal.id,
        deal.created_at,
        deal.symbol.symbol,
        deal.side.name.lower(),
        deal.direction.name.lower(),
        deal.volume,
        deal.price,
        deal.profit,
        deal.commission,
        deal.swap,
        deal.order_id,
        deal.position_id,
        deal.comment,
    )


def _order_row(order: Order) -> Sequence[Cell]:
    return (
        order.id,
        order.created_at,
        order.time_done,
        order.symbol.symbol,
        order.type.name.lower(),
        order.side.name.lower(),
        order.volume_initial,
        order.volume_current,
        order.price_order,
        order.price_sl,
        order.price_tp,
        order.status.name.lower(),
        order.comment,
    )
