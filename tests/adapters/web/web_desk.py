"""A running server with an imitated engine, and a client that asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, web
from pydantic import SecretStr

from callconsole.adapters.web.access import AccessPolicy
from callconsole.adapters.web.server import WebServer
from fakes.switchboard import FakeSwitchboard

TUNNEL = {"Host": "desk.ngrok-free.app", "X-Forwarded-For": "203.0.113.7"}
TOKEN = {"Authorization": "Bearer s3cret"}


class Desk:
    """A running server, its switchboard and a client."""

    def __init__(
        self,
        switchboard: FakeSwitchboard,
        server: WebServer,
        client: ClientSession,
        access: AccessPolicy,
    ) -> None:
        self.switchboard = switchboard
        self.access = access
        self.server = server
        self.client = client

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        async with self.client.request(method, self.base + path, **options) as answer:
            assert answer.content_type == "application/json"
            assert answer.headers["Server"] == "callconsole"
            return answer.status, await answer.json()


@asynccontextmanager
async def open_web_desk(
    routes: tuple[web.RouteDef, ...] = (), pages: Mapping[str, Any] | None = None
) -> AsyncIterator[Desk]:
    switchboard = FakeSwitchboard()
    access = AccessPolicy(SecretStr("s3cret"))
    server = WebServer(
        "127.0.0.1", 0, switchboard, routes, access, guarded_pages=pages, instance="this-one"
    )
    await server.start()
    async with ClientSession() as client:
        yield Desk(switchboard, server, client, access)
    await server.stop()


def error_of(body: Any) -> Any:
    assert set(body) == {"error"}
    assert {"code", "title", "cause", "cure", "link"} <= set(body["error"])
    return body["error"]
