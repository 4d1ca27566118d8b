"""Who may drive the console over HTTP: programs on this computer, or holders of the token."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Final

from aiohttp import web
from pydantic import SecretStr

from callconsole.domain.problems import Problem

_RELAYED: Final = ("forwarded", "via", "x-real-ip")
_ANYWHERE: Final = "could have come from anywhere, because a proxy makes all look alike"
_LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")


class AccessPolicy:
    """Decides about one request at a time, before its body is read.

    The tunnel's agent connects from this computer, so that the peer's address proves nothing by
    itself. A request counts as local only if it comes from loopback, names our loopback address
    as its host (a page that rebinds its own name cannot) and carries no sign of a proxy.
    Anything else needs `Authorization: Bearer <token>`. A page of another site is refused with
    the token too, because a browser may be tricked into sending what it knows.

    Args:
        token: the secret for requests that are not local; None or empty lets none of them in.
    """

    def __init__(self, token: SecretStr | None = None) -> None:
        self._token = token
        self._trusts_loopback = True

    def trust_nobody(self) -> None:
        """From now on the token is needed from this computer too.

        For a proxy that hides where requests come from: all of them look local.
        """
        self._trusts_loopback = False

    def refusal(self, request: web.BaseRequest) -> Problem | None:
        """Why the request is refused, or None where it is let in."""
        if _cross_site(request):
            return Problem(
                code="access.cross_site",
                title="Web pages may not use this",
                cause="The request was made by a page of another site in a browser.",
                cure="Send it from a program instead.",
            )
        outside = _outside(request) if self._trusts_loopback else _ANYWHERE
        if outside is None or self._has_token(request):
            return None
        return Problem(
            code="access.outside",
            title="Only this computer may use this",
            cause=f"The request {outside}, without the right token.",
            cure="Send it from this computer to 127.0.0.1, or send CALLCONSOLE_API_TOKEN as "
            "“Authorization: Bearer …”.",
        )

    def _has_token(self, request: web.BaseRequest) -> bool:
        secret = self._token.get_secret_value() if self._token is not None else ""
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if not secret or kind.lower() != "bearer":
            return False
        return hmac.compare_digest(
            given.strip().encode("utf-8", "surrogateescape"), secret.encode("utf-8")
        )


def _cross_site(request: web.BaseRequest) -> bool:
    if request.headers.get("Sec-Fetch-Site", "none").lower() not in ("none", "same-origin"):
        return True
    ours = {f"http://{host}" for host in _our_hosts(request)}
    return any(origin.lower() not in ours for origin in request.headers.getall("Origin", []))


def _outside(request: web.BaseRequest) -> str | None:
    """What shows that a request is not local, as the end of a sentence; None where it is local."""
    if not _loopback_peer(request):
        return "came from another computer"
    for name in request.headers:
        if name.lower() in _RELAYED or name.lower().startswith("x-forwarded-"):
            return "came through a tunnel or proxy"
    hosts = request.headers.getall("Host", [])
    if len(hosts) != 1 or hosts[0].lower() not in _our_hosts(request):
        return "was not addressed to this computer's loopback address and our port"
    return None


def _our_hosts(request: web.BaseRequest) -> set[str]:
    own = request.transport.get_extra_info("sockname") if request.transport is not None else None
    return {f"{name}:{own[1]}" for name in _LOOPBACK_NAMES} if own else set()


def _loopback_peer(request: web.BaseRequest) -> bool:
    try:
        peer = ipaddress.ip_address(request.remote or "")
    except ValueError:
        return False
    mapped = peer.ipv4_mapped if isinstance(peer, ipaddress.IPv6Address) else None
    return (mapped or peer).is_loopback
