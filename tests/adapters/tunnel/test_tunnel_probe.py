"""The look from outside, through TLS and a proxy, at what answers there and how it is wrong."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from callconsole.adapters.tunnel.beacon import TOKEN_HEADER, Beacon
from callconsole.adapters.tunnel.faults import LookError
from callconsole.adapters.tunnel.probe import probe
from callconsole.adapters.web.server import WebServer
from fakes.switchboard import FakeSwitchboard
from support.beacon_alone import alone
from support.tls_edge import TlsEdge, tls_edge


@pytest.fixture
def beacon() -> Beacon:
    return Beacon()


@pytest.fixture
async def edge(beacon: Beacon, tmp_path: Path) -> AsyncIterator[TlsEdge]:
    async with alone(beacon, "127.0.0.1", 0) as port, tls_edge(tmp_path / "edge", port) as made:
        yield made


async def fault(edge: TlsEdge, beacon: Beacon, **options: object) -> LookError:
    options = {"ca_file": edge.ca_file, "limit_s": 2.0, **options}
    with pytest.raises(LookError) as caught:
        await probe(edge.address, beacon, **options)
    problem = caught.value.problem
    assert problem.cause.endswith(".")
    assert problem.cure.endswith(".")
    return caught.value


def answer(status: str, body: str = "", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


async def test_our_own_server_is_known_and_timed(edge: TlsEdge, beacon: Beacon) -> None:
    found = await probe(edge.address + "/", beacon, ca_file=edge.ca_file)
    assert 0 < found.health_ms < 2000
    assert 0 < found.websocket_ms < 2000


async def test_both_times_are_round_trips(edge: TlsEdge, beacon: Beacon) -> None:
    edge.delay_s = 0.05
    found = await probe(edge.address, beacon, ca_file=edge.ca_file)
    assert found.health_ms >= 50
    assert found.websocket_ms >= 50


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answer("404 Not Found", "nothing here"), "tunnel.another_server"),
        (answer("200 OK", "<html>Welcome!</html>"), "tunnel.another_server"),
        (answer("200 OK", '["instance"]'), "tunnel.another_server"),
        (answer("200 OK", "x" * 70_000), "tunnel.another_server"),
        (answer("200 OK", '{"instance": "of somebody else"}'), "tunnel.another_console"),
        (answer("301 Moved", "", "Location: https://example.com/"), "tunnel.redirects"),
        (answer("502 Bad Gateway"), "tunnel.gateway"),
        (answer("404 Not Found", "", "ngrok-error-code: ERR_NGROK_3200"), "ngrok.3200"),
        (answer("502 Bad Gateway", "failed (ERR_NGROK_8012)"), "ngrok.8012"),
        (answer("403 Forbidden", "", "Ngrok-Error-Code: ERR_NGROK_727"), "ngrok.727"),
    ],
)
async def test_who_else_answers_is_told(
    edge: TlsEdge, beacon: Beacon, reply: bytes, code: str
) -> None:
    edge.answer = reply
    found = await fault(edge, beacon)
    assert found.problem.code == code
    assert found.answered


async def test_another_callconsole_is_not_us(edge: TlsEdge) -> None:
    assert (await fault(edge, Beacon())).problem.code == "tunnel.another_console"


async def test_a_certificate_that_nobody_trusts_is_told(edge: TlsEdge, beacon: Beacon) -> None:
    found = await fault(edge, beacon, ca_file=None)
    assert found.problem.code == "tunnel.certificate"
    assert found.answered


async def test_a_proxy_without_websockets_would_have_no_sound(
    edge: TlsEdge, beacon: Beacon
) -> None:
    edge.upgrades = False
    found = await fault(edge, beacon)
    assert found.problem.code == "tunnel.no_websocket"
    assert found.answered


async def test_nobody_answers(edge: TlsEdge, beacon: Beacon) -> None:
    await edge.stop()
    found = await fault(edge, beacon)
    assert found.problem.code == "tunnel.refused"
    assert not found.answered


async def test_nobody_answers_in_time(edge: TlsEdge, beacon: Beacon) -> None:
    edge.delay_s = 30
    assert (await fault(edge, beacon, limit_s=0.3)).problem.code == "tunnel.no_answer"


async def test_a_name_that_does_not_exist(beacon: Beacon) -> None:
    with pytest.raises(LookError) as caught:
        await probe("https://desk.invalid", beacon, limit_s=3)
    assert caught.value.problem.code in ("tunnel.unknown_host", "tunnel.no_answer")
    assert not caught.value.answered


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "junk://127.0.0.1:9"])
async def test_a_proxy_that_leads_nowhere_is_told_as_that(
    beacon: Beacon, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    """The client raises ValueError for one of a strange kind, which ended the lookout."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(LookError) as caught:
        await probe("https://desk.example", beacon, limit_s=5)
    assert caught.value.problem.code == "tunnel.proxy"
    assert "HTTPS_PROXY" in caught.value.problem.cure
    assert not caught.value.answered


async def test_no_tls_at_all(beacon: Beacon) -> None:
    async with alone(beacon, "127.0.0.1", 0) as port:
        with pytest.raises(LookError) as caught:
            await probe(f"https://127.0.0.1:{port}", beacon, limit_s=2)
    assert caught.value.problem.code == "tunnel.no_tls"


async def test_the_real_server_is_known_at_both_doors(beacon: Beacon, tmp_path: Path) -> None:
    server = WebServer("127.0.0.1", 0, FakeSwitchboard(), beacon.routes(), instance=beacon.instance)
    await server.start()
    async with tls_edge(tmp_path / "edge") as edge:
        for port in (server.port, server.public_port):
            edge.target = port
            await probe(edge.address, beacon, ca_file=edge.ca_file)
    await server.stop()


async def test_a_proxy_that_hides_where_requests_come_from_is_found(
    beacon: Beacon, tmp_path: Path
) -> None:
    server = WebServer("127.0.0.1", 0, FakeSwitchboard(), beacon.routes(), instance=beacon.instance)
    await server.start()
    async with tls_edge(tmp_path / "edge", server.port) as edge:
        edge.hides = True
        assert (await fault(edge, beacon)).problem.code == "tunnel.open_door"
        # The door of a tunnel cannot be opened by any header.
        edge.target = server.public_port
        await probe(edge.address, beacon, ca_file=edge.ca_file)
    await server.stop()


async def test_an_echo_takes_one_token_once(beacon: Beacon) -> None:
    async with (
        alone(beacon, "127.0.0.1", 0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        token = beacon.token()
        for given in ("", "wrong", "ü", token[:-1]):
            assert (await http.get("/tunnel-echo", headers={TOKEN_HEADER: given})).status == 404
        async with http.ws_connect("/tunnel-echo", headers={TOKEN_HEADER: token}) as line:
            await line.send_str("round")
            assert await line.receive_str() == "round"
            await line.send_bytes(b"only text")
            assert (await line.receive()).type is aiohttp.WSMsgType.CLOSE
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect("/tunnel-echo", headers={TOKEN_HEADER: token})
        assert refused.value.status == 404


async def test_a_long_message_ends_the_echo(beacon: Beacon) -> None:
    async with (
        alone(beacon, "127.0.0.1", 0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
        http.ws_connect("/tunnel-echo", headers={TOKEN_HEADER: beacon.token()}) as line,
    ):
        await line.send_str("x" * 5000)
        assert (await line.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_a_token_of_yesterday_opens_nothing(
    beacon: Beacon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callconsole.adapters.tunnel.beacon.TOKEN_LIFE_S", -1.0)
    async with (
        alone(beacon, "127.0.0.1", 0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        asked = await http.get("/tunnel-echo", headers={TOKEN_HEADER: beacon.token()})
        assert asked.status == 404


async def test_echoes_are_few_at_a_time(beacon: Beacon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callconsole.adapters.tunnel.beacon.SOCKETS", 1)
    async with (
        alone(beacon, "127.0.0.1", 0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
        http.ws_connect("/tunnel-echo", headers={TOKEN_HEADER: beacon.token()}),
    ):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect("/tunnel-echo", headers={TOKEN_HEADER: beacon.token()})
        assert refused.value.status == 503


async def test_a_taken_port_is_an_error_of_the_caller(beacon: Beacon) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match=r"in use|Errno"):
            async with alone(beacon, "127.0.0.1", taken.getsockname()[1]):
                pytest.fail("the port is taken")
