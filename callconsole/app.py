"""Builds and joins everything but Qt, and owns the order of starting and stopping."""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
from collections.abc import Callable
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
from callconsole.doors import Doors
from callconsole.engine import tasks
from callconsole.engine.archivist import Archivist
from callconsole.engine.clock import SystemClock
from callconsole.engine.console import Console
from callconsole.engine.ports import Microphone, Speaker
from callconsole.engine.recovery import recover
from callconsole.engine.world import PHONE, PRACTICE, STARTING, Habits, Opening, World
from callconsole.readiness import Readiness
from callconsole.settings import Settings
from callconsole.settings_catalogue import Waiting
from callconsole.settings_waiting import waiting

if TYPE_CHECKING:
    from callconsole.lines import Line
    from callconsole.practice.world import PracticeWorld

logger = logging.getLogger(__name__)

# Frames make some hundred short-lived objects a second and call; looking for cycles among them
# every 700 allocations, as Python does, finds nothing.
COLLECT_AFTER = (20_000, 20, 50)
# A call that a dead console has left open is asked for again, where its carrier did not answer.
RECOVER_AGAIN_S = 30.0


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
        doors: our server, and the way to it from the outside.
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
        self._line: Line | None = None
        self._recovering: asyncio.Task[None] | None = None
        self._readiness = Readiness(self.console.report_service, probe_sound)
        self.doors = Doors(self.console, self.data, self._readiness, free_port=at_a_desk)

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
            transcribe_operator=settings.transcribe_operator,
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
        return self.doors.server.port if self.doors.server is not None else 0

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
        return waiting(self.settings, line, self._opened, self._begun)

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
            self._readiness.tell(service, ServiceState.STARTING, "starting")
        self._opened = self.settings
        self.console.set_habits(self._habits())
        # What talks to the outside takes long to import; the window is on screen by now.
        lines, _ = await asyncio.gather(asyncio.to_thread(_import_line, line), self._open_history())
        opened = self._line = await self._made(lines, line, practice)
        await asyncio.gather(self.doors.open_server(opened, self.settings), self._warm_up(opened))
        await self.doors.open_tunnel(opened, self.settings)
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
        await self.doors.open_server(opened, self.settings)
        await self.doors.open_tunnel(opened, self.settings)

    async def switch(self, line: str) -> None:
        """Change the line. Raises RuntimeError while calls live."""
        await self._close_line()
        await self.start(line)

    async def check(self) -> None:
        """Ask the services and the sound device whether they would work now, and report it."""
        if self._line is not None:
            await self._readiness.check(self._line, self._opened)

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
            self._readiness.tell(Service.HISTORY, ServiceState.READY, "calls are kept")

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

    async def _warm_up(self, line: Line) -> None:
        """Take the vendors' slow first use out of the first call."""
        await asyncio.gather(line.carrier.warm_up(), line.agent.warm_up())
        # What was imported stays for good. Searching it for garbage would hold up every call for
        # a tenth of a second now and then.
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)

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
        line, self._line = self._line, None
        await self.doors.close()
        if line is not None:
            await line.close()


def _import_line(line: str) -> ModuleType:
    """Import all that a line needs, for a thread; returns `callconsole.lines`."""
    if line == PRACTICE:
        importlib.import_module("callconsole.practice.world")
    for name in ("metrics", "web.server", "twilio.stream", "twilio.webhooks", "tunnel.probe"):
        importlib.import_module(f"callconsole.adapters.{name}")
    return importlib.import_module("callconsole.lines")
