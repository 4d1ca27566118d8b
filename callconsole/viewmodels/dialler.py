"""The dial column's state: the number as typed, what it means, prompt, recording, line, Call."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from callconsole.domain import phone
from callconsole.domain.dialling import DialError, Step, StepResult, StepState
from callconsole.domain.phone import PhoneNumber
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import refusals, tasks
from callconsole.viewmodels.desk import PHONE, PRACTICE, Desk


@dataclass(frozen=True, slots=True)
class Attempt:
    """One press of Call: whom, with which prompt, on which line."""

    number: str
    prompt: str | None
    line: str


@dataclass(frozen=True, slots=True)
class DialFailure:
    """An attempt that rang nobody's phone."""

    attempt: Attempt
    problem: Problem
    steps: tuple[StepResult, ...]


class Dialler(QObject):
    """What the operator has typed and chosen for the next call.

    Signals:
        text_changed: the number as shown.
        problem_changed: the `Problem` with the number, or None.
        region_changed: ISO country meant where no ``+`` stands in front.
        options_changed: prompt, prompts, recording or line changed.
        readiness_changed: whether Call can be pressed, or why not, may have changed.
        started: an `Attempt` began.
        stepped: a `StepResult` of the present attempt.
        placed: the `Call` that the carrier accepted.
        failed: a `DialFailure`.
    """

    text_changed = Signal(str)
    problem_changed = Signal(object)
    region_changed = Signal(str)
    options_changed = Signal()
    readiness_changed = Signal()
    started = Signal(object)
    stepped = Signal(object)
    placed = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        *,
        region: str = "US",
        recording: bool = True,
        missing: Sequence[Problem] = (),
        choose_line: Callable[[str], None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._missing = tuple(missing)
        self._choose_line = choose_line
        self.region = region
        self.text = ""
        self.problem: Problem | None = None
        self.prompts: list[tuple[str, str]] = []
        self.prompt: str | None = None
        self.recording = recording
        self.last_number: str | None = None
        self._attempt: Attempt | None = None
        self._spent = False
        self._lines_free: int | None = None
        desk.set_recording(recording)

    # The number -------------------------------------------------------------------------------

    def edit(self, text: str) -> None:
        """Take the text as typed or pasted; it is shown as its country writes it."""
        shown = phone.format_as_typed(text, self.region)
        self._spent = False
        self._set_problem(None)
        if shown != self.text:
            self.text = shown
            self._follow_country(shown)
            self.readiness_changed.emit()
        self.text_changed.emit(shown)

    def press(self, key: str) -> None:
        """Add one key of the pad; the first one after a call was placed begins a new number."""
        self.edit(key if self._spent else self.text + key)

    def backspace(self) -> None:
        """Take the last key back."""
        digits = re.sub(r"[^\d+*#]", "", self.text)
        self.edit(digits[:-1])

    def clear(self) -> None:
        """Empty the field."""
        self.edit("")

    def set_region(self, region: str) -> None:
        """Choose the country for numbers without ``+``."""
        if region != self.region:
            self.region = region
            self.region_changed.emit(region)
            self.edit(self.text)

    def check(self) -> PhoneNumber | None:
        """Read the number; on a fault say it in words and return None."""
        try:
            number = phone.parse(self.text, self.region)
        except ProblemError as error:
            self._set_problem(error.problem)
            return None
        self._set_problem(None)
        return number

    def leave(self) -> None:
        """The field lost the focus: complain about what stands there, not about nothing."""
        if self.text:
            self.check()

    def show_number(self, e164: str) -> None:
        """Put a number into the field as people read it."""
        self.edit(phone.pretty(e164))

    def redial(self) -> None:
        """Put the last number back into the field; calling it takes a second step."""
        if self.last_number is not None:
            self.show_number(self.last_number)

    # Choices ----------------------------------------------------------------------------------

    def set_prompts(self, prompts: list[tuple[str, str]]) -> None:
        """Offer these prompts, as (name, title); the choice is kept where it can be."""
        self.prompts = prompts
        names = [name for name, _title in prompts]
        if self.prompt not in names:
            self.prompt = names[0] if names else None
        self.options_changed.emit()

    def choose_prompt(self, name: str | None) -> None:
        """Follow this prompt in the next call."""
        if name != self.prompt:
            self.prompt = name
            self.options_changed.emit()

    def prompt_title(self) -> str:
        """The chosen prompt as a person reads it."""
        return dict(self.prompts).get(self.prompt or "", "No prompt")

    def set_recording(self, on: bool) -> None:
        """Record the next call, or not."""
        if on != self.recording:
            self.recording = on
            self._desk.set_recording(on)
            self.options_changed.emit()

    @property
    def line(self) -> str:
        """ "practice" or "phone"."""
        return self._desk.line

    @property
    def phone_reason(self) -> str:
        """Why the phone line cannot be chosen; empty where it can."""
        return "\n".join(f"{problem.title}. {problem.cure}" for problem in self._missing)

    def choose_line(self, line: str) -> None:
        """Take the practice line or the phone line for the next call."""
        allowed = line == PRACTICE or (line == PHONE and not self._missing)
        idle = not self.dialling and not self._desk.live_calls()
        if allowed and self._choose_line is not None and idle:
            self._choose_line(line)
        self.options_changed.emit()
        self.readiness_changed.emit()

    def set_missing(self, missing: Sequence[Problem]) -> None:
        """What real calls lack is another now."""
        self._missing = tuple(missing)
        self.options_changed.emit()
        self.readiness_changed.emit()

    # Calling ----------------------------------------------------------------------------------

    @property
    def dialling(self) -> bool:
        """True between Call and the carrier's answer."""
        return self._attempt is not None

    @property
    def reason(self) -> str:
        """Why Call cannot be pressed now, as a short sentence; empty where it can."""
        if self.dialling:
            return "Dialling…"
        if not self._desk.lines_free():
            return "Every line is in use."
        obstacles = self._desk.obstacles()
        return f"{obstacles[0].title}." if obstacles else ""

    def reason_for(self, number: str | None) -> str:
        """The same for calling this E.164 number, which may be in a call already."""
        if any(call.other == number for call in self._desk.live_calls()):
            return "This number is in a call."
        return self.reason

    @property
    def obstacle(self) -> Problem | None:
        """The first thing in the way, for a tool tip."""
        obstacles = self._desk.obstacles()
        return obstacles[0] if obstacles else None

    @property
    def lines(self) -> str:
        """How many lines are free, as long as one is in use: "2 lines free"; else ""."""
        free = self._desk.lines_free()
        if not self._desk.live_calls() or not free:
            return ""
        return "1 line free" if free == 1 else f"{free} lines free"

    def calls_changed(self) -> None:
        """A call began or ended."""
        free = self._desk.lines_free()
        if free != self._lines_free:
            self._lines_free = free
            self.readiness_changed.emit()

    def show_problem(self, problem: Problem) -> None:
        """Say below the number why a call failed that is not shown in the centre."""
        self._set_problem(problem)

    def services_changed(self) -> None:
        """A part came up or went down."""
        self.options_changed.emit()
        self.readiness_changed.emit()

    def call(self) -> bool:
        """Dial the number in the field; False where it may not be dialled now."""
        if self.reason:
            return False
        number = self.check()
        return number is not None and self.call_number(number.e164)

    def call_number(self, e164: str) -> bool:
        """Dial this number; False where it may not be dialled now.

        A number that is in a call is not tried: a second Enter changes nothing in the centre.
        """
        if self.reason:
            return False
        self.show_number(e164)
        if any(call.other == e164 for call in self._desk.live_calls()):
            self._spent = True
            self._set_problem(refusals.already(phone.parse(e164)))
            return False
        self.last_number = e164
        self._attempt = Attempt(e164, self.prompt, self._desk.line)
        self.started.emit(self._attempt)
        self.readiness_changed.emit()
        tasks.start(self._place(self._attempt), name="dialling")
        return True

    async def _place(self, attempt: Attempt) -> None:
        try:
            call = await self._desk.place_call(
                attempt.number, attempt.prompt, on_step=self.stepped.emit
            )
        except DialError as error:
            self._fail(attempt, error.problem, error.steps)
        except ProblemError as error:
            self._fail(attempt, error.problem, ())
        except Exception:
            self._fail(attempt, _UNEXPECTED, ())
            raise
        else:
            self._settle()
            self._spent = self.text == phone.pretty(attempt.number)
            self.placed.emit(call)

    def _fail(self, attempt: Attempt, problem: Problem, steps: tuple[StepResult, ...]) -> None:
        self._settle()
        self.failed.emit(DialFailure(attempt, problem, steps or _NOT_STARTED))

    def _settle(self) -> None:
        self._attempt = None
        self.readiness_changed.emit()

    def _set_problem(self, problem: Problem | None) -> None:
        if problem != self.problem:
            self.problem = problem
            self.problem_changed.emit(problem)

    def _follow_country(self, shown: str) -> None:
        if not shown.startswith("+"):
            return
        try:
            region = phone.parse(shown, self.region).region
        except ProblemError:
            return
        if region and region != self.region:
            self.region = region
            self.region_changed.emit(region)


_NOT_STARTED = tuple(StepResult(step, StepState.NOT_STARTED, "", None) for step in Step)

_UNEXPECTED = Problem(
    code="dial.unexpected",
    title="The call could not be placed",
    cause="Something went wrong inside the console while it was dialling.",
    cure="Call again. If it happens again, look at the log and report it.",
)
