"""No message, code or value of any document is without a server, a reader and a test."""

from __future__ import annotations

from tests.contract import coverage
from tests.contract.documented import ITEMS, NOT_PROVOKED


def test_everything_the_documents_name_is_served_consumed_and_tested() -> None:
    rows = coverage.rows()
    print(coverage.table(rows))
    assert [hole for row in rows for hole in row.holes] == []


def test_every_excuse_names_something_and_gives_a_reason() -> None:
    assert set(NOT_PROVOKED) <= set(ITEMS)
    assert all(NOT_PROVOKED.values())
