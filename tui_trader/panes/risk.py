"""Risk as the guardian sees it: every account's figures against their limits, then every strategy's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress

from tui_trader.drawing.canvas import Cell, Line, fit
from tui_trader.formatting import gauges, numbers
from tui_trader.formatting.gauges import Gauge
from tui_trader.model.matters import Matter
from tui_trader.model.values import Risk, RiskAccount, RiskStrategy
from tui_trader.panes.pane import Pane, said
from tui_trader.panes.positions import ink_of_result
from tui_trader.panes.table import GAP_LIMIT

LABEL = 13
FIGURE = 10
BOUND = 10
COLUMN = 46
"""Least width of a column of accounts."""
_STATES = {
    "ACTIVE": ("●", "ok"),
    "PAUSED": ("‖", "pending"),
    "STOPPED": ("■", "muted"),
    "ERROR": ("▲", "alarm"),
}
BLANK: Line = ("pane", ())
EXPOSURE_FROM, RATE_FROM = 40, 48
"""Widths from which on a strategy's exposure and its rate are shown."""
FEW = 3
"""With fewer lines there are no titles."""


class RiskPane(Pane):
    """Blocks of gauges where they fit, a line an account where they do not."""

    KEY = "risk"
    TITLE = "Risk"
    CONTEXTS = ("risk",)

    def revision(self) -> object:
        """The guardian's figures."""
        return (self.store.risk.revision, self.store.strategies.revision)

    def arrived(self) -> float | None:
        """When the figures arrived."""
        return self.store.risk.arrived if self.store.risk.latest else None

    def sources(self) -> tuple[str, ...]:
        """The guardian's link."""
        risk = self.store.risk.latest
        return (risk.link,) if risk else ()

    def caption(self, now: float) -> str:
        """Whether anything trades."""
        return "orders are refused" if self.store.risk.engaged else ""

    def action_limits(self) -> None:
        """Change the limits."""
        self.desk.console.open_limits()

    def body(self, width: int, height: int, now: float) -> list[Line]:
        """Totals, accounts, strategies."""
        risk = self.store.risk.latest
        if risk is None:
            return said(self.desk.shortfall.of(Matter.RISK) or "no risk figures yet", width)
        top = [_total(risk, width)]
        strategies = self._strategies(risk.strategies, width)
        for number in range(max(1, width // COLUMN), 0, -1):
            blocks = _blocks(risk, width, number)
            if len(top) + len(blocks) + min(3, len(strategies)) <= height:
                break
        else:
            blocks = _grid(risk.accounts, dict(risk.limits), width)
            if len(top) + len(blocks) > height:
                lines = _grid(_worst_first(risk), dict(risk.limits), width)[:-1]
                return lines[1 : height + 1] if height < FEW else _cut(lines, height)
        if len(top) + len(blocks) + len(strategies) < height:
            top.append(BLANK)
        return [*top, *blocks, *_cut(strategies, height - len(top) - len(blocks))]

    def _strategies(self, strategies: Sequence[RiskStrategy], width: int) -> list[Line]:
        """A line a strategy; the rate goes first where it is narrow, then the exposure."""
        if not strategies:
            return []
        names = {one.id: one.name.removesuffix(" Strategy") for one in self.store.strategies}
        kept = (width >= EXPOSURE_FROM, True, width >= RATE_FROM)
        titles = tuple(compress(("Exposure", "Result", "/min"), kept))
        figures = [tuple(compress(_figures_of(one), kept)) for one in strategies]
        widths = [
            2 + max(map(len, (title, *(row[place][0] for row in figures))))
            for place, title in enumerate(titles)
        ]
        longest = max(len(names.get(one.strategy_id, one.strategy_id)) for one in strategies)
        room = max(8, min(width - 4 - sum(widths), longest + GAP_LIMIT))
        head = "".join(f"{title:>{wide}}" for title, wide in zip(titles, widths, strict=True))
        lines: list[Line] = [("bar", ((f"   {fit('Strategy', room)}{head}", "muted", ""),))]
        for one, row in zip(strategies, figures, strict=True):
            mark, ink = _STATES.get(one.status, ("?", "unknown"))
            cells: list[Cell] = [
                (f" {mark} ", ink, ""),
                (fit(names.get(one.strategy_id, one.strategy_id), room), "text", ""),
            ]
            cells += [(f"{text:>{wide}}", own, "") for (text, own), wide in zip(row, widths, strict=True)]
            lines.append(("pane", tuple(cells)))
        return lines


def _figures_of(one: RiskStrategy) -> tuple[tuple[str, str], ...]:
    """Exposure, result and orders of the last minute, each with its ink."""
    rate = numbers.NONE if one.orders_last_minute is None else str(one.orders_last_minute)
    return (
        (numbers.fixed(one.exposure), "text" if one.exposure else "faint"),
        (numbers.signed(one.pnl), ink_of_result(one.pnl)),
        (rate, "text" if one.orders_last_minute else "faint"),
    )


def gauges_of(account: RiskAccount, limits: dict[str, float]) -> tuple[Gauge, ...]:
    """An account's figures against the limits that it has."""
    return (
        gauges.at_most("exposure", account.exposure_percent, limits.get("maxExposurePercent")),
        gauges.at_most("drawdown", account.drawdown_percent, limits.get("maxDrawdownPercent")),
        gauges.loss("day", account.daily_pnl_percent, limits.get("maxDailyLossPercent")),
        gauges.at_least("margin level", account.margin_level_percent, limits.get("minMarginLevelPercent")),
    )


def _total(risk: Risk, width: int) -> Line:
    cells: list[Cell] = [
        (" total ", "muted", ""),
        (numbers.fixed(risk.equity), "bold strong", ""),
        ("  exposed ", "muted", ""),
        (numbers.fixed(risk.exposure), "text", ""),
    ]
    used = sum(len(text) for text, _, _ in cells)
    rest: list[Cell] = [("  drawdown ", "muted", ""), (_percentage(risk.drawdown_percent), "text", "")]
    if used + sum(len(text) for text, _, _ in rest) < width:
        cells += rest
    return ("pane", tuple(cells))


def _percentage(value: float | None) -> str:
    return numbers.NONE if value is None else f"{value:.2f}%"


def _blocks(risk: Risk, width: int, number: int) -> list[Line]:
    """Blocks of gauges in so many columns."""
    each = width // number
    limits = dict(risk.limits)
    blocks = [_block(account, limits, each) for account in risk.accounts]
    lines: list[Line] = []
    for start in range(0, len(blocks), number):
        row = blocks[start : start + number]
        lines += [
            ("head" if y == 0 else "pane", tuple(_side_by_side(row, y, each))) for y in range(len(row[0]))
        ]
    return lines


def _side_by_side(blocks: Sequence[list[tuple[Cell, ...]]], y: int, each: int) -> Iterable[Cell]:
    for block in blocks:
        cells = block[y]
        yield from cells
        yield (" " * max(0, each - sum(len(text) for text, _, _ in cells)), "text", "")


def _block(account: RiskAccount, limits: dict[str, float], width: int) -> list[tuple[Cell, ...]]:
    held = f"{account.positions or 0} open {account.working_orders or 0} working "
    result = numbers.signed(account.daily_pnl)
    ink = ink_of_result(account.daily_pnl)
    left: list[Cell] = [
        (f" {fit(account.account, 9)} ", "bold text", ""),
        (f"{numbers.fixed(account.equity):>12}", "strong", ""),
        (f" {account.currency:<4} ", "muted", ""),
        (f"{result:>11}", ink, ""),
    ]
    room = width - sum(len(text) for text, _, _ in left)
    if room >= len(held) + 4 and (account.positions or account.working_orders):
        left.append((held.rjust(room - 1) + " ", "muted", ""))
    return [tuple(left), *(_gauge_line(gauge, width) for gauge in gauges_of(account, limits))]


def _gauge_line(gauge: Gauge, width: int) -> tuple[Cell, ...]:
    bound = f"of {gauge.limit}" if gauge.limit else "no limit"
    if gauge.name == "margin level" and gauge.limit:
        bound = f"≥ {gauge.limit}"
    used, rest = gauge.bar(width - LABEL - 2 - FIGURE - BOUND - 4)
    return (
        (f" {gauge.mark} ", f"bold {gauge.ink}", ""),
        (f"{gauge.name:<{LABEL}}", "muted", ""),
        (used, gauge.ink, ""),
        (rest, "faint", ""),
        (f"{gauge.value:>{FIGURE}}", "text", ""),
        (f" {bound:<{BOUND}}", "muted", ""),
    )


def _worst_first(risk: Risk) -> list[RiskAccount]:
    """Accounts by how much of a limit they use: what is past it must not be what is cut."""
    limits = dict(risk.limits)

    def worst(account: RiskAccount) -> float:
        return max((gauge.used or 0.0 for gauge in gauges_of(account, limits)), default=0.0)

    return sorted(risk.accounts, key=worst, reverse=True)


def _grid(accounts: Sequence[RiskAccount], limits: dict[str, float], width: int) -> list[Line]:
    """A line an account: marks and figures only; columns are dropped from the right. Limits come last."""
    titles = ("Exposure", "Drawdown", "Day", "Margin")
    number = max(1, min(4, (width - 24) // 12))
    head = f" {'Account':<10}{'Equity':>13}" + "".join(f"{title:>12}" for title in titles[:number])
    lines: list[Line] = [("bar", ((head, "muted", ""),))]
    for account in accounts:
        cells: list[Cell] = [
            (f" {fit(account.account, 10)}", "bold text", ""),
            (f"{numbers.fixed(account.equity):>13}", "strong", ""),
        ]
        for gauge in gauges_of(account, limits)[:number]:
            cells += [(f"{gauge.value:>10} ", "text", ""), (gauge.mark, f"bold {gauge.ink}", "")]
        lines.append(("pane", tuple(cells)))
    bounds = [gauge.limit for gauge in gauges_of(RiskAccount(account=""), limits)[:number]]
    lines.append(
        ("pane", ((f" {'limits':<10}{'':>13}" + "".join(f"{bound:>10}  " for bound in bounds), "muted", ""),))
    )
    return lines


def _cut(lines: list[Line], room: int) -> list[Line]:
    """As many lines as fit; what is left out is said."""
    if len(lines) <= room or room <= 0:
        return lines[: max(0, room)]
    if room == 1:
        return []
    left = len(lines) - room + 1
    return [*lines[: room - 1], ("pane", ((f"   … {left} more", "faint", ""),))]
