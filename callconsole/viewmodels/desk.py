"""What the window asks of the engine, and the practice callees it offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from callconsole.domain.abilities import TransferTarget
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import Call
from callconsole.domain.costs import Cost
from callconsole.domain.dialling import StepResult
from callconsole.domain.events import Event, Service, ServiceChanged
from callconsole.domain.incoming import Answerer
from callconsole.domain.problems import Problem
from callconsole.domain.record import CallPage, CallQuery, CallRecord, Recorded
from callconsole.domain.sound import SoundDevices
from callconsole.domain.transcript import Turn

PRACTICE = "practice"
PHONE = "phone"


class Desk(Protocol):
    """The engine's façade as the window sees it."""

    @property
    def line(self) -> str:
        """The line that calls are placed on: "practice" or "phone"."""
        ...

    async def place_call(
        self,
        to: str,
        prompt: str | None = None,
        *,
        on_step: Callable[[StepResult], None] | None = None,
    ) -> Call:
        """Dial an E.164 number. Raises `DialError`."""
        ...

    async def answer_incoming(
        self, call_sid: str, by: Answerer = Answerer.AGENT, prompt: str | None = None
    ) -> None:
        """Pick up a call that rings here. Raises `ProblemError`; then it rings on."""
        ...

    def decline_incoming(self, call_sid: str) -> None:
        """Refuse a call that rings here. Raises `ProblemError`."""
        ...

    async def hang_up(self, call_sid: str) -> None:
        """End a call. Raises `ProblemError`."""
        ...

    async def hang_up_all(self) -> None:
        """End every live call. Raises `ProblemError` for one that cannot be ended."""
        ...

    def live_calls(self) -> list[Call]:
        """Calls that have not ended, oldest first."""
        ...

    def lines_free(self) -> int:
        """How many more calls can be placed now."""
        ...

    def focus(self, call_sid: str | None) -> None:
        """Listen to this call from now on; None: to none that the operator does not speak to."""
        ...

    @property
    def heard(self) -> str | None:
        """The call that listening plays: the one the operator speaks to, else the focused one."""
        ...

    def judge_answer(self, call_sid: str, answered_by: AnsweredBy) -> None:
        """The operator says who answered; that wins over every other verdict, at any time."""
        ...

    def whisper(self, call_sid: str, text: str) -> None:
        """Tell the agent something that the callee does not hear. Raises `ProblemError`."""
        ...

    def say(self, call_sid: str, text: str) -> None:
        """Have the agent say exactly this sentence now. Raises `ProblemError`."""
        ...

    async def take_over(self, call_sid: str) -> None:
        """The callee hears the operator's microphone from now on, and the agent no more.

        Raises `ProblemError`: there is no microphone; then the agent goes on.
        """
        ...

    def hand_back(self, call_sid: str, note: str) -> None:
        """The agent goes on, and knows of `note`. Raises `ProblemError`."""
        ...

    def mute_agent(self, call_sid: str, on: bool) -> None:
        """The callee does not hear the agent, or does again. Raises `ProblemError`."""
        ...

    def mute_caller(self, call_sid: str, on: bool) -> None:
        """The agent does not hear the callee, or does again. Raises `ProblemError`."""
        ...

    def hold(self, call_sid: str, on: bool) -> None:
        """The callee hears the hold sound, or the agent again. Raises `ProblemError`."""
        ...

    def mute_operator(self, call_sid: str, on: bool) -> None:
        """The callee hears silence in place of the operator, or them. Raises `ProblemError`."""
        ...

    def transfer_targets(self, call_sid: str) -> tuple[TransferTarget, ...]:
        """Whom the call's prompt passes calls on to; empty for an unknown call."""
        ...

    async def transfer_call(self, call_sid: str, to: str, note: str = "") -> None:
        """Pass the call on; returns once the carrier does it.

        Raises `ProblemError`; then the call goes on as it was.
        """
        ...

    async def press_keys(self, call_sid: str, digits: str) -> None:
        """Send tones to the callee's end. Raises `ProblemError`."""
        ...

    async def star_moment(
        self, call_sid: str, turn_id: int | None = None, *, starred: bool = True
    ) -> None:
        """Star a turn, None: what is said now, or take its star away. Raises `ProblemError`."""
        ...

    async def recorded_so_far(self, call_sid: str) -> Recorded | None:
        """What can be read of a live call's recording, to this moment; None without one."""
        ...

    def pause_listening(self, on: bool) -> None:
        """Play nothing of the call for a while."""
        ...

    def microphone_dbfs(self) -> float:
        """Loudness of what the operator sends, -90 to 0; -90 while that is nothing."""
        ...

    def microphone_problem(self) -> Problem | None:
        """Why the operator on the line is not heard, or through what else they are; None: all well.

        The code of the latter is `callconsole.engine.refusals.OTHER_MICROPHONE`.
        """
        ...

    async def find_calls(self, query: CallQuery) -> CallPage:
        """Calls that are kept, newest first. Raises `ProblemError`."""
        ...

    async def call_record(self, call_sid: str) -> CallRecord | None:
        """Everything that is kept of one call, or None. Raises `ProblemError`."""
        ...

    async def delete_call(self, call_sid: str) -> None:
        """Forget an ended call and delete its recording. Raises `ProblemError`."""
        ...

    def call(self, call_sid: str) -> Call | None:
        """The call's present state, or None."""
        ...

    def cost(self, call_sid: str) -> Cost | None:
        """What the call costs so far, an estimate; None where it is not known."""
        ...

    def turns(self, call_sid: str) -> list[Turn]:
        """The transcript so far."""
        ...

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Be told of every event; call the result to stop."""
        ...

    def services(self) -> dict[Service, ServiceChanged]:
        """The last known state of each part."""
        ...

    def obstacles(self) -> list[Problem]:
        """Why a call cannot start now; empty where it can."""
        ...

    def report_findings(self, in_the_way: Sequence[Problem]) -> None:
        """What a check-up has found that forbids calls; becomes part of the obstacles."""
        ...

    def set_recording(self, on: bool) -> None:
        """Record the calls placed from now on, or not."""
        ...

    def listen(self, on: bool) -> None:
        """Play the call on this computer, or stop."""
        ...

    def set_volume(self, fraction: float) -> None:
        """Loudness of listening, 0 to 1."""
        ...

    def set_balance(self, position: float) -> None:
        """Of listening: -1 is the caller alone, 0 both alike, 1 the agent alone."""
        ...

    def choose_speaker(self, device: str | None) -> None:
        """Listen on this `SoundDevice.id` from now on, None: on the system's default."""
        ...

    def choose_microphone(self, device: str | None) -> None:
        """Speak through this `SoundDevice.id`, None: the default, from the next time on."""
        ...

    async def sound_devices(self) -> SoundDevices:
        """What can be chosen, looked for anew where possible."""
        ...

    def listening_problem(self) -> Problem | None:
        """Why nothing can be played here, or None."""
        ...


@dataclass(frozen=True, slots=True)
class PracticeCallee:
    """Somebody on the practice line.

    Attributes:
        number: E.164.
        name: how the window calls them: "Maria, answers and talks".
        story: what will happen, one short sentence.
        icon: Phosphor name.
    """

    number: str
    name: str
    story: str
    icon: str = "user"
