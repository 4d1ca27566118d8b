"""The internet as the phone company sees it: which public host reaches which local server."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

# An address of the range for documentation (RFC 5737), as the peer of every forwarded request.
_CARRIER_ADDRESS = "203.0.113.7"


class UnreachableError(Exception):
    """No server answers at a public address."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a public address leads.

    Attributes:
        url: the same address with scheme ``http`` or ``ws`` and the public host name.
        host: local host to connect to.
        port: local port to connect to.
        headers: what the tunnel adds (``Host`` is the public name, as ngrok keeps it).
    """

    url: str
    host: str
    port: int
    headers: dict[str, str]

    @property
    def local_url(self) -> str:
        """The address with the local host and port in place of the public ones."""
        return urlunsplit(urlsplit(self.url)._replace(netloc=f"{self.host}:{self.port}"))


class Edge:
    """The far end of tunnels. Hosts that nobody mapped cannot be reached."""

    def __init__(self) -> None:
        self._servers: dict[str, SplitResult] = {}

    def map(self, public_url: str, local_url: str) -> None:
        """Let ``https://`` and ``wss://`` of a public host reach a local ``http://`` server."""
        host = urlsplit(public_url).hostname
        local = urlsplit(local_url)
        if host is None or local.hostname is None or local.port is None:
            raise ValueError("a public address and a local address with its port are needed")
        self._servers[host] = local

    def unmap(self, public_url: str) -> None:
        """Take the public host down; unknown hosts are ignored."""
        self._servers.pop(urlsplit(public_url).hostname or "", None)

    def route(self, public_url: str) -> Route:
        """Resolve a public address. Raises `UnreachableError`."""
        public = urlsplit(public_url)
        local = self._servers.get(public.hostname or "")
        if local is None or local.hostname is None or local.port is None:
            raise UnreachableError(f"no server is known at {public.hostname}")
        secure = public.scheme in ("https", "wss")
        scheme = "ws" if public.scheme in ("wss", "ws") else "http"
        headers = {
            "Host": public.hostname or "",
            "X-Forwarded-For": _CARRIER_ADDRESS,
            "X-Forwarded-Proto": "https" if secure else "http",
            "X-Forwarded-Host": public.hostname or "",
        }
        url = urlunsplit((scheme, public.hostname or "", public.path, public.query, ""))
        return Route(url, local.hostname, local.port, headers)


def is_public(url: str) -> bool:
    """True for an http(s) address that Twilio accepts: a whole URL, no underscore in the host,
    and neither loopback nor a private network.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or "." not in host or "_" in host:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True
