"""What the operator does in one call: whispers, sentences, taking over, muting, holding."""

from __future__ import annotations

from callconsole.audio import mulaw
from callconsole.domain import events
from callconsole.domain.problems import ProblemError
from callconsole.domain.transcript import Speaker
from callconsole.engine import refusals, words
from callconsole.engine.bridge import Bridge
from callconsole.engine.call_state import CallState
from callconsole.engine.conversation import Conversation
from callconsole.engine.gate import Hold
from callconsole.engine.hold_sound import HoldSound
from callconsole.engine.ports import AgentSession, Clock, Pcm16

WHISPER_CHARS = 2000


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
        clock: Clock,
    ) -> None:
        self._state = state
        self._bridge = bridge
        self._agent = agent
        self._conversation = conversation
        self._clock = clock
        self._whispers = 0
        self._unheeded: list[tuple[int, float]] = []
        self._turn_id: int | None = None
        self._spoke_ms = 0.0
        self._hold_sound = HoldSound(bridge.voice)
        bridge.voice.turn_began = self._agent_speaks

    # Words ------------------------------------------------------------------------------------

    def whisper(self, text: str) -> None:
        """Tell the agent something that the callee does not hear."""
        text = self._words(text)
        self._whispers += 1
        self._unheeded.append((self._whispers, self._clock.monotonic()))
        self._agent.tell(words.whisper(text))
        self._publish(events.Whispered(whisper_id=self._whispers, text=text, **self._stamp()))

    def say(self, text: str) -> None:
        """Have the agent say exactly this sentence now."""
        text = self._words(text)
        if self._state.call.taken_over:
            raise ProblemError(refusals.YOU_ARE_ON_THE_LINE)
        # Not every model stops of its own accord where it is told to say something else.
        self._bridge.cut_short()
        self._publish(events.SayAsked(text=text, **self._stamp()))
        self._agent.send_text(words.say(text))

    # The operator's own voice -----------------------------------------------------------------

    def take_over(self) -> None:
        """The agent falls silent at once, in the middle of a word; `hear` is the line now."""
        self._answered()
        if self._state.call.taken_over:
            return
        if self._state.call.on_hold:
            self.hold(on=False)
        self._bridge.gate.shut(Hold.TAKEN_OVER)
        self._bridge.gate.release(Hold.UNDECIDED)
        self._bridge.taken_over(True)
        self._spoke_ms = 0.0
        self._state.change(taken_over=True, deciding=False)
        self._publish(events.OperatorTookOver(**self._stamp()))
        self._turn_id = self._conversation.put(
            Speaker.OPERATOR, words.SPEAKING, self._bridge.position_s
        )

    def hear(self, frame: Pcm16) -> None:
        """20 ms of the microphone, int16, 8000 Hz: sent as soon as it comes."""
        if self._state.call.taken_over:
            self._bridge.voice.operator_said(mulaw.encode(frame))
            if self._bridge.operator_speaking:
                self._spoke_ms += len(frame) / 8

    def hand_back(self, note: str) -> None:
        """The agent goes on without greeting again, and knows what was said."""
        if not self._state.call.taken_over or not self._state.going_on:
            return
        spoke_s = round(self._spoke_ms / 1000, 1)
        told = " ".join(note.split())[:WHISPER_CHARS]
        self._end_turn(told, spoke_s)
        self._state.change(taken_over=False)
        self._bridge.taken_over(False)
        self._bridge.gate.drop()
        self._publish(events.OperatorHandedBack(spoke_s=spoke_s, note=told, **self._stamp()))
        self._agent.send_text(words.handed_back(told, spoke_s))
        self._bridge.gate.release(Hold.TAKEN_OVER)

    # Who hears whom ---------------------------------------------------------------------------

    def mute_agent(self, *, on: bool) -> None:
        """The callee does not hear the agent, or does again."""
        self._answered()
        if on == self._state.call.agent_muted:
            return
        if on:
            self._bridge.gate.shut(Hold.MUTED)
            self._bridge.cut_short()
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
        if on:
            self._bridge.gate.shut(Hold.ON_HOLD)
            self._bridge.cut_short()
            self._hold_sound.start()
        else:
            self._hold_sound.stop()
        self._state.change(on_hold=on)
        self._bridge.caller_muted = on or self._state.call.caller_muted
        self._tell_muting()
        if not on:
            self._agent.send_text(words.BACK_FROM_HOLD)
            self._bridge.gate.release(Hold.ON_HOLD)

    def close(self) -> None:
        """The call is over."""
        self._hold_sound.stop()
        self._end_turn("", round(self._spoke_ms / 1000, 1))

    # Inside -----------------------------------------------------------------------------------

    def _agent_speaks(self) -> None:
        """A turn of the agent begins: it has had the whispers before it."""
        now = self._clock.monotonic()
        waiting, self._unheeded = self._unheeded, []
        for whisper_id, since in waiting:
            self._publish(
                events.WhisperHeeded(
                    whisper_id=whisper_id, delay_ms=round((now - since) * 1000), **self._stamp()
                )
            )

    def _end_turn(self, note: str, spoke_s: float) -> None:
        if self._turn_id is not None:
            self._conversation.amend(self._turn_id, note or words.spoke_for(spoke_s))
            self._turn_id = None

    def _words(self, text: str) -> str:
        self._answered()
        joined = " ".join(text.split())[:WHISPER_CHARS]
        if not joined:
            raise ProblemError(refusals.NOTHING_TO_SAY)
        return joined

    def _answered(self) -> None:
        if not self._state.going_on or self._state.call.answered_at is None:
            raise ProblemError(refusals.NOT_ANSWERED)

    def _tell_muting(self) -> None:
        call = self._state.call
        self._publish(
            events.MutingChanged(
                agent_muted=call.agent_muted,
                caller_muted=call.caller_muted,
                on_hold=call.on_hold,
                **self._stamp(),
            )
        )

    def _stamp(self) -> events.Stamp:
        return {"call_sid": self._state.call.sid, "at": self._clock.now()}

    def _publish(self, event: events.CallEvent) -> None:
        self._state.publish(event)
