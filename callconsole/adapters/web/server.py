"""The console's one HTTP server, in the running event loop."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Iterable, Mapping
from typing import Final

from aiohttp import web

from callconsole.adapters.web import answers, control
from callconsole.adapters.web.access import AccessPolicy
from callconsole.adapters.web.answers import Handler
from callconsole.adapters.web.bodies import BODY_BYTES
from callconsole.adapters.web.event_stream import EventStreams
from callconsole.adapters.web.guard import guarded
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.ports import Switchboard

# Twice this, then the handlers' own end: together below the second that `stop` promises.
_HANDLER_GRACE_S: Final = 0.15
_HANDLER_END_S: Final = 0.6
_LOOPBACK: Final = "127.0.0.1"
_log = logging.getLogger(__name__)


class WebServer:
    """Serves the control API and the routes of other adapters.

    Args:
        host: address to listen on.
        port: TCP port, or 0 for any free one.
        switchboard: what the control API drives.
        public_routes: routes of other adapters that look after themselves, such as Twilio's
            webhooks and media socket.
        access: guards the control API and `guarded_pages`.
        guarded_pages: handlers of other adapters for GET, by path, that are as private as the
            control API.
        instance: names this process in `/health`, so that we know ourselves from outside.

    There are two doors. Behind `port` is everything; what is private there is guarded by
    `access`, which has to tell by headers who asks. A tunnel of ours ends at `public_port`:
    nothing but the public routes and a bare `/health` exists there, whatever a request claims.
    """

    def __init__(
        self,
        host: str,
        port: int,
        switchboard: Switchboard,
        public_routes: Iterable[web.RouteDef] = (),
        access: AccessPolicy | None = None,
        guarded_pages: Mapping[str, Handler] | None = None,
        instance: str = "",
    ) -> None:
        self._host = host
        self._wanted_port = port
        self._public_routes = list(public_routes)
        self._switchboard = switchboard
        self._access = access or AccessPolicy()
        self._guarded_pages = dict(guarded_pages or {})
        self._instance = instance
        self._streams = EventStreams(switchboard)
        self._handling: set[asyncio.Task[object]] = set()
        self._runners: list[web.AppRunner] = []
        self._port = 0
        self._public_port = 0

    @property
    def port(self) -> int:
        """The port that is listened on; 0 while stopped."""
        return self._port

    @property
    def public_port(self) -> int:
        """The port on loopback that a tunnel may lead to; 0 while stopped."""
        return self._public_port

    async def start(self) -> None:
        """Listen.

        Raises:
            ProblemError: the address or port cannot be had; says which, and what to do.
        """
        self._port = await self._listen(self._application(), self._host, self._wanted_port)
        self._public_port = await self._listen(self._public_application(), _LOOPBACK, 0)

    async def _listen(self, app: web.Application, host: str, port: int) -> int:
        """Serve an application; returns the port. Raises `ProblemError`."""
        runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=_HANDLER_GRACE_S, keepalive_timeout=30.0
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except (OSError, OverflowError) as error:
            await runner.cleanup()
            raise ProblemError(_cannot_listen(host, port, error)) from error
        self._runners.append(runner)
        return int(runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop listening and end what is open, within a second; safe to call twice."""
        runners, self._runners, self._port, self._public_port = self._runners, [], 0, 0
        self._streams.end_all()
        await asyncio.gather(*(runner.cleanup() for runner in runners))
        if self._handling:
            await asyncio.wait(self._handling, timeout=_HANDLER_END_S)

    def _application(self) -> web.Application:
        app = self._bare_application()
        app.add_routes(
            control.routes(self._switchboard, self._access, self._streams, self._instance)
        )
        app.add_routes(self._public_routes)
        for path, handler in self._guarded_pages.items():
            app.router.add_get(path, guarded(handler, self._access))
        return app

    def _public_application(self) -> web.Application:
        async def health(_: web.Request) -> web.Response:
            return answers.value(control.alive(self._instance))

        app = self._bare_application()
        app.add_routes([web.get("/health", health), *self._public_routes])
        return app

    def _bare_application(self) -> web.Application:
        app = web.Application(
            client_max_size=BODY_BYTES, middlewares=[self._track, answers.answer_errors]
        )
        app.on_response_prepare.append(_name_no_versions)
        return app

    @web.middleware
    async def _track(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Know which handlers are running, so that `stop` can see them end."""
        task = asyncio.current_task()
        if task is None:
            return await handler(request)
        self._handling.add(task)
        try:
            return await handler(request)
        finally:
            self._handling.discard(task)


async def _name_no_versions(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = "callconsole"


def _cannot_listen(host: str, port: int, error: Exception) -> Problem:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE or getattr(error, "winerror", None) == 10048:
        return Problem(
            code="server.port_in_use",
            title=f"Port {port} is in use",
            cause="Another program listens on it, perhaps a second callconsole.",
            cure="Close that program, or choose another port with SERVER_PORT.",
        )
    if number in (errno.EACCES, errno.EPERM) or isinstance(error, OverflowError):
        return Problem(
            code="server.port_refused",
            title=f"Port {port} cannot be used",
            cause="This computer does not let callconsole listen on it.",
            cure="Choose a port from 1024 to 65535 with SERVER_PORT.",
        )
    return Problem(
        code="server.no_address",
        title="The server has no address",
        cause=f"“{host}” is not an address of this computer.",
        cure="Set SERVER_HOST to 127.0.0.1.",
    )
