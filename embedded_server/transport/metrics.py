"""What the server counts, in Prometheus' text format: read when asked for, at no price until then.

prometheus_client is imported by the first scrape, and its global registry stays unused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from embedded_server.transport.durations import Durations
from embedded_server.transport.endpoint import Endpoint
from embedded_server.transport.flusher import FlushTick
from embedded_server.transport.pacer import Pacer

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

    from embedded_server.engine.engine import Engine
    from embedded_server.journal.journal import Journal
    from embedded_server.transport.listener import Listener

PREFIX = "tui_trader_"


class Metrics:
    """Everything of one server; each of its ports gives the same, so that any of them can be scraped."""

    def __init__(
        self,
        *,
        endpoints: Iterable[Endpoint],
        listeners: Sequence[Listener],
        engine: Engine,
        pacer: Pacer,
        flusher: FlushTick,
        journal: Journal | None,
    ) -> None:
        """`listeners` may grow later."""
        self._endpoints = tuple(endpoints)
        self._listeners = listeners
        self._engine = engine
        self._pacer = pacer
        self._flusher = flusher
        self._journal = journal
        self._registry: CollectorRegistry | None = None

    def exposition(self) -> bytes:
        """The page."""
        from prometheus_client import CollectorRegistry, generate_latest

        if self._registry is None:
            self._registry = CollectorRegistry()
            self._registry.register(self)
        return generate_latest(self._registry)

    def describe(self) -> Iterable[Metric]:
        """Names are not checked for clashes at registration: ours is the only collector."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every family, as things stand."""
        yield from self._of_endpoints()
        yield from self._of_listeners()
        yield from self._of_the_loop()
        if self._journal is not None:
            yield from self._of_the_journal(self._journal)

    def _of_endpoints(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        label = ["endpoint"]
        connections = GaugeMetricFamily(PREFIX + "connections", "Open WebSockets.", labels=label)
        received = CounterMetricFamily(PREFIX + "messages_received", "Messages of clients.", labels=label)
        sent = CounterMetricFamily(PREFIX + "messages_sent", "Messages for clients.", labels=label)
        evicted = CounterMetricFamily(
            PREFIX + "evictions", "Clients cut off because they did not read.", labels=label
        )
        waiting = GaugeMetricFamily(
            PREFIX + "outbox_messages", "Messages that wait, of all clients.", labels=label
        )
        longest = GaugeMetricFamily(
            PREFIX + "outbox_messages_max", "Messages that wait for the slowest client.", labels=label
        )
        unwritten = GaugeMetricFamily(
            PREFIX + "unwritten_bytes",
            "Bytes that the kernel did not take yet, of all clients.",
            labels=label,
        )
        for endpoint in self._endpoints:
            name = [endpoint.facade.name]
            depths = [len(session.outbox) for session in endpoint.sessions]
            connections.add_metric(name, len(depths))
            received.add_metric(name, endpoint.messages_received)
            sent.add_metric(name, endpoint.messages_sent)
            evicted.add_metric(name, endpoint.evictions)
            waiting.add_metric(name, sum(depths))
            longest.add_metric(name, max(depths, default=0))
            unwritten.add_metric(name, sum(session.unwritten_bytes for session in endpoint.sessions))
        yield from (connections, received, sent, evicted, waiting, longest, unwritten)

    def _of_listeners(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        open_now = GaugeMetricFamily(
            PREFIX + "listener_connections", "Open connections, HTTP and WebSocket.", labels=["listener"]
        )
        refused = CounterMetricFamily(
            PREFIX + "refused_handshakes",
            "Connections and upgrades turned away.",
            labels=["listener", "reason"],
        )
        for listener in self._listeners:
            open_now.add_metric([listener.name], listener.connections)
            for reason, count in sorted(listener.refused.items()):
                refused.add_metric([listener.name, reason], count)
        yield from (open_now, refused)

    def _of_the_loop(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        now = asyncio.get_running_loop().time()
        yield GaugeMetricFamily(
            PREFIX + "engine_lag_seconds",
            "How far the market is behind its clock, virtual seconds.",
            value=self._pacer.lag_seconds(now),
        )
        yield GaugeMetricFamily(
            PREFIX + "engine_failed",
            "1 once the market stopped because of an internal error.",
            value=self._engine.failure is not None,
        )
        yield CounterMetricFamily(
            PREFIX + "engine_forgotten_seconds",
            "Virtual time that was dropped because the process stood still.",
            value=self._pacer.forgotten_seconds,
        )
        yield _histogram("publish_seconds", "Projecting a tick's events.", self._pacer.published)
        yield _histogram("flush_seconds", "Writing to all clients.", self._flusher.durations)

    @staticmethod
    def _of_the_journal(journal: Journal) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily, SummaryMetricFamily

        for name, text, latency in (
            ("journal_commit_seconds", "Commits that are synced.", journal.store.synced),
            ("journal_snapshot_seconds", "Snapshots.", journal.recorder.frozen),
        ):
            yield SummaryMetricFamily(
                PREFIX + name, text, count_value=latency.count, sum_value=latency.total_seconds
            )
            yield GaugeMetricFamily(
                PREFIX + name + "_max", f"{text} The longest.", value=latency.largest_seconds
            )
        failing = journal.recorder.failing is not None
        yield GaugeMetricFamily(
            PREFIX + "journal_failing", "1 while the journal cannot be written.", value=failing
        )


def _histogram(name: str, text: str, durations: Durations) -> Metric:
    from prometheus_client.core import HistogramMetricFamily

    return HistogramMetricFamily(
        PREFIX + name, text, buckets=durations.cumulative(), sum_value=durations.total_seconds
    )
