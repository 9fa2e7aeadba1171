"""Kill switch, limits, flattening and reports of the real console against the real server."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from embedded_server.model.enums import BotStatus, StrategyStatus
from embedded_server.model.events import KillSwitchChanged
from tests.ui.market_stage import MarketStage, market_stage


def forex(it: MarketStage):
    """The account that tickets go to."""
    return it.server.engine.accounts["forex"]


async def trade(it: MarketStage, *lines: str) -> None:
    """Send orders by the command line."""
    for line in lines:
        await it.command(line)
        await it.agree()
        await it.advance(1.0)


def far_below(it: MarketStage) -> str:
    """A EURUSD price at which nothing fills."""
    market = it.server.engine.market
    return f"{(market.quote('EURUSD').bid - 900) * float(market.instruments['EURUSD'].tick_size):.5f}"


def at_rest(it: MarketStage) -> bool:
    """Whether no account holds or wants anything, and nothing trades by itself."""
    engine = it.server.engine
    return (
        not any(account.positions() or account.working_orders() for account in engine.accounts)
        and not any(one.status is StrategyStatus.ACTIVE for one in engine.strategies.states())
        and engine.bot.state().status is not BotStatus.RUNNING
    )


async def test_the_kill_switch_stops_everything_at_the_server_and_is_released() -> None:
    async with market_stage() as it:
        await trade(it, "buy 0.2 EURUSD market", f"buy 0.1 EURUSD @ {far_below(it)}")
        assert forex(it).positions()
        assert forex(it).working_orders()
        await it.press("ctrl+k")
        await it.type("kill")
        assert not it.server.engine.guardian.state().kill_switch
        await it.press("enter")
        await it.until(lambda: "✓ verified" in it.screen, 40.0)
        state = it.happened(KillSwitchChanged)[-1].report
        assert (state.engaged, state.verified, state.reason) == (True, True, "typed at the console")
        assert at_rest(it)
        assert "KILL SWITCH ENGAGED" in it.screen.splitlines()[0]
        await it.press("escape")
        before = len(forex(it).order_history())
        await it.command("buy 0.1 EURUSD market")
        await it.agree()
        await it.advance(1.0)
        assert not forex(it).positions()
        assert not forex(it).working_orders()
        assert not [one for one in forex(it).order_history()[before:] if one.filled_lots]
        await it.command("release")
        await it.agree()
        await it.until(lambda: not it.server.engine.guardian.state().kill_switch, 5.0)
        await it.advance(1.0)
        assert "KILL SWITCH ENGAGED" not in it.screen
        await trade(it, "buy 0.1 EURUSD market")
        assert forex(it).positions()


async def test_limits_set_at_the_console_are_the_guardians() -> None:
    async with market_stage() as it:
        await it.go("risk")
        await it.until(lambda: "drawdown" in it.screen, 5.0)
        await it.press("e")
        await it.type("12.5")
        await it.press("enter")
        await it.advance(1.0)
        before = it.server.engine.guardian.limits
        await it.press("enter")
        await it.until(lambda: it.server.engine.guardian.limits != before, 5.0)
        after = it.server.engine.guardian.limits
        assert after.max_drawdown_percent == 12.5
        assert after.max_exposure_percent == before.max_exposure_percent
        await it.advance(2.0)
        assert dict(it.app.store.risk.latest.limits)["maxDrawdownPercent"] == 12.5


async def test_flatten_closes_and_cancels_what_is_known_here() -> None:
    async with market_stage() as it:
        await trade(
            it, "buy 0.2 EURUSD market", "sell 0.1 GBPUSD market", f"buy 0.1 EURUSD @ {far_below(it)}"
        )
        assert len(forex(it).positions()) == 2
        await it.command("flatten GBPUSD")
        await it.until(lambda: len(forex(it).positions()) == 1, 5.0)
        assert forex(it).working_orders()
        await it.command("flatten onetrade")
        await it.until(lambda: not forex(it).positions() and not forex(it).working_orders(), 5.0)


async def test_statistics_are_those_of_the_accounts_deals_and_the_report_tells_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI_TRADER_EXPORTS", str(tmp_path))
    async with market_stage() as it:
        for _ in range(2):
            await trade(it, "buy 0.2 EURUSD market")
            await it.advance(5.0)
            await it.command("flatten all")
            await it.until(lambda: not forex(it).positions(), 5.0)
        await it.press("3")
        it.app.board.panes["account"].put_cursor_on("onetrade")
        await it.advance(4.0)
        deals = forex(it).deals()
        costs = sum(deal.profit_micros + deal.swap_micros - deal.fee_micros for deal in deals) / 1e6
        assert f"{costs:+,.2f}" in it.screen
        assert "2: " in it.screen
        path = it.app.store.equity.get("onetrade").values
        assert path[-1] == pytest.approx(forex(it).state().equity_micros / 1e6, abs=0.01)
        await it.command("report trades csv")
        await it.until(lambda: list(tmp_path.iterdir()), 30.0)
        (file,) = list(tmp_path.iterdir())  # noqa: ASYNC240 - nothing else runs meanwhile
        assert file.stat().st_mode & 0o777 == 0o600
        rows = list(csv.reader(io.StringIO(file.read_text())))
        assert sum("EURUSD" in row for row in rows) == len(deals)
        assert "Report saved" in it.screen
