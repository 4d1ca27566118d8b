"""Signed requests to the customer's server, through the edge, as Twilio sends them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import aiohttp
from twilio.request_validator import RequestValidator
from yarl import URL

from callconsole.practice.carrier.alerts import AlertLog
from callconsole.practice.carrier.edge import Edge, Route, UnreachableError

_USER_AGENT = "TwilioProxy/1.1"


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's 2xx answer to a webhook."""

    content_type: str
    text: str


class WebhookError(Exception):
    """A request that got no good answer.

    Attributes:
        code: Twilio's error code: 11205 where nobody answered, 11200 for a wrong answer.
        detail: what happened.
    """

    def __init__(self, code: int, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Twilio's limits for a webhook: connecting, and all of it."""

    connect_s: float = 5.0
    total_s: float = 15.0


class Webhooks:
    """Sends form-encoded requests and takes down what went wrong.

    The signature (X-Twilio-Signature) is an HMAC over the public address and the fields, see
    twilio.com/docs/usage/security; https addresses are signed without port and credentials.
    """

    def __init__(
        self, auth_token: str, edge: Edge, alerts: AlertLog, timeouts: Timeouts | None = None
    ) -> None:
        self._validator = RequestValidator(auth_token)
        self._edge = edge
        self._alerts = alerts
        self._timeouts = timeouts or Timeouts()
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        """Get ready; needs the running loop."""
        limits = self._timeouts
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=limits.total_s, sock_connect=limits.connect_s)
        )

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()

    def signature(self, url: str, fields: Mapping[str, str]) -> str:
        """The signature of a request to a public address."""
        parts = urlsplit(url)
        netloc = parts.netloc
        if parts.scheme in ("https", "wss"):
            netloc = parts.hostname or ""
        signed = urlunsplit(parts._replace(netloc=netloc, fragment=""))
        return str(self._validator.compute_signature(signed, dict(fields)))

    async def send(
        self, url: str, fields: Mapping[str, str], call_sid: str, method: str = "POST"
    ) -> None:
        """Send; what goes wrong becomes an alert."""
        try:
            await self.fetch(url, fields, method)
        except WebhookError as error:
            self._alerts.add(error.code, error.detail, call_sid)

    async def fetch(self, url: str, fields: Mapping[str, str], method: str = "POST") -> Answer:
        """Send and return the answer, which is a 2xx one. Raises `WebhookError`.

        Repeated once, and only where the connection could not be made in time.
        """
        try:
            async with asyncio.timeout(self._timeouts.total_s):
                try:
                    return await self._attempt(url, fields, method)
                except aiohttp.ConnectionTimeoutError:
                    return await self._attempt(url, fields, method)
        except UnreachableError as error:
            raise WebhookError(11205, str(error)) from None
        except TimeoutError:
            raise WebhookError(11205, f"no answer in time from {_place(url)}") from None
        except aiohttp.ClientConnectorError:
            # The tunnel's agent is up and our server is not: ngrok answers 502 (ERR_NGROK_8012).
            raise WebhookError(11200, f"status 502 from {_place(url)}") from None
        except aiohttp.ClientError as error:
            raise WebhookError(11200, f"{type(error).__name__} from {_place(url)}") from None

    async def _attempt(self, url: str, fields: Mapping[str, str], method: str) -> Answer:
        if self._session is None:
            raise RuntimeError("open() first")
        if method == "GET":
            url, fields = _with_query(url, fields), {}
        route = self._edge.route(url)
        async with self._session.request(
            method,
            URL(route.local_url, encoded=True),
            data=urlencode(fields) if method == "POST" else None,
            headers=self._headers(route, url, fields),
            allow_redirects=False,
        ) as response:
            if not 200 <= response.status < 300:
                raise WebhookError(11200, f"status {response.status} from {_place(url)}")
            return Answer(response.content_type, await response.text(errors="replace"))

    def _headers(self, route: Route, url: str, fields: Mapping[str, str]) -> dict[str, str]:
        return {
            **route.headers,
            "User-Agent": _USER_AGENT,
            "Accept": "*/*",
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
            "X-Twilio-Signature": self.signature(url, fields),
        }


def _with_query(url: str, fields: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *fields.items()]
    return urlunsplit(parts._replace(query=urlencode(pairs)))


def _place(url: str) -> str:
    """The address without its query, which may hold secrets."""
    return urlunsplit(urlsplit(url)._replace(query="", fragment=""))
