"""All view models of one window, joined to one another and to the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from callconsole.domain.call import Call
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt
from callconsole.engine.checkup import Examiner
from callconsole.engine.ports import Prompts
from callconsole.viewmodels.alerts import Alerts
from callconsole.viewmodels.answer_card import AnswerCard
from callconsole.viewmodels.call_detail import CallDetail
from callconsole.viewmodels.call_list import CallList
from callconsole.viewmodels.checkup import Checkup, Deeds
from callconsole.viewmodels.desk import Desk, PracticeCallee
from callconsole.viewmodels.dialler import Dialler
from callconsole.viewmodels.guide import Guide
from callconsole.viewmodels.guide_desk import GuideProbes
from callconsole.viewmodels.incoming_calls import IncomingCalls
from callconsole.viewmodels.listening import Listening
from callconsole.viewmodels.live_call import LiveCall
from callconsole.viewmodels.live_list import LiveList
from callconsole.viewmodels.moments import Moments
from callconsole.viewmodels.operator import Operator
from callconsole.viewmodels.parties import Parties
from callconsole.viewmodels.playback import MICROPHONE_OPEN, Playback, Player
from callconsole.viewmodels.prompt_shelf import PromptShelf
from callconsole.viewmodels.relay import Relay
from callconsole.viewmodels.services import Remedy, Services
from callconsole.viewmodels.session_calls import SessionCalls
from callconsole.viewmodels.settings_desk import SettingsAccess
from callconsole.viewmodels.settings_page import SettingsPage
from callconsole.viewmodels.transfer_form import TransferForm
from callconsole.viewmodels.voice_choice import VoiceChoice


class Models(QObject):
    """What a window needs; build one, hand it to `MainWindow`, close it at the end.

    Args:
        desk: the engine.
        prompts: where prompts are kept.
        callees: who can be called on the practice line.
        callers: who can be asked to call there.
        call_in: has one of them call, by number.
        incoming_on: whether calls to the operator are let in to begin with.
        missing: what real calls lack; the phone line is closed while there is something.
        choose_line: switches the engine to "practice" or "phone".
        player: plays recordings, or None where there is none.
        check: has every part checked again, or None where that cannot be asked.
        remedy: what a button can do about a part's problem, or None.
        examiner: makes the check-up, or None where there is none.
        deeds: what the buttons of its rows can do.
        prompt: the prompt to begin with.
        recording: whether calls are recorded to begin with.
        listen: whether listening in is on to begin with.
        settings: what the Settings page needs, or None where there is no such page.
        probes: tries out what the guide is told, or None where there is no guide.

    Signals:
        incoming_on_changed: calls to the operator are let in now, or no longer; see `incoming_on`.
    """

    incoming_on_changed = Signal()

    def __init__(
        self,
        desk: Desk,
        prompts: Prompts,
        *,
        callees: Sequence[PracticeCallee] = (),
        callers: Sequence[PracticeCallee] = (),
        call_in: Callable[[str], None] | None = None,
        incoming_on: bool = False,
        missing: Sequence[Problem] = (),
        choose_line: Callable[[str], None] | None = None,
        player: Player | None = None,
        check: Callable[[], None] | None = None,
        remedy: Callable[[Problem], Remedy | None] | None = None,
        examiner: Examiner | None = None,
        deeds: Deeds | None = None,
        prompt: str | None = None,
        region: str = "US",
        recording: bool = True,
        listen: bool = False,
        settings: SettingsAccess | None = None,
        probes: GuideProbes | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk = desk
        self.check = check
        self._prompts = prompts
        self._was_live = self._was_on_the_line = False
        self.parties = Parties(callees, callers)
        self.call_in = call_in
        self._incoming_on = incoming_on
        self.relay = Relay(desk, self)
        self.services = Services(desk, self.relay, missing, self, remedy=remedy)
        self.checkup = Checkup(desk, self.relay, examiner, deeds, self)
        self.dialler = Dialler(
            desk,
            region=region,
            recording=recording,
            missing=missing,
            choose_line=choose_line,
            parent=self,
        )
        self.live = LiveCall(desk, self.relay, self.parties, lambda: self.dialler.recording, self)
        self.operator = Operator(desk, self.live, self)
        self.transfer = TransferForm(desk, self.live, self.operator, region, self)
        self.answer = AnswerCard(desk, self.live, self.relay, self)
        self.listening = Listening(desk, self.relay, on=listen, parent=self)
        self.lines = LiveList(desk, self.live, self.parties, self.listening, self)
        self.incoming = IncomingCalls(desk, self.live, self.lines, self.parties, self)
        self.incoming.prompt = lambda: self.dialler.prompt
        self.alerts = Alerts(desk, self.relay, self.parties, self)
        self.playback = Playback(player, self)
        self.moments = Moments(desk, self.live, self.playback, self.listening, self)
        self.recents = SessionCalls(self.parties, self)
        self.history = CallList(desk, self.relay, self.parties, parent=self)
        self.detail = CallDetail(desk, self.relay, self.parties, self.playback, parent=self)
        self.shelf = PromptShelf(prompts, region, self)
        self.settings: SettingsPage | None = None
        self.voices: VoiceChoice | None = None
        self.guide: Guide | None = None
        if settings is not None:
            self._build_settings(settings, probes, callees[0].number if callees else "")
        self._join()
        self._list_prompts()
        if prompt is not None:
            self.dialler.choose_prompt(prompt)

    def _build_settings(
        self, access: SettingsAccess, probes: GuideProbes | None, practice_number: str
    ) -> None:
        """The Settings page, and the guide that fills it in where values can be tried out."""
        self.settings = SettingsPage(self.desk, self.relay, access, self)
        self.voices = VoiceChoice(access.offers, self.playback, self)
        if probes is not None:
            self.guide = Guide(
                self.desk,
                access,
                probes,
                self.settings,
                dialler=self.dialler,
                checkup=self.checkup,
                listening=self.listening,
                practice_number=practice_number,
                parent=self,
            )

    def set_missing(self, missing: Sequence[Problem]) -> None:
        """What real calls lack is another now."""
        self.services.set_missing(missing)
        self.dialler.set_missing(missing)

    @property
    def incoming_on(self) -> bool:
        """Whether somebody who calls is let in."""
        return self._incoming_on

    def set_incoming_on(self, on: bool) -> None:
        """Calls to the operator are let in from now on, or turned away."""
        if on != self._incoming_on:
            self._incoming_on = on
            self.incoming_on_changed.emit()

    async def finish(self) -> None:
        """Let what is being saved reach the disk; before `close`."""
        if self.guide is not None:
            await self.guide.finish()
        if self.settings is not None:
            await self.settings.finish()
        if self.voices is not None:
            await self.voices.finish()

    def close(self) -> None:
        """Stop following the engine and playing."""
        if self.guide is not None:
            self.guide.close()
        if self.settings is not None:
            self.settings.close()
        self.moments.stop()
        self.playback.stop()
        self.checkup.close()
        self.live.stop_clock()
        self.lines.close()
        self.operator.close()
        self.history.close()
        self.detail.close()
        self.relay.close()

    def recall(self) -> None:
        """Show what the history keeps and what is connected; to be called once both are there."""
        self.listening.look_for_devices()
        self.recents.recall(self.desk)
        self.history.renew()

    def _join(self) -> None:
        dialler, live = self.dialler, self.live
        dialler.started.connect(live.begin)
        dialler.stepped.connect(live.add_step)
        dialler.placed.connect(live.placed)
        dialler.failed.connect(live.fail)
        dialler.failed.connect(self.recents.add_failure)
        live.calls_changed.connect(self._on_calls_changed)
        live.failed_unseen.connect(dialler.show_problem)
        live.ended.connect(self._on_ended)
        self.services.changed.connect(dialler.services_changed)
        self.checkup.blocking_changed.connect(dialler.services_changed)
        self.shelf.names_changed.connect(self._list_prompts)
        self.listening.changed.connect(self._on_volume)
        self.listening.devices_changed.connect(self._on_speaker)
        self._on_volume()
        self.history.selection_changed.connect(self._on_selected)
        self.detail.deleted.connect(self.history.deleted)
        self.detail.deleted.connect(self.recents.forget)

    def _on_calls_changed(self) -> None:
        self.dialler.calls_changed()
        live = self.live.live or bool(self.live.live_views)
        if live and not self._was_live:
            self.playback.stop()
        self._was_live = live
        if self.live.on_the_line is not self._was_on_the_line:
            self._was_on_the_line = self.live.on_the_line
            self.playback.forbid(MICROPHONE_OPEN if self._was_on_the_line else None)

    def _on_ended(self, call: Call) -> None:
        if self.live.call is call:
            self.dialler.last_number = call.other or self.dialler.last_number
        self.recents.add(call)

    def _on_selected(self) -> None:
        self.detail.show(self.history.selected)

    def _on_volume(self) -> None:
        self.playback.set_volume(self.listening.volume)

    def _on_speaker(self) -> None:
        self.playback.choose(self.listening.speaker)

    def _list_prompts(self) -> None:
        try:
            names = self._prompts.names()
        except ProblemError:
            # The shelf says what is wrong; a call says it once more.
            names = []
        self.dialler.set_prompts([(name, Prompt(name, "").title) for name in names])
