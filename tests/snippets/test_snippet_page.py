"""The page of snippets leaves out no endpoint and no language; `make snippets` runs what it shows."""

from __future__ import annotations

import re

import pytest

from embedded_server.control.control import NAME, PORT
from embedded_server.protocols.registry import FACADES
from tests.snippets.run_snippets import ADDRESS, DOCUMENTED, LANGUAGES, page, snippets

NAMES = [facade.name for facade in FACADES] + [NAME]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_endpoint_has_a_snippet_in_every_language(name: str, language: str) -> None:
    assert [one for one in snippets(page()) if (one.endpoint, one.language) == (name, language)]


def test_snippets_use_the_documented_addresses() -> None:
    ports = {facade.port for facade in FACADES} | {PORT}
    assert set(DOCUMENTED.values()) == ports
    for one in snippets(page()):
        assert {int(port) for port in ADDRESS.findall(one.code)} <= ports
        assert re.compile(one.prints)
