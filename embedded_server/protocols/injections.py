"""Everything an endpoint can be made to send on demand: one line a message."""

from __future__ import annotations

from embedded_server.protocols.ai_service.injections import AiServiceError
from embedded_server.protocols.bars.injections import BarsError
from embedded_server.protocols.bot_core.injections import BotCoreError, BotCoreStatus
from embedded_server.protocols.channels.injections import ChannelsError, ChannelsSystemEvent
from embedded_server.protocols.market_data_gateway.injections import GatewayError
from embedded_server.protocols.onetrade.injections import (
    OneTradeClosing,
    OneTradeDealUpdate,
    OneTradeError,
    OneTradeInfo,
    OneTradeRejection,
)
from embedded_server.protocols.orchestrator.injections import OrchestratorError
from embedded_server.protocols.risk_guardian.injections import GuardianAlert, GuardianError

AnyError = (
    OrchestratorError
    | GatewayError
    | GuardianError
    | BotCoreError
    | AiServiceError
    | OneTradeError
    | ChannelsError
    | BarsError
)
"""The error message of an endpoint, told apart by `endpoint`."""

AnyMessage = (
    GuardianAlert
    | BotCoreStatus
    | OneTradeInfo
    | OneTradeDealUpdate
    | OneTradeRejection
    | OneTradeClosing
    | ChannelsSystemEvent
)
"""Any other message, told apart by `message`."""
