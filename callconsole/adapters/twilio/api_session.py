"""The HTTP client under Twilio's SDK: one session, a real time-out, and never a repeat.

Imported only where a request is made, because the SDK takes long to import.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import json
import logging
import ssl
import time
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from yarl import URL

_log = logging.getLogger(__name__)


class UnreadableAnswer(Exception):
    """A successful answer whose body is not a JSON object."""


class ApiSession(AsyncHttpClient):  # type: ignore[misc] # the SDK has no types
    """What `twilio.rest.Client` sends its requests through.

    The SDK's own client waits for ever whatever time-out it is given, repeats a POST where it
    repeats at all (which dials twice), and uses deprecated aiohttp arguments. This one does
    none of that. aiohttp itself repeats only idempotent methods, on a stale connection.

    Attributes:
        base_url: scheme, host and optional path that take the place of https://api.twilio.com.
        timeout_s: seconds for a whole request, connecting included.
        clock_ahead_s: by how much this computer's clock was ahead of the server's at the latest
            answer, exact to half a second and half the way there; None before one.
    """

    def __init__(self, base_url: str, timeout_s: float) -> None:
        self.clock_ahead_s: float | None = None
        super().__init__(_log, True, timeout_s)
        self._base = urlsplit(base_url)
        self._limit = aiohttp.ClientTimeout(total=timeout_s, connect=min(5.0, timeout_s))
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's signature
        allow_redirects: bool = False,
    ) -> Response:
        """Send one request, once.

        Raises:
            aiohttp.ClientError: no connection, or a broken one.
            TimeoutError: no whole answer in time.
            UnreadableAnswer: a success or redirect whose body is not a JSON object.
        """
        session = await self._opened()
        asked_at = time.time()
        async with session.request(
            method,
            self._moved(url, params),
            data=urlencode(data, doseq=True).encode() if data else None,
            headers=_signed(headers or {}, auth),
            timeout=self._limit if timeout is None else aiohttp.ClientTimeout(total=timeout),
            allow_redirects=allow_redirects,
        ) as answer:
            self._compare_clocks(answer.headers.get("Date", ""), (asked_at + time.time()) / 2)
            text = await answer.text(errors="replace")
            if answer.status < 400:
                _require_object(text)
            return Response(answer.status, text, dict(answer.headers))

    async def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _compare_clocks(self, date: str, ours_s: float) -> None:
        try:
            theirs = parsedate_to_datetime(date)
        except ValueError:
            return
        if theirs.tzinfo is not None:  # a date without a zone says nothing of the clock
            # The header has no fraction of the second: on average half of one is missing.
            self.clock_ahead_s = ours_s - (theirs.timestamp() + 0.5)

    def _moved(self, url: str, params: dict[str, Any] | None) -> URL:
        """The address with scheme and host of the base, and the parameters appended."""
        asked = urlsplit(url)
        query = "&".join(filter(None, (asked.query, urlencode(params or {}, doseq=True))))
        path = self._base.path.rstrip("/") + asked.path
        host = _host_for(asked.netloc, self._base.netloc)
        return URL(urlunsplit((self._base.scheme, host, path, query, "")), encoded=True)

    async def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            # Made here, not at import, so that SSL_CERT_FILE counts whenever it was set.
            context = await asyncio.to_thread(ssl.create_default_context)
            if self._session is None or self._session.closed:
                self._session = aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(ssl=context),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    trust_env=not _loopback(self._base.hostname),
                )
        return self._session


def _host_for(asked: str, base: str) -> str:
    """Where a request of the SDK goes: Twilio has a host for each product, a stand-in has one."""
    if base.startswith("api.") and base.endswith(".twilio.com"):
        return f"{asked.partition('.')[0]}.{base.partition('.')[2]}"
    return base


def _signed(headers: dict[str, str], auth: tuple[str, str] | None) -> dict[str, str]:
    if auth is None:
        return headers
    pair = base64.b64encode(f"{auth[0]}:{auth[1]}".encode()).decode()
    return {**headers, "Authorization": f"Basic {pair}"}


def _require_object(text: str) -> None:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableAnswer from None
    if not isinstance(body, dict):
        raise UnreadableAnswer


def _loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
