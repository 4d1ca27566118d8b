"""What is wrong with a public address, in words, from how a look at it failed."""

from __future__ import annotations

import ssl
from typing import Final

import aiohttp

from callconsole.adapters.tunnel.problems import CODE, UNREACHABLE, by_code
from callconsole.domain.problems import Problem, ProblemError

OPEN_DOOR: Final = "tunnel.open_door"
_OWN = "Correct SERVER_BASE_URL, or what stands before our server at that address."
_WAIT = "Check the internet connection; calls that are in progress may lose their sound."
_SILENT: Final = {
    "tunnel.no_answer": "Nothing answers at {host} in time.",
    "tunnel.refused": "Nothing listens at {host}.",
    "tunnel.unknown_host": "The name {host} is not known.",
    "tunnel.broke_off": "The connection to {host} broke off.",
    "tunnel.proxy": "The proxy of this computer did not lead to {host}.",
}
_BY_PROXY = "Correct HTTPS_PROXY, or name the address in NO_PROXY; Twilio does not use the proxy."


class LookError(ProblemError):
    """A look from outside failed.

    Attributes:
        answered: True where somebody answered, wrongly; False where nobody did, which may be
            this computer's own way out, or a router that does not lead back to itself.
    """

    def __init__(self, problem: Problem, *, answered: bool) -> None:
        super().__init__(problem)
        self.answered = answered


def silent(code: str, host: str, cure: str = _WAIT) -> LookError:
    """Nobody answered; `code` is one of `_SILENT`."""
    return LookError(
        Problem(code, UNREACHABLE, _SILENT[code].format(host=host), cure), answered=False
    )


def wrong(code: str, cause: str, cure: str = _OWN) -> LookError:
    """Somebody answered who is not us, or not as we would."""
    return LookError(Problem(f"tunnel.{code}", UNREACHABLE, cause, cure), answered=True)


def of_connection(error: Exception, host: str) -> LookError:
    """From an exception of the HTTP client; ValueError is a proxy of a strange kind."""
    if isinstance(error, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError):
        return silent("tunnel.proxy", host, _BY_PROXY)
    if isinstance(error, aiohttp.ClientConnectorCertificateError | ssl.SSLCertVerificationError):
        return wrong(
            "certificate",
            f"The certificate of {host} is not valid, so that Twilio refuses it as well.",
            "Renew it, or use the name that it was made for.",
        )
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return wrong("no_tls", f"{host} does not speak https as Twilio does.")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return silent("tunnel.unknown_host", host)
    if isinstance(error, TimeoutError):
        return silent("tunnel.no_answer", host)
    if isinstance(error, aiohttp.ClientConnectorError):
        return silent("tunnel.refused", host)
    if isinstance(error, ValueError):
        return silent("tunnel.proxy", host, _BY_PROXY)
    return silent("tunnel.broke_off", host)


def of_answer(status: int, headers: str, host: str) -> LookError:
    """From an HTTP answer that is not ours. `headers`: where ngrok puts its code, with the body."""
    codes = CODE.findall(headers)
    if codes:
        return LookError(by_code(codes[0]), answered=True)
    if 300 <= status < 400:
        return wrong(
            "redirects",
            f"{host} leads on to another address.",
            "Put the address into SERVER_BASE_URL that it leads to.",
        )
    if status in (502, 503, 504):
        return wrong(
            "gateway",
            f"{host} answers, but does not reach our server ({status}).",
            "Let it lead to SERVER_HOST and SERVER_PORT of this computer.",
        )
    return wrong("another_server", f"{host} answers with {status}, as our server would not.")


def another_console(host: str) -> LookError:
    """A callconsole answers, but not this one."""
    return wrong(
        "another_console",
        f"Another callconsole answers at {host}.",
        "End it, or give each its own address.",
    )


def open_door(host: str) -> LookError:
    """What is for this computer alone is served to the whole world."""
    return wrong(
        "open_door",
        f"Whoever asks at {host} is taken for this computer, because the proxy hides where "
        "requests come from. The control interface is closed to all without the token now.",
        "Let the proxy pass on Host, or send X-Forwarded-For, then start anew.",
    )


def no_websocket(status: int | None, host: str) -> LookError:
    """Webhooks would arrive, but no sound."""
    told = f" (it answers with {status})" if status else ""
    return wrong(
        "no_websocket",
        f"{host} does not let a WebSocket through{told}, so that calls would have no sound.",
        "Let the proxy pass on Upgrade and Connection for WebSockets.",
    )
