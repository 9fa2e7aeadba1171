"""The AI service's frames; it shares bot core's messages and adds the greeting and a Pong without `data`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from tui_trader.model.commands import Command, RequestSignal
from tui_trader.model.errors import CommandError
from tui_trader.model.events import SignalReceived
from tui_trader.model.matters import Matter
from tui_trader.protocols.bot_core.codec import read_error, signal_request
from tui_trader.protocols.bot_core.keep_alive import BACKOFF, HEARTBEAT
from tui_trader.protocols.bot_core.signals import read_signal
from tui_trader.protocols.codec import Backoff, Decoded, Frame, Heartbeat, Outgoing
from tui_trader.protocols.typed_frames import Handler, TypedCodec, TypedFrame


class AiServiceCodec(TypedCodec):
    """bot-core.md, Python AI Service."""

    protocol: ClassVar[str] = "ai_service"
    commands = frozenset({RequestSignal})
    tells = frozenset({Matter.SIGNALS})

    @property
    def heartbeat(self) -> Heartbeat:
        """bot-core.md, Heartbeat Protocol."""
        return HEARTBEAT

    @property
    def backoff(self) -> Backoff:
        """bot-core.md, Connection Errors."""
        return BACKOFF

    def handlers(self) -> Mapping[str, Handler]:
        """Messages that bot-core.md gives the AI service."""
        return {
            "connection": self._greeting,
            "AISignalReceived": self._signal,
            "Pong": self._pong,
            "Error": self._error,
        }

    def opened(self, now_ms: int) -> Sequence[Outgoing]:
        """Nothing: signals come unasked."""
        return ()

    def encode(self, command: Command, now_ms: int) -> Sequence[Outgoing]:
        """Encode the extension RequestSignal."""
        if not isinstance(command, RequestSignal):
            raise CommandError(f"the AI service cannot carry {type(command).__name__}")
        return (Frame(signal_request(command)),)

    def _greeting(self, frame: TypedFrame, now_ms: int) -> Decoded:
        return Decoded(ready=True)

    def _signal(self, frame: TypedFrame, now_ms: int) -> Decoded:
        return Decoded((SignalReceived(read_signal(self.link, frame)),), ready=True)

    def _pong(self, frame: TypedFrame, now_ms: int) -> Decoded:
        return Decoded(ready=True, heartbeat_answered=True)

    def _error(self, frame: TypedFrame, now_ms: int) -> Decoded:
        return Decoded((read_error(self.link, frame),))
