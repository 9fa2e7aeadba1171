"""Frames of a link both ways, as they were on the wire, in a ring that is bounded in bytes.

Keeping a frame appends a reference and nothing else; what leaves the ring (`Frame`) has no secrets and
nothing that a terminal obeys. The raw data is nobody else's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from itertools import count, islice
from operator import itemgetter
from sys import getsizeof
from urllib.parse import urlencode

import msgspec

from tui_trader.model.values import Severity
from tui_trader.protocols.codec import HttpRequest
from tui_trader.protocols.json_reading import write
from tui_trader.protocols.redaction import HIDDEN, Redactor, is_secret
from tui_trader.protocols.sanitising import LINE, SHORT, clean

LIMIT = 400_000
"""Bytes that one link's frames may take."""
LARGEST = 64_000
"""Of a longer frame only the beginning is kept."""
OVERHEAD = 150
"""Bytes that the ring itself takes for a frame, about."""
_READ = 2_000
_KIND = re.compile(r'"(?:type|event|action|channel|op|method)"\s*:\s*"([^"\\]{1,40})"')


class Direction(StrEnum):
    """Which way a frame went."""

    IN = "in"
    OUT = "out"


_Kept = tuple[int, float, Direction, int, str | bytes]
"""Sequence, monotonic seconds, direction, size in characters or bytes, data."""


class Frame:
    """One frame to look at. `at` is monotonic seconds, `size` characters of text or bytes."""

    __slots__ = ("_data", "_redactor", "at", "direction", "link", "sequence", "size")

    severity = Severity.INFO

    def __init__(self, link: str, kept: _Kept, redactor: Redactor) -> None:
        self.link = link
        self.sequence, self.at, self.direction, self.size, self._data = kept
        self._redactor = redactor

    @property
    def binary(self) -> bool:
        """True for a binary frame."""
        return isinstance(self._data, bytes)

    @property
    def kind(self) -> str:
        """What the message calls itself; `text`, `binary` or the HTTP method where it does not."""
        data = self._data
        if isinstance(data, bytes):
            return "binary"
        found = _KIND.search(data, 0, 400)
        if found is not None:
            return clean(self._redactor.known(found[1]), SHORT)
        if "\n" in data:
            return "http"
        return "text" if len(data) > 2 else "beat"

    @property
    def haystack(self) -> str:
        """What a search looks through, case folded."""
        data = self._data
        text = data.hex(" ") if isinstance(data, bytes) else data
        return f"{self.link} {self.direction} {text}".casefold()

    @property
    def line(self) -> str:
        """The beginning as one safe line."""
        data = self._data
        if isinstance(data, bytes):
            return data[:LINE].hex(" ")
        return clean(self._redactor.text(data[:_READ]).replace("\n", " ").strip(), 2 * LINE)

    @property
    def content(self) -> str:
        """All that was kept as one safe line, without secrets."""
        data = self._data
        if isinstance(data, bytes):
            return data.hex(" ")
        return clean(self._redactor.text(data).replace("\n", " ").strip(), LARGEST)

    @property
    def text(self) -> str:
        """All that was kept, without secrets; line breaks are the message's own."""
        data = self._data
        if isinstance(data, bytes):
            return data.hex(" ")
        head, gap, body = data.partition("\n\n")
        return self._redactor.text(head) + gap + self._redactor.text(body) if gap else self._readable(data)

    def _readable(self, data: str) -> str:
        try:
            value = self._redactor.value(msgspec.json.decode(data))
        except (msgspec.MsgspecError, RecursionError, UnicodeError):
            return self._redactor.text(data)
        return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


class Tap:
    """One link's ring. `numbers` is shared by all links, so that sequences tell the order among them."""

    __slots__ = ("_bytes", "_limit", "_numbers", "_ring", "last", "link", "redactor")

    def __init__(
        self,
        link: str,
        credentials: Mapping[str, str] | None = None,
        numbers: Iterator[int] | None = None,
        limit: int = LIMIT,
    ) -> None:
        self.link = link
        self.redactor = Redactor(credentials)
        self.last = 0
        """Sequence of the newest frame."""
        self._numbers = numbers or count(1)
        self._ring: deque[_Kept] = deque()
        self._bytes = 0
        self._limit = limit

    def __len__(self) -> int:
        return len(self._ring)

    @property
    def kept_bytes(self) -> int:
        """Bytes that are kept, about."""
        return self._bytes

    @property
    def first(self) -> int:
        """Sequence of the oldest frame that is still kept; after the last one where none is."""
        return self._ring[0][0] if self._ring else self.last + 1

    def since(self, sequence: int) -> list[Frame]:
        """Frames after this sequence, oldest first."""
        ring = self._ring
        if not ring or ring[-1][0] <= sequence:
            return []
        start = bisect_right(ring, sequence, key=itemgetter(0)) if ring[0][0] <= sequence else 0
        return [Frame(self.link, kept, self.redactor) for kept in islice(ring, start, None)]

    def received(self, data: str | bytes, at: float) -> None:
        """Keep a frame that arrived."""
        self._keep(data, at, Direction.IN)

    def sent(self, data: str | bytes, at: float) -> None:
        """Keep a frame that left."""
        self._keep(data, at, Direction.OUT)

    def connecting(self, url: str, headers: Mapping[str, str], at: float) -> None:
        """Keep the upgrade's address and headers, without their secrets."""
        self._keep(f"GET {self.redactor.text(url)}\n{self._headers(headers)}\n", at, Direction.OUT)

    def requested(self, request: HttpRequest, at: float) -> None:
        """Keep an HTTP request, without its secrets."""
        query = f"?{urlencode(request.query)}" if request.query else ""
        first = self.redactor.text(f"{request.method} {request.path}{query}")
        body = "" if request.body is None else self.redactor.text(_text(request.body))
        self._keep(f"{first}\n{self._headers(request.headers)}\n{body}", at, Direction.OUT)

    def answered(self, request: HttpRequest, status: int, body: bytes, at: float) -> None:
        """Keep an HTTP response, without its secrets; those of a login are hidden from then on."""
        with suppress(msgspec.MsgspecError, RecursionError, UnicodeError):  # not JSON: hidden by name
            self.redactor.learn_from(msgspec.json.decode(body))
        text = self.redactor.text(body[: 4 * LARGEST].decode("utf-8", "replace"))
        first = self.redactor.text(f"{status} {request.method} {request.path}")
        self._keep(f"{first}\n\n{text}", at, Direction.IN)

    def _headers(self, headers: Mapping[str, str]) -> str:
        shown = ((name, HIDDEN if is_secret(name) else self.redactor.text(headers[name])) for name in headers)
        return "".join(f"{name}: {value}\n" for name, value in shown)

    def _keep(self, data: str | bytes, at: float, direction: Direction) -> None:
        size = len(data)
        if size > LARGEST:
            data = data[:LARGEST]
        self.last = next(self._numbers)
        self._ring.append((self.last, at, direction, size, data))
        self._bytes += getsizeof(data) + OVERHEAD
        while self._bytes > self._limit:
            self._bytes -= getsizeof(self._ring.popleft()[4]) + OVERHEAD


def _text(body: object) -> str:
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else write(body)
