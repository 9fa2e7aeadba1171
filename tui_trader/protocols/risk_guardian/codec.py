"""The guardian's figures and the kill switch, whose verification is told line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from tui_trader.model.commands import (
    Command,
    EngageKillSwitch,
    RefreshAccount,
    ReleaseKillSwitch,
    SetRiskLimits,
)
from tui_trader.model.errors import CommandError
from tui_trader.model.events import KillSwitchChanged, RiskAlertRaised, RiskUpdated
from tui_trader.model.matters import Matter
from tui_trader.model.values import Risk, RiskAccount, RiskStrategy, Severity
from tui_trader.protocols.codec import Backoff, Decoded, Endpoint, Frame, Outgoing
from tui_trader.protocols.json_reading import write
from tui_trader.protocols.risk_guardian import messages
from tui_trader.protocols.sanitising import SHORT, clean
from tui_trader.protocols.typed_frames import Handler, TypedCodec, TypedFrame

_STATUS = Frame(write({"type": "get_risk_status"}))
_RELEASE = Frame(write({"type": "release_kill_switch"}))
_PROTOCOLS = {"equities": "orchestrator", "futures": "bot_core", "forex": "onetrade", "spot": "channels"}
"""Which protocol leads to which of the guardian's accounts (CLARIFICATIONS.md)."""
_LEVELS = {"INFO": Severity.INFO, "WARNING": Severity.WARNING, "CRITICAL": Severity.CRITICAL}


class RiskGuardianCodec(TypedCodec):
    """CLARIFICATIONS.md, risk_guardian."""

    protocol: ClassVar[str] = "risk_guardian"
    commands = frozenset({EngageKillSwitch, ReleaseKillSwitch, SetRiskLimits, RefreshAccount})
    tells = frozenset({Matter.RISK, Matter.ACCOUNTS})

    def __init__(self, link: str, endpoint: Endpoint) -> None:
        super().__init__(link, endpoint)
        self._links: Mapping[str, str] = {}

    def meet(self, links: Mapping[str, str]) -> None:
        """Learn which link leads to which of the accounts."""
        named: dict[str, str] = {}
        for name, protocol in links.items():
            named.setdefault(protocol, name)
        self._links = {account: named.get(protocol, "") for account, protocol in _PROTOCOLS.items()}

    @property
    def backoff(self) -> Backoff:
        """Ours: no document has one."""
        return Backoff((1.0, 2.0, 4.0, 8.0, 10.0), None)

    def handlers(self) -> Mapping[str, Handler]:
        """CLARIFICATIONS.md, risk_guardian."""
        return {
            "risk_status": self._status,
            "risk_limits": self._limits,
            "risk_alert": self._alert,
            "kill_switch": self._kill_switch,
            "error": self._error,
        }

    def opened(self, now_ms: int) -> Sequence[Outgoing]:
        """Ask for the figures."""
        return (_STATUS,)

    def encode(self, command: Command, now_ms: int) -> Sequence[Outgoing]:
        """Encode CLARIFICATIONS.md's client messages."""
        match command:
            case EngageKillSwitch():
                data = {"reason": command.reason}
                return (Frame(write({"type": "engage_kill_switch", "data": data})),)
            case SetRiskLimits():
                return (Frame(write({"type": "set_risk_limits", "data": dict(command.limits)})),)
            case ReleaseKillSwitch():
                return (_RELEASE,)
            case RefreshAccount():
                return (_STATUS,)
            case _:
                raise CommandError(f"the guardian cannot carry {type(command).__name__}")

    def _status(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_risk(frame.data)
        risk = Risk(
            link=self.link,
            equity=body.equity,
            exposure=body.exposure,
            drawdown_percent=body.drawdown_percent,
            limits=_bounds(body.limits),
            accounts=tuple(_account(row, self._links) for row in body.accounts[:64]),
            strategies=tuple(map(_strategy, body.strategies[:256])),
            kill_switch=body.kill_switch,
        )
        return Decoded((RiskUpdated(risk),), ready=True)

    def _limits(self, frame: TypedFrame, now_ms: int) -> Decoded:
        bounds = ", ".join(f"{name} {value:g}" for name, value in _bounds(messages.read_limits(frame.data)))
        return Decoded((self.notice(Severity.INFO, f"risk limits are now {bounds}", "LIMITS"),), (_STATUS,))

    def _alert(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_alert(frame.data)
        text = (
            body.message or f"{body.rule} of {body.account or 'the accounts'} is {body.value} of {body.limit}"
        )
        severity = _LEVELS.get(body.level.upper(), Severity.WARNING)
        alert = RiskAlertRaised(
            link=self.link,
            severity=severity,
            rule=clean(body.rule, SHORT),
            text=clean(text),
            account=clean(body.account, SHORT),
            value=body.value,
            limit=body.limit,
        )
        return Decoded((alert,), ready=True)

    def _kill_switch(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_kill_switch(frame.data)
        lines = tuple(map(clean, _lines(body)))
        return Decoded((KillSwitchChanged(self.link, body.engaged, body.verified, lines),), ready=True)

    def _error(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_error(frame.data)
        return Decoded((self.notice(Severity.ERROR, body.message, body.code),), ready=True)


def _bounds(limits: Mapping[str, float | None]) -> tuple[tuple[str, float], ...]:
    rows = list(limits.items())[:32]
    return tuple((clean(name, SHORT), value) for name, value in rows if value is not None)


def _account(body: messages.AccountBody, links: Mapping[str, str]) -> RiskAccount:
    return RiskAccount(
        account=clean(body.account, SHORT),
        link=links.get(body.account, ""),
        currency=clean(body.currency, 8),
        equity=body.equity,
        exposure=body.exposure,
        exposure_percent=body.exposure_percent,
        drawdown_percent=body.drawdown_percent,
        daily_pnl=body.daily_pnl,
        daily_pnl_percent=body.daily_pnl_percent,
        margin_level_percent=body.margin_level_percent,
        positions=body.positions,
        working_orders=body.working_orders,
    )


def _strategy(body: messages.StrategyBody) -> RiskStrategy:
    return RiskStrategy(
        strategy_id=clean(body.strategy_id, SHORT),
        status=clean(body.status, SHORT),
        exposure=body.exposure,
        pnl=body.pnl,
        orders_last_minute=body.orders_last_minute,
    )


def _lines(body: messages.KillSwitchBody) -> list[str]:
    if not body.engaged:
        return ["released: orders are allowed again, what was paused stays paused"]
    paused = ", ".join(body.strategies_paused) or "none"
    return [
        f"engaged: {body.reason or 'no reason given'}",
        f"strategies paused: {paused}",
        f"bot: {'paused' if body.bot_paused else 'was not running'}",
        f"orders canceled: {body.orders_canceled}",
        f"positions closed: {body.positions_closed}",
        _found("strategies still active", body.strategies_still_active),
        _found("orders still working", body.orders_still_working),
        _found("positions still open", body.positions_still_open),
        "verified: nothing is left" if body.verified else "NOT verified yet",
    ]


def _found(what: str, count: int) -> str:
    return f"{what}: {count}" + (" !" if count else "")
