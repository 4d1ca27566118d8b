"""A stand-in for Twilio's REST API on a real socket: keeps requests, answers what it is told."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from pydantic import SecretStr

from callconsole.adapters.twilio.rest import TwilioCarrier

ACCOUNT = "AC" + "a" * 32
TOKEN = "t0ken-of-the-account"
NUMBER = "+16285550100"
CALLEE = "+14155550100"
CALL_SID = "CA" + "c" * 32


PUBLIC = "https://desk.example.com"


def carrier_at(base_url: str, **options: object) -> TwilioCarrier:
    arguments = {"timeout_s": 5.0, "lookup_pauses_s": (0.0, 0.01), **options}
    public_url = lambda: PUBLIC  # noqa: E731
    return TwilioCarrier(ACCOUNT, SecretStr(TOKEN), NUMBER, public_url, base_url, **arguments)  # type: ignore[arg-type]


def call_json(sid: str = CALL_SID, status: str = "queued", **more: Any) -> dict[str, Any]:
    now = format_datetime(datetime.now(UTC))
    fields = {"sid": sid, "status": status, "to": CALLEE, "from": NUMBER, "account_sid": ACCOUNT}
    return {**fields, "date_created": now, "start_time": None, "duration": None, **more}


@dataclass
class Asked:
    """One request: method, path, form or query pairs in order, and headers."""

    method: str
    path: str
    fields: list[tuple[str, str]]
    headers: dict[str, str]

    def one(self, name: str) -> str | None:
        return next((value for key, value in self.fields if key == name), None)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]


Answer = tuple[int, Any]


@dataclass
class StandIn:
    """Scripted answers, by kind of request: (status, JSON or text), or a callable giving them."""

    create: Answer | Callable[[], Answer] = (201, call_json())
    update: list[Answer] = field(default_factory=lambda: [(200, call_json(status="completed"))])
    fetch: Answer = (200, call_json(status="in-progress"))
    account: Answer = (200, {"sid": ACCOUNT, "status": "active", "type": "Full"})
    listed: Answer = (200, {"calls": [], "page": 0, "next_page_uri": None})
    hang: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    base_url: str = ""
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        app = web.Application()
        calls = f"/2010-04-01/Accounts/{ACCOUNT}/Calls"
        app.add_routes(
            [
                web.post(f"{calls}.json", self._create),
                web.get(f"{calls}.json", self._list),
                web.post(calls + "/{sid}.json", self._update),
                web.get(calls + "/{sid}.json", self._fetch),
                web.get(f"/2010-04-01/Accounts/{ACCOUNT}.json", self._account),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        self.released.set()
        await self._runner.cleanup()

    def posts(self, ending: str = "/Calls.json") -> list[Asked]:
        return [a for a in self.asked if a.method == "POST" and a.path.endswith(ending)]

    async def _answer(self, request: web.Request, kind: str, answer: Answer) -> web.Response:
        body = (await request.read()).decode()
        text = body if request.method == "POST" else request.rel_url.raw_query_string
        pairs = parse_qsl(text, keep_blank_values=True)
        self.asked.append(Asked(request.method, request.path, pairs, dict(request.headers)))
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if request.headers.get("Authorization") != expected:
            return web.json_response({"code": 20003, "message": "Authenticate"}, status=401)
        if kind in self.cut:
            assert request.transport is not None
            request.transport.abort()
        if kind in self.hang:
            await self.released.wait()
        status, content = answer
        if isinstance(content, str):
            return web.Response(status=status, text=content)
        return web.json_response(content, status=status)

    async def _create(self, request: web.Request) -> web.Response:
        answer = self.create() if callable(self.create) else self.create
        return await self._answer(request, "create", answer)

    async def _list(self, request: web.Request) -> web.Response:
        return await self._answer(request, "list", self.listed)

    async def _update(self, request: web.Request) -> web.Response:
        answer = self.update.pop(0) if len(self.update) > 1 else self.update[0]
        return await self._answer(request, "update", answer)

    async def _fetch(self, request: web.Request) -> web.Response:
        return await self._answer(request, "fetch", self.fetch)

    async def _account(self, request: web.Request) -> web.Response:
        return await self._answer(request, "account", self.account)
