"""A server with nothing but a beacon on it, for a look from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from callconsole.adapters.tunnel.beacon import HEALTH_PATH, Beacon


@asynccontextmanager
async def alone(beacon: Beacon, host: str, port: int) -> AsyncIterator[int]:
    """Serve nothing but the beacon, and yield its port.

    Args:
        beacon: what is shown.
        host: address to listen on.
        port: TCP port, or 0 for any free one.

    Yields:
        The port.

    Raises:
        OSError: the port cannot be had.
    """

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "instance": beacon.instance})

    app = web.Application()
    app.add_routes([web.get(HEALTH_PATH, health), *beacon.routes()])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.15)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
