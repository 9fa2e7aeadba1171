"""What a client may send to the bot core: bot-core.md has Ping and Authenticate, the rest are extensions."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from embedded_server.protocols.bot_platform.messages import Message
from embedded_server.protocols.bot_platform.requests import LowerCasePing, Ping, RequestSignal
from embedded_server.protocols.client_messages import ClientMessages


class Authenticate(Message, frozen=True, tag="Authenticate"):
    """A JWT in the first message."""

    token: str


class BotCommandData(Struct, frozen=True, kw_only=True):
    """`START`, `PAUSE` or `STOP`."""

    command: str


class BotCommand(Message, frozen=True, tag="BotCommand"):
    """Control the bot."""

    extension: ClassVar[bool] = True
    data: BotCommandData


class ClosePositionData(Struct, frozen=True, kw_only=True):
    """The position as `PositionUpdate` names it."""

    position_id: str


class ClosePosition(Message, frozen=True, tag="ClosePosition"):
    """Close a position at market."""

    extension: ClassVar[bool] = True
    data: ClosePositionData


ClientMessage = Ping | LowerCasePing | Authenticate | BotCommand | RequestSignal | ClosePosition
CLIENT_MESSAGES = (Ping, LowerCasePing, Authenticate, BotCommand, RequestSignal, ClosePosition)
READER = ClientMessages[ClientMessage](*CLIENT_MESSAGES)
