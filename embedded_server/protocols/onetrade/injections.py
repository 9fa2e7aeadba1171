"""What OneTrade can be made to send (onetrade.md); what is not given is taken from the account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, TypeVar

from msgspec.structs import replace

from embedded_server.model.enums import OrderStatus
from embedded_server.model.states import DealState, OrderState, PositionState
from embedded_server.protocols.injection import ErrorInjection, MessageInjection, Text
from embedded_server.protocols.json_input import InputError
from embedded_server.protocols.onetrade import enums, messages
from embedded_server.protocols.onetrade.projection import ACCOUNT, Projection

if TYPE_CHECKING:
    from embedded_server.protocols.facade import Services

State = TypeVar("State", OrderState, DealState, PositionState)


class OneTradeError(ErrorInjection, frozen=True, kw_only=True, tag="onetrade"):
    """Error Message."""

    endpoint_name: ClassVar[str] = "onetrade"
    text: Text = "An injected error"

    def build(self, services: Services) -> messages.Envelope[messages.Text]:
        """Error Message."""
        return messages.Envelope("error", messages.Text(self.text))


class OneTradeInfo(MessageInjection, frozen=True, kw_only=True, tag="onetrade.info"):
    """Information Message."""

    endpoint_name: ClassVar[str] = "onetrade"
    text: Text = "An injected message"

    def build(self, services: Services) -> messages.Envelope[messages.Text]:
        """Information Message."""
        return messages.Envelope("info", messages.Text(self.text))


class OneTradeDealUpdate(MessageInjection, frozen=True, kw_only=True, tag="onetrade.deals_update"):
    """Deal Updated: one of the account's deals (the last, unless named) with another comment."""

    endpoint_name: ClassVar[str] = "onetrade"
    id: int | None = None
    comment: Text | None = "corrected"

    def build(self, services: Services) -> messages.Envelope[messages.Deal]:
        """Deal Updated."""
        deal = _chosen(services.engine.accounts[ACCOUNT].deals(), self.id, "deal")
        return messages.Envelope(
            "deals_update", _projection(services).deal(replace(deal, comment=self.comment))
        )


class OneTradeRejection(MessageInjection, frozen=True, kw_only=True, tag="onetrade.orders_rejected"):
    """Order Rejected: one of the account's orders (the last, unless named), as if the server refused it."""

    endpoint_name: ClassVar[str] = "onetrade"
    id: int | None = None
    text: Text = "rejected on demand"

    def build(self, services: Services) -> messages.Envelope[messages.Order]:
        """Order Rejected."""
        account = services.engine.accounts[ACCOUNT]
        orders = sorted((*account.order_history(), *account.working_orders()), key=lambda order: order.id)
        order = _chosen(orders, self.id, "order")
        refused = replace(order, status=OrderStatus.REJECTED, refusal=self.text, done_at=services.engine.now)
        return messages.Envelope("orders_rejected", _projection(services).order(refused))


class OneTradeClosing(MessageInjection, frozen=True, kw_only=True, tag="onetrade.positions_update"):
    """Position Updated: one of the open positions (the last, unless named) in the status `closing`."""

    endpoint_name: ClassVar[str] = "onetrade"
    id: int | None = None

    def build(self, services: Services) -> messages.Envelope[messages.Position]:
        """Position Updated."""
        position = _chosen(services.engine.accounts[ACCOUNT].positions(), self.id, "open position")
        shown = _projection(services).position(position)
        return messages.Envelope("positions_update", replace(shown, status=enums.PositionStatus.CLOSING))


def _projection(services: Services) -> Projection:
    market = services.engine.market
    keys = services.engine.accounts[ACCOUNT].instruments
    return Projection(market, {key: market.instruments[key] for key in keys})


def _chosen(states: Sequence[State], number: int | None, what: str) -> State:
    for state in reversed(states):
        if number in (None, state.id):
            return state
    raise InputError(f"the account has no {what}" if number is None else f"there is no {what} {number}", "id")
