"""`GET /metrics`: what is counted, on every port, for friends only."""

from __future__ import annotations

import sys

import aiohttp
import pytest
from harness import Connect, eventually
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from embedded_server.protocols.registry import FACADES
from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from embedded_server.transport.durations import Durations

Figures = dict[tuple[str, str], float]


async def scrape(base: str) -> Figures:
    """Sample by name and the value of its first label."""
    async with aiohttp.ClientSession() as http, http.get(base + "/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = await answer.text()
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if "le" not in sample.labels
    }


async def test_every_port_gives_the_same_families(server: Server) -> None:
    pages = [set(await scrape(base)) for base in sorted(set(server.http.values()))]
    assert all(page == pages[0] for page in pages)
    assert {("tui_trader_connections", facade.name) for facade in FACADES} <= pages[0]


async def test_connections_and_messages_are_counted_by_endpoint(server: Server, connect: Connect) -> None:
    peer = await connect(server.endpoints["bars"])
    await peer.send({"type": "bars.subscribe", "payload": {"symbol": "BTCUSDT"}})
    await peer.receive()
    await server.advance(2)
    figures = await scrape(server.http["bars"])
    assert figures["tui_trader_connections", "bars"] == 1
    assert figures["tui_trader_connections", "channels"] == 0
    assert figures["tui_trader_messages_received_total", "bars"] == 1
    assert figures["tui_trader_messages_sent_total", "bars"] >= 1
    assert figures["tui_trader_outbox_messages_max", "bars"] == 0
    assert figures["tui_trader_publish_seconds_count", ""] > 0
    assert figures["tui_trader_flush_seconds_count", ""] > 0
    assert figures["tui_trader_engine_lag_seconds", ""] == 0
    await peer.close()
    await eventually(lambda: not server.endpoint("bars").sessions)
    assert (await scrape(server.http["bars"]))["tui_trader_connections", "bars"] == 0


async def test_what_waits_for_a_client_shows(server: Server, connect: Connect) -> None:
    await connect(server.endpoints["bars"])
    await eventually(lambda: server.endpoint("bars").sessions)
    session = next(iter(server.endpoint("bars").sessions))
    session.fall_silent(1000.0)
    for _ in range(3):
        session.send(b"{}")
    figures = await scrape(server.http["bars"])
    assert figures["tui_trader_outbox_messages", "bars"] == 3
    assert figures["tui_trader_outbox_messages_max", "bars"] == 3
    session.abort()


async def test_refused_handshakes_are_counted_with_their_reason(server: Server, connect: Connect) -> None:
    for headers, path in (({"Origin": "https://evil.example"}, ""), ({}, "/elsewhere")):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await connect(server.http["orchestrator"] + path + "/ws", headers=headers)
    async with (
        aiohttp.ClientSession() as http,
        http.get(server.http["orchestrator"] + "/metrics") as answer,
    ):
        page = await answer.text()
    for reason in ("host or origin", "path"):
        assert f'refused_handshakes_total{{listener="orchestrator",reason="{reason}"}} 1.0' in page


async def test_strangers_do_not_see_the_figures(server: Server) -> None:
    async with aiohttp.ClientSession() as http:
        for headers, status in (({"Host": "evil.example"}, 421), ({"Origin": "https://evil.example"}, 403)):
            async with http.get(server.http["bars"] + "/metrics", headers=headers) as answer:
                assert answer.status == status


async def test_a_journal_shows_what_its_commits_took(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = ServerSettings(ports="free", clock="manual", data=tmp_path_factory.mktemp("data"))
    async with Server(settings) as server:
        figures = await scrape(server.http["bars"])
        assert figures["tui_trader_journal_commit_seconds_count", ""] > 0
        assert figures["tui_trader_journal_commit_seconds_max", ""] > 0
        assert figures["tui_trader_journal_failing", ""] == 0


async def test_the_library_s_global_registry_stays_out_of_it(server: Server) -> None:
    names = {name for name, _ in await scrape(server.http["bars"])}
    assert "prometheus_client" in sys.modules
    assert not names & {sample.name for family in REGISTRY.collect() for sample in family.samples}
    assert all(name.startswith("tui_trader_") for name in names)


def test_durations_fall_into_cumulative_buckets() -> None:
    durations = Durations()
    for seconds in (0.00005, 0.0001, 0.02, 7.0):
        durations.add(seconds)
    buckets = dict(durations.cumulative())
    assert (buckets["0.0001"], buckets["0.01"], buckets["0.03"], buckets["+Inf"]) == (2, 2, 3, 4)
    assert durations.total_seconds == pytest.approx(7.02015)
