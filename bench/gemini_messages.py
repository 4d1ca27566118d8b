"""Measures what one audio message to and from Gemini costs: by the SDK's models, and past them.

    python bench/gemini_messages.py

Prints µs per message (best of five rounds) and the ratios. "Message" is the conversion alone.
"Path" goes over a real TLS socket on loopback, in one process with a bare WebSocket server, whose
work is in these rows as well: "bare socket" is the same way without any conversion.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from google.genai import types
from google.genai.live import AsyncSession
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from callconsole.adapters.gemini.connection import MIME_TYPE, Connection
from callconsole.adapters.gemini.fast_path import audio_frame, audio_parts
from callconsole.adapters.gemini.live_socket import LiveSocket
from callconsole.adapters.gemini.messages import MessageReader
from callconsole.adapters.gemini.whisper import WhisperWay
from callconsole.practice.certificates import make_loopback_certificate

CALLER_BYTES = 640
AGENT_MS = (20, 40, 200)
ROUNDS, COUNT = 5, 1000


class _Void:
    """A socket that takes everything and gives one frame again and again."""

    frame = b""

    async def send(self, message: str) -> None:
        """Take it."""

    async def recv(self, decode: bool | None = None) -> bytes:
        """Give the frame."""
        return self.frame


class _Developer:
    """What the SDK's session asks its client for."""

    vertexai = False


def agent_frame(duration_ms: int) -> bytes:
    """A server message with speech, as Google writes it."""
    pcm = np.random.default_rng(1).integers(-9000, 9000, 24 * duration_ms, np.int16).tobytes()
    blob = {"mimeType": "audio/pcm;rate=24000", "data": base64.b64encode(pcm).decode()}
    message = {"serverContent": {"modelTurn": {"parts": [{"inlineData": blob}]}}}
    return (json.dumps(message, indent=2) + "\n").encode()


async def best_us(step: Callable[[], Awaitable[None]], count: int = COUNT) -> float:
    """µs per step, best of the rounds."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(count):
            await step()
        rounds.append((time.perf_counter() - began) / count * 1e6)
    return min(rounds)


def row(name: str, sdk_us: float, fast_us: float, bare_us: float | None = None) -> None:
    """One line of the table."""
    bare = "" if bare_us is None else f"{bare_us:12.1f}"
    print(f"{name:44} {sdk_us:9.1f} {fast_us:9.1f} {sdk_us / fast_us:8.1f}x {bare}")


class _Context:
    """Stands in for the SDK's connect."""

    async def __aexit__(self, *_: object) -> None:
        """Nothing to leave."""


async def conversions() -> None:
    """The conversions without any socket."""
    void = _Void()
    session = AsyncSession(api_client=_Developer(), websocket=void)  # type: ignore[arg-type]
    reader = MessageReader()
    pcm = np.random.default_rng(2).integers(-9000, 9000, 320, np.int16).tobytes()

    async def sdk_send() -> None:
        await session.send_realtime_input(audio=types.Blob(data=pcm, mime_type=MIME_TYPE))

    async def fast_send() -> None:
        audio_frame(pcm, MIME_TYPE)

    row("message: build 20 ms of the caller", await best_us(sdk_send), await best_us(fast_send))
    for duration_ms in AGENT_MS:
        void.frame = agent_frame(duration_ms)

        async def sdk_receive() -> None:
            async for message in session.receive():
                reader.events(message)
                break

        async def fast_receive() -> None:
            reader.audio(audio_parts(void.frame) or [])

        row(
            f"message: read {duration_ms} ms of the agent",
            await best_us(sdk_receive),
            await best_us(fast_receive),
        )


class _Context:
    """Stands in for the SDK's connect."""

    async def __aexit__(self, *_: object) -> None:
        """Nothing to leave."""


@asynccontextmanager
async def served() -> AsyncIterator[Callable[[], connect]]:
    """A bare server over TLS, and how to connect to it as the adapter does."""
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_loopback_certificate(Path(folder))
        trust = ssl.create_default_context(cafile=certificate.ca_file)
        options = {"compression": None, "ping_interval": None, "max_size": None}
        server = await serve(_answer, "127.0.0.1", 0, ssl=certificate.server_context(), **options)
        url = f"wss://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        yield lambda: connect(url, ssl=trust, create_connection=LiveSocket, proxy=None, **options)
        server.close()
        await server.wait_closed()


async def _answer(socket: ServerConnection) -> None:
    """Say anything once, as the answer to a set-up; then give the frame that is asked for."""
    await socket.send(b"{}")
    frames = {str(ms): agent_frame(ms) for ms in AGENT_MS}
    async for message in socket:
        if len(message) < 10:
            await socket.send(frames[str(message)])


async def _talk(socket: LiveSocket) -> tuple[AsyncSession, Connection]:
    await socket.recv(decode=False)
    session = AsyncSession(api_client=_Developer(), websocket=socket)  # type: ignore[arg-type]
    return session, Connection(_Context(), session, "realtime_text", WhisperWay())  # type: ignore[arg-type]


async def sending(dial: Callable[[], connect]) -> None:
    """The way out, up to the system call; the server reads in between."""
    async with dial() as socket:
        session, connection = await _talk(socket)
        pcm = bytes(CALLER_BYTES)
        await connection.send(pcm)

        async def by_sdk() -> None:
            await session.send_realtime_input(audio=types.Blob(data=pcm, mime_type=MIME_TYPE))

        async def here() -> None:
            if not connection.send_now(pcm):
                await connection.send(pcm)

        text = audio_frame(pcm, MIME_TYPE).decode()
        bare_us = await best_us(lambda: socket.send(text))
        row("path: send 20 ms of the caller", await best_us(by_sdk), await best_us(here), bare_us)


async def receiving(dial: Callable[[], connect], duration_ms: int) -> None:
    """There and back: a short request, and speech until it is an event."""
    request = str(duration_ms)
    reader = MessageReader()
    async with dial() as socket:
        session, connection = await _talk(socket)
        arrived = asyncio.Event()

        def take(parts: list[bytes]) -> bool:
            reader.audio(parts)
            arrived.set()
            return True

        async def bare() -> None:
            await socket.send(request)
            await socket.recv(decode=False)

        async def by_sdk() -> None:
            await socket.send(request)
            async for message in session.receive():
                reader.events(message)
                break

        async def here() -> None:
            arrived.clear()
            await socket.send(request)
            await arrived.wait()

        bare_us, sdk_us = await best_us(bare), await best_us(by_sdk)
        await socket.send(request)
        await connection.receive()
        connection.on_audio = take
        reading = asyncio.create_task(connection.receive())
        await asyncio.sleep(0)
        row(f"path: ask for, read {duration_ms} ms", sdk_us, await best_us(here), bare_us)
        reading.cancel()


async def main() -> None:
    """Print the table."""
    print(f"{'µs per message':44} {'SDK':>9} {'here':>9} {'ratio':>9} {'bare socket':>12}")
    await conversions()
    async with served() as dial:
        await sending(dial)
        for duration_ms in AGENT_MS:
            await receiving(dial, duration_ms)


if __name__ == "__main__":
    asyncio.run(main())
