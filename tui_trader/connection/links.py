"""All links of a session: routes commands to them by name and tells how they are doing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count

from tui_trader.connection.health import LinkHealth
from tui_trader.connection.intents import IntentFile
from tui_trader.connection.link import Link
from tui_trader.connection.outcomes import Ordering, Outcomes
from tui_trader.connection.server_time import in_our_seconds
from tui_trader.connection.tap import Tap
from tui_trader.model.commands import Command
from tui_trader.model.errors import CommandError
from tui_trader.model.events import Event
from tui_trader.model.matters import Matter
from tui_trader.model.order_terms import OrderTerms
from tui_trader.protocols.codec import Endpoint
from tui_trader.protocols.registry import codec_for


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """A link to be made: its name, the protocol it speaks, and where."""

    name: str
    protocol: str
    endpoint: Endpoint
    paper: bool = False
    """Whether a simulator is behind it; what is not known to be one is LIVE."""
    account: str = ""
    """What tells the account behind the link from every other, whenever and wherever it is met again.

    Empty: it ends with this console, and what is sent to it need not outlive it.
    """
    speed: float = 1.0
    """Seconds of the server's time in a second of ours, where its market runs faster or slower."""


class Links:
    """The links of one console. `sink` gets every event, synchronously, in the event loop."""

    def __init__(
        self,
        plans: Iterable[LinkPlan],
        sink: Callable[[Event], None],
        intents: IntentFile | None = None,
    ) -> None:
        """Orders are kept in `intents` before they are sent to an account that outlives this console."""
        plans = tuple(plans)
        accounts = {plan.name: plan.account for plan in plans}
        self._outcomes = sink = Outcomes(sink, self._send, accounts, intents)
        self._sink: Callable[[Event], None] = sink
        self._paper = frozenset(plan.name for plan in plans if plan.paper)
        sinks = {plan.name: in_our_seconds(sink, plan.speed) for plan in plans}
        codecs = [codec_for(plan.protocol)(plan.name, plan.endpoint) for plan in plans]
        protocols = {codec.link: codec.protocol for codec in codecs}
        for codec in codecs:
            codec.meet(protocols)
        numbers = count(1)
        self._links = {
            codec.link: Link(codec, sinks[codec.link], Tap(codec.link, numbers=numbers)) for codec in codecs
        }

    @property
    def names(self) -> tuple[str, ...]:
        """All links, in the order they were given."""
        return tuple(self._links)

    def start(self) -> None:
        """Begin to connect; needs a running loop."""
        self._outcomes.recall()
        for link in self._links.values():
            link.start()

    async def stop(self) -> None:
        """Close every socket and end every task."""
        await asyncio.gather(*(link.stop() for link in self._links.values()))
        self._outcomes.close()

    def send(self, command: Command) -> None:
        """Send a command by the link it names; an order is kept on disk first, and leaves once.

        Raises `CommandError`: no such link, not ready, cannot carry the command, or a wrong input.
        """
        if not isinstance(command, Ordering):
            self._send(command)
            return
        self._outcomes.begin(command)
        try:
            self._send(command)
        except CommandError:
            self._outcomes.withdraw(command)
            raise

    def dismiss(self, reference: str) -> None:
        """Forget an order of unknown outcome that its user has verified."""
        self._outcomes.end(reference)

    def _send(self, command: Command) -> None:
        self._named(command.link).send(command)

    def retry(self, name: str) -> None:
        """Let a waiting link try again now."""
        self._named(name).retry()

    def take_over(self, name: str) -> None:
        """Let a link displace whoever holds its session, and connect."""
        self._named(name).take_over()

    def repoint(self, plans: Iterable[LinkPlan]) -> None:
        """Give links new addresses and let them try again now (the embedded server was started anew)."""
        for plan in plans:
            if plan.name in self._links:
                self._outcomes.meet(plan.name, plan.account)
                self._links[plan.name].repoint(plan.endpoint)
                self._links[plan.name].retry()

    def status(self, name: str) -> LinkHealth:
        """Tell how a link is doing."""
        return self._named(name).health()

    def tap(self, name: str) -> Tap:
        """Give the frames of a link."""
        return self._named(name).tap

    def supports(self, name: str, command: type[Command]) -> bool:
        """Say whether a link's protocol can carry such a command."""
        link = self._links.get(name)
        return link is not None and command in link.codec.commands

    def tells(self, name: str) -> frozenset[Matter] | None:
        """Say what a link's messages can tell of; None: it may be anything."""
        return self._named(name).codec.tells

    def terms(self, name: str) -> OrderTerms:
        """Say what orders of a link can be."""
        return self._named(name).codec.terms

    def is_paper(self, name: str) -> bool:
        """Say whether a simulator is behind a link."""
        return name in self._paper

    def tell(self, event: Event) -> None:
        """Put an event of the console's own among those of the links."""
        self._sink(event)

    def _named(self, name: str) -> Link:
        link = self._links.get(name)
        if link is None:
            raise CommandError(f"there is no link named {name!r}")
        return link
