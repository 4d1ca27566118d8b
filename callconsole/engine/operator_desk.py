"""What the operator does in one call: whispers, sentences, taking over, muting, passing on."""

from __future__ import annotations

from collections.abc import Callable

from callconsole.audio import mulaw
from callconsole.audio.fade import fade_in
from callconsole.audio.meter import level_dbfs
from callconsole.domain import events
from callconsole.domain.abilities import TransferTarget
from callconsole.domain.problems import ProblemError
from callconsole.domain.transfers import NOTE_CHARS
from callconsole.engine import refusals, words
from callconsole.engine.bridge import Bridge
from callconsole.engine.call_state import CallState
from callconsole.engine.conversation import Conversation
from callconsole.engine.gate import Hold
from callconsole.engine.hold_sound import HoldSound
from callconsole.engine.operator_scribe import OperatorScribe
from callconsole.engine.operator_turn import OperatorTurn
from callconsole.engine.passing_on import PassingOn
from callconsole.engine.ports import AgentSession, Clock, Pcm16

WHISPER_CHARS = 2000
# Nobody speaks at the very switch, and the line that tells of it stands before what was said. The
# position of the call's audio is behind the clock by what the network and its frames take.
FIRST_WORD_S = 0.3
# A microphone that runs faster than the phone's clock, or frames that came late and together,
# leave the operator behind for good; where they are silent the phone catches up.
LAG_MS = 120
QUIET_DBFS = -50.0


class OperatorDesk:
    """One call's operator. Everything done here is published, and so on the record.

    Methods raise `ProblemError` where the call is not one to do it in.
    """

    def __init__(
        self,
        state: CallState,
        bridge: Bridge,
        agent: AgentSession,
        conversation: Conversation,
        passing_on: PassingOn,
        scribe: OperatorScribe,
        clock: Clock,
        found_a_person: Callable[[], None],
        *,
        reads_along: bool,
    ) -> None:
        """Join the parts.

        Args:
            state, bridge, agent, conversation, passing_on, scribe, clock: the call's.
            found_a_person: called where taking over decides who has answered.
            reads_along: the agent hears the callee while the operator has taken over.
        """
        self._found_a_person = found_a_person
        self._reads_along = reads_along
        self._kept_from_agent = False
        self._state = state
        self._bridge = bridge
        self._agent = agent
        self._conversation = conversation
        self._passing_on = passing_on
        self._scribe = scribe
        self._clock = clock
        self._whispers = 0
        self._unheeded: list[tuple[int, float]] = []
        self._turn: OperatorTurn | None = None
        self._unmuted = False
        self._hold_sound = HoldSound(bridge.voice)
        bridge.voice.turn_began = self._agent_speaks

    # Words ------------------------------------------------------------------------------------

    def whisper(self, text: str) -> None:
        """Tell the agent something that the callee does not hear."""
        text = self._words(text)
        self._whispers += 1
        self._unheeded.append((self._whispers, self._clock.monotonic()))
        self._agent.tell(words.whisper(text))
        self._state.tell(events.Whispered, whisper_id=self._whispers, text=text)

    def say(self, text: str) -> None:
        """Have the agent say exactly this sentence now."""
        text = self._words(text)
        if self._state.call.taken_over:
            raise ProblemError(refusals.YOU_ARE_ON_THE_LINE)
        if self._bridge.gate.in_vain:
            raise ProblemError(refusals.AGENT_UNHEARD)
        # Not every model stops of its own accord where it is told to say something else.
        self._bridge.cut_turn()
        self._state.tell(events.SayAsked, text=text)
        self._agent.send_text(words.say(text))

    # The operator's own voice -----------------------------------------------------------------

    def take_over(self) -> None:
        """The agent falls silent at once, in the middle of a word; `hear` is the line now."""
        self._answered()
        if self._state.call.taken_over:
            return
        self._bridge.gate.shut(Hold.TAKEN_OVER)
        self._leave_hold()
        if self._state.call.deciding:
            self._found_a_person()
        self._bridge.gate.release(Hold.UNDECIDED)
        self._bridge.taken_over(True)
        self._unmuted = False
        self._state.change(taken_over=True)
        self._state.tell(events.OperatorTookOver)
        self._turn = OperatorTurn(self._conversation, self._bridge.position_s + FIRST_WORD_S)
        self._scribe.begin(self._turn.grow)
        if not self._reads_along and not self._state.call.caller_muted:
            self._kept_from_agent = True
            self.mute_caller(on=True)

    def hear(self, frame: Pcm16) -> None:
        """20 ms of the microphone, int16, 8000 Hz: sent as soon as it comes."""
        if not self._state.call.taken_over or self._state.call.operator_muted:
            return
        self._scribe.hear(frame)
        voice = self._bridge.voice
        if voice.playout.buffered_ms > LAG_MS and level_dbfs(frame) < QUIET_DBFS:
            return
        if self._unmuted:
            frame, self._unmuted = fade_in(frame), False
        voice.operator_said(mulaw.encode(frame))
        if self._turn is not None and self._bridge.operator_speaking:
            self._turn.spoke_ms += len(frame) / 8

    def mute_operator(self, *, on: bool) -> None:
        """The callee hears silence in place of the operator, from this moment, or them again."""
        self._answered()
        if not self._state.call.taken_over:
            raise ProblemError(refusals.NOT_ON_THE_LINE)
        if on == self._state.call.operator_muted:
            return
        self._unmuted = not on
        if on:
            self._bridge.voice.fall_silent()
            self._scribe.hush()
        self._state.change(operator_muted=on)
        self._tell_muting()

    def hand_back(self, note: str) -> None:
        """The agent goes on without greeting again, and knows what was said."""
        turn = self._turn
        if turn is None or not self._state.call.taken_over or not self._state.going_on:
            return
        told = " ".join(note.split())[:WHISPER_CHARS]
        self._end_turn(told)
        said, spoke_s = turn.said, turn.spoke_s
        self._state.change(taken_over=False, operator_muted=False)
        self._bridge.taken_over(False)
        self._state.tell(events.OperatorHandedBack, spoke_s=spoke_s, note=told)
        if self._kept_from_agent:
            self._kept_from_agent = False
            self.mute_caller(on=False)
        self._agent.send_text(words.handed_back(told, said, spoke_s))
        self._scribe.end(self._said_before)
        self._bridge.gate.release(Hold.TAKEN_OVER)
        self._state.changes.happened()

    # Who hears whom ---------------------------------------------------------------------------

    def mute_agent(self, *, on: bool) -> None:
        """The callee does not hear the agent, or does again."""
        self._answered()
        if on == self._state.call.agent_muted:
            return
        if on:
            self._bridge.gate.shut(Hold.MUTED)
            if not self._bridge.gate.holds(Hold.ON_HOLD):
                self._bridge.cut_turn()
        self._state.change(agent_muted=on)
        self._tell_muting()
        if not on:
            self._bridge.gate.release(Hold.MUTED)

    def mute_caller(self, *, on: bool) -> None:
        """The agent does not hear the callee, or does again."""
        self._answered()
        if on != self._state.call.caller_muted:
            self._state.change(caller_muted=on)
            self._bridge.caller_muted = on or self._state.call.on_hold
            self._tell_muting()

    def hold(self, *, on: bool) -> None:
        """The callee hears the hold sound and nobody else, or the agent again."""
        self._answered()
        if on == self._state.call.on_hold:
            return
        if on and self._state.call.taken_over:
            raise ProblemError(refusals.YOU_ARE_ON_THE_LINE)
        if not on:
            self._agent.send_text(words.BACK_FROM_HOLD)
            self._leave_hold()
            return
        self._bridge.gate.shut(Hold.ON_HOLD)
        self._bridge.cut_turn()
        self._hold_sound.start()
        self._held(on=True)

    async def pass_on(self, target: TransferTarget, note: str) -> None:
        """Pass the call on to somebody, who is told `note` before they talk.

        An agent that can be heard announces it first. Where nobody is reached, whoever had the
        call goes on: the agent, or the operator who had taken over.
        """
        self._answered()
        if self._state.call.deciding:
            raise ProblemError(refusals.NOT_DECIDED)
        told = " ".join(note.split())[:NOTE_CHARS]
        self._leave_hold()
        await self._passing_on.order(target, told)

    def _leave_hold(self) -> None:
        if self._state.call.on_hold:
            self._hold_sound.stop()
            self._held(on=False)
            self._bridge.gate.release(Hold.ON_HOLD)

    def _held(self, *, on: bool) -> None:
        self._state.change(on_hold=on)
        self._bridge.caller_muted = on or self._state.call.caller_muted
        self._tell_muting()

    def close(self) -> None:
        """The call is over."""
        self._hold_sound.stop()
        self._end_turn("")

    # Inside -----------------------------------------------------------------------------------

    def _agent_speaks(self) -> None:
        """A turn of the agent begins: it has had the whispers before it."""
        now = self._clock.monotonic()
        waiting, self._unheeded = self._unheeded, []
        for whisper_id, since in waiting:
            delay_ms = round((now - since) * 1000)
            self._state.tell(events.WhisperHeeded, whisper_id=whisper_id, delay_ms=delay_ms)

    def _end_turn(self, note: str) -> None:
        if self._turn is not None:
            self._turn.end(note)
            self._turn = None

    def _said_before(self, late: str) -> None:
        """Words came after the hand-back, which has told the agent all others."""
        if self._state.going_on:
            self._agent.tell(words.said_before(late))

    def _words(self, text: str) -> str:
        self._answered()
        joined = " ".join(text.split())[:WHISPER_CHARS]
        if not joined:
            raise ProblemError(refusals.NOTHING_TO_SAY)
        return joined

    def _answered(self) -> None:
        if not self._state.going_on or self._state.call.answered_at is None:
            raise ProblemError(refusals.NOT_ANSWERED)
        if self._state.call.transferred_to is not None:
            raise ProblemError(refusals.PASSED_ON)

    def _tell_muting(self) -> None:
        call = self._state.call
        self._state.tell(
            events.MutingChanged,
            agent_muted=call.agent_muted,
            caller_muted=call.caller_muted,
            on_hold=call.on_hold,
            operator_muted=call.operator_muted,
        )
