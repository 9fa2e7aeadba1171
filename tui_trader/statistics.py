"""Figures of a trading record, from results and equities alone. Pure: no store, no clock, no words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean, stdev

from msgspec import Struct

from tui_trader.model.values import Deal


class Drawdown(Struct, frozen=True):
    """The deepest fall from a peak: in money, and in percent of that peak."""

    money: float = 0.0
    percent: float = 0.0


class Record(Struct, frozen=True):
    """Figures of closed trades, money in the account's currency; None where they are not defined."""

    trades: int = 0
    wins: int = 0
    losses: int = 0
    net: float = 0.0
    gross_profit: float = 0.0
    gross_loss: float = 0.0
    """Sum of the losses, as a positive number."""
    best: float | None = None
    worst: float | None = None
    win_rate: float | None = None
    """Share of trades that won, 0 to 1; a trade of exactly zero is neither won nor lost."""
    profit_factor: float | None = None
    """Gross profit over gross loss; None without a loss."""
    expectancy: float | None = None
    """Mean result of a trade."""
    sharpe: float | None = None
    """Mean result over its sample standard deviation, by trade, not annualised; needs two that differ."""


def measure(results: Sequence[float]) -> Record:
    """Measure the results of closed trades."""
    if not results:
        return Record()
    won = [result for result in results if result > 0]
    lost = [-result for result in results if result < 0]
    spread = stdev(results) if len(results) > 1 else 0.0
    return Record(
        trades=len(results),
        wins=len(won),
        losses=len(lost),
        net=sum(results),
        gross_profit=sum(won),
        gross_loss=sum(lost),
        best=max(results),
        worst=min(results),
        win_rate=len(won) / len(results),
        profit_factor=sum(won) / sum(lost) if lost else None,
        expectancy=fmean(results),
        sharpe=fmean(results) / spread if spread > 0 else None,
    )


def drawdown(equities: Iterable[float]) -> Drawdown:
    """Find the deepest fall from a peak, in percent of the peak; the two may be of different falls."""
    peak, fall = 0.0, Drawdown()
    for equity in equities:
        peak = max(peak, equity)
        fall = deeper(fall, peak, equity)
    return fall


def deeper(fall: Drawdown, peak: float, equity: float) -> Drawdown:
    """The deepest fall so far, now that the equity stands here below its peak."""
    percent = 100 * (peak - equity) / peak if peak > 0 else 0.0
    if peak - equity <= fall.money and percent <= fall.percent:
        return fall
    return Drawdown(max(fall.money, peak - equity), max(fall.percent, percent))


def results(deals: Iterable[Deal]) -> list[float]:
    """Give the result of each deal that closed (part of) a position, after what it cost to open and close it.

    What opening deals of the position cost is charged to its closing deals, in proportion to their quantity.
    Deals whose server does not say whether they closed count where they have a profit or loss.
    """
    opened: dict[tuple[str, str], tuple[float, float]] = {}
    found = []
    for deal in deals:
        position = (deal.link, deal.position_id or deal.symbol)
        fee = deal.fee or 0.0
        if not _closes(deal):
            cost, quantity = opened.get(position, (0.0, 0.0))
            opened[position] = (cost + fee, quantity + deal.quantity)
            continue
        cost, quantity = opened.get(position, (0.0, 0.0))
        share = min(1.0, deal.quantity / quantity) if quantity > 0 else 0.0
        opened[position] = (cost * (1 - share), max(0.0, quantity - deal.quantity))
        found.append((deal.profit or 0.0) - fee - cost * share)
    return found


def _closes(deal: Deal) -> bool:
    return bool(deal.profit) if deal.closing is None else deal.closing
