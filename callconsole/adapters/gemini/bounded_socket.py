"""A WebSocket that always closes within a second, even when the other end has stopped reading."""

from __future__ import annotations

import asyncio

from websockets.asyncio.client import ClientConnection
from websockets.frames import CloseCode

CLOSE_S = 1.0


class BoundedSocket(ClientConnection):
    """`websockets` bounds the closing handshake, but not the wait for a full send buffer."""

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
