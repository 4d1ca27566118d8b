"""Builds and joins everything but Qt, and owns the order of starting and stopping."""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from callconsole import __version__, paths
from callconsole.adapters.file_prompts import FilePrompts
from callconsole.adapters.history import SqlHistory
from callconsole.adapters.price_file import read_prices
from callconsole.domain.costs import Prices, Tariff
from callconsole.domain.events import Service, ServiceChanged, ServiceState
from callconsole.domain.incoming import Incoming
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks
from callconsole.engine.archivist import Archivist
from callconsole.engine.checkup import OutsideAnswer
from callconsole.engine.clock import SystemClock
from callconsole.engine.console import Console
from callconsole.engine.ports import Microphone, Speaker
from callconsole.engine.recovery import recover
from callconsole.engine.world import PHONE, PRACTICE, STARTING, Habits, Opening, World
from callconsole.settings import Settings
from callconsole.settings_catalogue import CATALOGUE, Effect, Waiting

if TYPE_CHECKING:
    from callconsole.adapters.metrics import Metrics
    from callconsole.adapters.tunnel.beacon import Beacon
    from callconsole.adapters.web.access import AccessPolicy
    from callconsole.adapters.web.server import WebServer
    from callconsole.lines import Line
    from callconsole.practice.world import PracticeWorld
    from callconsole.reach import Reach

logger = logging.getLogger(__name__)

# Frames make some hundred short-lived objects a second and call; looking for cycles among them
# every 700 allocations, as Python does, finds nothing.
COLLECT_AFTER = (20_000, 20, 50)
# A call that a dead console has left open is asked for again, where its carrier did not answer.
RECOVER_AGAIN_S = 30.0
# Of what belongs to a line, the practice line goes by these alone.
PRACTICE_USES = frozenset(
    {
        "affective_dialog", "api_token", "gemini_model", "gemini_voice", "proactive_audio",
        "server_host", "server_port",
        "vertex_location", "vertex_project_id",
    }
)  # fmt: skip


class App:
    """One console with its server, on one line at a time.

    Args:
        settings: every setting.
        speaker: this computer's sound output; None where nobody listens.
        microphone: its sound input; None where nobody speaks.
        probe_sound: names the sound device; blocks, and raises `ProblemError` without one.
        at_a_desk: a person watches a few calls: listen for barge-in ourselves, which costs a
            fifth more of the processor, and take a free port for practice where the set one is
            taken. A server does neither unless it is told.

    Attributes:
        console: the engine's façade.
        history: what is kept of calls.
        prompts: the operator's prompts.
        reach: the open line's tunnel, which can be asked to try again or to download what it
            needs; None while no line is open.
        data: folder of recordings and prompts.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        speaker: Speaker | None = None,
        microphone: Microphone | None = None,
        probe_sound: Callable[[], str] | None = None,
        at_a_desk: bool = False,
    ) -> None:
        self.settings = settings
        self._probe_sound = probe_sound
        self._at_a_desk = at_a_desk
        self.data = paths.data_folder(settings.data_dir)
        self.prompts = FilePrompts(self.data / "prompts", paths.shipped("prompts"))
        self.history = SqlHistory(self.data / "history", self._on_history_problem)
        self._prices = self._read_prices()
        # What the open line was built from, and what only a new start can change.
        self._opened = self._begun = settings
        self._clock = SystemClock()
        self.console = Console(
            prompts=self.prompts,
            clock=self._clock,
            habits=self._habits(),
            recordings=self.recordings,
            speaker=speaker,
            microphone=microphone,
            history=self.history,
            version=__version__,
        )
        self.console.set_recording(settings.record)
        self._archivist = Archivist(self.history, self.console.call, self.console.figures)
        self.console.subscribe(self._archivist.listen)
        self._metrics: Metrics | None = None
        self._line: Line | None = None
        self._server: WebServer | None = None
        self._made_doors: tuple[Beacon, AccessPolicy] | None = None
        self._recovering: asyncio.Task[None] | None = None
        self.reach: Reach | None = None

    @property
    def recordings(self) -> Path:
        """Where calls are recorded."""
        return self.data / "recordings"

    def _habits(self) -> Habits:
        settings = self.settings
        early = settings.early_barge_in
        return Habits(
            settings.prompt,
            gate=settings.gate,
            undecided=settings.undecided,
            thresholds=settings.thresholds,
            detect_machine=settings.amd,
            max_calls=settings.max_calls,
            incoming=settings.incoming,
            ring_timeout_s=settings.ring_s,
            time_limit_s=settings.time_limit_s,
            opening=Opening(settings.opening),
            # The model that is on the line, not one that waits for the next start.
            tariff=Tariff(self._prices, self._opened.gemini_model),
            reads_along=settings.while_you_speak == "callee",
            early_barge_in=self._at_a_desk if early is None else early,
        )

    def _read_prices(self) -> Prices:
        prices = read_prices(self.data, paths.resources())
        if prices.problem is not None:
            logger.warning("%s", prices.problem.sentence())
        return prices

    @property
    def line(self) -> Line | None:
        """The line that is open, or None."""
        return self._line

    @property
    def port(self) -> int:
        """The port our server listens on; 0 while it does not."""
        return self._server.port if self._server is not None else 0

    # Other settings ---------------------------------------------------------------------------

    def apply(self, settings: Settings) -> None:
        """Take other settings; live calls go on as they began.

        What belongs to calls counts from the next one on, what belongs to the line once it is
        opened again (`waiting`), the rest from the next start of the program.
        """
        record = settings.record != self.settings.record
        self.settings = settings
        self.console.set_habits(self._habits())
        if record:
            self.console.set_recording(settings.record)

    def waiting(self) -> Waiting:
        """What was set and does not count yet."""
        line = self._line.name if self._line is not None else None
        differs = {
            info: getattr(self._opened, info.name) != getattr(self.settings, info.name)
            for info in CATALOGUE
            if info.effect is Effect.NEXT_LINE and (line == PHONE or info.name in PRACTICE_USES)
        }
        return Waiting(
            line=tuple(info.name for info, other in differs.items() if other and line is not None),
            start=tuple(
                info.name
                for info in CATALOGUE
                if info.effect is Effect.NEXT_START
                and getattr(self._begun, info.name) != getattr(self.settings, info.name)
            ),
        )

    async def reconnect(self) -> None:
        """Open the present line again, or the practice line where none is open.

        Raises RuntimeError while calls live, `ProblemError` where the line lacks a setting.
        """
        await self.switch(self._line.name if self._line is not None else PRACTICE)

    # Starting ---------------------------------------------------------------------------------

    async def start(self, line: str, *, practice: PracticeWorld | None = None) -> None:
        """Open a line: server, tunnel, then a look at both services.

        A part that fails is reported with its problem; the rest comes up all the same.

        Args:
            line: `PRACTICE` or `PHONE`.
            practice: the practice services to use; None makes new ones.

        Raises:
            ProblemError: the phone line lacks a setting.
        """
        for service in (Service.SERVER, Service.TUNNEL, Service.CARRIER, Service.AGENT):
            self._report(service, ServiceState.STARTING, "starting")
        self._opened = self.settings
        self.console.set_habits(self._habits())
        # What talks to the outside takes long to import; the window is on screen by now.
        lines, _ = await asyncio.gather(asyncio.to_thread(_import_line, line), self._open_history())
        opened = self._line = await self._made(lines, line, practice)
        await asyncio.gather(self._open_server(opened), self._warm_up(opened))
        await self._open_tunnel(opened)
        self.console.connect(World(opened.name, opened.carrier, opened.agent, opened.address.url))
        self._recovering = tasks.start(self._recover(opened), name="recover")
        await self.check()

    async def open_line(self, line: str, *, practice: PracticeWorld | None = None) -> None:
        """Open a line's server and tunnel for a check-up; no history, and no calls.

        What another console has left open is not touched. `stop` closes it all.

        Raises:
            ProblemError: the phone line lacks a setting.
        """
        lines = await asyncio.to_thread(_import_line, line)
        opened = self._line = await self._made(lines, line, practice)
        await self._open_server(opened)
        await self._open_tunnel(opened)

    async def switch(self, line: str) -> None:
        """Change the line. Raises RuntimeError while calls live."""
        await self._close_line()
        await self.start(line)

    async def check(self) -> None:
        """Ask the services and the sound device whether they would work now, and report it."""
        line = self._line
        if line is None:
            return
        await asyncio.gather(
            self._look(Service.CARRIER, line.carrier.check()),
            self._look(Service.AGENT, self._agent_check(line)),
            self._look_at_sound(),
        )

    async def _made(self, lines: ModuleType, line: str, practice: PracticeWorld | None) -> Line:
        opened: Line = (
            lines.open_phone(self.settings, self.data)
            if line == PHONE
            else await lines.open_practice(self.settings, practice)
        )
        return opened

    async def _open_history(self) -> None:
        try:
            await self.history.open()
        except ProblemError as error:
            self._on_history_problem(error.problem)
            return
        # A broken file that was set aside is told, and stays told.
        if Service.HISTORY not in self.console.services():
            self._report(Service.HISTORY, ServiceState.READY, "calls are kept")

    def _on_history_problem(self, problem: Problem) -> None:
        """Calls go on without a history; somebody should know."""
        logger.error("%s", problem.sentence())
        self.console.report_service(
            ServiceChanged(
                service=Service.HISTORY, state=ServiceState.FAILED, detail="", problem=problem
            )
        )

    async def _recover(self, line: Line) -> None:
        """End what a console that died has left open, on the line that can be reached now."""
        carriers = {line.name: line.carrier}
        while self.history.problem is None:
            left = await recover(self.history, self.recordings, carriers.get, self._clock)
            if not left:
                return
            await asyncio.sleep(RECOVER_AGAIN_S)

    async def _agent_check(self, line: Line) -> str:
        await line.agent.check()
        if line.name == PRACTICE:
            return "practice agent"
        model = self._opened.gemini_model
        return f"{model} on Vertex AI" if self._opened.both_back_ends else model

    async def _look_at_sound(self) -> None:
        if self._probe_sound is not None:
            await self._look(Service.SOUND, asyncio.to_thread(self._probe_sound))

    async def _warm_up(self, line: Line) -> None:
        """Take the vendors' slow first use out of the first call."""
        await asyncio.gather(line.carrier.warm_up(), line.agent.warm_up())
        # What was imported stays for good. Searching it for garbage would hold up every call for
        # a tenth of a second now and then.
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)

    async def _open_server(self, line: Line) -> None:
        server = self._build_server(line, self.settings.server_port)
        try:
            await server.start()
        except ProblemError as error:
            if line.name != PRACTICE or not self._at_a_desk:
                self._fail(Service.SERVER, error.problem)
                return
            server = self._build_server(line, 0)
            await server.start()
        self._server = server
        self._report(Service.SERVER, ServiceState.READY, f"port {server.port}")

    def _build_server(self, line: Line, port: int) -> WebServer:
        from callconsole.adapters.metrics import Metrics
        from callconsole.adapters.twilio import stream, webhooks
        from callconsole.adapters.web.server import WebServer

        # One for every line, so that its counters go on when the line changes.
        self._metrics = self._metrics or Metrics(self.console.subscribe, __version__)
        beacon, access = self._doors()
        public = [
            *beacon.routes(),
            *webhooks.routes(self.console, line.signature),
            *stream.routes(self.console, line.signature, account_sid=line.account_sid),
        ]
        return WebServer(
            self.settings.server_host,
            port,
            self.console,
            public,
            access,
            self._metrics.pages(),
            beacon.instance,
        )

    def _doors(self) -> tuple[Beacon, AccessPolicy]:
        """What the server shows to all, and whom it lets in; the same when the line changes, so
        that what a proxy has opened to the world stays shut.
        """
        if self._made_doors is None:
            from callconsole.adapters.tunnel.beacon import Beacon
            from callconsole.adapters.web.access import AccessPolicy

            self._made_doors = (Beacon(), AccessPolicy(self.settings.api_token))
        return self._made_doors

    async def _open_tunnel(self, line: Line) -> None:
        if self._server is None:
            self._report(Service.TUNNEL, ServiceState.OFF, "no server")
            return
        from callconsole.reach import Reach

        beacon, access = self._doors()
        self.reach = Reach(
            line,
            self._server,
            beacon,
            self.console.report_service,
            on_open_door=access.trust_nobody,
            ca_file=self.settings.ssl_cert_file,
        )
        await self.reach.open()

    def incoming_path(self) -> str | None:
        """Path of our address for incoming calls where they are taken, else None."""
        from callconsole.adapters.twilio.addresses import INCOMING_PATH

        return INCOMING_PATH if self.settings.incoming is Incoming.ASK else None

    async def ring_here(self) -> None:
        """Have the phone company send calls to our number to this console.

        Raises:
            ProblemError: no line is open, or the phone company does not do it.
        """
        if self._line is None:
            raise ProblemError(STARTING)
        carrier = self._line.carrier
        await carrier.account.lead_here(carrier.number, self._line.address())

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

        if self._server is None:
            raise ProblemError(_no_server("The server that the address should lead to"))
        tunnel = tunnel_for(settings, self.data)
        beacon, _ = self._doors()
        url, seen = await try_tunnel(tunnel, self._server, beacon, settings.ssl_cert_file)
        return url, OutsideAnswer(seen.health_ms, seen.websocket_ms)

    async def _look(self, service: Service, check: Awaitable[str]) -> None:
        try:
            detail = await check
        except ProblemError as error:
            self._fail(service, error.problem)
            return
        self._report(service, ServiceState.READY, detail)

    # Stopping ---------------------------------------------------------------------------------

    async def stop(self) -> None:
        """End live calls, then close everything in reverse order."""
        await self.console.stop()
        await self._archivist.close()
        await self._close_line()
        await self.history.close()

    async def _close_line(self) -> None:
        self.console.connect(None)
        await tasks.stop(self._recovering)
        line, server, reach = self._line, self._server, self.reach
        self._line = self._server = self.reach = None
        if reach is not None:
            await reach.close()
        if server is not None:
            await server.stop()
        if line is not None:
            await line.close()

    def _report(self, service: Service, state: ServiceState, detail: str) -> None:
        self.console.report_service(ServiceChanged(service=service, state=state, detail=detail))

    def _fail(self, service: Service, problem: Problem) -> None:
        logger.warning("%s is not ready: %s", service.value, problem.code)
        self.console.report_service(
            ServiceChanged(
                service=service,
                state=ServiceState.FAILED,
                detail="",
                problem=problem,
            )
        )


def _no_server(which: str) -> Problem:
    return Problem(
        "address.no_server",
        "Nothing of ours is behind the address",
        f"{which} is not running here.",
        "Cure the server's port first, then check again.",
    )


def _import_line(line: str) -> ModuleType:
    """Import all that a line needs, for a thread; returns `callconsole.lines`."""
    if line == PRACTICE:
        importlib.import_module("callconsole.practice.world")
    for name in ("metrics", "web.server", "twilio.stream", "twilio.webhooks", "tunnel.probe"):
        importlib.import_module(f"callconsole.adapters.{name}")
    return importlib.import_module("callconsole.lines")
