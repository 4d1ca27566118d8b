"""What an operator does from the desk: hears a call, steers the agent, and speaks themselves."""

from __future__ import annotations

import numpy as np

from callconsole.audio.meter import FLOOR_DBFS
from callconsole.domain import events
from callconsole.domain.abilities import TransferTarget
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.events import Service
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.record import Recorded
from callconsole.domain.sound import SoundDevices
from callconsole.engine import refusals, tasks
from callconsole.engine.kept_calls import KeptCalls
from callconsole.engine.listening import Listening
from callconsole.engine.ports import Pcm16
from callconsole.engine.session import CallSession
from callconsole.engine.sound_choice import SoundChoice
from callconsole.engine.standing import Standing
from callconsole.engine.starring import Starring
from callconsole.engine.taking_over import TakingOver


class AtTheDesk:
    """The controls of one desk, over the calls that are kept."""

    def __init__(
        self,
        calls: KeptCalls,
        standing: Standing,
        listening: Listening,
        taking_over: TakingOver,
        sound: SoundChoice,
        starring: Starring,
    ) -> None:
        self._calls = calls
        self._standing = standing
        self._listening = listening
        self._taking_over = taking_over
        self._sound = sound
        self._starring = starring
        self._focus: str | None = None

    @property
    def heard(self) -> str | None:
        """The call that listening plays: the one the operator speaks to, else the focused one."""
        return self._taking_over.call_sid or self._focus

    def listen(self, on: bool) -> None:
        """Play the focused call on this computer, or stop."""
        self._listening.listen(on)

    def pause_listening(self, on: bool) -> None:
        """Play nothing of the focused call for a while, as while something else is heard."""
        self._listening.pause(on)

    def set_volume(self, fraction: float) -> None:
        """Loudness of listening, 0 to 1."""
        self._listening.set_volume(fraction)

    def set_balance(self, position: float) -> None:
        """Of listening: -1 is the caller alone, 0 both alike, 1 the agent alone."""
        self._listening.set_balance(position)

    def choose_speaker(self, device: str | None) -> None:
        """Listen on this `SoundDevice.id` from now on, None: on the system's default."""
        self._listening.choose(device)

    def choose_microphone(self, device: str | None) -> None:
        """Speak through this `SoundDevice.id`, None: the default, from the next time on."""
        self._sound.choose_microphone(device)

    async def sound_devices(self) -> SoundDevices:
        """What can be chosen; looked for anew where nothing is open."""
        return await self._sound.devices()

    def listening_problem(self) -> Problem | None:
        """Why listening does not work, or None."""
        return self._listening.problem or self._standing.problem_of(Service.SOUND)

    def focus(self, call_sid: str | None) -> None:
        """Listen to this live call from now on; None, or a call that has ended: to none.

        A call that the operator speaks to is heard all the same until it is handed back. A new
        call takes the focus by itself only where no call has it.
        """
        call = self._calls.call(call_sid) if call_sid is not None else None
        self._focus = call.sid if call is not None and call.live else None
        self._listen_again()

    def judge_answer(self, call_sid: str, answered_by: AnsweredBy) -> None:
        """The operator says who answered; that wins over every other verdict, at any time.

        Raises `ProblemError` for a name that is no call of ours.
        """
        self._calls.known(call_sid).judge_answer(answered_by)

    def whisper(self, call_sid: str, text: str) -> None:
        """Tell the agent something that the callee does not hear. Raises `ProblemError`."""
        self._calls.known(call_sid).operator.whisper(text)

    def say(self, call_sid: str, text: str) -> None:
        """Have the agent say exactly this sentence now. Raises `ProblemError`."""
        self._calls.known(call_sid).operator.say(text)

    async def take_over(self, call_sid: str) -> None:
        """The callee hears the operator from now on, and the agent no more.

        Raises `ProblemError`: there is no microphone; then the agent goes on.
        """
        try:
            await self._taking_over.begin(call_sid, self._calls.known(call_sid).operator)
        finally:
            self._listen_again()

    def hand_back(self, call_sid: str, note: str) -> None:
        """The agent goes on, and knows of `note`. Raises `ProblemError`."""
        if self._calls.known(call_sid).call.rings_here:
            # It is about to be picked up by the operator: somebody has to be there.
            raise ProblemError(refusals.NOT_ANSWERED)
        self._taking_over.end(call_sid, note)
        self._listen_again()

    def mute_agent(self, call_sid: str, on: bool) -> None:
        """The callee does not hear the agent, or does again. Raises `ProblemError`."""
        self._calls.known(call_sid).operator.mute_agent(on=on)

    def mute_caller(self, call_sid: str, on: bool) -> None:
        """The agent does not hear the callee, or does again. Raises `ProblemError`."""
        self._calls.known(call_sid).operator.mute_caller(on=on)

    def hold(self, call_sid: str, on: bool) -> None:
        """The callee hears the hold sound, or the agent again. Raises `ProblemError`."""
        self._calls.known(call_sid).operator.hold(on=on)

    def mute_operator(self, call_sid: str, on: bool) -> None:
        """The callee hears silence in place of the operator, or them again.

        Raises `ProblemError`: the operator is not on the line.
        """
        self._calls.known(call_sid).operator.mute_operator(on=on)

    def transfer_targets(self, call_sid: str) -> tuple[TransferTarget, ...]:
        """Whom the call's prompt passes calls on to; empty for an unknown call."""
        session = self._calls.session(call_sid)
        return session.transfer_targets if session is not None else ()

    async def transfer_call(self, call_sid: str, to: str, note: str = "") -> None:
        """Pass a call on; returns once the carrier does it.

        Args:
            call_sid: the call.
            to: the name of somebody whom its prompt passes calls on to, or a number as typed.
            note: what they are told before they talk.

        Raises:
            ProblemError: the number is none to pass on to, or the call cannot be passed on; then
                it goes on as it was.
        """
        await self._calls.known(call_sid).transfer(to, note)

    async def star_moment(
        self, call_sid: str, turn_id: int | None = None, *, starred: bool = True
    ) -> None:
        """Star a turn of a live or kept call, or take its star away; the record tells of it.

        Args:
            call_sid: the call.
            turn_id: the turn; None for what is being said at this moment, or was said last.
            starred: False takes the star away.

        Raises `ProblemError`: there is no such call, or no such turn in it.
        """
        await self._starring.star(call_sid, self._calls.session(call_sid), turn_id, starred=starred)

    async def recorded_so_far(self, call_sid: str) -> Recorded | None:
        """What can be read of a live call's recording, to this moment; None without one."""
        session = self._calls.session(call_sid)
        return await session.recorded_so_far() if session is not None else None

    def microphone_dbfs(self) -> float:
        """Loudness of what the operator sends, -90 to 0; -90 while that is nothing."""
        call = self._calls.call(self._taking_over.call_sid or "")
        return FLOOR_DBFS if call is None or call.operator_muted else self._taking_over.dbfs

    def microphone_problem(self) -> Problem | None:
        """Why whom the operator speaks to does not hear them, or through what else they do."""
        return self._taking_over.problem

    async def press_keys(self, call_sid: str, digits: str) -> None:
        """Send tones to the other end for the operator. Raises `ProblemError`."""
        await self._calls.known(call_sid).press_keys(digits)

    def _listen_again(self) -> None:
        speaking = self._taking_over.call_sid is not None
        self._listening.focus(self.heard, speaking=speaking)

    def _listen_to(self, session: CallSession, caller: Pcm16, agent: Pcm16) -> None:
        """Play a call here; without the operator's own voice, which comes back too late to speak.

        Both sides have equal length, int16, 8000 Hz.
        """
        own = session.call.taken_over
        self._listening.heard(session.call.sid, caller, np.zeros_like(agent) if own else agent)

    async def _come_back(self, call_sid: str) -> None:
        """Nobody was reached: the operator who passed the call on has it again, or the agent."""
        try:
            await self.take_over(call_sid)
        except ProblemError:
            self._calls.known(call_sid).operator.hand_back("")

    def _follow_at_desk(self, event: events.Event) -> None:
        """Keep the focus on a live call, and let go of a call that is over or passed on."""
        match event:
            case events.CallQueued():
                if self._focus is None:
                    self.focus(event.call_sid)
            case events.CallEnded():
                self._taking_over.end(event.call_sid)
                if event.call_sid == self._focus:
                    live = [call.sid for call in self._calls.live() if not call.rings_here]
                    self._focus = live[-1] if live else None
                self._listen_again()
            case events.OperatorTookOver():
                self._listen_again()
            case events.TransferBegan():
                self._taking_over.leave(event.call_sid)
                self._listen_again()
            case events.TransferEnded(reached=False):
                call = self._calls.call(event.call_sid)
                if call is not None and call.taken_over:
                    tasks.start(self._come_back(event.call_sid), name="back on the line")
            case _:
                pass
