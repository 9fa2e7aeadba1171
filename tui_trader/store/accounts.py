"""Totals of each account; a None field of an update leaves what is known."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import asdict, replace

from tui_trader.model.values import Account


class Accounts:
    """One account per link."""

    __slots__ = ("_accounts", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._accounts: dict[str, Account] = {}

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts.values())

    def __len__(self) -> int:
        return len(self._accounts)

    def __contains__(self, link: object) -> bool:
        return link in self._accounts

    def get(self, link: str) -> Account | None:
        """The account behind this link, if it told its totals."""
        return self._accounts.get(link)

    def update(self, account: Account) -> None:
        """Take over what is not None."""
        known = self._accounts.get(account.link)
        if known is not None:
            told = {name: value for name, value in asdict(account).items() if value not in (None, "")}
            account = replace(known, **told)
        self._accounts[account.link] = account
        self.revision += 1
