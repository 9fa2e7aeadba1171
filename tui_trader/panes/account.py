"""Accounts: totals of each, and of the one under the cursor the equity curve and the trading record."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from tui_trader.drawing.canvas import Cell, Line
from tui_trader.formatting import numbers
from tui_trader.formatting.curve import curve
from tui_trader.formatting.times import duration
from tui_trader.model.matters import Matter
from tui_trader.model.values import Account, RiskAccount
from tui_trader.panes.table import Column, TablePane
from tui_trader.statistics import Record, measure, results
from tui_trader.store.equity import Curve

LABEL = 15
RECORD_WIDTH = 34
CURVE_WIDTH = 26
CURVE_HEIGHT = 4
TALL_CURVE = 8
"""From this height on a curve is worth the whole width."""
WIDE = 90
BLANK: Line = ("pane", ())
Fact = tuple[str, str, str]
"""Name, figure and ink."""


class AccountPane(TablePane[Account]):
    """One line an account; what the guardian alone tells of has equity only."""

    KEY = "account"
    TITLE = "Account"
    CONTEXTS = ("table", "account")
    EMPTY = "no account has told its totals yet"
    MATTER = Matter.ACCOUNTS
    PERIOD = 0.2

    def columns(self) -> Sequence[Column[Account]]:
        """Name, equity and result stay to the end."""
        return (
            Column("Account", lambda row, now: (row.link, "strong"), right=False),
            Column("Balance", lambda row, now: self._money(row.balance), 1),
            Column("Equity", lambda row, now: (numbers.fixed(row.equity), "bold strong")),
            Column("", lambda row, now: (row.currency, "muted"), 3, right=False, minimum=4),
            Column("Open P&L", self._profit),
            Column("Margin", lambda row, now: self._money(row.margin), 4),
            Column("Free", lambda row, now: self._money(row.free_margin), 5),
            Column("Level", self._level, 2, minimum=6),
        )

    def revision(self) -> object:
        """Totals, equity, deals."""
        store = self.store
        return (store.accounts.revision, store.equity.revision, store.deals.revision, store.risk.revision)

    def sources(self) -> tuple[str, ...]:
        """The links that told the totals."""
        risk = self.store.risk.latest
        guardian = (risk.link,) if risk is not None and risk.accounts else ()
        return (*(account.link for account in self.store.accounts), *guardian)

    def rows(self) -> Sequence[Account]:
        """Accounts of links first, then those that only the guardian tells of."""
        risk = self.store.risk.latest
        told = self.store.accounts
        others = [one for one in risk.accounts if one.link not in told] if risk else []
        return [*told, *map(self._of_guardian, others)]

    def identity(self, row: Account) -> Hashable:
        """Its name."""
        return row.link

    def action_report(self) -> None:
        """Ask for a report: the command line says of what."""
        self.desk.console.open_command_line("report ")

    def body(self, width: int, height: int, now: float) -> list[Line]:
        """The list, then the account under the cursor."""
        count = len(self.rows())
        listed = min(count + 1, max(2, height // 2))
        table = super().body(width, listed if count else height, now)
        row = self.current
        if row is None or height - len(table) < CURVE_HEIGHT + 1:
            return table
        return [*table, *self._detail(row, width, height - len(table))]

    def _detail(self, row: Account, width: int, height: int) -> list[Line]:
        path = self.store.equity.get(row.link)
        facts = self._facts(row, path)
        rows = -(-len(facts) // 2)
        below = width < WIDE and height - 1 - rows >= TALL_CURVE
        if width >= RECORD_WIDTH + CURVE_WIDTH and not below:
            drawn = _curve(path, width - RECORD_WIDTH, height - 1)
            listed = _column(facts, RECORD_WIDTH, height - 1)
            head = _head(row, path, width)
            lines = [("pane", (*left, *right)) for left, right in zip(drawn, listed, strict=True)]
            return [head, *lines]
        drawn = _curve(path, width, max(0, height - 1 - rows)) if height - 1 - rows >= CURVE_HEIGHT else []
        half = width // 2
        left, right = _column(facts[:rows], half, rows), _column(facts[rows:], width - half, rows)
        pairs = [("pane", (*one, *two)) for one, two in zip(left, right, strict=True)]
        return [_head(row, path, width), *(("pane", cells) for cells in drawn), *pairs]

    def _facts(self, row: Account, path: Curve) -> list[Fact]:
        link = self._link_of(row)
        deals = [deal for deal in self.store.deals if deal.link == link]
        record = measure(results(deals))
        facts = [_fall(path.fall.money, path.fall.percent)]
        if not record.trades:
            told = self.desk.tells(link)
            silent = told is not None and Matter.DEALS not in told
            untold = silent or (deals and all(deal.closing is None for deal in deals))
            return [*facts, ("closed trades", "not told" if untold else "none yet", "faint")]
        return [*_record(record), *facts]

    def _link_of(self, row: Account) -> str:
        """The link that trades an account; one that only the guardian tells of has a name of its own."""
        risk = self.store.risk.latest
        others = {one.account: one.link for one in risk.accounts} if risk else {}
        return row.link if row.link in self.store.accounts else others.get(row.link) or row.link

    def _of_guardian(self, account: RiskAccount) -> Account:
        """An account as far as the guardian tells it, with the balance of the bot that trades it."""
        view = self.store.bots.get(account.link)
        return Account(
            link=account.account,
            currency=account.currency,
            balance=view.bot.balance if view else None,
            equity=account.equity,
            margin_level_percent=account.margin_level_percent,
        )

    @staticmethod
    def _money(value: float | None) -> tuple[str, str]:
        return numbers.fixed(value), "faint" if value is None else "text"

    @staticmethod
    def _profit(row: Account, now: float) -> tuple[str, str]:
        value = row.profit
        ink = "faint" if value is None else "up" if value > 0 else "down" if value < 0 else "muted"
        return numbers.signed(value), ink

    @staticmethod
    def _level(row: Account, now: float) -> tuple[str, str]:
        level = row.margin_level_percent
        return (f"{level:,.0f}%", "text") if level else (numbers.NONE, "faint")


def _record(record: Record) -> list[Fact]:
    """The trading record, one figure a fact."""
    return [
        ("closed trades", f"{record.trades}: {record.wins} won {record.losses} lost", "text"),
        ("win rate", numbers.NONE if record.win_rate is None else f"{100 * record.win_rate:.1f}%", "text"),
        ("net result", numbers.signed(record.net), _ink(record.net)),
        ("expectancy", numbers.signed(record.expectancy), _ink(record.expectancy)),
        ("profit factor", numbers.fixed(record.profit_factor), "text" if record.profit_factor else "faint"),
        ("Sharpe by trade", numbers.fixed(record.sharpe), "text" if record.sharpe else "faint"),
        ("best trade", numbers.signed(record.best), _ink(record.best)),
        ("worst trade", numbers.signed(record.worst), _ink(record.worst)),
    ]


def _fall(money: float, percent: float) -> Fact:
    if not money:
        return ("max drawdown", "none", "muted")
    return ("max drawdown", f"{numbers.signed(-money)}  {numbers.percent(-percent)}", "down")


def _ink(value: float | None) -> str:
    return "muted" if not value else "up" if value > 0 else "down"


def _head(row: Account, path: Curve, width: int) -> Line:
    cells: list[Cell] = [(" equity of ", "muted", ""), (row.link, "bold text", "")]
    if len(path.values) > 1:
        change = path.values[-1] - path.values[0]
        cells += [
            (f"  in {duration(path.times[-1] - path.times[0])}  ", "muted", ""),
            (numbers.signed(change), _ink(round(change, 2)), ""),
        ]
    return ("bar", tuple(cells))


def _curve(path: Curve, width: int, height: int) -> list[tuple[Cell, ...]]:
    """The curve with its highest and lowest value at the right."""
    if height <= 0:
        return []
    if len(path.values) < 2:
        text = "the curve begins with the second sample"
        return [((text.center(width)[:width], "faint", ""),), *[((" " * width, "text", ""),)] * (height - 1)]
    high, low = numbers.fixed(max(path.values)), numbers.fixed(min(path.values))
    labels = max(len(high), len(low)) + 1
    ink = "up" if path.values[-1] >= path.values[0] else "down"
    drawn = curve(path.values, max(1, width - labels - 3), height)
    lines: list[tuple[Cell, ...]] = []
    for y, text in enumerate(drawn):
        label = high if y == 0 else low if y == height - 1 and high != low else ""
        lines.append(((f" {text}", ink, ""), (f"{label:>{labels}}  ", "muted", "")))
    return lines


def _column(facts: Sequence[Fact], width: int, height: int) -> list[tuple[Cell, ...]]:
    """Facts one below the other, padded to width and height."""
    lines: list[tuple[Cell, ...]] = []
    room = max(0, width - LABEL - 2)
    for name, text, ink in facts[:height]:
        lines.append(((f" {name:<{LABEL}}", "muted", ""), (f"{text:>{room}} ", ink, "")))
    blank: tuple[Cell, ...] = ((" " * width, "text", ""),)
    return [*lines, *[blank] * (height - len(lines))]
