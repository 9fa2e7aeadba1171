"""The orchestrator's endpoint: what clients ask of strategies; what strategies do, told to every client."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import ClassVar

from embedded_server.model import commands as c
from embedded_server.model import events as e
from embedded_server.model.enums import RefusalCode
from embedded_server.protocols.audience import Audience, send
from embedded_server.protocols.client_messages import ClientMessages, RequestError
from embedded_server.protocols.facade import Client, Facade, Services
from embedded_server.protocols.json_input import InputError, printable
from embedded_server.protocols.orchestrator import messages as m
from embedded_server.protocols.orchestrator import projection
from embedded_server.protocols.orchestrator.requests import strategy_config
from embedded_server.protocols.wire_numbers import Precisions

log = logging.getLogger(__name__)

ACCOUNT = "equities"
READER = ClientMessages[m.ClientMessage](*m.CLIENT_MESSAGES)

UNKNOWN_STRATEGY = "UNKNOWN_STRATEGY"
INVALID_STATE = "INVALID_STATE"
INVALID_CONFIG = "INVALID_CONFIG"
INVALID_MESSAGE = "INVALID_MESSAGE"
STRATEGY_FAILED = "STRATEGY_FAILED"

_CODES = {RefusalCode.UNKNOWN_STRATEGY: UNKNOWN_STRATEGY, RefusalCode.INVALID: INVALID_CONFIG}
"""What a refusal of the engine is called here; everything else is INVALID_STATE."""


class OrchestratorFacade(Facade):
    """orchestrator.md, Strategy Orchestrator WebSocket."""

    name: ClassVar[str] = "orchestrator"
    port: ClassVar[int] = 8082
    path: ClassVar[str] = "/"

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._audience = Audience()
        self._precisions = Precisions(self.engine.market.instruments.values())

    def opened(self, client: Client) -> None:
        """The execution service's status is the first message."""
        self._audience.join(client)
        send(client, projection.service_status(self.engine.now, self.engine.strategies.running))

    def closed(self, client: Client) -> None:
        """Forget the client."""
        self._audience.leave(client)

    def received(self, client: Client, message: str | bytes) -> None:
        """Act on one message; one that fails is logged and answered, the connection is kept."""
        try:
            request = READER.read(message)
        except RequestError as error:
            in_config = error.field is not None and error.field.startswith("config")
            self._refuse(client, INVALID_CONFIG if in_config else INVALID_MESSAGE, str(error), error.request)
            return
        match request:
            case m.GetActiveStrategies():
                send(client, self._status_list())
            case m.StartStrategy() | m.StopStrategy() | m.PauseStrategy() if not self._knows(request.id):
                kind = str(request.__struct_config__.tag)
                self._refuse(client, UNKNOWN_STRATEGY, f"there is no strategy {request.id!r}", kind)
            case m.StartStrategy():
                self._start(client, request)
            case m.StopStrategy():
                stop = c.StopStrategy(strategy_id=request.id, close_positions=request.close_positions)
                self._submit(client, stop, "stop_strategy")
            case m.PauseStrategy():
                self._submit(client, c.PauseStrategy(strategy_id=request.id), "pause_strategy")
            case m.GetStrategyConfigs():
                send(client, projection.configs(self.engine.now, self.engine.strategies.states()))

    def publish(self, events: Sequence[e.Event]) -> None:
        """Tell every client what strategies did."""
        if not self._audience:
            return
        for event in events:
            self._project(event)

    def _project(self, event: e.Event) -> None:
        match event:
            case e.StrategyStarted():
                self._audience.tell(projection.started(event.time, event.strategy))
            case e.StrategyPaused():
                self._audience.tell(projection.paused(event.time, event.strategy))
            case e.StrategyStopped():
                self._audience.tell(projection.stopped(event.time, event.strategy))
            case e.StrategyFailed():
                self._failed(event)
            case e.StrategySignalled() if event.signal.instrument in self._precisions:
                self._audience.tell(projection.signal(event.time, event.signal, self._precisions))
            case e.OrderFilled() if event.order.account == ACCOUNT and event.order.strategy is not None:
                self._audience.tell(projection.trade(event, self._precisions))
            case e.ExecutionServiceChanged():
                self._audience.tell(projection.service_status(event.time, event.running))
            case _:
                pass

    def _failed(self, event: e.StrategyFailed) -> None:
        """No documented message announces a failure; the list, which has ERROR, is sent unasked."""
        message = f"{event.strategy.name}: {event.strategy.error or 'failed'}"
        self._audience.tell(projection.error(event.time, STRATEGY_FAILED, message, None))
        self._audience.tell(self._status_list())

    def _status_list(self) -> m.StrategyStatusList:
        return projection.status_list(
            self.engine.now,
            self.engine.strategies.states(),
            self.engine.accounts[ACCOUNT].positions(),
            self._precisions,
        )

    def _knows(self, strategy_id: str) -> bool:
        """Asked before the engine is: what it is asked is kept, and an id is as long as a client likes."""
        return self.engine.strategies.state(strategy_id) is not None

    def _start(self, client: Client, request: m.StartStrategy) -> None:
        config = None
        state = self.engine.strategies.state(request.id)
        if request.config is not None and state is not None:
            try:
                tradable = self.engine.accounts[ACCOUNT].instruments
                config = strategy_config(request.config, state.config, tradable)
            except InputError as error:
                self._refuse(client, INVALID_CONFIG, str(error), "start_strategy")
                return
        self._submit(client, c.StartStrategy(strategy_id=request.id, config=config), "start_strategy")

    def _submit(self, client: Client, command: c.Command, request: str) -> None:
        outcome = self.engine.submit(command)
        if isinstance(outcome, c.Refused):
            self._refuse(client, _CODES.get(outcome.code, INVALID_STATE), outcome.message, request)

    def _refuse(self, client: Client, code: str, message: str, request: str | None) -> None:
        log.warning("orchestrator: message from %s failed: %s: %s", client.id, code, printable(message))
        send(client, projection.error(self.engine.now, code, message, request))
