"""The one list of protocols: a new one is a folder beside this file and a line here."""

from __future__ import annotations

from tui_trader.model.errors import SettingsError
from tui_trader.protocols.ai_service.codec import AiServiceCodec
from tui_trader.protocols.bars.codec import BarsCodec
from tui_trader.protocols.bot_core.codec import BotCoreCodec
from tui_trader.protocols.channels.codec import ChannelsCodec
from tui_trader.protocols.codec import Codec
from tui_trader.protocols.market_data_gateway.codec import MarketDataGatewayCodec
from tui_trader.protocols.onetrade.codec import OneTradeCodec
from tui_trader.protocols.orchestrator.codec import OrchestratorCodec
from tui_trader.protocols.risk_guardian.codec import RiskGuardianCodec

CODECS: tuple[type[Codec], ...] = (
    OrchestratorCodec,
    MarketDataGatewayCodec,
    RiskGuardianCodec,
    BotCoreCodec,
    AiServiceCodec,
    OneTradeCodec,
    ChannelsCodec,
    BarsCodec,
)

PROTOCOLS: tuple[str, ...] = tuple(codec.protocol for codec in CODECS)


def codec_for(protocol: str) -> type[Codec]:
    """Return the codec of a protocol; raises `SettingsError` naming the known ones."""
    for codec in CODECS:
        if codec.protocol == protocol:
            return codec
    raise SettingsError(f"there is no protocol {protocol!r}; known are {', '.join(PROTOCOLS)}")
