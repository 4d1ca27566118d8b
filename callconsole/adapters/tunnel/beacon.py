"""What our server shows of itself to our own look from outside: a name, and an echo."""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
import time
from typing import Final

from aiohttp import WSMsgType, web

HEALTH_PATH: Final = "/health"
ECHO_PATH: Final = "/tunnel-echo"
TOKEN_HEADER: Final = "X-Callconsole-Echo"  # noqa: S105 (a name)
TOKEN_LIFE_S: Final = 20.0
IDLE_S: Final = 120.0
MESSAGE_BYTES: Final = 2048
SOCKETS: Final = 4
_log = logging.getLogger(__name__)


class Beacon:
    """One process's name, and WebSocket echoes for whoever holds a token from this object.

    Attributes:
        instance: says which callconsole answers; new at every start, and worth nothing else.
    """

    def __init__(self) -> None:
        self.instance = secrets.token_hex(8)
        self._tokens: dict[str, float] = {}
        self._open = 0

    def token(self) -> str:
        """A secret for one echo, to be used within `TOKEN_LIFE_S` seconds."""
        now = time.monotonic()
        self._tokens = {token: end for token, end in self._tokens.items() if end > now}
        token = secrets.token_urlsafe(32)
        self._tokens[token] = now + TOKEN_LIFE_S
        return token

    def routes(self) -> list[web.RouteDef]:
        """WebSocket `/tunnel-echo`."""
        return [web.get(ECHO_PATH, self._echo)]

    async def _echo(self, request: web.Request) -> web.StreamResponse:
        """Send text back as it comes; 404 for everybody without a token."""
        if not self._spent(request.headers.get(TOKEN_HEADER, "")):
            raise web.HTTPNotFound
        if self._open >= SOCKETS:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(max_msg_size=MESSAGE_BYTES, timeout=1.0, compress=False)
        self._open += 1
        try:
            await socket.prepare(request)
            await self._answer(socket)
        finally:
            self._open -= 1
        return socket

    async def _answer(self, socket: web.WebSocketResponse) -> None:
        try:
            while True:
                async with asyncio.timeout(IDLE_S):
                    message = await socket.receive()
                if message.type is not WSMsgType.TEXT:
                    break
                await socket.send_str(message.data)
        except (TimeoutError, ConnectionError):
            _log.debug("an echo ended")
        await socket.close()

    def _spent(self, given: str) -> bool:
        """True once for a token of ours that has not expired."""
        now = time.monotonic()
        for token, end in list(self._tokens.items()):
            if hmac.compare_digest(token.encode(), given.encode("utf-8", "surrogateescape")):
                del self._tokens[token]
                return end > now
        return False
