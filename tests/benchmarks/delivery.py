"""What delivering costs the server: CPU a message, latency, memory a client; ours and six others in turn.

    python -m tests.benchmarks.delivery [--quick]

Ours is the real server: clients log in to bot core, channels, bars and OneTrade as the documents have it, in
equal numbers, with all limits on. The others get as many clients in as many groups and messages of the same
sizes, already encoded. Only CPU time of the serving process counts, and nothing that did not arrive; what the
pacing itself costs is measured with empty ticks and taken off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.benchmarks.children import AnchorMissing, Ours, Pace, Server, anchor
from tests.benchmarks.figures import QUICK_RUNS, RUNS, Figure, middle, run_alone

ANCHORS = {
    "raw joined": ("serve_raw.py", "servers"),
    "broadcast": ("serve_broadcast.py", "servers"),
    "picows": ("serve_picows.py", "servers"),
    "aiohttp": ("serve_aiohttp.py", "servers"),
    "starlette": ("serve_starlette.py", "servers"),
    "FastWS": ("serve_fastws.py", "fastws"),
}
FACADES = ("bot_core", "channels", "bars", "onetrade")
SIZES = (10, 100, 1000)
LOADS = {"busy": "busy market", "one": "one message a tick"}
PROJECTED = ", projected"
BARE = ", bare"
FLOOR = "send() alone"
"""What the kernel takes, without asyncio: measured in the raw server."""
READ_A_SECOND = 60_000
"""Messages that the reading process takes without falling behind on a machine that does other work, too."""
BURST_MESSAGES = 4_000
LATENCY_PAUSE = 0.05
WARM_CLIENTS = 40
UPDATES_A_SECOND = 9
"""Writes a second to a client of bot core on the default market: eight prices and what else happens."""

Samples = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Limit:
    """At least so many times as cheap as an anchor (`at_least`), or at most so many times as dear."""

    anchor: str
    at_least: float = 0.0
    at_most: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.anchor} >= {self.at_least:g}x"
            if self.at_least
            else f"<= {self.at_most:g} x {self.anchor}"
        )

    def is_met(self, ours: float, anchor: float) -> bool:
        """Whether it holds."""
        return anchor >= self.at_least * ours if self.at_least else ours <= self.at_most * anchor


BUDGETS = {
    "busy": (Limit("FastWS", 20), Limit("broadcast", 8), Limit("raw joined", at_most=2)),
    "one": (Limit("FastWS", 4.5), Limit("broadcast", 1.5)),
}


@dataclass
class Field:
    """Every server that runs here, each with the same clients."""

    servers: list[Server] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    groups: Mapping[str, int] = field(default_factory=dict)
    plans: dict[str, Mapping[str, Sequence[int]]] = field(default_factory=dict)

    @property
    def ours(self) -> Server:
        """The first."""
        return self.servers[0]

    def messages(self, load: str) -> int:
        """Messages of a tick to all clients."""
        plan = self.plans[load.removesuffix(PROJECTED).removesuffix(BARE)]
        return sum(number * len(plan[group]) for group, number in self.groups.items())

    def pace(self, load: str, seconds: float) -> Pace:
        """Bursts that the clients can read, for about so long."""
        messages = self.messages(load)
        burst = max(1, min(8, BURST_MESSAGES // messages))
        pause = max(0.005, messages * burst / READ_A_SECOND)
        return Pace(burst * max(5, round(seconds / pause)), burst, pause)

    def cost(self, server: Server, load: str, pace: Pace) -> float:
        """Microseconds of CPU a delivery."""
        self.ours.keep_alive()
        idle = server.run("idle", pace, 0).cpu_seconds
        sample = server.run(load, pace, self.messages(load) * pace.ticks)
        return (sample.cpu_seconds - idle) / sample.deliveries * 1e6


def spread(clients: int) -> dict[str, int]:
    """Clients of each façade."""
    return {
        facade: clients // len(FACADES) + (place < clients % len(FACADES))
        for place, facade in enumerate(FACADES)
    }


def started(stack: ExitStack, clients: int) -> Field:
    """All servers with their clients and what they are to send."""
    fields = Field(groups=spread(clients))
    ours = stack.enter_context(Ours())
    ours.open(fields.groups)
    fields.servers.append(ours)
    for load in LOADS:
        fields.plans[load] = ours.child.ask(do="plan", load=load, plan={})["plan"]
        ours.child.ask(do="plan", load=load + PROJECTED, plan={})
    for name, (script, packages) in ANCHORS.items():
        try:
            server = stack.enter_context(anchor(name, script, packages))
        except AnchorMissing as problem:
            fields.missing += (f"{name}: {problem}",)
            continue
        server.open(fields.groups)
        for load, plan in fields.plans.items():
            server.child.ask(do="plan", load=load, plan=plan)
        fields.servers.append(server)
    return fields


def costs(fields: Field, load: str, runs: int, seconds: float) -> Samples:
    """CPU a delivery of every server, in alternation, and ours with projecting."""
    samples: Samples = {}
    pace = fields.pace(load, seconds)
    for _ in range(runs):
        for server in fields.servers:
            samples.setdefault(server.name, []).append(fields.cost(server, load, pace))
            if server.name == "raw joined":
                samples.setdefault(FLOOR, []).append(fields.cost(server, load + BARE, pace))
        samples.setdefault(PROJECTED, []).append(fields.cost(fields.ours, load + PROJECTED, pace))
    return samples


def cost_figures(fields: Field, load: str, clients: int, samples: Samples) -> Iterator[Figure]:
    """Delivery beside its anchors and budgets; then with the façades' projecting in it."""
    medians = {name: middle(values) for name, values in samples.items()}
    ours = medians.pop("ours")
    projected = medians.pop(PROJECTED)
    limits = [limit for limit in BUDGETS[load] if limit.anchor in medians]
    failed = [str(limit) for limit in limits if not limit.is_met(ours, medians[limit.anchor])]
    floored = [
        f"the kernel's send() alone would be {medians[limit.anchor] / medians[FLOOR]:.1f}x {limit.anchor}"
        for limit in limits
        if str(limit) in failed and limit.at_least and FLOOR in medians
    ]
    name = f"delivery, {clients:,} clients, {LOADS[load]}"
    yield Figure(
        name,
        "us CPU a message",
        ours,
        medians,
        budget=", ".join(map(str, BUDGETS[load])),
        met=not failed if len(limits) == len(BUDGETS[load]) else None,
        note="not met: " + "; ".join(failed + floored) if failed else "",
        samples=tuple(samples["ours"]),
        missing=fields.missing,
    )
    yield Figure(
        name + PROJECTED,
        "us CPU a message",
        projected,
        medians,
        note="ours with making the messages from the market's events, theirs without",
        samples=tuple(samples[PROJECTED]),
    )


def latencies(fields: Field, clients: int, runs: int, seconds: float) -> Iterator[Figure]:
    """Paced, one message a client and tick: from the beginning of the tick to each arrival."""
    pace = Pace(max(5, round(seconds / LATENCY_PAUSE)), 1, LATENCY_PAUSE)
    told = [
        server for server in fields.servers if server.name in ("ours", "raw joined", "broadcast", "FastWS")
    ]
    samples: dict[str, Samples] = {part: {server.name: [] for server in told} for part in ("p50", "p99")}
    for _ in range(runs):
        for server in told:
            fields.ours.keep_alive()
            sent = server.run("one", pace, fields.messages("one") * pace.ticks, arrivals=True).sent
            answer = server.load.ask(do="latencies", sent=sent)
            for part, found in samples.items():
                found[server.name].append(answer[part])
    for part, found in samples.items():
        medians = {name: middle(values) for name, values in found.items()}
        ours = medians.pop("ours")
        known = part == "p99" and "broadcast" in medians
        yield Figure(
            f"delivery, {clients:,} clients, latency {part}",
            "ms",
            ours,
            medians,
            budget="<= broadcast" if part == "p99" else "",
            met=ours <= medians["broadcast"] if known else None,
            samples=tuple(found["ours"]),
        )


def memory(clients: int, runs: int) -> Figure:
    """Resident KiB a connection with an empty outbox, after some clients have warmed the process up."""
    samples: Samples = {}
    missing: list[str] = []
    for run in range(runs):
        for name in ("ours", *ANCHORS):
            try:
                with Ours() if name == "ours" else anchor(name, *ANCHORS[name]) as server:
                    server.open(spread(WARM_CLIENTS))
                    before = server.child.ask(do="rss")["kib"]
                    server.open(spread(clients))
                    grown = server.child.ask(do="rss")["kib"] - before
                    samples.setdefault(name, []).append(grown / clients)
            except AnchorMissing as problem:
                missing += [f"{name}: {problem}"] if run == 0 else []
    medians = {name: middle(values) for name, values in samples.items()}
    ours = medians.pop("ours")
    return Figure(
        f"delivery, {clients:,} clients, memory",
        "KiB a connection",
        ours,
        medians,
        budget="<= 24 KiB",
        met=ours <= 24,
        samples=tuple(samples["ours"]),
        missing=tuple(missing),
    )


def carried(measured: Mapping[int, float]) -> Iterator[Figure]:
    """Share of a core that delivering to so many clients takes: arithmetic from the nearest measured size."""
    for clients in (1, 10, 100, 1000, 5000):
        nearest = min(measured, key=lambda size: abs(size - clients))
        yield Figure(
            f"carried, {clients:,} clients of bot core",
            "% of a core",
            clients * UPDATES_A_SECOND * measured[nearest] / 1e4,
            note=f"arithmetic: {UPDATES_A_SECOND} writes a second each at {measured[nearest]:.1f} us "
            f"(measured with {nearest:,})",
        )


def measure(quick: bool) -> Iterator[Figure]:
    """Every size and load, then latency and memory."""
    runs = QUICK_RUNS if quick else RUNS
    seconds = 0.2 if quick else 0.6
    writes: dict[int, float] = {}
    sizes = SIZES[1:2] if quick else SIZES
    for clients in sizes:
        with ExitStack() as stack:
            fields = started(stack, clients)
            for load in LOADS:
                samples = costs(fields, load, runs, seconds)
                if load == "one":
                    writes[clients] = middle(samples["ours"])
                yield from cost_figures(fields, load, clients, samples)
            if clients == sizes[-1]:
                yield from latencies(fields, clients, runs, seconds)
    if not quick:
        yield memory(SIZES[1], RUNS)
    yield from carried(writes)


if __name__ == "__main__":
    run_alone(measure, __doc__)
