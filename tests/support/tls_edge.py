"""The far end of a tunnel or a reverse proxy: TLS in front of a local server, with its faults."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from callconsole.practice.certificates import make_loopback_certificate


class TlsEdge:
    """Passes bytes on to `target`, a port on loopback.

    Attributes:
        target: where connections lead.
        delay_s: each piece of what the client sends waits this long.
        hides: rewrites the Host header to the target's, as a careless proxy does.
        answer: sent as it is in place of anything from the target, None for what the target says.
        upgrades: False takes the Upgrade header out of requests.
        ca_file: trusts this edge.
    """

    def __init__(self, folder: Path) -> None:
        self._certificate = make_loopback_certificate(folder)
        self.ca_file = self._certificate.ca_file
        self.target = 0
        self.delay_s = 0.0
        self.hides = False
        self.upgrades = True
        self.answer: bytes | None = None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._port = 0

    @property
    def address(self) -> str:
        return f"https://localhost:{self._port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self._port, ssl=self._certificate.server_context()
        )
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close every connection, and listen no more; `start` listens on the same port again."""
        if self._server is not None:
            self._server.close()
        for task in set(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._carry(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.answer is not None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self.answer)
            await writer.drain()
            return
        local_reader, local_writer = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._up(reader, local_writer))
                both.create_task(_down(local_reader, writer))
        except* ConnectionError:
            pass
        finally:
            local_writer.transport.abort()

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            if self.hides:
                here, there = f"localhost:{self._port}", f"127.0.0.1:{self.target}"
                piece = piece.replace(here.encode(), there.encode())
            if not self.upgrades:
                piece = piece.replace(b"Upgrade: websocket\r\n", b"")
            writer.write(piece)
        raise ConnectionError


async def _down(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
    raise ConnectionError


@asynccontextmanager
async def tls_edge(folder: Path, target: int = 0) -> AsyncIterator[TlsEdge]:
    edge = TlsEdge(folder)
    edge.target = target
    await edge.start()
    try:
        yield edge
    finally:
        with contextlib.suppress(ConnectionError):
            await edge.stop()
