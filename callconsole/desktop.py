"""Opens the window: Qt, the asyncio loop inside it, and the console behind both."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from qasync import QEventLoop

from callconsole import paths
from callconsole.adapters import portaudio
from callconsole.adapters.portaudio.player import PortAudioPlayer
from callconsole.agent_choices import AgentChoices
from callconsole.app import App
from callconsole.checkup.examiner import Examiner
from callconsole.checkup.first_start import FirstStart
from callconsole.domain import phone
from callconsole.domain.checkup import ActionKind
from callconsole.domain.incoming import Incoming
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks
from callconsole.engine.world import PHONE, PRACTICE
from callconsole.leaving import Leave
from callconsole.practice.callees import CALLEES, Reaction
from callconsole.practice.callers import CALLERS
from callconsole.settings import Settings, missing_for_phone, trust_certificates
from callconsole.settings_store import SettingsStore, fixed_store
from callconsole.ui import theme
from callconsole.ui.main_window import MainWindow
from callconsole.ui.pages import GUIDE
from callconsole.ui.window_memory import WindowMemory
from callconsole.viewmodels.collector import Collector
from callconsole.viewmodels.desk import PracticeCallee
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.settings_desk import SettingsAccess
from callconsole.viewmodels.settings_page import SettingsPage
from callconsole.viewmodels.tunnel_remedies import TunnelRemedies

logger = logging.getLogger(__name__)

# A window that starts minimised is not painted for a long time.
FIRST_PAINT_S = 1.0
_PULSE_MS = 200
_UNSEEN_PLATFORMS = frozenset({"offscreen", "minimal"})
ICONS = {
    "A person": "user",
    "An interrupter": "scissors",
    "Busy": "phone-x",
    "No answer": "phone-slash",
    "Declined": "phone-disconnect",
    "A voicemail": "voicemail",
    "A wrong number": "user-focus",
    "A short hello": "chat",
    "A long hello": "chat-text",
    "A business": "storefront",
    "Hangs up": "hand-waving",
    "Never hangs up": "clock",
    "Presses keys": "dots-nine",
    "Wants a human": "user-list",
    "Has no time": "calendar-plus",
    "A silent voicemail": "voicemail",
    "A pausing voicemail": "pause-circle",
    "Call screening": "shield-check",
    "A phone menu": "list-numbers",
    "A fax machine": "printer",
    "Silence": "speaker-none",
    "Only noise": "waves",
    "A colleague": "headset",
    "A busy colleague": "phone-x",
    "An absent colleague": "phone-slash",
    "Unreachable": "warning",
}

_CALLS_LIVE = Problem(
    "server.calls_live",
    "The port was not changed",
    "A call is live, and it is reached at the present port.",
    "Change it once the call is over.",
)


def run(store: SettingsStore, leave: Leave | None = None) -> int:
    """Show the window until it is closed; returns the exit code.

    What is wrong in the environment or in `.env` is shown in the window, which then opens on the
    practice line.

    Args:
        store: the settings.
        leave: has watched since before the imports whether the program is to end.
    """
    fault = ProblemError(store.fault) if store.fault is not None else None
    trust_certificates(store.settings)
    return in_window(store.settings, lambda: Desktop(store.settings, fault, store).run(leave))


def show_problem(problem: Problem, leave: Leave) -> None:
    """Say in a window of its own why there will be no other; blocks until it is closed."""
    qt = QApplication.instance() or QApplication(sys.argv[:1])
    if isinstance(qt, QApplication) and qt.platformName() not in _UNSEEN_PLATFORMS:
        box, pulse = problem_box(problem), QTimer()
        leave.tell(box.reject)
        # Python looks for signals only where it runs, and Qt waits outside it.
        pulse.timeout.connect(lambda: None)
        pulse.start(_PULSE_MS)
        box.exec()


def problem_box(problem: Problem) -> QMessageBox:
    """The window that says it, not shown yet."""
    box = QMessageBox(QMessageBox.Icon.Critical, "callconsole", problem.title)
    box.setInformativeText(f"{problem.cause}\n\n{problem.cure}")
    box.setTextFormat(Qt.TextFormat.PlainText)
    return box


def in_window(settings: Settings, work: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run to its end, in Qt's loop, what `work` makes once there is a Qt application."""
    qt = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(qt, QApplication):
        raise TypeError("another Qt application without widgets is running")
    qt.setApplicationName("callconsole")
    WindowMemory(paths.data_folder(settings.data_dir)).dress(qt, settings.theme)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(qt)) as runner:
        return runner.run(work())


class Desktop:
    """Joins the window and the app; the window is shown first, then the line comes up.

    Attributes:
        window: the main window.
        app: the console behind it.
        models: the state that the window shows.
    """

    def __init__(
        self,
        settings: Settings,
        fault: ProblemError | None = None,
        store: SettingsStore | None = None,
    ) -> None:
        """Build everything; nothing is started.

        Args:
            settings: every setting that is known before the keychain is asked.
            fault: what is wrong with them.
            store: where they are kept; without one they are fixed, as in tests.
        """
        self._fault = fault
        # Closing the window ends `run`, which still has calls to end while the loop goes on.
        QApplication.setQuitOnLastWindowClosed(False)
        self._closed = asyncio.Event()
        self._first_painted = asyncio.Event()
        self.app = App(
            settings,
            speaker=portaudio.PortAudioSpeaker(),
            microphone=portaudio.PortAudioMicrophone(),
            probe_sound=portaudio.probe,
            at_a_desk=True,
        )
        self._player = PortAudioPlayer(self._on_played)
        self._collector = Collector()
        self._shown = settings
        self.store = store or fixed_store(settings, self.app.data)
        self.models = self._build_models(settings)
        self.window = MainWindow(self.models)
        self._memory = WindowMemory(self.app.data)
        self._memory.restore(self.window, self.models.listening, self.models.guide)
        # Settings that somebody made for one window, as tests do, are not to be completed.
        if store is not None and self.models.guide is not None and self.models.guide.wanted:
            self.window.open_page(GUIDE)
        self.window.closed.connect(self._closed.set)
        self.window.first_painted.connect(self._first_painted.set)

    async def run(self, leave: Leave | None = None) -> int:
        """Show the window, bring the line up behind it, and wait until it is closed.

        Ctrl+C in the terminal ends the program as the close button does, calls included.
        """
        (leave or Leave()).tell(self._closed.set)
        self.window.show()
        # The first paint comes before anything heavy is imported.
        await self._painted()
        starting = None
        if not self._closed.is_set():
            tasks.start(asyncio.to_thread(phone.warm_up), name="places")
            starting = tasks.start(self._start(), self._on_fault, "start")
        await self._closed.wait()
        await tasks.stop(starting)
        self._memory.keep(self.window, self.models.listening, self.models.guide)
        await self.models.finish()
        self._player.stop_file()
        self.models.close()
        await self.app.stop()
        self._collector.stop()
        return 0

    async def _start(self) -> None:
        try:
            # The keychain may ask a person to unlock it; the window is there meanwhile.
            await self.store.recall()
            self._settings_page.refresh()
            await self.app.start(PRACTICE if self._missing() else PHONE)
        except ProblemError as error:
            self._on_fault(error)
        self.models.recall()
        self.models.checkup.line_opened()

    async def _painted(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_PAINT_S):
                await self._first_painted.wait()

    @property
    def _settings_page(self) -> SettingsPage:
        page = self.models.settings
        if page is None:
            raise RuntimeError("the models were built without settings")
        return page

    def _missing(self) -> list[Problem]:
        """What real calls lack now."""
        fault = self._fault
        return [fault.problem] if fault is not None else missing_for_phone(self.app.settings)

    def _on_applied(self) -> None:
        """The settings are others: what the window itself goes by follows."""
        former, self._shown = self._shown, self.app.settings
        self.models.set_missing(self._missing())
        if self._shown.record != former.record:
            self.models.dialler.set_recording(self._shown.record)
        self.models.set_incoming_on(self._shown.incoming is Incoming.ASK)
        if self._shown.prompt != former.prompt:
            self.models.dialler.choose_prompt(self._shown.prompt)
        qt = QApplication.instance()
        if self._shown.theme != former.theme and isinstance(qt, QApplication):
            theme.apply(qt, self._shown.theme)

    def _build_models(self, settings: Settings) -> Models:
        callees = [
            PracticeCallee(c.number, c.name, c.description, ICONS.get(c.name, "user"))
            for c in CALLEES
            if c.reaction is not Reaction.UNVERIFIED
        ]
        offers = AgentChoices(
            lambda: self.app.line, lambda: self.app.settings, self.app.data / "samples"
        )
        models = Models(
            self.app.console,
            self.app.prompts,
            callees=callees,
            callers=[
                PracticeCallee(c.number, c.name, c.description, "phone-incoming") for c in CALLERS
            ],
            call_in=self._call_in,
            incoming_on=settings.incoming is Incoming.ASK,
            missing=self._missing(),
            choose_line=self._choose_line,
            player=self._player,
            check=self._check,
            remedy=TunnelRemedies(self._download_ngrok, self._stop_download, self._retry_tunnel),
            examiner=Examiner(
                self.app,
                self.app.doors.look_from_outside,
                incoming_path=self.app.incoming_path,
                country=lambda: self.models.dialler.region,
                devices=lambda: (self.models.listening.speaker, self.models.listening.microphone),
                source=self.store.source,
            ),
            deeds={
                ActionKind.DOWNLOAD: self._fetch_ngrok,
                ActionKind.PORT: self._use_port,
                ActionKind.NUMBER: self._ring_here,
            },
            prompt=settings.prompt,
            recording=settings.record,
            settings=SettingsAccess(self.store, offers, self.app),
            probes=FirstStart(
                self.app, self.app.doors.try_address, self.app.doors.look_from_outside
            ),
        )
        if models.settings is not None:
            models.settings.applied.connect(self._on_applied)
        return models

    def _choose_line(self, line: str) -> None:
        if line != self.app.console.line:
            tasks.start(self._switch(line), self._on_fault, "switch the line")

    async def _switch(self, line: str) -> None:
        self.models.checkup.stop()
        try:
            await self.app.switch(line)
        finally:
            self.models.checkup.line_opened()

    def _call_in(self, number: str) -> None:
        """Have somebody on the practice line call."""
        line = self.app.line
        if line is not None and line.practice is not None:
            line.practice.carrier.call_in(next(c for c in CALLERS if c.number == number))

    def _check(self) -> None:
        tasks.start(self.app.check(), self._on_fault, "check")
        if self.app.console.line == PHONE:
            self.models.checkup.start(aloud=False)

    def _download_ngrok(self) -> None:
        if self.app.doors.reach is not None:
            tasks.start(self.app.doors.reach.download(), self._on_fault, "download")

    def _stop_download(self) -> None:
        if self.app.doors.reach is not None:
            self.app.doors.reach.stop_download()

    def _retry_tunnel(self) -> None:
        if self.app.doors.reach is not None:
            tasks.start(self.app.doors.reach.retry(), self._on_fault, "try the tunnel again")

    async def _fetch_ngrok(self, _what: str) -> None:
        if self.app.doors.reach is not None:
            await self.app.doors.reach.download()

    async def _use_port(self, port: str) -> None:
        """Set another port and open the line on it, once no call is live."""
        if self.app.console.live_calls():
            raise ProblemError(_CALLS_LIVE)
        await self.store.save("server_port", port)
        self.app.apply(self.store.settings)
        self._settings_page.refresh()
        await self._switch(self.app.console.line)

    async def _ring_here(self, _address: str) -> None:
        await self.app.ring_here()

    def _on_played(self) -> None:
        self.models.playback.finished()

    def _on_fault(self, error: BaseException) -> None:
        if isinstance(error, ProblemError):
            logger.warning("%s", error.problem.sentence())
        else:
            logger.error("something failed behind the window", exc_info=error)
