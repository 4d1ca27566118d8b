"""A site that offers the ngrok program, to unmodified pyngrok's addresses, with its faults."""

from __future__ import annotations

import asyncio
import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from aiohttp import web
from pyngrok import installer

from callconsole.adapters.tunnel import program
from support import standin_ngrok

PROGRAM = bytes(range(256)) * 8000


def tgz(name: str = program.NAME, content: bytes = PROGRAM) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as rolled:
        for member, inside in (("README", b"no program"), (name, content)):
            info = tarfile.TarInfo(member)
            info.size = len(inside)
            rolled.addfile(info, io.BytesIO(inside))
    return packed.getvalue()


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr(program.NAME, PROGRAM)
    return packed.getvalue()


class Site:
    """Sends `archive`; cuts it off after `sent` bytes and then closes, or waits."""

    def __init__(self) -> None:
        self.archive = tgz()
        self.sent: int | None = None
        self.waits = False
        self.status = 200
        self.says_length = True
        self.asked = 0
        self.waiting = asyncio.Event()
        self._let_go = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def start(self, monkeypatch: pytest.MonkeyPatch) -> None:
        app = web.Application()
        app.router.add_get("/{name}", self._send)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.lead(monkeypatch, f"{self._base}/ngrok-v3.tgz")

    def lead(self, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
        monkeypatch.setattr(installer, "PLATFORMS", dict.fromkeys(installer.PLATFORMS, url))

    def lead_to_zip(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lead(monkeypatch, f"{self._base}/ngrok-v3.zip")

    async def stop(self) -> None:
        self._let_go.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _send(self, request: web.Request) -> web.StreamResponse:
        self.asked += request.method == "GET"
        answer = web.StreamResponse(status=self.status)
        if self.says_length:
            answer.content_length = len(self.archive)
        await answer.prepare(request)
        if request.method == "HEAD":
            return answer
        await answer.write(self.archive[: self.sent])
        if self.waits:
            self.waiting.set()
            await self._let_go.wait()
        if self.sent is not None and request.transport is not None:
            request.transport.close()
        return answer


def offer_the_stand_in(site: Site, data: Path) -> None:
    program = standin_ngrok.write(data / "ngrok")
    site.archive = tgz(content=program.read_bytes())
    program.unlink()
