"""The way to the outside as the app opens it: measured, lost, mended, downloaded, and changed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession

from callconsole import headless
from callconsole.adapters.tunnel import ngrok
from callconsole.adapters.tunnel.fixed import FixedAddress
from callconsole.app import App
from callconsole.domain import events
from callconsole.domain.call import Outcome
from callconsole.domain.events import Event, Service, ServiceChanged, ServiceState
from callconsole.domain.problems import ProblemError
from callconsole.practice.callees import CALLEES, hastened
from callconsole.practice.world import PracticeWorld
from support import standin_ngrok
from support.download_site import Site, offer_the_stand_in
from support.phone_line import settings_for
from support.tls_edge import TlsEdge, tls_edge

NUMBERS = {callee.name: callee.number for callee in CALLEES}
OLD, NEW = "https://old.example.com", "https://new.example.com"


@pytest.fixture
async def world() -> AsyncIterator[PracticeWorld]:
    made = PracticeWorld(callees=hastened())
    await made.start()
    yield made
    await made.stop()


class Heard:
    """What an app told of its tunnel."""

    def __init__(self, app: App) -> None:
        self._told: asyncio.Queue[ServiceChanged] = asyncio.Queue()
        app.console.subscribe(self._keep)

    def _keep(self, event: Event) -> None:
        if isinstance(event, ServiceChanged) and event.service is Service.TUNNEL:
            self._told.put_nowait(event)

    async def until(self, true: Callable[[ServiceChanged], bool]) -> ServiceChanged:
        while not true(change := await self._told.get()):
            pass
        return change

    async def code(self, code: str) -> ServiceChanged:
        return await self.until(lambda it: it.problem is not None and it.problem.code == code)

    async def measured(self) -> ServiceChanged:
        return await self.until(lambda it: it.round_trip_ms is not None)

    async def ready(self) -> ServiceChanged:
        return await self.until(lambda it: it.state is ServiceState.READY)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def behind_a_proxy(
    world: PracticeWorld, folder: Path, *, hides: bool = False
) -> AsyncIterator[tuple[App, Heard, TlsEdge]]:
    port = free_port()
    async with tls_edge(folder / "edge", port) as edge:
        edge.hides = hides
        both = folder / "both.pem"
        both.write_bytes(edge.ca_file.read_bytes() + world.agent.ca_file.read_bytes())
        settings = settings_for(
            world, folder, server_port=port, server_base_url=edge.address, ssl_cert_file=both
        )
        app = App(settings)
        heard = Heard(app)
        await app.start("phone")
        yield app, heard, edge
        await app.stop()


async def test_an_own_address_is_measured(world: PracticeWorld, tmp_path: Path) -> None:
    async with behind_a_proxy(world, tmp_path) as (app, heard, edge):
        up = await heard.measured()
        assert up.state is ServiceState.READY
        assert up.detail == edge.address.removeprefix("https://")
        assert app.console.obstacles() == []
        assert app.doors.reach is not None
        found = await app.doors.reach.probe()
        assert found.health_ms > 0
        assert found.websocket_ms > 0


async def test_the_doctor_looks_without_a_console(world: PracticeWorld, tmp_path: Path) -> None:
    port = free_port()
    async with tls_edge(tmp_path / "edge", port) as edge:
        settings = settings_for(
            world,
            tmp_path,
            server_port=port,
            server_base_url=edge.address,
            ssl_cert_file=edge.ca_file,
        )
        app = App(settings)
        await app.open_line("phone")
        found = await app.doors.look_from_outside(edge.address)
        assert found.websocket_ms > 0
        await app.stop()
        with socket.create_server(("127.0.0.1", port)):
            blocked = App(settings)
            await blocked.open_line("phone")
            with pytest.raises(ProblemError) as caught:
                await blocked.doors.look_from_outside(edge.address)
            await blocked.stop()
        assert caught.value.problem.code == "address.no_server"


async def test_the_doctor_ends_the_tunnel_that_it_opened(
    world: PracticeWorld, tmp_path: Path
) -> None:
    program = standin_ngrok.write(tmp_path / "bin")
    settings = settings_for(world, tmp_path, ngrok_authtoken="token", ngrok_path=program)
    app = App(settings)
    await app.open_line("phone")
    # Nothing leads from the stand-in's address to us.
    with pytest.raises(ProblemError) as caught:
        await app.doors.look_from_outside("")
    assert caught.value.problem.code in ("tunnel.unknown_host", "tunnel.no_answer")
    assert [it["post"] for it in standin_ngrok.notes(program) if "post" in it]
    await app.stop()
    assert not psutil.pid_exists(standin_ngrok.notes(program)[0]["pid"])


async def test_a_wrong_address_keeps_calls_back_until_it_is_mended(
    world: PracticeWorld, tmp_path: Path
) -> None:
    async with behind_a_proxy(world, tmp_path) as (app, heard, edge):
        await heard.measured()
        edge.answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        assert app.doors.reach is not None
        await app.doors.reach.retry()
        await heard.code("tunnel.another_server")
        assert [it.code for it in app.console.obstacles()] == ["tunnel.another_server"]
        edge.answer = None
        await app.doors.reach.retry()
        await heard.measured()
        assert app.console.obstacles() == []


async def test_a_proxy_that_hides_its_clients_shuts_the_control_interface(
    world: PracticeWorld, tmp_path: Path
) -> None:
    async with behind_a_proxy(world, tmp_path, hides=True) as (app, heard, _):
        told = await heard.measured()
        assert told.state is ServiceState.DEGRADED
        assert told.problem is not None
        assert told.problem.code == "tunnel.open_door"
        assert app.console.obstacles() == []
        async with ClientSession(f"http://127.0.0.1:{app.port}") as http:
            assert (await http.get("/calls")).status == 403
            assert "services" not in await (await http.get("/health")).json()


async def test_an_address_that_changes_in_a_call_does_not_end_it(
    world: PracticeWorld, tmp_path: Path
) -> None:
    app = App(settings_for(world, tmp_path, server_base_url=OLD))
    await app.start("phone")
    world.carrier.edge.map(OLD, f"http://127.0.0.1:{app.port}")
    answered, over = asyncio.Event(), asyncio.Event()

    def watch(event: Event) -> None:
        if isinstance(event, events.StreamStarted):
            answered.set()
        if isinstance(event, events.CallEnded):
            over.set()

    app.console.subscribe(watch)
    call = await app.console.place_call(NUMBERS["A person"])
    await answered.wait()
    assert app.line is not None
    assert app.doors.reach is not None
    app.line.tunnel = FixedAddress(NEW)
    await app.doors.reach.open()
    assert app.line.address.url == NEW
    world.carrier.edge.map(NEW, f"http://127.0.0.1:{app.port}")
    await app.console.hang_up(call.sid)
    await over.wait()
    ended = app.console.call(call.sid)
    assert ended is not None
    assert ended.ending is not None
    assert ended.ending.outcome is Outcome.COMPLETED
    assert app.line.signature.refused == 0
    # The next one is placed with the new address, and the old one may go.
    world.carrier.edge.unmap(OLD)
    over.clear()
    await app.console.place_call(NUMBERS["Busy"])
    await over.wait()
    assert list(world.carrier.alerts) == []
    await app.stop()


async def test_our_own_tunnel_leads_to_the_public_door_and_comes_back(
    world: PracticeWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ngrok, "WATCH_INTERVAL_S", 0.05)
    monkeypatch.setattr(ngrok, "RETRY_S", (0.05,))
    program = standin_ngrok.write(tmp_path / "bin")
    app = App(settings_for(world, tmp_path, ngrok_authtoken="token", ngrok_path=program))
    heard = Heard(app)
    await app.start("phone")
    assert (await heard.ready()).detail == standin_ngrok.DEFAULT_URL.removeprefix("https://")
    posted = next(it["asked"] for it in standin_ngrok.notes(program) if "post" in it)
    upstream = posted["upstream"]["url"]
    assert upstream != f"http://127.0.0.1:{app.port}"
    async with ClientSession(upstream) as http:
        assert (await http.get("/health")).status == 200
        assert (await http.get("/calls")).status == 404
    os.kill(standin_ngrok.notes(program)[0]["pid"], signal.SIGKILL)
    lost = await heard.code("ngrok.lost")
    assert lost.state is ServiceState.FAILED
    await heard.ready()
    assert app.line is not None
    assert app.line.address.url == standin_ngrok.DEFAULT_URL
    await app.stop()


@pytest.fixture
async def site(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    made = Site()
    await made.start(monkeypatch)
    monkeypatch.setattr("shutil.which", lambda _: None)
    yield made
    await made.stop()


async def test_the_program_is_asked_for_and_then_fetched(
    world: PracticeWorld, site: Site, tmp_path: Path
) -> None:
    offer_the_stand_in(site, tmp_path)
    app = App(settings_for(world, tmp_path, ngrok_authtoken="token"))
    heard = Heard(app)
    await app.start("phone")
    asked = await heard.code("ngrok.program_missing")
    assert asked.state is ServiceState.FAILED
    assert asked.problem is not None
    assert " MB" in asked.problem.cause
    assert site.asked == 0
    assert app.doors.reach is not None
    await app.doors.reach.download()
    await heard.code("ngrok.downloading")
    assert (await heard.ready()).problem is None
    assert app.console.obstacles() == []
    assert site.asked == 1
    await app.stop()


async def test_a_download_that_is_stopped_can_be_asked_for_again(
    world: PracticeWorld, site: Site, tmp_path: Path
) -> None:
    site.waits, site.sent = True, 100
    app = App(settings_for(world, tmp_path, ngrok_authtoken="token"))
    heard = Heard(app)
    await app.start("phone")
    assert app.doors.reach is not None
    fetching = asyncio.create_task(app.doors.reach.download())
    await site.waiting.wait()
    await app.doors.reach.retry()
    app.doors.reach.stop_download()
    await fetching
    await heard.code("ngrok.download_stopped")
    assert [it.code for it in app.console.obstacles()] == ["ngrok.download_stopped"]
    site.waits, site.sent = False, 100
    await app.doors.reach.download()
    await heard.code("ngrok.not_downloaded")
    await app.stop()


async def test_closing_stops_a_download(world: PracticeWorld, site: Site, tmp_path: Path) -> None:
    site.waits, site.sent = True, 100
    app = App(settings_for(world, tmp_path, ngrok_authtoken="token"))
    await app.start("phone")
    assert app.doors.reach is not None
    fetching = asyncio.create_task(app.doors.reach.download())
    await site.waiting.wait()
    await app.stop()
    await fetching
    assert list((tmp_path / "ngrok").iterdir()) == []


async def test_serve_downloads_only_when_it_is_told_to(
    world: PracticeWorld, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer_the_stand_in(site, tmp_path)
    said: asyncio.Queue[str] = asyncio.Queue()
    monkeypatch.setattr(headless, "say", lambda text, _stream=None: said.put_nowait(text))
    settings = settings_for(world, tmp_path, ngrok_authtoken="token")

    async def served(last: str, *, download: bool) -> list[str]:
        running = asyncio.create_task(headless.serve(settings, "phone", download_ngrok=download))
        lines = [await said.get()]
        while last not in lines[-1]:
            lines.append(await said.get())
        os.kill(os.getpid(), signal.SIGTERM)
        assert await running == 0
        while not said.empty():
            said.get_nowait()
        return lines

    lines = await served("--download-ngrok", download=False)
    assert lines[0].startswith("callconsole is ready")
    assert site.asked == 0
    lines = await served("is ready", download=True)
    assert lines[0] == "Downloading the ngrok program."
    assert standin_ngrok.DEFAULT_URL in lines[-1]
    assert site.asked == 1
