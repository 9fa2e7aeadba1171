"""Workspaces, risk, the kill switch, account and reports: by keys, and what leaves the console."""

from __future__ import annotations

import stat
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from tests.ui import scene
from tui_trader.model import events as e
from tui_trader.model.commands import (
    CancelOrder,
    ClosePosition,
    EngageKillSwitch,
    ReleaseKillSwitch,
    RequestReport,
    SetRiskLimits,
)
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Account, Deal, Order, OrderKind, OrderStatus, Side
from tui_trader.workspaces.plan import Slot, Workspace
from tui_trader.workspaces.registry import WORKSPACES


def shown(it) -> set[str]:
    return {pane.KEY for pane in it.app.board.visible_panes}


async def line(it, text: str) -> None:
    """Run a line of the command line."""
    await it.press("colon")
    await it.type(text)
    await it.press("enter")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (40, 12)])
async def test_digits_open_workspaces_and_the_status_line_says_which(stage, size: tuple[int, int]) -> None:
    async with stage(*size) as it:
        for place, workspace in reversed(list(enumerate(WORKSPACES, 1))):
            await it.press(str(place))
            assert f"{place} {workspace.title}" in it.screen.splitlines()[0]
            assert it.app.focused in it.app.board.visible_panes
            assert " PAPER " in it.screen.splitlines()[0]


async def test_a_workspace_remembers_its_tab_and_its_focus(stage) -> None:
    async with stage() as it:
        await it.go("orders")
        await it.press("3", "tab", "1")
        assert it.app.focused is it.app.board.panes["orders"]
        assert "positions" not in shown(it)


async def test_angle_brackets_go_through_tabs_from_anywhere(stage) -> None:
    async with stage() as it:
        await it.press("greater_than_sign")
        assert it.app.focused is it.app.board.panes["positions"]
        await it.press("greater_than_sign", "greater_than_sign")
        assert it.app.focused is it.app.board.panes["deals"]
        await it.press("less_than_sign")
        assert it.app.focused is it.app.board.panes["orders"]


async def test_digits_are_letters_in_a_text_field(stage) -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("3")
        assert it.app.board.place == 0
        assert it.app.command_line.input.value == "3"


async def test_a_click_on_a_tab_shows_it(stage) -> None:
    async with stage() as it:
        row = next(y for y, text in enumerate(it.screen.splitlines()) if "Positions 3" in text)
        column = it.screen.splitlines()[row].index("Deals")
        await it.pilot.click(offset=(column + 1, row))
        await it.show()
        assert it.app.focused is it.app.board.panes["deals"]


@pytest.mark.parametrize("width", [80, 120])
async def test_a_click_on_a_workspace_opens_it(stage, width: int) -> None:
    async with stage(width, 40) as it:
        for place in (3, 2, 4, 1):
            column = it.screen.splitlines()[0].index(f" {place}") + 1
            await it.pilot.click(offset=(column, 0))
            await it.show()
            assert it.app.board.place == place - 1


async def test_a_workspace_is_a_file_and_a_line(stage, monkeypatch) -> None:
    extra = Workspace("Quiet", lambda size: (Slot(size.region, ("chart",)),))
    monkeypatch.setattr("tui_trader.app.WORKSPACES", (*WORKSPACES, extra))
    async with stage() as it:
        await it.press("5")
        assert "5 Quiet" in it.screen.splitlines()[0]
        assert shown(it) == {"chart"}


async def test_risk_is_read_without_colour(stage, monkeypatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage() as it:
        await it.press("3")
        lines = it.screen.splitlines()
        past = next(text for text in lines if "531.10%" in text)
        near = next(text for text in lines if "17.20%" in text)
        assert "✕ exposure" in past
        assert "of 300%" in past
        assert "▲ drawdown" in near
        assert "━━━" in near
        assert any("● Momentum Alpha" in text and "+92.00" in text for text in lines)


async def test_old_risk_figures_are_stale(stage) -> None:
    async with stage() as it:
        await it.press("3")
        await it.wait(4.0)
        assert any("Risk" in text and "STALE" in text for text in it.screen.splitlines())


async def test_limits_are_looked_over_and_only_changes_are_sent(stage) -> None:
    async with stage() as it:
        await it.go("risk")
        await it.press("e")
        await it.type("25")
        await it.press("tab", "tab")
        await it.type("0")
        assert "must be more than 0" in it.screen
        await it.press("enter")
        assert it.wires.of(SetRiskLimits) == []
        await it.type("2.5")
        await it.press("enter")
        assert "drawdown, at most 20 to 25: looser" in it.screen
        assert "daily loss, at most 5 to 2.5: tighter" in it.screen
        await it.press("enter")
        assert it.wires.of(SetRiskLimits) == [], "a second Enter at once is the same press"
        await it.wait(1.0)
        await it.press("enter")
        (command,) = it.wires.of(SetRiskLimits)
        assert command.limits == (
            ("maxDrawdownPercent", Decimal(25)), ("maxDailyLossPercent", Decimal("2.5")),
        )  # fmt: skip


async def test_a_limit_of_any_name_can_be_typed(stage) -> None:
    async with stage() as it:
        risk = it.app.store.risk.latest
        odd = msgspec.structs.replace(risk, limits=(("max loss, %", 5.0), ("1", 2.0), ("", 3.0)))
        await it.tell(e.RiskUpdated(odd))
        await line(it, "limits")
        await it.type("x")
        await it.press("enter")
        assert "not a number" in it.screen
        assert it.app.focused.name == "max loss, %"


async def test_limits_without_a_guardian_are_a_sentence(stage) -> None:
    async with stage(busy=False) as it:
        await line(it, "limits")
        assert "No guardian has told its limits." in it.screen


async def test_the_kill_switch_needs_its_word(stage) -> None:
    async with stage() as it:
        await it.tell(*scene.trading_record())
        assert "has passed the limit" in it.screen
        await it.press("ctrl+k", "enter")
        assert "has passed the limit" not in it.screen, "nothing lies over the word"
        await it.type("yes")
        await it.press("enter")
        assert "the word is KILL" in it.screen
        assert it.wires.of(EngageKillSwitch) == []
        await it.press("escape")
        assert "Kill switch" not in it.screen


async def test_the_kill_switch_reports_line_by_line_until_nothing_is_left(stage) -> None:
    async with stage() as it:
        await it.press("ctrl+k")
        await it.type("kill")
        await it.press("enter")
        (command,) = it.wires.of(EngageKillSwitch)
        assert command.link == "risk_guardian"
        assert "waiting for its report" in it.screen
        await it.tell(scene.killed(verified=False, left=2))
        assert "KILL SWITCH ENGAGED" in it.screen.splitlines()[0]
        assert "✓ orders canceled" in it.screen
        assert any("◌ orders still working" in text and "2" in text for text in it.screen.splitlines())
        assert "◌ NOT verified yet" in it.screen
        lines = ("strategies paused: strategy-123, strategy-124", "verified: nothing is left")
        await it.tell(e.KillSwitchChanged("risk_guardian", True, True, lines))
        assert "Momentum Alpha, Mean Reversion" in it.screen, "names say more than ids"
        await it.tell(scene.killed(verified=True))
        assert "✓ verified" in it.screen
        assert "ENGAGED, verified: nothing is left" in it.screen
        await it.press("escape")
        assert "KILL SWITCH ENGAGED" in it.screen.splitlines()[0]


@pytest.mark.parametrize("height", [24, 17])
async def test_a_long_line_of_the_kill_switchs_report_goes_on_below_itself(stage, height: int) -> None:
    names = tuple(f"Strategy of Number {number}" for number in range(1, 6))
    report = ("engaged: typed at the console", f"strategies paused: {', '.join(names)}", "bot: paused",
              "orders canceled: 2", "positions closed: 3", "orders still working: 0",
              "positions still open: 1 !", "NOT verified yet")  # fmt: skip
    async with stage(80, height) as it:
        await it.press("ctrl+k")
        await it.tell(e.KillSwitchChanged("risk_guardian", True, False, report))
        assert "◌ positions still open" in it.screen and "◌ NOT verified yet" in it.screen
        told = " ".join(it.screen.split())
        assert sum(f"Number {number}" in told for number in range(1, 6)) == (5 if height == 24 else 0)
        assert "…" not in it.screen.partition("Kill switch")[2].partition("type RELEASE")[0]
        await it.press("escape")
        text = "orders are allowed again, what was paused stays paused"
        await it.press("ctrl+k")
        await it.tell(e.KillSwitchChanged("risk_guardian", False, False, (f"released: {text}",)))
        assert "stays paused" in it.screen


async def test_what_the_kill_switch_could_not_send_is_said(stage) -> None:
    async with stage() as it:
        it.wires.refusal = CommandError("risk_guardian is not ready")
        await it.press("ctrl+k")
        await it.type("kill")
        await it.press("enter")
        assert "Not sent: risk_guardian is not ready" in it.screen


async def test_the_kill_switch_is_released_by_its_word_or_after_a_question(stage) -> None:
    async with stage() as it:
        await line(it, "release")
        assert "not engaged" in it.screen
        await it.press("escape")
        await it.tell(scene.killed(verified=True))
        await it.press("ctrl+k")
        await it.type("kill")
        await it.press("enter")
        assert it.wires.sent[-1:] != [EngageKillSwitch]
        assert it.wires.of(EngageKillSwitch) == []
        await it.press(*["backspace"] * 4)
        await it.type("release")
        await it.press("enter")
        assert len(it.wires.of(ReleaseKillSwitch)) == 1
        await it.press("escape")
        await line(it, "release")
        assert "Release the kill switch?" in it.screen
        await it.wait(1.0)
        await it.press("y")
        assert len(it.wires.of(ReleaseKillSwitch)) == 2
        await it.tell(e.KillSwitchChanged("risk_guardian", False, False, ("released: orders are allowed",)))
        assert "KILL SWITCH ENGAGED" not in it.screen


async def test_flatten_asks_unless_it_is_told_what(stage) -> None:
    async with stage() as it:
        await line(it, "flatten")
        assert "Flatten everything?" in it.screen
        assert "cancels 2 working orders" in it.screen and "closes 2 positions at the market" in it.screen
        assert it.wires.of(ClosePosition) == []
        await it.wait(1.0)
        await it.press("y")
        assert {one.position_id for one in it.wires.of(ClosePosition)} == {"1001", "1002"}
        assert {one.order_id for one in it.wires.of(CancelOrder)} == {"501", "9f31"}
        it.wires.sent.clear()
        await line(it, "flatten XAU*")
        assert [one.position_id for one in it.wires.of(ClosePosition)] == ["1002"]
        assert it.wires.of(CancelOrder) == []
        await line(it, "flatten nothing")
        assert "Nothing to flatten" in it.screen


async def test_flatten_counts_both_orders_of_a_pair(stage) -> None:
    async with stage() as it:
        legs = (
            Order(link="onetrade", id=number, symbol="USDJPY", side=Side.BUY, kind=OrderKind.LIMIT,
                  quantity=0.1, price=150.0, status=OrderStatus.WORKING, oco="601")
            for number in ("601", "602")
        )  # fmt: skip
        await it.tell(*map(e.OrderUpdated, legs))
        await line(it, "flatten")
        assert "cancels 4 working orders" in it.screen
        await it.press("escape")
        await line(it, "flatten USDJPY")
        assert len(it.wires.of(CancelOrder)) == 1, "the other goes with it"
        assert "Flattening: cancels 2 working orders." in it.screen
        await line(it, "flatten GBPUSD")
        assert "Flattening: cancels 1 working order." in it.screen


async def test_the_account_shows_totals_curve_and_record(stage) -> None:
    async with stage() as it:
        await it.trade_for_a_while()
        await it.press("3")
        screen = it.screen
        assert "8: 5 won 3 lost" in screen
        # 84.2 - 31.5 + 12.0 + 55.3 - 18.4 - 22.0 + 61.9 + 8.8, less 8 times 1.2 of fees
        assert "+140.70" in screen
        assert "62.5%" in screen
        assert any(0x2800 < ord(character) <= 0x28FF for character in screen)
        assert "4,707%" in screen
        await it.press("j")
        assert "equity of channels" in it.screen
        assert "not told" in it.screen, "channels has no message of deals"
        for equity in (50_310.2, 50_309.0):
            await it.wait(1.0)
            await it.tell(e.AccountUpdated(Account(link="channels", currency="USDT", equity=equity)))
        await it.wait(0.3)
        assert "-1.20  0.00%" in it.screen and "-0.00" not in it.screen
        await it.press("j")
        assert "equity of equities" in it.screen and "none yet" in it.screen
        await it.press("j")
        assert "equity of futures" in it.screen and "none yet" in it.screen
        await it.tell(
            e.DealDone(
                Deal(link="bot_core", id="t-1", order_id="9", symbol="BTCUSDT-PERP", side=Side.SELL,
                     quantity=0.01, price=104_300.0)
            )
        )  # fmt: skip
        await it.wait(0.3)
        assert "not told" in it.screen, "the bot's trades do not say whether they closed anything"


async def test_a_report_is_asked_for_and_saved_for_the_user_alone(
    stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI_TRADER_EXPORTS", str(tmp_path / "exports"))
    async with stage() as it:
        await it.press("3", "p")
        assert it.app.command_line.input.value == "report "
        await it.type("trades")
        await it.press("enter")
        (command,) = it.wires.of(RequestReport)
        assert (command.kind, command.format) == ("trades", "csv")
        await it.tell(e.ReportReceived("onetrade", "trades-1.csv", b"id,profit\n"))
        (file,) = (tmp_path / "exports").iterdir()
        assert (file.name, file.read_bytes()) == ("trades-1.csv", b"id,profit\n")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert "Report saved" in it.screen
        await line(it, "report diary")
        assert "Say statement, trades, orders" in it.screen
