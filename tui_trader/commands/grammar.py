"""One grammar for all that is typed: a verb and its words, `/filter`, a symbol alone, `verb?` for help."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from tui_trader.desk import Desk
from tui_trader.formatting.symbols import long_symbol
from tui_trader.model.errors import CommandError

Words = list[str]


def _nothing(words: Words, desk: Desk) -> Sequence[str]:
    return ()


class Verb(Struct, frozen=True):
    """One command. `run` gets the words after it, may raise `CommandError`; `complete` offers a next word."""

    name: str
    usage: str
    summary: str
    run: Callable[[Words, Desk], None]
    complete: Callable[[Words, Desk], Sequence[str]] = _nothing

    @property
    def title(self) -> str:
        """Verb and usage as one text."""
        return f"{self.name} {self.usage}".strip()


class Grammar:
    """The verbs of the registry, found by name or by an unambiguous beginning."""

    def __init__(self, verbs: Sequence[Verb]) -> None:
        self.verbs = tuple(verbs)
        self._by_name = {verb.name: verb for verb in self.verbs}

    def find(self, word: str) -> Verb | None:
        """The verb of this name or beginning."""
        name = word.casefold()
        exact = self._by_name.get(name)
        if exact is not None:
            return exact
        matching = [verb for verb in self.verbs if verb.name.startswith(name)]
        return matching[0] if len(matching) == 1 and name else None

    def run(self, line: str, desk: Desk) -> None:
        """Do what a line says. Raises `CommandError` with a sentence for the user."""
        text = line.strip()
        if text.startswith("/"):
            desk.console.filter_markets(text[1:])
            return
        words = text.split()
        if not words:
            return
        if words[0].endswith("?"):
            desk.console.report(self.explain(words[0].rstrip("?")))
            return
        verb = self.find(words[0])
        if verb is not None:
            verb.run(words[1:], desk)
        elif len(words) == 1 and long_symbol(words[0]) in desk.store.instruments:
            desk.console.look_at(long_symbol(words[0]))
        else:
            raise CommandError(f"There is no command {words[0]!r}; type help for all of them.")

    def explain(self, word: str) -> str:
        """What a verb does, in a line."""
        verb = self.find(word)
        return f"There is no command {word!r}." if verb is None else f"{verb.title}: {verb.summary}"

    def offers(self, line: str, desk: Desk) -> list[str]:
        """Words that could stand where the line ends, for Tab to go through."""
        if line.startswith("/"):
            return []
        words = line.split()
        last = "" if not words or line.endswith(" ") else words.pop()
        if not words:
            candidates: Sequence[str] = [verb.name for verb in self.verbs]
            if last:
                candidates = [*candidates, *(item.key for item in desk.store.instruments)]
        else:
            verb = self.find(words[0])
            candidates = verb.complete(words[1:], desk) if verb else ()
        return [word for word in candidates if word.casefold().startswith(last.casefold())]

    def hint(self, line: str) -> str:
        """Usage of the verb being typed."""
        words = line.split()
        verb = self.find(words[0].rstrip("?")) if words else None
        return f"{verb.title}   {verb.summary}" if verb else ""
