"""A customer of the phone company: a small server with TwiML, callbacks and a media socket."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from twilio.request_validator import RequestValidator

from callconsole.practice.carrier.ear import Ear

PUBLIC = "https://console.practice.example"
ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "practice-token"
NUMBER = "+14155550100"

STREAM_TWIML = (
    '<Response><Connect><Stream url="wss://console.practice.example/media-stream">'
    '<Parameter name="token" value="t-1"/></Stream></Connect></Response>'
)


@dataclass
class Socket:
    """One media stream as the customer sees it."""

    ws: web.WebSocketResponse
    headers: dict[str, str]
    messages: list[dict[str, Any]] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def sid(self) -> str:
        return str(self.messages[1]["streamSid"])

    def of(self, event: str) -> list[dict[str, Any]]:
        return [m for m in self.messages if m["event"] == event]

    def audio(self) -> bytes:
        return b"".join(base64.b64decode(m["media"]["payload"]) for m in self.of("media"))

    async def until(self, event: str, count: int = 1) -> list[dict[str, Any]]:
        async with self.changed:
            await self.changed.wait_for(lambda: len(self.of(event)) >= count)
        return self.of(event)

    async def until_turn_over(self, quiet_ms: int = 300) -> None:
        """Wait until the callee has spoken and then been quiet."""
        ear, read = Ear(), len(self.of("media"))
        while not ear.speech_ms or ear.quiet_ms < quiet_ms:
            for message in (await self.until("media", read + 1))[read:]:
                ear.hear(base64.b64decode(message["media"]["payload"]))
                read += 1

    async def send(self, event: str, **content: Any) -> None:
        await self.ws.send_json({"event": event, "streamSid": self.sid, **content})

    async def play(self, mulaw: bytes) -> None:
        await self.send("media", media={"payload": base64.b64encode(mulaw).decode()})

    async def mark(self, name: str) -> None:
        await self.send("mark", mark={"name": name})


class Customer:
    """Serves PUBLIC on a loopback port and records what arrives."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.bad_signatures: list[str] = []
        self.twiml: dict[str, str] = {}
        self.status: dict[str, int] = {}
        self.sockets: asyncio.Queue[Socket] = asyncio.Queue()
        self.refuse_stream = 0
        self.on_stream: Callable[[Socket], Awaitable[None]] | None = None
        self.changed = asyncio.Condition()
        self._validator = RequestValidator(TOKEN)
        self._runner: web.AppRunner | None = None
        self.local_url = ""

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/media-stream", self._media)
        app.router.add_route("*", "/{path:.*}", self._webhook)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.local_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def callbacks(self, path: str = "/call-status") -> list[dict[str, str]]:
        return [fields for at, fields, _ in self.requests if at == path]

    async def until(self, path: str, count: int = 1) -> list[dict[str, str]]:
        async with self.changed:
            await self.changed.wait_for(lambda: len(self.callbacks(path)) >= count)
        return self.callbacks(path)

    async def _webhook(self, request: web.Request) -> web.Response:
        form = await request.post()
        signature = request.headers.get("X-Twilio-Signature", "")
        if not self._validator.validate(PUBLIC + request.path_qs, form, signature):
            self.bad_signatures.append(request.path)
        fields = {k: str(v) for k, v in (form or request.query).items()}
        async with self.changed:
            self.requests.append((request.path, fields, dict(request.headers)))
            self.changed.notify_all()
        status = self.status.get(request.path, 204)
        if request.path in self.twiml and status == 204:
            return web.Response(text=self.twiml[request.path], content_type="text/xml")
        return web.Response(status=status)

    async def _media(self, request: web.Request) -> web.StreamResponse:
        signature = request.headers.get("X-Twilio-Signature", "")
        url = PUBLIC.replace("https", "wss") + request.path_qs
        if not self._validator.validate(url, {}, signature):
            self.bad_signatures.append(request.path)
        if self.refuse_stream:
            return web.Response(status=self.refuse_stream)
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        socket = Socket(ws, dict(request.headers))
        try:
            await self._read(socket)
        finally:
            async with socket.changed:
                socket.changed.notify_all()
            socket.closed.set()
        return ws

    async def _read(self, socket: Socket) -> None:
        task: asyncio.Task[None] | None = None
        async for message in socket.ws:
            if message.type is not WSMsgType.TEXT:
                break
            async with socket.changed:
                socket.messages.append(json.loads(message.data))
                socket.arrived.append(asyncio.get_running_loop().time())
                socket.changed.notify_all()
            if len(socket.messages) == 2:
                self.sockets.put_nowait(socket)
                if self.on_stream is not None:
                    task = asyncio.ensure_future(self.on_stream(socket))
        if task is not None:
            await asyncio.wait([task])


def order(**more: Any) -> dict[str, Any]:
    """Arguments for the SDK's calls.create."""
    return {
        "to": "+14155550101",
        "from_": NUMBER,
        "twiml": STREAM_TWIML,
        "status_callback": f"{PUBLIC}/call-status",
        "status_callback_event": ["initiated", "ringing", "answered", "completed"],
        "timeout": 20,
        "time_limit": 60,
        **more,
    }
