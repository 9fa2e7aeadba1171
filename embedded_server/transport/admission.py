"""Who may talk to a listener: any web page can reach a local socket, so Origin and Host are checked."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping

from embedded_server.protocols.facade import HttpRefusal

ANY = "*"


class Admission:
    """Lists of one server: exact origins (`https://app.example`), hosts without port; `*` admits all."""

    def __init__(self, *, origins: Iterable[str] = (), hosts: Iterable[str] = ()) -> None:
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)
        self._hosts = frozenset(_host_name(host) for host in hosts)

    @property
    def origins(self) -> tuple[str, ...]:
        """Allowed origins, for CORS answers."""
        return tuple(sorted(self._origins))

    def refusal(self, headers: Mapping[str, str]) -> HttpRefusal | None:
        """Why a request with these headers (lower-case names) is turned away, or None."""
        host = headers.get("host", "")
        if not self._admits_host(host):
            return HttpRefusal(
                421, "Host is not served here; the server's option for allowed hosts adds it\n"
            )
        origin = headers.get("origin")
        if origin is not None and not self._admits_origin(origin):
            return HttpRefusal(
                403, "Origin is not allowed; the server's option for allowed origins adds it\n"
            )
        return None

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
