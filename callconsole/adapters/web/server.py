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
_log = logging.getLogger(__name__)


class WebServer:
    """Serves the control API and the routes of other adapters.

    Args:
        host: address to listen on.
        port: TCP port, or 0 for any free one.
        switchboard: what the control API drives.
        extra_routes: routes of other adapters, such as Twilio's webhooks and media socket.
        access: guards the control API and `guarded_pages`.
        guarded_pages: handlers of other adapters for GET, by path, that are as private as the
            control API.
    """

    def __init__(
        self,
        host: str,
        port: int,
        switchboard: Switchboard,
        extra_routes: Iterable[web.RouteDef] = (),
        access: AccessPolicy | None = None,
        guarded_pages: Mapping[str, Handler] | None = None,
    ) -> None:
        self._host = host
        self._wanted_port = port
        self._extra_routes = list(extra_routes)
        self._switchboard = switchboard
        self._access = access or AccessPolicy()
        self._guarded_pages = dict(guarded_pages or {})
        self._streams = EventStreams(switchboard)
        self._handling: set[asyncio.Task[object]] = set()
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def port(self) -> int:
        """The port that is listened on; 0 while stopped."""
        return self._port

    async def start(self) -> None:
        """Listen.

        Raises:
            ProblemError: the address or port cannot be had; says which, and what to do.
        """
        runner = web.AppRunner(
            self._application(),
            access_log=None,
            shutdown_timeout=_HANDLER_GRACE_S,
            keepalive_timeout=30.0,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._wanted_port).start()
        except (OSError, OverflowError) as error:
            await runner.cleanup()
            raise ProblemError(_cannot_listen(self._host, self._wanted_port, error)) from error
        self._runner = runner
        self._port = int(runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop listening and end what is open, within a second; safe to call twice."""
        runner, self._runner, self._port = self._runner, None, 0
        if runner is None:
            return
        self._streams.end_all()
        await runner.cleanup()
        if self._handling:
            await asyncio.wait(self._handling, timeout=_HANDLER_END_S)

    def _application(self) -> web.Application:
        app = web.Application(
            client_max_size=BODY_BYTES, middlewares=[self._track, answers.answer_errors]
        )
        app.add_routes(control.routes(self._switchboard, self._access, self._streams))
        app.add_routes(self._extra_routes)
        for path, handler in self._guarded_pages.items():
            app.router.add_get(path, guarded(handler, self._access))
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
