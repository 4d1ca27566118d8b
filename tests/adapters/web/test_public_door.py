"""The door that a tunnel leads to: the public routes, and nothing else, whatever is claimed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_desk import TOKEN, TUNNEL, Desk, open_web_desk

PRIVATE = [
    ("GET", "/"),
    ("POST", "/place-call"),
    ("GET", "/calls"),
    ("GET", "/calls/CA1"),
    ("GET", "/calls/CA1/events"),
    ("POST", "/calls/CA1/hang-up"),
    ("GET", "/history"),
    ("GET", "/private"),
    ("GET", "//calls"),
    ("GET", "/health/../calls"),
    ("GET", "/webhook/%2e%2e/calls"),
    ("OPTIONS", "/calls"),
]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async def webhook(_: web.Request) -> web.Response:
        return web.json_response({"seen": True})

    routes = (web.post("/webhook", webhook),)
    async with open_web_desk(routes, {"/private": webhook}) as desk:
        yield desk


def forged(desk: Desk) -> list[dict[str, str]]:
    """As it comes through a tunnel, and dressed up as what is let in at the other door."""
    local = f"127.0.0.1:{desk.server.port}"
    return [
        TUNNEL,
        {**TUNNEL, **TOKEN},
        {"Host": local},
        {"Host": local, **TOKEN},
        {"Host": f"127.0.0.1:{desk.server.public_port}"},
        {"Host": local, "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": local},
        {"Host": local, "X-Original-URL": "/calls", "X-Rewrite-URL": "/calls"},
        {"Host": local, "Forwarded": "for=127.0.0.1", "X-HTTP-Method-Override": "GET"},
    ]


@pytest.mark.parametrize(("method", "path"), PRIVATE)
async def test_nothing_private_exists_there(desk: Desk, method: str, path: str) -> None:
    base = f"http://127.0.0.1:{desk.server.public_port}"
    for headers in forged(desk):
        async with desk.client.request(method, base + path, headers=headers) as answer:
            assert answer.status == 404
            assert "calls" not in await answer.text()


async def test_the_public_routes_are_there(desk: Desk) -> None:
    base = f"http://127.0.0.1:{desk.server.public_port}"
    async with desk.client.post(base + "/webhook", headers=TUNNEL) as answer:
        assert await answer.json() == {"seen": True}
    for headers in forged(desk):
        async with desk.client.get(base + "/health", headers=headers) as answer:
            assert await answer.json() == {"status": "ok", "instance": "this-one"}
            assert answer.headers["Server"] == "callconsole"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(path=st.text(st.characters(codec="ascii", categories=("L", "N", "P")), max_size=30))
async def test_no_other_path_answers(path: str) -> None:
    async with open_web_desk() as desk:
        base = f"http://127.0.0.1:{desk.server.public_port}"
        async with desk.client.get(f"{base}/{path}", headers=TUNNEL) as answer:
            known = answer.url.path == "/health"
            assert answer.status == (200 if known else 404)


async def test_both_doors_close(desk: Desk) -> None:
    assert desk.server.public_port
    await desk.server.stop()
    assert (desk.server.port, desk.server.public_port) == (0, 0)


async def test_trust_can_be_taken_from_loopback(desk: Desk) -> None:
    status, _ = await desk.ask("GET", "/calls")
    assert status == 200
    desk.access.trust_nobody()
    status, body = await desk.ask("GET", "/calls")
    assert (status, body["error"]["code"]) == (403, "access.outside")
    assert (await desk.ask("GET", "/calls", headers=TOKEN))[0] == 200
    assert (await desk.ask("GET", "/health"))[1] == {"status": "ok", "instance": "this-one"}
