"""The composition of a running server: settings, engine, façades, listeners, pacer. Wiring only."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from embedded_server.control import control
from embedded_server.control.operations import OPERATIONS
from embedded_server.credentials import Credentials, load_or_create, save
from embedded_server.data_folder import DataFolder
from embedded_server.engine.clock import Clock
from embedded_server.engine.engine import Engine
from embedded_server.kernel.time import SECOND
from embedded_server.model.events import Event
from embedded_server.protocols.facade import Facade, Services, TimeSource
from embedded_server.protocols.registry import FACADES
from embedded_server.settings import ENVIRONMENT_PREFIX, ServerSettings
from embedded_server.transport.admission import Admission
from embedded_server.transport.endpoint import Endpoint
from embedded_server.transport.flusher import FlushTick
from embedded_server.transport.limits import Limits
from embedded_server.transport.listener import Listener
from embedded_server.transport.metrics import Metrics
from embedded_server.transport.pacer import Pacer
from embedded_server.transport.ports import group_by_port, plan_ports, url_host
from embedded_server.transport.time_source import LoopTimeSource, ManualTimeSource
from embedded_server.transport.tls import server_context
from embedded_server.transport.topics import TopicBoard

CREDENTIALS_NAME = "credentials.json"
ADVANCE_SLICE_SECONDS = 1.0
ABORT_GRACE_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Server:
    """One simulated backend. Use as an async context manager; it accepts connections inside."""

    def __init__(
        self,
        settings: ServerSettings | None = None,
        *,
        time_source: TimeSource | None = None,
        limits: Limits | None = None,
        facades: Sequence[type[Facade]] = FACADES,
    ) -> None:
        self.settings = settings or ServerSettings()
        self._tls = server_context(self.settings.tls_certificate, self.settings.tls_key)
        self.limits = limits or Limits(
            connections=self.settings.max_connections,
            peer_connections=self.settings.max_connections_per_address,
        )
        self.time = time_source or _time_source(self.settings)
        self.endpoints: dict[str, str] = {}
        """WebSocket URL of each endpoint (`wss` with a certificate)."""
        self.http: dict[str, str] = {}
        """Base URL of each endpoint's HTTP half, and of the control endpoint."""
        self.folder = DataFolder(self.settings)
        self.credentials_file = self.folder.path / CREDENTIALS_NAME
        self.journal = self.folder.journal
        """The record of the run, unless it is ephemeral."""
        self.credentials = self._load_credentials()
        self.engine = self.journal.engine if self.journal else Engine(self.folder.engine_settings)
        self._flusher = FlushTick(self.limits, self._settle)
        self._clock = Clock(virtual=self.engine.now, monotonic=0.0, speed=self.settings.speed, paused=True)
        self.pacer = Pacer(self.engine, self._clock, self._flusher.flush)
        self._endpoints = {facade.name: self._endpoint(facade) for facade in facades}
        self.engine.bus.subscribe(self._publish)
        self.engine.on_failure = self._failed
        self._listeners: list[Listener] = []
        self._metrics = Metrics(
            endpoints=self._endpoints.values(),
            listeners=self._listeners,
            engine=self.engine,
            pacer=self.pacer,
            flusher=self._flusher,
            journal=self.journal,
        )

    async def __aenter__(self) -> Self:
        """Open every listener, then let time run.

        Raises `PortTaken` or `ConfigurationError`, with nothing left open.
        """
        self.engine.publish()  # what happened before the doors opened is no news to whoever comes first
        try:
            await self._listen()
        except BaseException:
            await self.stop()
            raise
        if self.settings.clock == "real":
            self._clock.resume(asyncio.get_running_loop().time())
        self.pacer.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close everything."""
        await self.stop()

    def _load_credentials(self) -> Credentials:
        try:
            credentials = self.settings.credentials.apply(load_or_create(self.credentials_file))
            save(credentials, self.credentials_file)
        except BaseException:
            self.folder.close()
            raise
        return credentials

    def endpoint(self, name: str) -> Endpoint:
        """One endpoint's inner side: its façade, topics and sessions."""
        return self._endpoints[name]

    def trouble(self) -> str | None:
        """Why no orders are taken, if that is so."""
        if self.engine.failure is not None:
            return (
                f"the market stopped because of an internal error ({self.engine.failure}); it needs a restart"
            )
        if self.journal is not None and self.journal.recorder.failing is not None:
            return "the journal cannot be written"
        return None

    async def advance(self, seconds: float) -> None:
        """Step a manual clock: market and protocol timers together, the loop running in between."""
        remaining = round(seconds * SECOND)
        while remaining > 0:
            piece = min(remaining, round(ADVANCE_SLICE_SECONDS * SECOND))
            remaining -= piece
            self.engine.step(piece)
            self.pacer.publish()
            if isinstance(self.time, ManualTimeSource):
                self.time.advance(piece / SECOND)
            self.pacer.publish()
            await asyncio.sleep(0)

    async def stop(self) -> None:
        """Say goodbye to every client; cut those that do not answer within the deadline."""
        self.pacer.stop()
        for listener in self._listeners:
            listener.stop_listening()
            listener.close_sessions()
        await self._wait_idle(self.limits.close_seconds)
        for listener in self._listeners:
            listener.abort()
        await self._wait_idle(ABORT_GRACE_SECONDS)
        self._flusher.stop()
        self._listeners.clear()
        self.folder.close()
        self.folder.remove()

    async def _wait_idle(self, seconds: float) -> None:
        waiting = [asyncio.ensure_future(listener.wait_idle()) for listener in self._listeners]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=seconds)
            for task in late:
                task.cancel()

    def _settle(self) -> bool:
        """Have accepted commands, with what they caused, on the disk; False if that is not possible now."""
        if self.journal is None or not self.journal.store.unsynced:
            return True
        self.engine.publish()
        return self.journal.recorder.settle()

    async def _settled(self) -> bool:
        """The same for an answer over HTTP, after the other requests of this turn of the loop."""
        if self.journal is not None and self.journal.store.unsynced:
            await asyncio.sleep(0)
        return self._settle()

    async def _listen(self) -> None:
        groups = group_by_port(self._endpoints.values())
        admission = Admission(
            origins=self.settings.allowed_origins,
            hosts=(*self.settings.allowed_hosts, self.settings.host),
            variables=ENVIRONMENT_PREFIX,
        )
        host, secure = url_host(self.settings.host), "s" if self._tls else ""
        *ports, control_port = plan_ports(groups, self.settings.ports, control.PORT)
        for endpoints, port in zip(groups, ports, strict=True):
            listener = Listener(
                endpoints,
                admission=admission,
                limits=self.limits,
                wake=self.pacer.wake,
                metrics=self._metrics.exposition,
                trouble=self.trouble,
                settled=self._settled,
                tls=self._tls,
            )
            self._listeners.append(listener)
            bound = await listener.start(self.settings.host, port)
            for endpoint in endpoints:
                self.endpoints[endpoint.facade.name] = f"ws{secure}://{host}:{bound}{endpoint.facade.path}"
                self.http[endpoint.facade.name] = f"http{secure}://{host}:{bound}"
        self.endpoints = _in_order(self.endpoints, self._endpoints)
        self.http = _in_order(self.http, self._endpoints)
        if self.settings.control:
            await self._listen_for_control(control_port)

    async def _listen_for_control(self, port: int) -> None:
        """On loopback, wherever the endpoints are."""
        desk = control.Control(
            self.engine,
            self._endpoints,
            self.pacer,
            self.time,
            token=self.credentials.control.token,
            advance=self.advance,
        )
        listener = Listener(
            (),
            admission=Admission(),
            limits=self.limits,
            wake=self.pacer.wake,
            routes=desk.routes(),
            operations=OPERATIONS,
            metrics=self._metrics.exposition,
            trouble=self.trouble,
            settled=self._settled,
            tls=self._tls,
            name=control.NAME,
        )
        self._listeners.append(listener)
        bound = await listener.start(control.HOST, port)
        self.http[control.NAME] = f"http{'s' if self._tls else ''}://{control.HOST}:{bound}"

    def _endpoint(self, kind: type[Facade]) -> Endpoint:
        topics = TopicBoard()
        services = Services(
            engine=self.engine,
            topics=topics,
            time=self.time,
            credentials=self.credentials,
            dialect=self.settings.dialect,
            require_authentication=self.settings.require_authentication,
            requests_per_minute=self.settings.requests_per_minute,
        )
        return Endpoint(
            kind(services),
            topics,
            time=self.time,
            limits=self.limits,
            messages_per_minute=self.settings.messages_per_minute,
            flusher=self._flusher,
            wake=self.pacer.wake,
        )

    def _failed(self, error: Exception) -> None:
        """The one report: connections stay, accounts can still be read, and `/health` says it."""
        if self.journal is None:
            advice = "start again, with another --seed should it stop there again"
        else:
            self.journal.note_failure()
            advice = "start again: the run goes on, or it is said that it cannot"
        _log.critical("the market stopped, and orders are refused; %s", advice, exc_info=error)

    def _publish(self, sequence: int, batch: Sequence[Event]) -> None:
        for endpoint in self._endpoints.values():
            endpoint.publish(batch)


def _in_order(urls: Mapping[str, str], names: Mapping[str, object]) -> dict[str, str]:
    return {name: urls[name] for name in names}


def _time_source(settings: ServerSettings) -> TimeSource:
    return ManualTimeSource(epoch_ms=None) if settings.timers == "manual" else LoopTimeSource()
