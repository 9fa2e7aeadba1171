"""What is typed to find lines: `link:onetrade kind:order,deal sev:warning text "two words" -not`.

One grammar for all records (journal lines, frames). Nothing typed is an error: half a word is on its way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from tui_trader.model.values import Severity

USAGE = "link:NAME  kind:KIND  sev:warning  words  -not"
FIELDS = ("link", "kind", "sev")
_WORD = re.compile(r'-?(?:\w+:)?"[^"]*"?|\S+')
_RISING = tuple(Severity)


class Record(Protocol):
    """What can be searched."""

    @property
    def link(self) -> str:
        """Name of the link."""
        ...

    @property
    def kind(self) -> str:
        """What sort of record."""
        ...

    @property
    def severity(self) -> Severity:
        """How much it weighs."""
        ...

    @property
    def haystack(self) -> str:
        """All its text, case folded."""
        ...


R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Clause:
    """One word of a query. Several `values` are alternatives; `negated` turns it round."""

    field: str
    values: tuple[str, ...]
    negated: bool = False

    def keep(self, records: Iterable[R]) -> list[R]:
        """Those records that it lets through."""
        if not self.field:
            (word,) = self.values
            if self.negated:
                return [record for record in records if word not in record.haystack]
            return [record for record in records if word in record.haystack]
        if self.field == "sev":
            allowed = self._severities()
            return [record for record in records if record.severity in allowed]
        named = _named(getattr_of(self.field), self.values, self.negated)
        return [record for record in records if named(record)]

    def _severities(self) -> frozenset[Severity]:
        """At least the lowest one that is named."""
        least = min(
            (place for place, one in enumerate(_RISING) if one.value.startswith(self.values)),
            default=len(_RISING),
        )
        return frozenset(_RISING[:least] if self.negated else _RISING[least:])


def getattr_of(field: str) -> Callable[[Record], str]:
    """The getter of a field that holds a name."""
    from operator import attrgetter

    return attrgetter("direction" if field == "dir" else field)


def _named(get: Callable[[Record], str], values: tuple[str, ...], negated: bool) -> Callable[[Record], bool]:
    """Judge a name once, however often it comes."""
    known: dict[str, bool] = {}

    def judge(record: Record) -> bool:
        name = get(record)
        answer = known.get(name)
        if answer is None:
            folded = name.casefold()
            answer = known[name] = any(value in folded for value in values) is not negated
        return answer

    return judge


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed text; `problem` says what of it means nothing."""

    text: str = ""
    clauses: tuple[Clause, ...] = ()
    problem: str = ""

    def __bool__(self) -> bool:
        return bool(self.clauses)

    def select(self, records: Iterable[R]) -> list[R]:
        """Those records that every clause lets through, in their order. Names first: they are cheap."""
        kept = records if isinstance(records, list) else list(records)
        for clause in sorted(self.clauses, key=lambda clause: not clause.field):
            kept = clause.keep(kept)
        return kept


def parse(text: str, fields: tuple[str, ...] = FIELDS) -> Query:
    """Read a text; what names no field of these is a word to look for."""
    clauses: list[Clause] = []
    problem = ""
    for word in _WORD.findall(text):
        negated = word.startswith("-") and len(word) > 1
        name, colon, value = word[negated:].partition(":")
        field = _field(name, fields) if colon else ""
        values = value.split(",") if field else [word[negated:]]
        wanted = tuple(one.strip('"').casefold() for one in values if one.strip('"'))
        if not wanted:
            continue
        if field == "sev" and not any(one.value.startswith(wanted) for one in _RISING):
            problem = f"no severity {', '.join(wanted)}: {' '.join(_RISING)}"
        clauses.append(Clause(field, wanted, negated))
    return Query(text.strip(), tuple(clauses), problem)


def _field(name: str, fields: tuple[str, ...]) -> str:
    folded = name.casefold()
    return next((one for one in fields if folded == one or (one == "sev" and folded == "severity")), "")
