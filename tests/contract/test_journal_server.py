"""A server with a data folder, over real sockets: what was acknowledged is there after a restart."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from flows.channels import rest, signed_in
from flows.onetrade import market_order
from flows.onetrade import signed_in as forex_session
from harness import Connect

from embedded_server.journal.errors import JournalError, Unwritable
from embedded_server.journal.recorder import RETRY_SECONDS
from embedded_server.model.errors import ConfigurationError
from embedded_server.model.events import BarClosed
from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from embedded_server.transport.limits import Limits
from embedded_server.transport.time_source import ManualTimeSource
from tests.torture import figures

ORDERS = "/api/v1/orders"


@contextlib.asynccontextmanager
async def server_on(folder: Path, **settings: Any) -> AsyncIterator[Server]:
    """A server on free ports whose clock is moved by hand."""
    chosen = ServerSettings(**{"ports": "free", "clock": "manual", "data": folder, **settings})
    async with Server(chosen, time_source=ManualTimeSource(), limits=Limits(close_seconds=0.2)) as running:
        yield running


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def buy(server: Server, reference: str, amount: str = "0.01") -> tuple[int, Any]:
    """Buy bitcoin at market over signed REST."""
    order = {
        "symbol": "BTCUSDT",
        "side": "buy",
        "type": "market",
        "amount": amount,
        "client_order_id": reference,
    }
    return await rest(server, "POST", ORDERS, order)


async def test_orders_positions_and_cash_are_there_after_a_restart(tmp_path: Path) -> None:
    async with server_on(tmp_path) as server:
        assert server.journal is not None
        assert not server.journal.recovered
        status, order = await buy(server, "mine")
        assert status == 201
        async with forex_session(server) as trader:
            status, _ = await trader.call("POST", "/orders", market_order())
            assert status == 201
            await server.advance(3)
        told = [await rest(server, "GET", path) for path in (f"{ORDERS}/{order['id']}", "/api/v1/positions")]
        account = await rest(server, "GET", "/api/v1/account")
        forex = server.engine.accounts["forex"]
        before = (forex.state(), forex.positions(), forex.order_history(), forex.ledger())
        now = server.engine.now
    async with server_on(tmp_path) as server:
        assert server.journal is not None
        assert server.journal.recovered
        assert server.engine.now == now
        again = [await rest(server, "GET", path) for path in (f"{ORDERS}/{order['id']}", "/api/v1/positions")]
        assert again[0] == told[0]
        assert [one["amount"] for one in again[1][1]] == [one["amount"] for one in told[1][1]]
        assert await rest(server, "GET", "/api/v1/account") == account
        forex = server.engine.accounts["forex"]
        assert (forex.state(), forex.positions(), forex.order_history(), forex.ledger()) == before
        assert (await buy(server, "mine"))[0] == 400  # the reference is taken, for good
        assert (await buy(server, "another"))[0] == 201


async def test_clients_of_the_new_server_get_what_happens_from_then_on(
    tmp_path: Path, connect: Connect
) -> None:
    async with server_on(tmp_path) as server:
        await buy(server, "old")
        await server.advance(2)
    async with server_on(tmp_path) as server:
        peer = await signed_in(server, connect)
        await peer.send({"action": "subscribe", "channels": ["orders"], "params": {"symbols": ["BTCUSDT"]}})
        await peer.until(lambda message: message.get("event") == "subscribed")
        await buy(server, "new")
        await server.advance(2)
        told = await peer.until(lambda message: message.get("channel") == "orders")
        assert told["data"]["client_order_id"] == "new"


async def test_the_chart_has_no_gap_across_a_restart(tmp_path: Path) -> None:
    times: list[int] = []
    for _ in range(3):
        async with server_on(tmp_path) as server:
            server.engine.bus.subscribe(
                lambda _, batch: times.extend(
                    event.bar.time
                    for event in batch
                    if isinstance(event, BarClosed)
                    and (event.instrument, event.resolution) == ("EURUSD", "1m")
                )
            )
            await server.advance(130)
    assert len(times) == 6
    assert times == list(range(times[0], times[-1] + 1, 60_000_000_000))


async def test_a_second_server_and_other_settings_are_refused(tmp_path: Path) -> None:
    async with server_on(tmp_path, seed=4):
        with pytest.raises(JournalError, match="in use by another server"):
            Server(ServerSettings(data=tmp_path))
    with pytest.raises(ConfigurationError, match="seed 4, not 5"):
        Server(ServerSettings(data=tmp_path, seed=5))
    async with server_on(tmp_path) as server:
        assert server.engine.settings.seed == 4


async def test_an_ephemeral_server_keeps_nothing(tmp_path: Path) -> None:
    async with server_on(tmp_path, ephemeral=True) as server:
        assert server.journal is None
    assert files(tmp_path) == []


async def test_bad_credentials_leave_the_folder_free(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text("{")
    with pytest.raises(ConfigurationError, match="cannot read credentials"):
        Server(ServerSettings(data=tmp_path))
    (tmp_path / "credentials.json").unlink()
    async with server_on(tmp_path):
        pass


async def test_a_full_disk_refuses_an_order_in_the_protocols_words_and_takes_the_next(tmp_path: Path) -> None:
    async with server_on(tmp_path) as server:
        assert server.journal is not None
        connection = server.journal.store.connection
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        statuses = {name: (await buy(server, name))[0] for name in (f"{n}-{'x' * 50}" for n in range(60))}
        assert list(statuses.values())[-1] == 400
        status, answer = await buy(server, "refused")
        assert status == 400
        assert "recorded" in answer["message"] or "written" in answer["message"]
        acknowledged = [name for name, status in statuses.items() if status == 201] + ["taken"]
        connection.execute("PRAGMA max_page_count = 1000000")
        await asyncio.sleep(RETRY_SECONDS)
        assert (await buy(server, "taken"))[0] == 201
        await server.advance(1)
    async with server_on(tmp_path) as server:
        there = [order.reference for order in server.engine.accounts["spot"].order_history()]
        lost, twice = set(acknowledged) - set(there), len(there) - len(set(there))
        figures.add(faults=1, acknowledged=len(acknowledged), lost=len(lost), duplicated=twice)
        assert there == acknowledged


async def test_no_answer_leaves_before_its_command_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, connect: Connect
) -> None:
    def failing() -> None:
        raise Unwritable("planted")

    request = {"type": "RequestSignal", "data": {"symbol": "BTCUSDT", "timeframe": "1h"}}
    async with server_on(tmp_path) as server:
        assert server.journal is not None
        store, recorder = server.journal.store, server.journal.recorder
        peer = await connect(server.endpoints["ai_service"])
        await peer.receive()
        monkeypatch.setattr(store, "sync", failing)
        monkeypatch.setattr(store, "add_events", lambda *rows, **how: failing())
        assert (await buy(server, "unknown"))[0] == 500
        async with aiohttp.ClientSession(server.http["channels"]) as http:
            health, metrics = await http.get("/health"), await http.get("/metrics")
            assert (health.status, metrics.status) == (503, 200)
            assert (await health.json())["status"] == "the journal cannot be written"
        await peer.send(request)
        await peer.send({"type": "Ping", "timestamp": 1})
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(peer.socket.receive(), 3 * RETRY_SECONDS)
        assert recorder.failing is not None
        monkeypatch.undo()
        await asyncio.sleep(RETRY_SECONDS)
        assert {(await peer.receive())["type"] for _ in range(2)} == {"Error", "Pong"}
        assert (await buy(server, "taken"))[0] == 201
        orders = server.engine.accounts["spot"].order_history()
        assert [order.reference for order in orders] == ["unknown", "taken"]


async def test_orders_that_arrive_together_share_syncs(tmp_path: Path) -> None:
    async with server_on(tmp_path) as server:
        assert server.journal is not None
        synced = server.journal.store.synced
        before = synced.count
        answers = await asyncio.gather(*(buy(server, f"one of many {number}") for number in range(12)))
        assert [status for status, _ in answers] == [201] * 12
        assert synced.count - before <= 12
    async with server_on(tmp_path) as server:
        assert len(server.engine.accounts["spot"].order_history()) == 12
