"""Looks at our public address from outside, as Twilio reaches it: by HTTP and by WebSocket."""

from __future__ import annotations

import asyncio
import json
import ssl
import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import aiohttp

from callconsole.adapters.tunnel import faults
from callconsole.adapters.tunnel.beacon import ECHO_PATH, HEALTH_PATH, TOKEN_HEADER, Beacon

LIMIT_S: Final = 5.0
ECHOES: Final = 5
_CLOSING: Final = aiohttp.ClientWSTimeout(ws_close=1.0)
_BODY_BYTES: Final = 65_536
# As long as one of Twilio's media messages, about 20 ms of sound.
_PADDING: Final = "." * 320
# ngrok shows browsers a page of its own first, unless this is sent.
_HEADERS: Final = {"ngrok-skip-browser-warning": "1", "User-Agent": "callconsole"}


@dataclass(frozen=True, slots=True)
class TunnelProbe:
    """Round trips through the public address, in ms, on connections that are open already."""

    health_ms: float
    websocket_ms: float


async def probe(
    address: str, beacon: Beacon, *, ca_file: Path | None = None, limit_s: float = LIMIT_S
) -> TunnelProbe:
    """Prove that the public address leads to this server, for requests and for sound.

    Args:
        address: our public https address, without a trailing slash.
        beacon: the one that the server shows.
        ca_file: authorities to trust instead of the system's, PEM.
        limit_s: for each step.

    Raises:
        LookError: a `ProblemError` that says what is wrong.
    """
    async with Outside(address, beacon, ca_file=ca_file, limit_s=limit_s) as outside:
        await outside.health_ms()
        health_ms = await outside.health_ms()
        async with outside.echo() as line:
            times = [await line.round_trip_ms() for _ in range(ECHOES)]
    return TunnelProbe(health_ms, statistics.median(times))


class Outside:
    """A client that goes out and comes back in through the public address."""

    def __init__(
        self, address: str, beacon: Beacon, *, ca_file: Path | None, limit_s: float = LIMIT_S
    ) -> None:
        self._address = address.rstrip("/")
        self._host = urlsplit(address).netloc
        self._beacon = beacon
        self._ca_file = ca_file
        self._limit_s = limit_s
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        context = await asyncio.to_thread(
            ssl.create_default_context, cafile=str(self._ca_file) if self._ca_file else None
        )
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=context),
            timeout=aiohttp.ClientTimeout(total=self._limit_s),
            headers=_HEADERS,
            trust_env=True,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def health_ms(self) -> float:
        """Ask our server for its health through the address; raises `LookError`."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with self._client.get(
                self._address + HEALTH_PATH, allow_redirects=False
            ) as answer:
                body = await _beginning(answer)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise faults.of_connection(error, self._host) from None
        took_ms = (loop.time() - began) * 1000
        self._judge(answer, body)
        return took_ms

    def _judge(self, answer: aiohttp.ClientResponse, body: bytes) -> None:
        told = _object(body)
        if answer.status != 200 or "instance" not in told:
            hints = f"{answer.headers.get('ngrok-error-code', '')} {body[:4096]!r}"
            raise faults.of_answer(answer.status, hints, self._host)
        if told["instance"] != self._beacon.instance:
            raise faults.another_console(self._host)
        # To the outside our server says no more than this.
        if told.keys() - {"status", "instance"}:
            raise faults.open_door(self._host)

    @asynccontextmanager
    async def echo(self) -> AsyncIterator[EchoLine]:
        """A WebSocket through the address to our own echo; raises `LookError`."""
        url = "wss" + self._address.removeprefix("https") + ECHO_PATH
        headers = {TOKEN_HEADER: self._beacon.token()}
        try:
            async with asyncio.timeout(self._limit_s):
                socket = await self._client.ws_connect(
                    url, headers=headers, compress=0, timeout=_CLOSING
                )
        except aiohttp.WSServerHandshakeError as error:
            raise faults.no_websocket(error.status, self._host) from None
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise faults.of_connection(error, self._host) from None
        try:
            yield EchoLine(socket, self._host, self._limit_s)
        finally:
            await socket.close()

    @property
    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use it as an asynchronous context manager")
        return self._session


class EchoLine:
    """One open WebSocket that comes back to us."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, host: str, limit_s: float) -> None:
        self._socket = socket
        self._host = host
        self._limit_s = limit_s
        self._sent = 0

    async def round_trip_ms(self) -> float:
        """Send one message and wait for it; raises `LookError`."""
        loop = asyncio.get_running_loop()
        self._sent += 1
        message = f"{self._sent}{_PADDING}"
        began = loop.time()
        try:
            async with asyncio.timeout(self._limit_s):
                await self._socket.send_str(message)
                received = await self._socket.receive()
        except (TimeoutError, ConnectionError, aiohttp.ClientError) as error:
            raise faults.of_connection(error, self._host) from None
        if received.type is not aiohttp.WSMsgType.TEXT:
            raise faults.silent("tunnel.broke_off", self._host)
        if received.data != message:
            raise faults.no_websocket(None, self._host)
        return (loop.time() - began) * 1000

    async def closed(self, within_s: float) -> bool:
        """Wait; True where the line was closed meanwhile, False after `within_s` seconds."""
        try:
            async with asyncio.timeout(within_s):
                while True:
                    message = await self._socket.receive()
                    if message.type is not aiohttp.WSMsgType.TEXT:
                        return True
        except TimeoutError:
            return False


async def _beginning(answer: aiohttp.ClientResponse) -> bytes:
    """An answer's body, or the first part of one that is far too long to be ours."""
    body = b""
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > _BODY_BYTES:
            break
    return body


def _object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
