"""What became of orders whose answer never came: asked of the server by reference, never sent again.

An order that no server knows stays unknown: only its user can say that it never arrived. One that was refused
is asked for, too, once after the next list: a network that sends a request twice has the copy taken.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from tui_trader.connection.intents import IntentFile
from tui_trader.model.commands import (
    Command,
    FindOrders,
    PlaceOcoOrders,
    PlaceOrder,
    RefreshAccount,
    orders_of,
)
from tui_trader.model.errors import CommandError
from tui_trader.model.events import (
    CommandAnswered,
    CommandLost,
    Event,
    OrderRecalled,
    OrdersFound,
    OrdersReplaced,
    OrderUpdated,
    RequoteOffered,
)
from tui_trader.model.values import Order

Ordering = PlaceOrder | PlaceOcoOrders
_TELLING = frozenset(
    {CommandAnswered, CommandLost, OrderUpdated, OrdersFound, OrdersReplaced, RequoteOffered}
)
REFUSALS = 20
"""So many of a link's newest refusals are verified."""
_log = logging.getLogger(__name__)


class Outcomes:
    """Stands between the links and the sink, and sees every order's outcome pass.

    `accounts` names, by link, the account behind it: the same over restarts, empty where it ends with us.
    """

    def __init__(
        self,
        sink: Callable[[Event], None],
        send: Callable[[Command], None],
        accounts: Mapping[str, str],
        file: IntentFile | None,
    ) -> None:
        self._sink = sink
        self._send = send
        self._accounts = dict(accounts)
        self._file = file
        self._unknown: dict[str, dict[str, None]] = {link: {} for link in accounts}
        self._sent: set[str] = set()
        self._unseen: set[str] = set()
        self._working: dict[str, dict[str, None]] = {link: {} for link in accounts}
        self._refused: dict[str, dict[str, None]] = {link: {} for link in accounts}

    def __call__(self, event: Event) -> None:
        """Pass an event on, and note what it says of an order's outcome."""
        self._sink(event)
        if type(event) in _TELLING:
            self._note(event)

    def meet(self, link: str, account: str) -> None:
        """Note which account is behind a link from now on: a server started again may have another."""
        self._accounts[link] = account

    def recall(self) -> None:
        """Tell what earlier consoles left open on these accounts."""
        if self._file is None:
            return
        for link, account in self._accounts.items():
            for intent in self._file.of_account(account) if account else ():
                self._unknown[link][intent.order.reference] = None
                order = replace(intent.order, link=link)  # which may be called otherwise by now
                self._sink(OrderRecalled(link, order, intent.at_ms))

    def begin(self, command: Ordering) -> None:
        """Keep an order, or those of one request, before they are sent.

        Raises `CommandError`: nothing must then be sent.
        """
        orders = orders_of(command)
        account = self._accounts.get(command.link, "")
        self._sent.update(order.reference for order in orders)
        self._unseen.update(order.reference for order in orders)
        if self._file is None or not account:
            return
        try:
            for order in orders:
                self._file.begin(account, order)
        except CommandError:
            self.withdraw(command)
            raise

    def withdraw(self, command: Ordering) -> None:
        """Note that an order, or those of one request, did not leave."""
        for order in orders_of(command):
            self.answered(order.reference)

    def answered(self, reference: str) -> None:
        """Note that an order was answered, or never sent."""
        if reference in self._sent:
            self._sent.remove(reference)
            self.end(reference)

    def end(self, reference: str) -> None:
        """Note that an order's outcome is known, or was verified by its user."""
        if self._file is not None:
            self._file.end(reference)
        self._unseen.discard(reference)
        for references in (*self._unknown.values(), *self._refused.values()):
            references.pop(reference, None)

    def close(self) -> None:
        """Leave what is open to the next console."""
        if self._file is not None:
            self._file.close()

    def _note(self, event: Event) -> None:
        match event:
            case CommandAnswered():
                self._read_answer(event)
            case CommandLost():
                if event.reference in self._sent and event.link in self._unknown:
                    self._unknown[event.link][event.reference] = None
                    self._send_quietly(RefreshAccount(link=event.link))
                self._sent.discard(event.reference)
            case OrderUpdated(order=order) | RequoteOffered(order=order):
                self._seen((order,))
            case OrdersReplaced():
                self._seen(event.orders)
                self._missed(event)
                self._ask(event.link)  # after the list of those that work: a missing one has ended
            case OrdersFound():
                self._seen(event.orders)
                for reference in event.asked:  # a refusal of what no server has stands
                    self._refused.get(event.link, {}).pop(reference, None)
            case _:
                pass

    def _read_answer(self, event: CommandAnswered) -> None:
        reference, link = event.reference, event.link
        waiting = reference in self._sent and link in self._working
        unseen = reference in self._unseen
        self.answered(reference)
        if waiting and event.accepted and unseen:  # its end may fall into a gap
            self._working[link][reference] = None
        elif waiting and not event.accepted and unseen:
            refused = self._refused[link]
            refused[reference] = None
            if len(refused) > REFUSALS:
                del refused[next(iter(refused))]

    def _seen(self, orders: tuple[Order, ...]) -> None:
        for order in orders:
            if order.reference:
                self.end(order.reference)
                working = self._working.get(order.link, {})
                if order.status.terminal:
                    working.pop(order.reference, None)
                else:
                    working[order.reference] = None

    def _missed(self, event: OrdersReplaced) -> None:
        """Note orders that worked before a gap and are on no list after it."""
        listed = {order.reference for order in event.orders}
        working = self._working.get(event.link, {})
        gone = [reference for reference in working if reference not in listed]
        for reference in gone:
            del working[reference]
            self._unknown[event.link][reference] = None

    def _ask(self, link: str) -> None:
        references = (*self._unknown.get(link, ()), *self._refused.get(link, ()))
        if references:
            self._send_quietly(FindOrders(link=link, references=references))

    def _send_quietly(self, question: FindOrders | RefreshAccount) -> None:
        try:
            self._send(question)
        except CommandError as error:  # a protocol without such a question, or a link that is down again
            _log.info("link %s cannot be asked for orders: %s", question.link, error)
