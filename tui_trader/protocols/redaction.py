"""Secrets taken out of what a person may see of the wire: by the name they go by, and by value once known.

Nothing here decides what is shown; whatever shows frames must call it first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import msgspec

HIDDEN = "[hidden]"
CUT = "…"
"""Where sanitising.py cut a text."""
MINIMUM = 8
"""Shorter values are hidden only where their name stands beside them: they may be words of their own."""
PASSING = 100
"""So many of the secrets that a server told are known by value: the newest."""
_NAME = (
    r"[\w.-]*(?:token|secret|password|passphrase|api[-_]?key|private[-_]?key|signature|session[-_]?id|"
    r"authorization|cookie|credentials?)|jwt|sid|sig"
)
_IS_SECRET = re.compile(_NAME, re.IGNORECASE)
_MEMBER = re.compile(
    rf'("(?:{_NAME})"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s,"{{}}\[\]]+)', re.IGNORECASE | re.DOTALL
)
_NESTED = re.compile(rf'"(?:{_NAME})"\s*:\s*[\[{{]|"[^"]{{0,80}}\\u[^"]{{0,80}}"\s*:', re.IGNORECASE)
"""A secret's name before a list or an object, or a name that is spelt with escapes."""
_ASSIGNED = re.compile(rf"(?<![\w.-])((?:{_NAME})=)[^&\s\"'#;]+", re.IGNORECASE)
_HEADER = re.compile(rf"^((?:{_NAME}):[ \t]*).+$", re.IGNORECASE | re.MULTILINE)
_SAID = re.compile(
    rf"(?<![\w.-])(['\"]?(?:{_NAME})['\"]?\s*[:=]\s*['\"]?)(?!\[hidden)[^\s&'\"#;,{{}}]+", re.IGNORECASE
)
"""... in running text, such as a log's: after a colon, or as Python writes a table."""
_BEARER = re.compile(
    r"\b(bearer\s+(?=[\w.~+/=-]*[\d._~+=])"
    r"|basic\s+(?:(?=[\w+/=-]{8})(?=[\w+/=-]*[\d+=])|(?=[\w+/=-]{16})(?=[\w+/=-]*(?-i:[a-z][A-Z]))))"
    r"[\w.~+/=-]+",
    re.IGNORECASE,
)
"""... and what no word looks like: a basic strategy and a bearer bond are none."""
_JWT = re.compile(r"\beyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)?")
_SESSION_PATH = re.compile(r"(/ws/v1/)[^/?\s\"']+")


@lru_cache(maxsize=4_096)
def is_secret(name: str) -> bool:
    """True for a field, header or parameter whose value must not be shown."""
    return _IS_SECRET.fullmatch(name) is not None


_everywhere: set[str] = set()


def redact(text: str) -> str:
    """Return running text, such as a log's line or a traceback, without any secret that is known or named."""
    return _SAID.sub(rf"\1{HIDDEN}", Redactor.of_all().text(text))


def _secrets_in(value: object) -> Iterator[str]:
    """Values that stand under a secret's name, anywhere in a decoded message."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            if isinstance(one, str):
                if len(one) >= MINIMUM and is_secret(str(name)):
                    yield one
            else:
                yield from _secrets_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from _secrets_in(one)


class Redactor:
    """Hides secrets in text and in decoded JSON; remembers the values that it was told or saw."""

    __slots__ = ("_passing", "_values")

    def __init__(self, credentials: Mapping[str, str] | None = None) -> None:
        self._values: tuple[str, ...] = ()
        self._passing: dict[str, None] = {}
        """Of these those that a server told, oldest first: it may tell new ones for ever."""
        self.learn(credentials or {})

    @property
    def values(self) -> tuple[str, ...]:
        """Known secrets, the longest first."""
        return self._values

    def learn(self, named: Mapping[str, object]) -> None:
        """Remember the values of those names that are a secret's."""
        self._remember(_secrets_in(named))

    def learn_from(self, value: object) -> None:
        """Remember every secret in a decoded message, the newest of all that were told."""
        fresh = [one for one in _secrets_in(value) if one not in self._values or one in self._passing]
        if not fresh:
            return
        for one in fresh:
            self._passing.pop(one, None)
            self._passing[one] = None
        self._remember(fresh)
        if len(self._passing) > PASSING:
            gone = set(list(self._passing)[:-PASSING])
            self._values = tuple(one for one in self._values if one not in gone)
            _everywhere.difference_update(gone)
            for one in gone:
                del self._passing[one]

    def _remember(self, values: Iterable[str]) -> None:
        fresh = set(values)
        _everywhere.update(fresh)
        if not fresh <= set(self._values):
            self._values = tuple(sorted(fresh | set(self._values), key=len, reverse=True))

    def text(self, text: str) -> str:
        """Return a frame's text, whole or cut, without secrets."""
        if _NESTED.search(text):
            return self._rewritten(text)
        text = _MEMBER.sub(rf'\1"{HIDDEN}"', text)
        return self._plain(text)

    def value(self, value: object) -> object:
        """Return a decoded message without secrets."""
        if isinstance(value, dict):
            return {
                self._plain(str(name)): HIDDEN if is_secret(str(name)) else self.value(one)
                for name, one in value.items()
            }
        if isinstance(value, list):
            return [self.value(one) for one in value]
        return self.text(value) if isinstance(value, str) else value

    def known(self, text: str) -> str:
        """Return the text without values that are known to be secret, whatever stands around them."""
        for value in self._values:
            if value in text:
                text = text.replace(value, HIDDEN)
        return self._uncut(text) if CUT in text else text

    def _uncut(self, text: str) -> str:
        """Hide what is left of a secret where sanitising cut a text short in the middle of it."""
        *cut, last = text.split(CUT)
        return CUT.join((*map(self._without_beginning, cut), last))

    def _without_beginning(self, text: str) -> str:
        for value in self._values:
            for length in range(len(value) - 1, MINIMUM - 1, -1):
                if text.endswith(value[:length]):
                    return text[:-length] + HIDDEN
        return text

    @classmethod
    def of_all(cls) -> Redactor:
        """One that knows every secret that any redactor of this process was told or saw."""
        redactor = cls()
        redactor._values = tuple(sorted(_everywhere, key=len, reverse=True))
        return redactor

    def _rewritten(self, text: str) -> str:
        try:
            return msgspec.json.encode(self.value(msgspec.json.decode(text))).decode()
        except (msgspec.MsgspecError, RecursionError, UnicodeError):
            return f"{HIDDEN}: names a secret and cannot be read"

    def _plain(self, text: str) -> str:
        text = _ASSIGNED.sub(rf"\1{HIDDEN}", text)
        text = _HEADER.sub(rf"\1{HIDDEN}", text)
        text = _BEARER.sub(rf"\1{HIDDEN}", text)
        text = _SESSION_PATH.sub(rf"\1{HIDDEN}", _JWT.sub(HIDDEN, text))
        return self.known(text)
