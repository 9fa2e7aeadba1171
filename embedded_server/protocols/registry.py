"""The one list of endpoints; adding one is a folder beside this file and a line here."""

from __future__ import annotations

from embedded_server.protocols.ai_service.facade import AiServiceFacade
from embedded_server.protocols.bars.facade import BarsFacade
from embedded_server.protocols.bot_core.facade import BotCoreFacade
from embedded_server.protocols.channels.facade import ChannelsFacade
from embedded_server.protocols.facade import Facade
from embedded_server.protocols.market_data_gateway.facade import MarketDataGatewayFacade
from embedded_server.protocols.onetrade.facade import OneTradeFacade
from embedded_server.protocols.orchestrator.facade import OrchestratorFacade
from embedded_server.protocols.risk_guardian.facade import RiskGuardianFacade

FACADES: tuple[type[Facade], ...] = (
    OrchestratorFacade,
    MarketDataGatewayFacade,
    RiskGuardianFacade,
    BotCoreFacade,
    AiServiceFacade,
    BarsFacade,
    OneTradeFacade,
    ChannelsFacade,
)
"""In the order of CLARIFICATIONS.md, Endpoints; `--ports BASE` counts up in this order."""
