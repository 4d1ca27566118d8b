"""Our routes on a real socket, and Twilio's way of knocking at them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, web
from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "a" * 32
TOKEN = "12345"
PUBLIC = "https://desk.example.com"
CALL_SID = "CA" + "c" * 32
STREAM_SID = "MZ" + "b" * 32


def signed(url: str, fields: Mapping[str, str] | None = None, token: str = TOKEN) -> dict[str, str]:
    """The signature header over a public address and form fields."""
    signature = RequestValidator(token).compute_signature(url, dict(fields or {}))
    return {"X-Twilio-Signature": signature}


@asynccontextmanager
async def serving(routes: Iterable[web.RouteDef]) -> AsyncIterator[str]:
    """Routes on a loopback port; gives the address."""
    app = web.Application(client_max_size=64 * 1024)
    app.add_routes(routes)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class TwilioEnd:
    """Twilio's end of one media socket."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self._sequence = 0

    async def say(self, event: str, **body: Any) -> None:
        self._sequence += 1
        message = {"event": event, "sequenceNumber": str(self._sequence), **body}
        await self.socket.send_str(json.dumps({**message, "streamSid": STREAM_SID}))

    async def begin(self, **start: Any) -> None:
        await self.socket.send_str('{"event":"connected","protocol":"Call","version":"1.0.0"}')
        await self.say("start", start={**START, **start})

    async def media(self, payload: str = "/////w==", timestamp: Any = "20", **more: Any) -> None:
        media = {"track": "inbound", "chunk": "1", "timestamp": timestamp, "payload": payload}
        await self.say("media", media={**media, **more})

    async def heard(self) -> Any:
        return json.loads(await self.socket.receive_str())

    async def close_code(self) -> int | None:
        """Wait for the other side's close."""
        while not self.socket.closed:
            await self.socket.receive()
        return self.socket.close_code


START = {
    "accountSid": ACCOUNT,
    "streamSid": STREAM_SID,
    "callSid": CALL_SID,
    "tracks": ["inbound"],
    "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
    "customParameters": {"token": "one-time"},
}


@asynccontextmanager
async def media_socket(base: str, **options: Any) -> AsyncIterator[TwilioEnd]:
    """A signed media socket."""
    headers = signed(PUBLIC.replace("https", "wss") + "/media-stream")
    async with (
        ClientSession() as client,
        client.ws_connect(f"{base}/media-stream", headers=headers, **options) as socket,
    ):
        yield TwilioEnd(socket)
