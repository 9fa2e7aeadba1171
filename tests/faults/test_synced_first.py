"""I8, seen from outside: a completed sync of the journal precedes every acknowledgement (strace)."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import aiohttp
import pytest
from test_kill_minus_nine import ORDERS, life

from tests.torture import figures

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")

SENDERS = r"(?:write|writev|sendto|sendmsg)"
PATTERN = re.compile(rf"^\d+ +(?P<call>fsync|fdatasync|pwrite64|{SENDERS})\((?P<rest>.*)$")
TRACE = ("-f", "-y", "-s", "5000", "-e", "trace=fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg")


def lines_of(trace: Path) -> list[tuple[str, str]]:
    found = (PATTERN.match(line) for line in trace.read_text(errors="replace").splitlines())
    return [(one["call"], one["rest"]) for one in found if one]


async def test_every_acknowledgement_follows_a_sync_of_its_command(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    names = [f"watched-{number}" for number in range(5)]
    async with (
        life(tmp_path / "data", before=("strace", "-o", str(trace), *TRACE)) as victim,
        aiohttp.ClientSession() as session,
    ):
        for name in names:
            order = {"symbol": "BTCUSDT", "side": "buy", "type": "market", "amount": "0.01"}
            status, answer = await victim.call(session, "POST", ORDERS, {**order, "client_order_id": name})
            assert status == 201, json.dumps(answer)
    calls = lines_of(trace)
    unsynced = [name for name in names if not synced_before_told(calls, name)]
    figures.add(acknowledged=len(names), lost=len(unsynced))  # it could be, by a loss of power
    assert not unsynced


def synced_before_told(calls: list[tuple[str, str]], name: str) -> bool:
    """Whether a sync was completed between an order's writing and the first word of it to the client."""
    kept = next(place for place, (call, rest) in enumerate(calls) if call == "pwrite64" and name in rest)
    told = next(
        place
        for place, (call, rest) in enumerate(calls)
        if call not in ("pwrite64", "fsync", "fdatasync") and "socket:" in rest.lower() and name in rest
    )
    return any(
        kept < place < told and "journal.sqlite-wal" in rest and rest.rstrip().endswith("= 0")
        for place, (call, rest) in enumerate(calls)
        if call in ("fsync", "fdatasync")
    )
