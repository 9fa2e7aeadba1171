"""A link's REST calls under way. A command whose answer is lost is told as such and never sent again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from tui_trader.connection.rest import NotSent, Rest
from tui_trader.model.events import CommandAnswered, CommandLost, Event, NoticeReceived
from tui_trader.model.values import Severity
from tui_trader.protocols.codec import HttpRequest
from tui_trader.protocols.sanitising import clean

RETRY_SECONDS = 2.0
ATTEMPTS = 3
"""How often a question (a GET) is asked; commands go out once."""
_log = logging.getLogger(__name__)


class Calls:
    """Runs requests beside the socket; `answered` gets status and body.

    `again` makes a question anew that is asked once more: what signed the first may be good only once.
    """

    def __init__(
        self,
        link: str,
        rest: Rest,
        answered: Callable[[HttpRequest, int, bytes], None],
        sink: Callable[[Event], None],
        again: Callable[[HttpRequest], HttpRequest] = lambda request: request,
    ) -> None:
        self._link = link
        self._rest = rest
        self._answered = answered
        self._sink = sink
        self._again = again
        self._tasks: set[asyncio.Task[None]] = set()
        self._connection = 0
        """Counts connections: a question belongs to the one that it was asked over."""

    def make(self, request: HttpRequest) -> None:
        """Start a request."""
        making = self._make(request, self._connection)
        task = asyncio.create_task(making, name=f"link {self._link} {request.purpose}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def drop_questions(self) -> None:
        """Give up what was asked over a connection that is lost: the next one asks anew.

        An answer that came after its answers would put an older list in the place of theirs. It is left to
        come and not listened to: httpx leaks the socket of a request that is canceled.
        """
        self._connection += 1

    def _is_over(self, request: HttpRequest, connection: int) -> bool:
        question = request.method == "GET" and not request.lasting
        return question and connection != self._connection

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _make(self, request: HttpRequest, connection: int) -> None:
        try:
            await self._ask(request, connection)
        except Exception:  # noqa: BLE001 - the task's outermost boundary
            _log.exception("link %s: %s %s failed", self._link, request.method, request.path)
            self._lost(request, "internal fault; see the log file")

    async def _ask(self, request: HttpRequest, connection: int) -> None:
        attempts = ATTEMPTS if request.method == "GET" else 1
        while not self._is_over(request, connection):
            try:
                status, body = await self._rest(request)
            except OSError as error:
                attempts -= 1
                if not attempts and not self._is_over(request, connection):
                    self._lost(request, clean(str(error)), sent=not isinstance(error, NotSent))
                if not attempts:
                    return
            else:
                if not self._is_over(request, connection):
                    self._answered(request, status, body)
                return
            await asyncio.sleep(RETRY_SECONDS)
            request = self._again(request)

    def _lost(self, request: HttpRequest, detail: str, *, sent: bool = True) -> None:
        link = self._link
        if not request.reference:
            text = f"{request.purpose}: {detail}"
            self._sink(NoticeReceived(link, Severity.WARNING, text, "NO_ANSWER"))
        for reference in request.references:
            if sent:
                self._sink(CommandLost(link, reference, f"{detail}: verify"))
            else:
                text = f"not sent: {detail}"
                self._sink(CommandAnswered(link=link, reference=reference, accepted=False, detail=text))
