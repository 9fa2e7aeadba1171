"""Who may talk to a listener: any web page can reach a local socket, so Origin and Host are checked.

A browser tells its page nothing of a refusal, so each is told once on the server's side.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterable, Mapping

from embedded_server.protocols.facade import HttpRefusal
from embedded_server.protocols.json_input import printable

ANY = "*"
MOST_TOLD = 20
"""Strangers that are told of; what they call themselves is theirs to invent."""
_log = logging.getLogger(__name__)


class Admission:
    """Lists of one server: exact origins (`https://app.example`), hosts without port; `*` admits all."""

    def __init__(
        self, *, origins: Iterable[str] = (), hosts: Iterable[str] = (), variables: str = ""
    ) -> None:
        """`variables` is how the environment variables begin that add to the lists, where some do."""
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)
        self._hosts = frozenset(_host_name(host) for host in hosts)
        self._variables = variables
        self._told: set[str] = set()

    @property
    def origins(self) -> tuple[str, ...]:
        """Allowed origins, for CORS answers."""
        return tuple(sorted(self._origins))

    def refusal(self, headers: Mapping[str, str]) -> HttpRefusal | None:
        """Why a request with these headers (lower-case names) is turned away, or None."""
        host = headers.get("host", "")
        if not self._admits_host(host):
            return self._turned_away(421, "Host", host, "ALLOWED_HOSTS")
        origin = headers.get("origin")
        if origin is not None and not self._admits_origin(origin):
            return self._turned_away(403, "Origin", origin, "ALLOWED_ORIGINS")
        return None

    def _turned_away(self, status: int, header: str, value: str, variable: str) -> HttpRefusal:
        advice = f"; {self._variables}{variable} adds to those that are" if self._variables else ""
        stranger = f"{header} {printable(value)}"
        if stranger not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(stranger)
            _log.warning("turned away: %s is not allowed%s", stranger, advice)
        return HttpRefusal(status, f"this {header} is not allowed{advice}\n")

    def _admits_origin(self, origin: str) -> bool:
        return ANY in self._origins or origin.lower() in self._origins

    def _admits_host(self, host: str) -> bool:
        name = _host_name(host)
        return name == "localhost" or name in self._hosts or ANY in self._hosts or _is_loopback(name)


def _host_name(host: str) -> str:
    """The host without its port and brackets, lower case."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host if host.count(":") > 1 else host.partition(":")[0]


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
