"""One call, from the carrier's first answer to its ending and its recording."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from callconsole.domain import events
from callconsole.domain.abilities import TransferTarget
from callconsole.domain.answering import AnsweredBy, GateMode
from callconsole.domain.call import Call, EndedBy, Ending, Outcome, Phase
from callconsole.domain.incoming import Answerer
from callconsole.domain.problems import Problem
from callconsole.domain.prompt import Prompt
from callconsole.domain.record import Recorded
from callconsole.domain.transcript import Speaker, Turn
from callconsole.domain.transfers import target_of
from callconsole.engine import tasks, words
from callconsole.engine.agent_care import AgentCare
from callconsole.engine.answer_ear import AnswerEar
from callconsole.engine.answering import SAID, Answering
from callconsole.engine.bridge import Bridge
from callconsole.engine.bus import Bus
from callconsole.engine.call_deeds import Deeds
from callconsole.engine.call_recording import CallRecording
from callconsole.engine.call_state import CallState
from callconsole.engine.call_streams import CallStreams
from callconsole.engine.conversation import Conversation
from callconsole.engine.figures import CallFigures
from callconsole.engine.first_words import FirstWords
from callconsole.engine.gate import Hold
from callconsole.engine.hanging_up import HangingUp
from callconsole.engine.operator_desk import OperatorDesk
from callconsole.engine.operator_scribe import OperatorScribe
from callconsole.engine.passing_on import PassingOn
from callconsole.engine.ports import (
    Agent,
    AgentSession,
    AgentToolCall,
    AgentToolCancelled,
    AnswerVerdict,
    Carrier,
    CarrierReport,
    CarrierStatus,
    Clock,
    MediaLine,
)
from callconsole.engine.quiet_call import QuietCall
from callconsole.engine.recorder import Recordings
from callconsole.engine.silence import SilenceStep
from callconsole.engine.stream_tokens import StreamTokens
from callconsole.engine.timeline import Tap, Timeline
from callconsole.engine.tools import Tools
from callconsole.engine.watchdog import Remedy, Stall
from callconsole.engine.world import Habits, Opening

# After this many turns of each side it is a conversation, whatever a detector says.
CONVERSATION_TURNS = 2
# The carrier's clock begins a moment before ours does, and its news takes a moment.
LIMIT_TOLERANCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Joined:
    """What a call is joined to.

    Attributes:
        agent: the session that was opened for it.
        prompt: what the agent follows, with its abilities.
        tokens: one-time secrets for the call's later streams.
        recordings: where it is recorded, or None where it is not.
        answerer: of an incoming call, who speaks to the caller first; None where we call.
        scribes: where the sessions come from that write down what the operator says, or None
            where nobody does.
    """

    carrier: Carrier
    agent: AgentSession
    prompt: Prompt
    bus: Bus
    clock: Clock
    habits: Habits
    tokens: StreamTokens
    recordings: Recordings | None
    answerer: Answerer | None = None
    scribes: Agent | None = None


class CallSession:
    """Joins the parts of one call: its state, its streams, its agent and its recording.

    Attributes:
        operator: what the person at the desk can do in it.
        closed: set once nothing of the call is open any more.
    """

    def __init__(self, state: CallState, joined: Joined) -> None:
        """Join the parts; nothing happens before `begin`.

        Args:
            state: the call's, which may have been ringing already.
            joined: what it is joined to.
        """
        self._joined = joined
        self._clock = clock = joined.clock
        self._state = state
        self._conversation = Conversation(self._turn_changed)
        self._timeline = Timeline()
        self._answering = self._build_answering()
        self._bridge = bridge = self._build_bridge()
        self._recording = CallRecording(state, joined.recordings, self._timeline, clock)
        self._streams = self._build_streams()
        carrier, agent, abilities = joined.carrier, joined.agent, joined.prompt.abilities
        self._hanging_up = HangingUp(state, bridge, self._streams, carrier)
        self._first_words = FirstWords(agent, bridge, self._hanging_up, joined.habits, abilities)
        self._care = AgentCare(state, bridge, agent, self._hanging_up, clock)
        self._passing_on = PassingOn(state, bridge, self._streams, carrier, agent)
        self._deeds = Deeds(
            state, bridge, self._streams, self._passing_on, self._hanging_up, carrier
        )
        self._tools = Tools(self.call.sid, agent, abilities, self._deeds, clock, state.publish)
        self._scribe = OperatorScribe(joined.scribes, bridge.news.used_beside)
        self.operator = OperatorDesk(
            state,
            bridge,
            agent,
            self._conversation,
            self._passing_on,
            self._scribe,
            clock,
            lambda: self._answering.operator_says(AnsweredBy.PERSON),
            reads_along=joined.habits.reads_along,
        )
        self._quiet = self._build_quiet_call()
        self._background: list[asyncio.Task[None]] = []
        self.closed = asyncio.Event()
        agent.remember(lambda: self._conversation.turns)
        if joined.answerer is not None:
            # Who calls us is a person; nobody has to find out who answered.
            self._answering.close()
        elif joined.habits.gate is GateMode.ON:
            bridge.gate.shut(Hold.UNDECIDED)

    def _build_answering(self) -> Answering:
        thresholds = self._joined.habits.thresholds
        return Answering(
            self.call.sid,
            AnswerEar(thresholds),
            thresholds.limit_ms,
            self._clock,
            self._state.publish,
            self._is_conversation,
            lambda verdict: self._first_words.decided(verdict),
        )

    def _build_bridge(self) -> Bridge:
        habits = self._joined.habits
        return Bridge(
            self.call.sid,
            self._joined.agent,
            self._timeline,
            self._conversation,
            self._clock,
            self._state.publish,
            self,
            protect_greeting=habits.opening is Opening.GREET and self._joined.answerer is None,
            early_barge_in=habits.early_barge_in,
            utterance_ms=lambda: self._answering.utterance_ms,
        )

    def _build_streams(self) -> CallStreams:
        return CallStreams(
            self._state,
            self._bridge,
            self._timeline,
            self._recording,
            self._joined.tokens,
            self._clock,
            self._stream_began,
            self._stream_lost,
        )

    def _build_quiet_call(self) -> QuietCall:
        return QuietCall(
            lambda: self.call,
            self._state.changes,
            self._joined.carrier,
            self.carrier_reported,
            lambda problem: self._hanging_up.soon(_failed(problem)),
            # An incoming call has rung when it comes here: its audio is due at once.
            ring_timeout_s=0 if self.call.incoming else self._joined.habits.ring_timeout_s,
            time_limit_s=self._joined.habits.time_limit_s,
        )

    def begin(self) -> None:
        """Look after the call from now on, until it has ended and everything is closed."""
        self._timeline.add_tap(self._answering.hear)
        self._background.append(tasks.start(self._quiet.watch(), name="quiet call"))
        tasks.start(self._release(), name="release the call")
        if self._joined.answerer is Answerer.AGENT:
            self._first_words.pick_up(self.call.other)

    @property
    def call(self) -> Call:
        """The call as it stands."""
        return self._state.call

    @property
    def figures(self) -> CallFigures:
        """What is counted."""
        return self._state.figures

    @property
    def transfer_targets(self) -> tuple[TransferTarget, ...]:
        """Whom the prompt passes calls on to."""
        return self._joined.prompt.abilities.transfers

    @property
    def turns(self) -> list[Turn]:
        """The transcript so far."""
        return self._conversation.turns

    @property
    def position_s(self) -> float:
        """Seconds of call audio so far."""
        return self._timeline.position_s

    async def recorded_so_far(self) -> Recorded | None:
        """What can be read of the recording while it is written, or None."""
        return await self._recording.so_far()

    def add_tap(self, tap: Tap) -> None:
        """Give both sides' audio to `tap`."""
        self._timeline.add_tap(tap)

    # What the carrier says --------------------------------------------------------------------

    def carrier_reported(self, report: CarrierReport) -> None:
        """Take in a report; late, doubled and disordered ones change nothing."""
        waiting = self.call.phase is Phase.QUEUED
        if report.status is CarrierStatus.COMPLETED and self._state.going_on and self._timed_out():
            self._state.requested = Ending(Outcome.COMPLETED, EndedBy.CARRIER, words.TIME_LIMIT)
        self._state.take(report)
        if waiting and self.call.phase is Phase.RINGING:
            self._first_words.prepare()

    def _timed_out(self) -> bool:
        """The carrier ends a call by its time limit without saying that it was that."""
        limit_s = self._joined.habits.time_limit_s
        return self.call.duration_s(self._clock.now()) >= limit_s - LIMIT_TOLERANCE_S

    def answer_judged(self, verdict: AnswerVerdict) -> None:
        """Take in the carrier's verdict."""
        if self._state.going_on:
            self._answering.carrier_says(verdict)

    def call_answered(self, verdict: AnswerVerdict | None) -> str | None:
        """The carrier has decided before any audio flows: a stream's token, or None."""
        if verdict is not None:
            self.answer_judged(verdict)
        return self._streams.token() if self._state.going_on else None

    def stream_ended(self) -> str | None:
        """The carrier lost the stream while the call goes on: another stream's token, or None."""
        if not self._state.going_on:
            return None
        token = self._streams.token_after_loss()
        if token is None:
            self._state.requested = _failed(words.STREAM_LOST)
        return token

    def transfer_answered(self) -> str:
        """Whom the call is passed on to has picked up: what they are told."""
        return self._passing_on.answered(self._joined.prompt.title)

    def transfer_ended(self, *, reached: bool, status: str) -> str | None:
        """They have talked, or nobody was reached: then a token to go on here."""
        return self._passing_on.ended(reached=reached, status=status)

    # What the operator does -------------------------------------------------------------------

    def judge_answer(self, answered_by: AnsweredBy) -> None:
        """The operator says who answered."""
        if self._state.going_on:
            self.acted(f"said: {SAID[answered_by]}")
            self._answering.operator_says(answered_by)

    def acted(self, act: str, detail: str = "") -> None:
        """Put what the operator did on the record."""
        self._state.publish(
            events.OperatorActed(
                call_sid=self.call.sid, at=self._clock.now(), act=act, detail=detail
            )
        )

    async def press_keys(self, digits: str) -> None:
        """Send tones for the operator. Raises `ProblemError`."""
        await self._deeds.press_keys(digits, by_operator=True)

    async def transfer(self, to: str, note: str) -> None:
        """Pass the call on for the operator. Raises `ProblemError`."""
        targets = self.transfer_targets
        region = self._joined.habits.region
        target = target_of(to, targets, callee=self.call.to, region=region)
        await self.operator.pass_on(target, note)

    async def hang_up(self, ending: Ending) -> None:
        """End the call now; returns when it is over."""
        await self._hanging_up.now(ending)

    def give_up(self) -> None:
        """Take the call for ended without the carrier's word, if it still lives."""
        self._hanging_up.give_up()

    # The stream -------------------------------------------------------------------------------

    async def serve(self, line: MediaLine) -> None:
        """Carry the call over this stream until it or the call ends."""
        await self._streams.serve(line)

    def _stream_began(self, first: bool) -> None:
        if not first:
            return
        if self._joined.answerer is not None:
            if self._joined.answerer is Answerer.OPERATOR:
                self.operator.take_over()
            return
        self._first_words.prepare()
        self._answering.begin()
        if self._bridge.gate.holds(Hold.UNDECIDED):
            self._state.change(deciding=True)
        greeting = tasks.start(self._first_words.break_silence(), name="greeting")
        self._background.append(greeting)

    def _stream_lost(self) -> None:
        tasks.start(self._end_without_sound(), name="end without sound")

    async def _end_without_sound(self) -> None:
        """No stream came back: learn how the call ended, or end it."""
        await self._quiet.ask()
        await self._hanging_up.now(_failed(words.STREAM_LOST))

    # What the bridge tells (bridge.Host) --------------------------------------------------------

    def stalled(self, stall: Stall, remedy: Remedy) -> None:
        """The agent fell silent or makes no sense."""
        self._care.stalled(stall, remedy)

    def agent_lost(self, problem: Problem) -> None:
        """The agent's session broke and could not be saved."""
        self._care.lost(problem)

    def silent(self, step: SilenceStep) -> None:
        """Nobody has spoken for long."""
        self._care.silent(step)

    def tool_called(self, event: AgentToolCall | AgentToolCancelled) -> None:
        """The agent wants something done, or no longer."""
        if self._state.going_on:
            self._tools.take(event)

    def caller_said(self, text: str) -> None:
        """A piece of the caller's transcript: the ear reads it as well."""
        self._answering.words(text)

    def key_received(self, digit: str) -> None:
        """The person on the phone pressed a key: the agent cannot hear that."""
        self._state.publish(
            events.KeyReceived(call_sid=self.call.sid, at=self._clock.now(), digit=digit)
        )
        self._joined.agent.send_text(words.key_received(digit))

    # The end ------------------------------------------------------------------------------------

    async def _release(self) -> None:
        """Free what an ended call holds, whichever of its ends is stuck."""
        await self._state.over.wait()
        self._answering.close()
        self.operator.close()
        for task in self._background:
            await tasks.stop(task)
        await self._tools.close()
        await self._streams.close()
        await self._bridge.close()
        await asyncio.gather(
            self._joined.agent.close(), self._scribe.close(), self._recording.close()
        )
        self.closed.set()

    def _is_conversation(self) -> bool:
        if self._conversation.spoke_turns(Speaker.OPERATOR):
            # Who takes a call over knows that there is somebody to talk to.
            return True
        return all(
            self._conversation.spoke_turns(side) >= CONVERSATION_TURNS
            for side in (Speaker.CALLER, Speaker.AGENT)
        )

    def _turn_changed(self, turn: Turn) -> None:
        self._state.publish(
            events.TurnChanged(call_sid=self.call.sid, at=self._clock.now(), turn=turn)
        )


def _failed(problem: Problem) -> Ending:
    return Ending(Outcome.FAILED, EndedBy.CONSOLE, problem)
