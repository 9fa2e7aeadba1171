"""The guardian's endpoint: figures once a second, alerts, limits and the kill switch."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import ClassVar

import msgspec

from embedded_server.kernel.time import SECOND
from embedded_server.model import commands as c
from embedded_server.model import events as e
from embedded_server.model.enums import RefusalCode
from embedded_server.protocols.audience import Audience, encode, send
from embedded_server.protocols.client_messages import ClientMessages, RequestError
from embedded_server.protocols.facade import Client, Facade, Services
from embedded_server.protocols.json_input import printable
from embedded_server.protocols.patience import Patience
from embedded_server.protocols.risk_guardian import messages as m
from embedded_server.protocols.risk_guardian import projection

log = logging.getLogger(__name__)

READER = ClientMessages[m.ClientMessage](*m.CLIENT_MESSAGES)
STATUS = "risk_status"
INTERVAL = SECOND
"""Virtual ns between two statuses while nothing but prices moves."""

MAX_PERCENT = 1_000_000

INVALID_MESSAGE = "INVALID_MESSAGE"
INVALID_LIMITS = "INVALID_LIMITS"
INVALID_STATE = "INVALID_STATE"

_ACCOUNT_EVENTS = (
    e.OrderPlaced,
    e.OrderFilled,
    e.OrderCanceled,
    e.OrderExpired,
    e.PositionOpened,
    e.PositionChanged,
    e.PositionClosed,
    e.LedgerPosted,
    e.StrategyStarted,
    e.StrategyPaused,
    e.StrategyStopped,
    e.StrategyFailed,
    e.RiskLimitsChanged,
    e.KillSwitchChanged,
)
"""After these a status is due at once. A tuple of types, tested with `isinstance`."""


class RiskGuardianFacade(Facade):
    """CLARIFICATIONS.md, risk_guardian."""

    name: ClassVar[str] = "risk_guardian"
    port: ClassVar[int] = 3002
    path: ClassVar[str] = "/ws"

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._audience = Audience()
        self._patience = Patience(services.time)
        self._told = 0

    def opened(self, client: Client) -> None:
        """The present figures are the first message."""
        self._audience.join(client)
        self.topics.subscribe(client, STATUS)
        send(client, self._status())

    def closed(self, client: Client) -> None:
        """Forget the client."""
        self._audience.leave(client)
        self._patience.forget(client)

    def received(self, client: Client, message: str | bytes) -> None:
        """Act on one message; what cannot be used is answered with an error and changes nothing."""
        try:
            request = READER.read(message)
        except RequestError as error:
            log.info("risk_guardian: message from %s failed: %s", client.id, error)
            if self._patience.bear(client):
                code = INVALID_LIMITS if error.request == "set_risk_limits" else INVALID_MESSAGE
                self._refuse(client, code, str(error), error.request)
            return
        match request:
            case m.GetRiskStatus():
                send(client, self._status())
            case m.SetRiskLimits():
                self._set_limits(client, request.data)
            case m.EngageKillSwitch():
                reason = printable(request.data.reason)
                self._submit(client, c.EngageKillSwitch(reason=reason), "engage_kill_switch")
            case m.ReleaseKillSwitch():
                self._submit(client, c.ReleaseKillSwitch(), "release_kill_switch")

    def publish(self, events: Sequence[e.Event]) -> None:
        """Tell alerts and what the kill switch did; then the figures, if they are due."""
        if not self._audience:
            return
        due = self.engine.now - self._told >= INTERVAL
        for event in events:
            match event:
                case e.RiskAlertRaised():
                    self._audience.tell(projection.risk_alert(event.time, event.alert))
                case e.RiskLimitsChanged():
                    self._audience.tell(projection.risk_limits(event.time, event.limits))
                case e.KillSwitchChanged():
                    self._audience.tell(projection.kill_switch(event.time, event.report))
                case _:
                    pass
            due = due or isinstance(event, _ACCOUNT_EVENTS)
        if due:
            self._told = self.engine.now
            self.topics.publish(STATUS, encode(self._status()))

    def _status(self) -> m.RiskStatus:
        return projection.risk_status(self.engine.now, self.engine.guardian.state())

    def _set_limits(self, client: Client, changes: m.LimitChanges) -> None:
        """Lay the client's changes over the present limits."""
        given: dict[str, float] = {}
        for name, wire in zip(changes.__struct_fields__, changes.__struct_encode_fields__, strict=True):
            value: float | None = getattr(changes, name)
            if value is None:
                continue
            if not 0 < value <= MAX_PERCENT:
                message = f"{wire}: must be above 0 and at most {MAX_PERCENT}"
                self._refuse(client, INVALID_LIMITS, message, "set_risk_limits")
                return
            given[name] = value
        limits = msgspec.structs.replace(self.engine.guardian.limits, **given)
        self._submit(client, c.SetRiskLimits(limits=limits), "set_risk_limits")

    def _submit(self, client: Client, command: c.Command, request: str) -> None:
        outcome = self.engine.submit(command)
        if isinstance(outcome, c.Refused):
            invalid = outcome.code is RefusalCode.INVALID
            self._refuse(client, INVALID_LIMITS if invalid else INVALID_STATE, outcome.message, request)

    def _refuse(self, client: Client, code: str, message: str, request: str | None) -> None:
        send(client, projection.error(self.engine.now, code, message, request))
