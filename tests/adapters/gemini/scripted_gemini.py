"""A Live server on loopback that says exactly what a test writes, over real TLS."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from callconsole.practice.certificates import LoopbackCertificate

Json = dict[str, Any]
SETUP_DONE: Json = {"setupComplete": {}}


class Peer:
    """One connection as the server sees it."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket
        self.path = socket.request.path
        self.headers = dict(socket.request.headers.raw_items())
        self.setup: Json = {}
        self.closed = asyncio.Event()

    async def receive(self) -> Json:
        """The next message, as JSON."""
        frame = await self.socket.recv()
        assert isinstance(frame, str)
        return json.loads(frame)

    async def say(self, *messages: Json | str) -> None:
        """Send messages as Google does: JSON in binary frames."""
        for message in messages:
            text = message if isinstance(message, str) else json.dumps(message, indent=2)
            await self.socket.send(text.encode())

    async def close(self, code: int, reason: str = "") -> None:
        """Close with a code."""
        await self.socket.close(code, reason)

    def abort(self) -> None:
        """Cut the wire."""
        self.socket.transport.abort()


Script = Callable[[Peer], Awaitable[None]]


async def stay(peer: Peer) -> None:
    """Say that the set-up is done, then read until the other end goes."""
    await peer.say(SETUP_DONE)
    await peer.socket.wait_closed()


class ScriptedGemini:
    """Plays one script for each connection, the last one again for all that follow.

    Attributes:
        peers: connections so far.
        refusal: HTTP status and body to give instead of the upgrade, or None.
    """

    def __init__(self, certificate: LoopbackCertificate) -> None:
        self.peers: list[Peer] = []
        self.refusal: tuple[int, str] | None = None
        self.failures: list[BaseException] = []
        self.ca_file = certificate.ca_file
        self._context = certificate.server_context()
        self._scripts: list[Script] = [stay]
        self._server: Server | None = None

    @property
    def base_url(self) -> str:
        assert self._server is not None
        port = next(iter(self._server.sockets)).getsockname()[1]
        return f"https://127.0.0.1:{port}"

    def play(self, *scripts: Script) -> None:
        """What the next connections get."""
        self._scripts = list(scripts)

    async def start(self) -> None:
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            ssl=self._context,
            process_request=self._gate,
            ping_interval=None,
            close_timeout=0.2,
        )

    async def stop(self) -> None:
        assert self._server is not None
        for peer in self.peers:
            peer.abort()
        self._server.close()
        await self._server.wait_closed()

    def _gate(self, socket: ServerConnection, request: Request) -> Response | None:
        if self.refusal is None:
            return None
        status, body = self.refusal
        return socket.respond(status, body)

    async def _serve(self, socket: ServerConnection) -> None:
        peer = Peer(socket)
        self.peers.append(peer)
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        try:
            peer.setup = (await peer.receive())["setup"]
            await script(peer)
        except ConnectionClosed:
            pass
        except Exception as error:
            self.failures.append(error)
            raise
        finally:
            peer.closed.set()


def audio(pcm: bytes, rate_hz: int = 24000) -> Json:
    """A message with one part of agent speech."""
    blob = {"mimeType": f"audio/pcm;rate={rate_hz}", "data": base64.b64encode(pcm).decode()}
    return {"serverContent": {"modelTurn": {"parts": [{"inlineData": blob}]}}}


def content(**fields: Any) -> Json:
    """A ``serverContent`` message."""
    return {"serverContent": fields}


def handle(name: str) -> Json:
    """A handle that may be resumed."""
    return {"sessionResumptionUpdate": {"newHandle": name, "resumable": True}}
