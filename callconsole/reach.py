"""Opens the way from the outside to our server, keeps an eye on it, and tells how it is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from callconsole.adapters.tunnel.beacon import Beacon
from callconsole.adapters.tunnel.faults import LookError
from callconsole.adapters.tunnel.fixed import FixedAddress
from callconsole.adapters.tunnel.lookout import Lookout, Pace, Sight
from callconsole.adapters.tunnel.ngrok import NgrokTunnel
from callconsole.adapters.tunnel.probe import TunnelProbe, probe
from callconsole.adapters.web.server import WebServer
from callconsole.domain.events import Service, ServiceChanged, ServiceState
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks
from callconsole.engine.ports import Tunnel
from callconsole.lines import Line

logger = logging.getLogger(__name__)

SETTLING_S = 1.0

Report = Callable[[ServiceChanged], None]


class Reach:
    """The tunnel of one line, from its opening to its end.

    Args:
        line: whose tunnel it is, and whose address is set once it is up.
        server: what the tunnel leads to.
        beacon: what the server shows to our own look from outside.
        report: told each state of `Service.TUNNEL`.
        on_open_door: called where a proxy opens the control interface to the world.
        ca_file: authorities to trust instead of the system's, PEM.
        pace: how often to look from outside.
    """

    def __init__(
        self,
        line: Line,
        server: WebServer,
        beacon: Beacon,
        report: Report,
        *,
        on_open_door: Callable[[], None],
        ca_file: Path | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._line = line
        self._server = server
        self._beacon = beacon
        self._report = report
        self._on_open_door = on_open_door
        self._ca_file = ca_file
        self._pace = pace
        self._up = False
        self._warned = ""
        self._looking: asyncio.Task[None] | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Bring the tunnel up; where it does not come up, that is reported."""
        tunnel = self._line.tunnel
        if isinstance(tunnel, NgrokTunnel):
            tunnel.on_lost, tunnel.on_restored = self._on_lost, self._on_restored
        # Somebody else's proxy leads to the port that was set; all else ends at the public door.
        own = isinstance(tunnel, FixedAddress)
        port = self._server.port if own else self._server.public_port
        self._tell(ServiceState.STARTING, "starting")
        try:
            self._line.address.url = await tunnel.open(port)
        except ProblemError as error:
            self._on_lost(error.problem)
            return
        self._on_restored(self._line.address.url or "")

    async def close(self) -> None:
        """Stop looking and fetching; the line closes its tunnel itself."""
        await tasks.stop(self._fetching)
        await tasks.stop(self._looking)
        self._up = False

    async def probe(self) -> TunnelProbe:
        """Look from outside now, by HTTP and WebSocket. Raises `ProblemError`."""
        return await _settled(self._line.address.url or "", self._beacon, self._ca_file)

    # What a person may ask for ----------------------------------------------------------------

    async def retry(self) -> None:
        """Look again where the tunnel is up; bring it up where it is not."""
        if self._up:
            self._look_out()
        elif self._fetching is None or self._fetching.done():
            await self.open()

    async def download(self) -> None:
        """Fetch the ngrok program and open the tunnel with it; both are reported.

        Returns when it is done, failed or stopped; does nothing while one is under way.
        """
        if self._fetching is not None and not self._fetching.done():
            return
        self._fetching = tasks.start(self._fetch(), name="download ngrok")
        await asyncio.wait({self._fetching})

    def stop_download(self) -> None:
        """Stop fetching; nothing is kept."""
        if self._fetching is not None:
            self._fetching.cancel()

    async def _fetch(self) -> None:
        tunnel = self._line.tunnel
        if not isinstance(tunnel, NgrokTunnel):
            return
        self._tell_progress("")
        try:
            await tunnel.download(lambda progress: self._tell_progress(progress.told()))
        except ProblemError as error:
            self._fail(error.problem)
        except asyncio.CancelledError:
            self._fail(STOPPED)
            raise
        else:
            await self.open()

    # What happens by itself -------------------------------------------------------------------

    def _on_lost(self, problem: Problem) -> None:
        self._up = False
        if self._looking is not None:
            self._looking.cancel()
        self._fail(problem)

    def _on_restored(self, url: str) -> None:
        self._up = True
        self._tell(ServiceState.READY, self._shown(url))
        self._look_out()

    def _look_out(self) -> None:
        """Begin to look; on the practice line there is no outside."""
        former, url = self._looking, self._line.address.url
        if self._line.practice is not None or url is None:
            return
        lookout = Lookout(
            url,
            self._beacon,
            self._on_sight,
            on_open_door=self._on_open_door,
            ca_file=self._ca_file,
            pace=self._pace,
        )

        async def look() -> None:
            await tasks.stop(former)
            await lookout.run()

        self._looking = tasks.start(look(), name="look from outside")

    def _on_sight(self, sight: Sight) -> None:
        if not self._up:
            return
        code = sight.problem.code if sight.problem is not None else ""
        if code and code != self._warned:
            logger.warning("the tunnel is %s: %s", sight.state.value, code)
        self._warned = code
        took_ms = sight.round_trip_ms
        self._report(
            ServiceChanged(
                service=Service.TUNNEL,
                state=sight.state,
                detail="" if sight.state is ServiceState.FAILED else self._shown_now(),
                problem=sight.problem,
                round_trip_ms=None if took_ms is None else max(1, round(took_ms)),
            )
        )

    # What is told -----------------------------------------------------------------------------

    def _shown_now(self) -> str:
        return self._shown(self._line.address.url or "")

    def _shown(self, url: str) -> str:
        return "practice line" if self._line.practice is not None else urlsplit(url).netloc

    def _tell(self, state: ServiceState, detail: str, problem: Problem | None = None) -> None:
        self._report(
            ServiceChanged(service=Service.TUNNEL, state=state, detail=detail, problem=problem)
        )

    def _tell_progress(self, how_far: str) -> None:
        told = f"{how_far} so far." if how_far else "It has just begun."
        problem = Problem(DOWNLOADING, "Downloading the ngrok program", told, "")
        self._tell(ServiceState.STARTING, "downloading", problem)

    def _fail(self, problem: Problem) -> None:
        logger.warning("the tunnel is not ready: %s", problem.code)
        self._tell(ServiceState.FAILED, "", problem)


async def try_tunnel(
    tunnel: Tunnel, server: WebServer, beacon: Beacon, ca_file: Path | None = None
) -> tuple[str, TunnelProbe]:
    """Open a tunnel to a server that runs already, reach it from outside, and close it again.

    Returns:
        The public address, and the round trips through it.

    Raises:
        ProblemError: the tunnel does not come up, or what a look found wrong.
    """
    port = server.port if isinstance(tunnel, FixedAddress) else server.public_port
    try:
        address = await tunnel.open(port)
        return address, await _settled(address, beacon, ca_file)
    finally:
        await tunnel.close()


async def _settled(address: str, beacon: Beacon, ca_file: Path | None) -> TunnelProbe:
    """Look; a tunnel that has just come up may need a moment, so the first failure is forgiven."""
    try:
        return await probe(address, beacon, ca_file=ca_file)
    except LookError:
        await asyncio.sleep(SETTLING_S)
    return await probe(address, beacon, ca_file=ca_file)


DOWNLOADING = "ngrok.downloading"
STOPPED = Problem(
    "ngrok.download_stopped",
    "The tunnel needs the ngrok program",
    "Its download was stopped.",
    "Choose Download when you are ready, or install ngrok yourself.",
    "https://ngrok.com/download",
)
