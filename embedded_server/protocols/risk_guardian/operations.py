"""What the risk guardian speaks: the envelope is orchestrator.md's, everything in it ours."""

from __future__ import annotations

from embedded_server.protocols.operation import Code, Description, Origin, client, server
from embedded_server.protocols.risk_guardian import messages as m

EXTENSION = Origin.EXTENSION

DESCRIPTION = Description(
    title="Risk Guardian WebSocket",
    source="orchestrator.md (the envelope)",
    summary="Equity, exposure and drawdown of every account, limits, alerts and the kill switch.",
    connecting=(
        "Open the WebSocket; there is no login.",
        "The first frame is `risk_status`; it follows once a second while time passes and whenever an "
        "account "
        "changed.",
        "The kill switch pauses every strategy first, then cancels every order, then closes every position, "
        "then reports what it verified.",
    ),
    operations=(
        client(
            m.GetRiskStatus,
            "Get Risk Status",
            "Ask for the present figures.",
            replies=("risk_status",),
            origin=EXTENSION,
        ),
        client(
            m.SetRiskLimits,
            "Set Risk Limits",
            "Change limits, in percent; fields left out stay.",
            replies=("risk_limits", "error"),
            origin=EXTENSION,
        ),
        client(
            m.EngageKillSwitch,
            "Engage Kill Switch",
            "Stop everything.",
            replies=("kill_switch", "error"),
            origin=EXTENSION,
        ),
        client(
            m.ReleaseKillSwitch,
            "Release Kill Switch",
            "Allow orders again.",
            replies=("kill_switch", "error"),
            origin=EXTENSION,
        ),
        server(
            m.RiskStatus,
            "Risk Status",
            "Totals, limits, and figures per account and per strategy.",
            when="On connecting, on request, once a second, and when an account changed",
            origin=EXTENSION,
        ),
        server(
            m.RiskLimits,
            "Risk Limits",
            "Somebody changed the limits.",
            when="On change, to every client",
            origin=EXTENSION,
        ),
        server(
            m.RiskAlert,
            "Risk Alert",
            "A limit came near or was passed; `level` is `INFO`, `WARNING` or `CRITICAL`.",
            when="When it happens, to every client",
            origin=EXTENSION,
        ),
        server(
            m.KillSwitch,
            "Kill Switch",
            "What the kill switch did, and what it found when it looked again.",
            when="When it acts, when it has verified, and when it is released",
            origin=EXTENSION,
        ),
        server(
            m.Error,
            "Error",
            "The request changed nothing.",
            when="Upon a message that fails",
            origin=EXTENSION,
        ),
    ),
    errors=(
        Code("INVALID_MESSAGE", "not JSON, no known `type`, or a field that does not fit", EXTENSION),
        Code("INVALID_LIMITS", "a limit that cannot be; the message names it", EXTENSION),
        Code("INVALID_STATE", "the kill switch is in that state already", EXTENSION),
    ),
    closes=(
        Code(1001, "the server ends", EXTENSION),
        Code(1008, "more than 100 messages, or 20 invalid ones, a minute", EXTENSION),
    ),
)
