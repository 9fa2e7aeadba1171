"""The AI service's frames: what it shares with bot core, and its greeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from tui_trader.model.commands import Command, RequestSignal
from tui_trader.model.errors import CommandError
from tui_trader.model.matters import Matter
from tui_trader.protocols.bot_core.service import ServiceCodec, signal_request
from tui_trader.protocols.codec import Decoded, Frame, Outgoing
from tui_trader.protocols.typed_frames import Handler


class AiServiceCodec(ServiceCodec):
    """bot-core.md, Python AI Service; its Pong has no `data`."""

    protocol: ClassVar[str] = "ai_service"
    commands = frozenset({RequestSignal})
    tells = frozenset({Matter.SIGNALS})

    def handlers(self) -> Mapping[str, Handler]:
        """Messages that bot-core.md gives the AI service."""
        return {**super().handlers(), "connection": lambda frame, now_ms: Decoded(ready=True)}

    def opened(self, now_ms: int) -> Sequence[Outgoing]:
        """Nothing: signals come unasked."""
        return ()

    def encode(self, command: Command, now_ms: int) -> Sequence[Outgoing]:
        """Encode the extension RequestSignal."""
        if not isinstance(command, RequestSignal):
            raise CommandError(f"the AI service cannot carry {type(command).__name__}")
        return (Frame(signal_request(command)),)
