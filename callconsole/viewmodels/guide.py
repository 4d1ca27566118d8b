"""The guide at the first start: its steps, the one that is shown, and how one leaves it."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from callconsole.settings_layers import SettingSource
from callconsole.viewmodels.checkup import Checkup
from callconsole.viewmodels.desk import PRACTICE, Desk
from callconsole.viewmodels.dialler import Dialler
from callconsole.viewmodels.guide_desk import GuideProbes
from callconsole.viewmodels.guide_google import GoogleStep
from callconsole.viewmodels.guide_keeping import GuideKeeping
from callconsole.viewmodels.guide_ready import ReadyStep, Stage
from callconsole.viewmodels.guide_sound import SoundStep
from callconsole.viewmodels.guide_step import GuideStep, GuideTools
from callconsole.viewmodels.guide_tunnel import TunnelStep
from callconsole.viewmodels.guide_twilio import TwilioStep
from callconsole.viewmodels.listening import Listening
from callconsole.viewmodels.settings_desk import SettingsAccess
from callconsole.viewmodels.settings_page import SettingsPage


class Step(StrEnum):
    """The steps in their order; the values are kept from one start to the next."""

    WELCOME = "welcome"
    TWILIO = "twilio"
    GOOGLE = "google"
    TUNNEL = "tunnel"
    SOUND = "sound"
    READY = "ready"


_ORDER = tuple(Step)
# With one of these set, somebody has begun already.
_BEGUN = (
    "twilio_account_sid", "twilio_auth_token", "twilio_phone_number", "vertex_project_id",
    "gemini_api_key", "ngrok_authtoken", "server_base_url",
)  # fmt: skip


class WelcomeStep(GuideStep):
    """Nothing to enter: a choice."""

    title = "Welcome"
    line = "An AI makes your phone calls; you watch, listen in and step in."

    @property
    def done(self) -> bool:
        """It asks for nothing."""
        return True

    @property
    def lacks(self) -> str:
        """It asks for nothing."""
        return ""

    @property
    def button(self) -> tuple[str, bool]:
        """The way on."""
        return "Set up real calls", True

    async def _look(self) -> None:
        """There is nothing to check."""


class Guide(QObject):
    """One step is shown at a time; every step can be visited in any order, and left.

    Signals:
        changed: a step stands differently.
        step_changed: another step is shown.
        opened: the guide should be shown.
        left: the guide should be put away.
        practice_asked(str): the operator wants to practise, with the callee of this number.

    Attributes:
        step: the one that is shown.
        dismissed: it was left once; it does not open by itself any more.
    """

    changed = Signal()
    step_changed = Signal()
    opened = Signal()
    left = Signal()
    practice_asked = Signal(str)

    def __init__(
        self,
        desk: Desk,
        access: SettingsAccess,
        probes: GuideProbes,
        page: SettingsPage,
        *,
        dialler: Dialler,
        checkup: Checkup,
        listening: Listening,
        practice_number: str = "",
        parent: QObject | None = None,
    ) -> None:
        """Build every step; nothing is asked yet.

        Args:
            desk: the engine.
            access: where settings are kept, and who uses them.
            probes: tries values out.
            page: the Settings page, which applies what is saved.
            dialler: places the first call.
            checkup: looks at the open line.
            listening: the chosen loudspeaker and microphone.
            practice_number: whom "Practise now" puts into the field.
        """
        super().__init__(parent)
        self._store = access.store
        self._dialler = dialler
        self._practice_number = practice_number
        self.keeping = GuideKeeping(access.store, page, self)
        tools = GuideTools(access, probes, self.keeping)
        self.welcome = WelcomeStep(tools, self)
        self.twilio = TwilioStep(tools, self)
        self.google = GoogleStep(tools, self)
        self.tunnel = TunnelStep(tools, desk, self)
        self.sound = SoundStep(tools, desk, listening, self)
        self.ready = ReadyStep(tools, desk, dialler, checkup, page, self)
        made = (self.welcome, self.twilio, self.google, self.tunnel, self.sound, self.ready)
        self.steps: dict[Step, GuideStep] = dict(zip(Step, made, strict=True))
        self.step = Step.WELCOME
        self.dismissed = False
        self._shown = False
        for step in self.steps.values():
            step.changed.connect(self.changed)
        self.ready.called.connect(self.leave)

    @property
    def current(self) -> GuideStep:
        """The step that is shown."""
        return self.steps[self.step]

    @property
    def nothing_set(self) -> bool:
        """True where no account, key or address is set anywhere: the first start."""
        return all(self._store.source(name) is SettingSource.DEFAULT for name in _BEGUN)

    @property
    def wanted(self) -> bool:
        """True where it should open by itself."""
        return self.nothing_set and not self.dismissed

    @property
    def shown(self) -> bool:
        """True while it is on the screen."""
        return self._shown

    # Coming and going ---------------------------------------------------------------------------

    def resume(self, step: str, *, dismissed: bool) -> None:
        """Take what the last start left: the step, and whether the guide was left."""
        if step in _ORDER:
            self.step = Step(step)
        self.dismissed = dismissed

    def open(self) -> None:
        """Show it at the step where it was; `opened` follows."""
        self.opened.emit()

    def show_step(self) -> None:
        """It is on the screen now."""
        if not self._shown:
            self._shown = True
            self.current.enter()

    def hide_step(self) -> None:
        """Another page is on the screen; what is typed stays, and checks go on."""
        if self._shown:
            self._shown = False
            self.current.leave()

    def leave(self) -> None:
        """Put it away; it can be opened again and then goes on where it was."""
        self.dismissed = True
        self.left.emit()

    def practise(self) -> None:
        """Leave it for the practice line."""
        self._dialler.choose_line(PRACTICE)
        self.leave()
        if self._practice_number:
            self.practice_asked.emit(self._practice_number)

    # Walking ------------------------------------------------------------------------------------

    def go(self, step: Step) -> None:
        """Show this step."""
        if step is self.step:
            return
        self.current.leave()
        self.step = step
        self.step_changed.emit()
        if self._shown:
            self.current.enter()
        self.changed.emit()

    @property
    def first(self) -> bool:
        """True at the first step."""
        return self.step is _ORDER[0]

    @property
    def can_skip(self) -> bool:
        """True where one may go on without the step."""
        return self.step not in (_ORDER[0], _ORDER[-1]) and not self.current.done

    def press(self) -> None:
        """The main button of the step."""
        if self.step is Step.READY and self.ready.stage is Stage.LACKING:
            self.go(self._step_of(self.ready.lacking[0].code))
        elif self.current.press():
            self._forward()

    def skip(self) -> None:
        """Go on without this step."""
        if self.can_skip:
            self.current.skipped = True
            self._forward()

    def back(self) -> None:
        """The step before."""
        if not self.first:
            self.go(_ORDER[_ORDER.index(self.step) - 1])

    def _forward(self) -> None:
        place = _ORDER.index(self.step) + 1
        if place < len(_ORDER):
            self.go(_ORDER[place])
        else:
            self.leave()

    def _step_of(self, code: str) -> Step:
        """Where a missing setting is entered."""
        if code.startswith("settings.twilio"):
            return Step.TWILIO
        return Step.TUNNEL if code.startswith("settings.ngrok") else Step.GOOGLE

    async def finish(self) -> None:
        """Let every check go, and wait until it has; before the program ends."""
        for step in self.steps.values():
            await step.finish()

    def close(self) -> None:
        """Let every check go."""
        for step in self.steps.values():
            step.close()
