"""The doors of the console: our server, and the way to it from the outside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from callconsole import __version__
from callconsole.domain.events import Service, ServiceState
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.checkup import OutsideAnswer
from callconsole.engine.console import Console
from callconsole.engine.world import PRACTICE
from callconsole.readiness import Readiness
from callconsole.settings import Settings

if TYPE_CHECKING:
    from callconsole.adapters.metrics import Metrics
    from callconsole.adapters.tunnel.beacon import Beacon
    from callconsole.adapters.web.access import AccessPolicy
    from callconsole.adapters.web.server import WebServer
    from callconsole.lines import Line
    from callconsole.reach import Reach


class Doors:
    """Opens server and tunnel for one line at a time; what does not open is reported.

    What they are made of takes long to import, so that it is imported with the first line.

    Attributes:
        server: what listens, or None.
        reach: the open line's tunnel, which can be asked to try again or to download what it
            needs; None while there is none.
    """

    def __init__(
        self, console: Console, data: Path, readiness: Readiness, *, free_port: bool
    ) -> None:
        """Nothing is opened yet.

        Args:
            console: what the server leads to.
            data: folder for what a tunnel needs.
            readiness: told how server and tunnel are.
            free_port: take a free port for practice where the set one is taken.
        """
        self._console = console
        self._data = data
        self._readiness = readiness
        self._free_port = free_port
        self._metrics: Metrics | None = None
        self._keepers: tuple[Beacon, AccessPolicy] | None = None
        self.server: WebServer | None = None
        self.reach: Reach | None = None

    async def open_server(self, line: Line, settings: Settings) -> None:
        """Listen for this line."""
        server = self._build_server(line, settings, settings.server_port)
        try:
            await server.start()
        except ProblemError as error:
            if line.name != PRACTICE or not self._free_port:
                self._readiness.fail(Service.SERVER, error.problem)
                return
            server = self._build_server(line, settings, 0)
            await server.start()
        self.server = server
        self._readiness.tell(Service.SERVER, ServiceState.READY, f"port {server.port}")

    async def open_tunnel(self, line: Line, settings: Settings) -> None:
        """Lead this line's address to the server that listens."""
        if self.server is None:
            self._readiness.tell(Service.TUNNEL, ServiceState.OFF, "no server")
            return
        from callconsole.reach import Reach

        beacon, access = self._at_the_door(settings)
        self.reach = Reach(
            line,
            self.server,
            beacon,
            self._console.report_service,
            on_open_door=access.trust_nobody,
            ca_file=settings.ssl_cert_file,
        )
        await self.reach.open()

    async def close(self) -> None:
        """Close what is open, the tunnel's watch first; the line closes its tunnel itself."""
        server, reach = self.server, self.reach
        self.server = self.reach = None
        if reach is not None:
            await reach.close()
        if server is not None:
            await server.stop()

    async def look_from_outside(self, address: str) -> OutsideAnswer:
        """Reach our server through its public address, as the phone company does.

        Raises:
            ProblemError: it does not lead to us, or nothing of ours is behind it.
        """
        if self.reach is None:
            raise ProblemError(_no_server(f"The server that {address} should lead to"))
        seen = await self.reach.probe()
        return OutsideAnswer(seen.health_ms, seen.websocket_ms)

    async def try_address(self, settings: Settings) -> tuple[str, OutsideAnswer]:
        """Open the way to the outside that other settings name, for a moment, and reach us by it.

        For the practice line, whose server nobody outside reaches. Raises `ProblemError`.
        """
        from callconsole.lines import tunnel_for
        from callconsole.reach import try_tunnel

        if self.server is None:
            raise ProblemError(_no_server("The server that the address should lead to"))
        tunnel = tunnel_for(settings, self._data)
        beacon, _ = self._at_the_door(settings)
        url, seen = await try_tunnel(tunnel, self.server, beacon, settings.ssl_cert_file)
        return url, OutsideAnswer(seen.health_ms, seen.websocket_ms)

    def _build_server(self, line: Line, settings: Settings, port: int) -> WebServer:
        from callconsole.adapters.metrics import Metrics
        from callconsole.adapters.twilio import stream, webhooks
        from callconsole.adapters.web.server import WebServer

        # One for every line, so that its counters go on when the line changes.
        self._metrics = self._metrics or Metrics(self._console.subscribe, __version__)
        beacon, access = self._at_the_door(settings)
        public = [
            *beacon.routes(),
            *webhooks.routes(self._console, line.signature),
            *stream.routes(self._console, line.signature, account_sid=line.account_sid),
        ]
        return WebServer(
            settings.server_host,
            port,
            self._console,
            public,
            access,
            self._metrics.pages(),
            beacon.instance,
        )

    def _at_the_door(self, settings: Settings) -> tuple[Beacon, AccessPolicy]:
        """What the server shows to all, and whom it lets in; the same when the line changes, so
        that what a proxy has opened to the world stays shut.
        """
        if self._keepers is None:
            from callconsole.adapters.tunnel.beacon import Beacon
            from callconsole.adapters.web.access import AccessPolicy

            self._keepers = (Beacon(), AccessPolicy(settings.api_token))
        return self._keepers


def _no_server(which: str) -> Problem:
    return Problem(
        "address.no_server",
        "Nothing of ours is behind the address",
        f"{which} is not running here.",
        "Cure the server's port first, then check again.",
    )
