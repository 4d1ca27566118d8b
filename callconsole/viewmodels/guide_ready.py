"""The guide's last step: the phone line is opened and checked, and one's own phone called."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from callconsole.domain import phone
from callconsole.domain.call import Call
from callconsole.domain.checkup import Finding, Group, Status
from callconsole.domain.problems import Problem, ProblemError
from callconsole.settings import missing_for_phone
from callconsole.viewmodels.check_words import row
from callconsole.viewmodels.checkup import Checkup
from callconsole.viewmodels.desk import PHONE, Desk
from callconsole.viewmodels.dialler import Dialler
from callconsole.viewmodels.guide_step import GuideStep, GuideTools, StepState
from callconsole.viewmodels.settings_page import SettingsPage

NUMBER = "test_phone_number"
_WORST = (Status.RED, Status.RUNNING, Status.WAITING, Status.AMBER, Status.GREEN, Status.SKIPPED)


class Stage(Enum):
    """How far the first real call is; the first that holds counts."""

    CALLED = auto()
    LACKING = auto()
    """A setting is missing; `lacking` says which."""
    BUSY = auto()
    """The line is being opened, or looked at."""
    PRACTISING = auto()
    """Everything is there; the practice line is open."""
    WAITING = auto()
    """The phone line was opened with other settings than those of now."""
    BLOCKED = auto()
    """The check-up found what forbids calls."""
    READY = auto()


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """One group of checks.

    Attributes:
        title: the group.
        detail: how it stands.
        symbol: icon; `tone`: its colour.
        turning: something of it is being looked at.
        check: id of the row on the board that tells more.
    """

    title: str
    detail: str
    symbol: str
    tone: str
    turning: bool
    check: str


class ReadyStep(GuideStep):
    """Says what is missing, opens the phone line, and places the first real call.

    Signals:
        called: the first call is on its way.
    """

    called = Signal()
    title = "Ready"
    line = "The phone line is opened and looked at; then your own phone rings."
    names = (NUMBER,)

    def __init__(
        self,
        tools: GuideTools,
        desk: Desk,
        dialler: Dialler,
        checkup: Checkup,
        page: SettingsPage,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(tools, parent)
        self._desk = desk
        self._dialler = dialler
        self._checkup = checkup
        self._page = page
        self._opening = False
        self._calling = ""
        checkup.changed.connect(self._on_checked)
        checkup.running_changed.connect(self._on_checked)
        page.applied.connect(self.changed)
        page.waiting_changed.connect(self.changed)
        dialler.readiness_changed.connect(self.changed)
        dialler.placed.connect(self._on_placed)
        dialler.failed.connect(self._on_failed)

    # How far it is ------------------------------------------------------------------------------

    @property
    def stage(self) -> Stage:
        """How far the first real call is."""
        if self.done:
            return Stage.CALLED
        if self.lacking:
            return Stage.LACKING
        if self._opening or self._page.reconnecting:
            return Stage.BUSY
        if self._desk.line != PHONE:
            return Stage.PRACTISING
        if self._page.waiting_labels:
            return Stage.WAITING
        if self._checkup.running:
            return Stage.BUSY
        return Stage.READY if self.obstacle is None else Stage.BLOCKED

    @property
    def lacking(self) -> list[Problem]:
        """What real calls lack."""
        return missing_for_phone(self._tools.settings)

    @property
    def obstacle(self) -> Problem | None:
        """The first thing that forbids calls on the open line."""
        obstacles = self._desk.obstacles()
        return obstacles[0] if obstacles else None

    @property
    def state(self) -> StepState:
        """Wrong where the line is open and calls are forbidden."""
        if self.stage is Stage.BUSY:
            return StepState.CHECKING
        if self.stage is Stage.BLOCKED:
            return StepState.WRONG
        return super().state

    @property
    def headline(self) -> tuple[str, str, str]:
        """Headline, sentence and tone of the step."""
        match self.stage:
            case Stage.LACKING:
                many = len(self.lacking)
                what = "One thing is" if many == 1 else f"{many} things are"
                names = "; ".join(_NAMES.get(p.code, p.title) for p in self.lacking)
                return f"{what} missing", f"{names[:1].upper()}{names[1:]}.", "warning"
            case Stage.PRACTISING:
                words = (
                    "Calls on the phone line reach real phones and cost money; none is made yet."
                )
                return "Everything is filled in", words, "accent"
            case Stage.WAITING:
                changed = ", ".join(self._page.waiting_labels)
                return "The line has to be opened again", f"Changed since: {changed}.", "warning"
            case Stage.BUSY:
                return "Looking at the phone line", "This takes some seconds.", "accent"
            case Stage.BLOCKED:
                problem = self.obstacle
                words = f"{problem.title}. {problem.cause} {problem.cure}" if problem else ""
                return "Real calls cannot be made yet", words, "danger"
            case Stage.READY:
                words = "Your phone rings, and the AI speaks with you. Hang up at any time."
                return "Ready for real calls", words, "success"
            case Stage.CALLED:
                return "Your phone was called", "The guide is done.", "success"

    def rows(self) -> list[ReadyRow]:
        """The check-up of the open phone line, a row a group; empty before there is one."""
        if self.stage in (Stage.LACKING, Stage.PRACTISING) or self._opening:
            return []
        groups: dict[Group, list[Finding]] = {}
        for finding in self._checkup.findings():
            groups.setdefault(finding.check.group, []).append(finding)
        return [_row(group, found) for group, found in groups.items()]

    # The button ---------------------------------------------------------------------------------

    @property
    def lacks(self) -> str:
        """One's own number is needed."""
        return "" if self.has(NUMBER) else "Enter your own number."

    @property
    def button(self) -> tuple[str, bool]:
        """What comes next."""
        match self.stage:
            case Stage.LACKING:
                return "Go to what is missing", True
            case Stage.PRACTISING:
                return "Use the phone line", not self._desk.live_calls()
            case Stage.WAITING:
                return "Reconnect", not self._page.reconnect_reason
            case Stage.BUSY:
                return "Checking…", False
            case Stage.BLOCKED:
                return "Check again", True
            case Stage.READY:
                return "Call my phone", not self.lacks and not self._dialler.reason
            case Stage.CALLED:
                return "Close the guide", True

    def press(self) -> bool:
        """Do it; True where the guide is done."""
        match self.stage:
            case Stage.PRACTISING:
                self._opening = True
                self._dialler.choose_line(PHONE)
            case Stage.WAITING:
                self._page.reconnect()
            case Stage.BLOCKED:
                self._checkup.start(aloud=False)
            case Stage.READY:
                self.check()
            case Stage.CALLED:
                return True
        self.changed.emit()
        return False

    def enter(self) -> None:
        """Show how it stands; nothing is begun by looking."""
        self.changed.emit()

    def leave_field(self, name: str) -> None:
        """Complain about the number's form; calling needs the button."""
        if name in self._typed:
            self._left.add(name)
        self.changed.emit()

    async def _look(self) -> None:
        """Keep the number and call it."""
        await self._keep(self._values())
        number = self._tools.settings.test_phone_number or ""
        self._calling = phone.parse(number).e164
        if not self._dialler.call_number(self._calling):
            problem = self._dialler.problem or self.obstacle
            raise ProblemError(problem if problem is not None else _NOT_NOW)

    @property
    def done(self) -> bool:
        """The call was taken by the phone company."""
        return self._passed and bool(self.found)

    def _on_placed(self, call: Call) -> None:
        if self._calling and call.other == self._calling and self._desk.line == PHONE:
            self._calling, self.found = "", "Your phone was called."
            self._passed = True
            self.called.emit()
            self.changed.emit()

    def _on_failed(self, _failure: object) -> None:
        if self._calling:
            # The page of the failed call tells why, with the cures.
            self._calling = ""
            self.called.emit()

    def _on_checked(self) -> None:
        self._opening = False
        self.changed.emit()


def _row(group: Group, found: list[Finding]) -> ReadyRow:
    """A group as its worst check."""
    worst = min(found, key=lambda finding: _WORST.index(finding.status))
    shown = row(worst)
    well = worst.status in (Status.GREEN, Status.SKIPPED)
    detail = "All is well" if well else f"{shown.title}: {shown.detail}"
    symbol, tone = ("check-circle-fill", "success") if well else (shown.symbol, shown.tone)
    return ReadyRow(group.value, detail, symbol, tone, shown.running, shown.id)


_NAMES = {
    "settings.twilio_account_sid": "the account SID of Twilio",
    "settings.twilio_auth_token": "the auth token of Twilio",
    "settings.twilio_phone_number": "the number that calls",
    "settings.vertex_project_id": "a Gemini API key or a Vertex AI project",
    "settings.ngrok_authtoken": "an ngrok token or a public address of your own",
}
_NOT_NOW = Problem(
    "guide.not_now",
    "The call cannot be placed now",
    "The line is not ready.",
    "Wait a moment, then try again.",
)
