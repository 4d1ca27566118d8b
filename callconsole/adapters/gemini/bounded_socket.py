"""A WebSocket that closes within a second, and notices a dead line, whatever the other end does."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

from websockets.asyncio.client import ClientConnection
from websockets.frames import CloseCode

CLOSE_S = 1.0
# Without pings a dead line shows only by what is not acknowledged; the system's own patience is
# a quarter of an hour.
UNACKNOWLEDGED_S = 8.0
# RFC 5482; not every system has it.
_USER_TIMEOUT = getattr(socket, "TCP_USER_TIMEOUT", None)


class BoundedSocket(ClientConnection):
    """`websockets` bounds the closing handshake, but not the wait for a full send buffer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Have the system give the connection up where the other end is not there any more."""
        super().connection_made(transport)
        line = transport.get_extra_info("socket")
        if line is not None and _USER_TIMEOUT is not None:
            with suppress(OSError):
                line.setsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT, int(UNACKNOWLEDGED_S * 1000))

    async def close(
        self, code: CloseCode | int = CloseCode.NORMAL_CLOSURE, reason: str = ""
    ) -> None:
        """Close; after a second without an answer, drop the connection."""
        try:
            async with asyncio.timeout(CLOSE_S):
                await super().close(code, reason)
        except TimeoutError:
            self.transport.abort()
            await self.wait_closed()
