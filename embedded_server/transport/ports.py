"""Which listener takes which port: façades with the same documented port share one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from embedded_server.transport.endpoint import Endpoint


def group_by_port(endpoints: Iterable[Endpoint]) -> list[list[Endpoint]]:
    """Endpoints by documented port, in order of first mention."""
    groups: dict[int, list[Endpoint]] = {}
    for endpoint in endpoints:
        groups.setdefault(endpoint.facade.port, []).append(endpoint)
    return list(groups.values())


def plan_ports(groups: Sequence[Sequence[Endpoint]], choice: str | int, *more: int) -> list[int]:
    """One port a group: the documented ones, zeros (`free`: the system chooses), or counted from a number.

    `more` are the documented ports of listeners without an endpoint; they come last.
    """
    documented = [*(group[0].facade.port for group in groups), *more]
    if isinstance(choice, int):
        return [choice + offset for offset in range(len(documented))]
    if choice == "free":
        return [0] * len(documented)
    return documented


def url_host(host: str) -> str:
    """A host as clients on this machine write it."""
    if host in ("0.0.0.0", ""):
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host
