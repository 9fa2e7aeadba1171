"""Measured servers and their clients as child processes, driven by JSON lines; the driver only waits."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

from tests.benchmarks.environments import FOLDER, ROOT, environment

ANCHORS = Path(__file__).parent / "anchors"
BARS = 24
"""Instruments that a client of the bars endpoint follows."""
PATIENCE_SECONDS = 60.0
Client = dict[str, Any]


class AnchorMissing(Exception):
    """An anchor cannot be installed or does not run here."""


class Child:
    """A process that answers each line with a line."""

    def __init__(self, *command: str) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        with (FOLDER / "children.log").open("a") as log:  # anchors say a lot when their clients are gone
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )

    def ask(self, **command: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """The next line. Raises `AnchorMissing` if the process has ended."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AnchorMissing(f"{self.process.args!r} ended with {self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()


@dataclass(frozen=True, slots=True)
class Pace:
    """So many ticks, in bursts, with a pause after each (seconds from the start of a burst to the next)."""

    ticks: int
    burst: int
    pause: float


@dataclass
class Sample:
    """One measured run."""

    cpu_seconds: float
    deliveries: int
    sent: Sequence[float] = field(default_factory=list)


class Server:
    """A measured server, and the process of its clients."""

    keepalive: ClassVar[Mapping[str, str]] = {}

    def __init__(self, name: str, server: Child) -> None:
        self.name = name
        self.child = server
        self.about = server.answer()
        self.load = Child(sys.executable, "-m", "tests.benchmarks.load")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.load.stop()
        self.child.stop()

    def open(self, groups: Mapping[str, int]) -> None:
        """Open so many more clients of each group, and wait until what they are told at first has come."""
        self.load.ask(do="open", clients=self.clients(groups))
        self.settle()

    def clients(self, groups: Mapping[str, int]) -> list[Client]:
        """How each client connects."""
        port = self.about["port"]
        return [
            {"port": port, "target": f"/{group}", "first": []}
            for group, number in groups.items()
            for _ in range(number)
        ]

    def settle(self) -> None:
        """Wait until nothing arrives any more."""
        before = -1
        while (now := self.load.ask(do="count")["messages"]) != before:
            before = now
            time.sleep(0.1)

    def run(self, load: str, pace: Pace, expected: int, *, arrivals: bool = False) -> Sample:
        """One paced run, all of it received."""
        self.load.ask(do="reset", arrivals=arrivals)
        sent = self.child.ask(do="run", load=load, ticks=pace.ticks, burst=pace.burst, pause=pace.pause)[
            "sent"
        ]
        patience = time.monotonic() + PATIENCE_SECONDS
        while (count := self.load.ask(do="count"))["messages"] < expected:
            if time.monotonic() > patience:
                break
            time.sleep(0.02)
        cpu = self.child.ask(do="cpu")["cpu"]
        if count["messages"] != expected or count["closed"]:
            raise SystemExit(f"{self.name}, {load}: {count}, but {expected} messages were sent")
        return Sample(cpu, expected, sent)

    def keep_alive(self) -> None:
        """Let clients say what their endpoint wants to hear now and then."""
        if self.keepalive:
            self.load.ask(do="say", messages=self.keepalive)
            self.settle()


class Ours(Server):
    """The real server: clients log in and subscribe as each document has it."""

    keepalive: ClassVar[Mapping[str, str]] = {
        "/api/v1/ws": '{"type":"bars.subscribe","payload":{"symbol":"AAPL","params":{"resolution":"1"}}}',
        "/ws?channels": '{"action":"pong"}',
        "/ws/v1": "9",
    }

    def __init__(self) -> None:
        super().__init__("ours", Child(sys.executable, "-m", "tests.benchmarks.delivery_server"))
        self._signed = int(time.time() * 1000)

    def clients(self, groups: Mapping[str, int]) -> list[Client]:
        """How each client connects."""
        connect = {
            "bot_core": self._bot_core,
            "channels": self._channels,
            "bars": self._bars,
            "onetrade": self._onetrade,
        }
        self._signed = max(self._signed, int(time.time() * 1000) - 4000)
        return [
            {"port": self.about["ports"][group], **connect[group]()}
            for group, number in groups.items()
            for _ in range(number)
        ]

    def _bot_core(self) -> Client:
        return {"target": "/ws", "first": []}

    def _channels(self) -> Client:
        """A signature is good once, so each login has a millisecond of its own."""
        self._signed += 1
        text = f"GET\n/ws\n{self._signed}\n".encode()
        login = {
            "action": "authenticate",
            "api_key": self.about["channels_key"],
            "timestamp": self._signed,
            "signature": hmac.new(self.about["channels_secret"].encode(), text, hashlib.sha256).hexdigest(),
        }
        subscribe = {"action": "subscribe", "channels": ["market_data", "orderbook", "trades"]}
        return {"target": "/ws?channels", "first": [json.dumps(login), json.dumps(subscribe)]}

    def _bars(self) -> Client:
        first = [
            json.dumps({"type": "bars.subscribe", "payload": {"symbol": key, "params": {"resolution": "1"}}})
            for key in self.about["keys"][:BARS]
        ]
        return {"target": "/api/v1/ws", "first": first}

    def _onetrade(self) -> Client:
        """Every login is a session of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.about["ports"]["onetrade"])
        connection.request("POST", "/api/v1/oauth2/login", headers={"API-Key": self.about["onetrade_key"]})
        session = json.loads(connection.getresponse().read())["data"]
        connection.close()
        target = f"/ws/v1?session_id={session['session_id']}&access_token={session['access_token']}"
        first = [
            json.dumps({"type": "market_subscribe_symbol", "data": number})
            for number in self.about["numbers"]
        ]
        return {"target": target, "first": [*first, '{"type":"start_account_all","data":null}']}


def anchor(name: str, script: str, packages: str) -> Server:
    """Start an anchor. Raises `AnchorMissing` with the reason."""
    home = environment(packages)
    if home.problem:
        raise AnchorMissing(home.problem)
    return Server(name, Child(str(home.python), str(ANCHORS / script)))
