"""One call, from the carrier's first answer to its ending and its recording."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from callconsole.domain import events
from callconsole.domain.abilities import Ability, TransferTarget
from callconsole.domain.answering import (
    MACHINES,
    AnsweredBy,
    GateMode,
    JudgedBy,
    Undecided,
    Verdict,
)
from callconsole.domain.call import Call, EndedBy, Ending, Outcome, Phase
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine import tasks, words
from callconsole.engine.answer_ear import AnswerEar
from callconsole.engine.answering import SAID, Answering
from callconsole.engine.bridge import Bridge
from callconsole.engine.bus import Bus
from callconsole.engine.call_recording import CallRecording
from callconsole.engine.call_state import CallState
from callconsole.engine.call_streams import CallStreams
from callconsole.engine.conversation import Conversation
from callconsole.engine.farewell import Farewell
from callconsole.engine.figures import CallFigures
from callconsole.engine.gate import Hold
from callconsole.engine.passing_on import PassingOn
from callconsole.engine.ports import (
    AgentSession,
    AgentToolCall,
    AgentToolCancelled,
    AnswerVerdict,
    Carrier,
    CarrierReport,
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

logger = logging.getLogger(__name__)

# The callee speaks first, as people do; whoever says nothing is greeted after this long.
GREET_AFTER_S = 2.0
# The carrier's last word comes within this.
LAST_WORD_S = 5.0
# How long one key's tone and pause take.
KEY_S = 0.5
# After this many turns of each side it is a conversation, whatever a detector says.
CONVERSATION_TURNS = 2
# They talk, and wait for keys or for a person, but not for an answer to all they say.
_ANNOUNCERS = frozenset({AnsweredBy.SCREENING, AnsweredBy.MENU})


@dataclass(frozen=True, slots=True)
class Joined:
    """What a call is joined to.

    Attributes:
        agent: the session that was opened for it.
        prompt: what the agent follows, with its abilities.
        tokens: one-time secrets for the call's later streams.
        recordings: where it is recorded, or None where it is not.
    """

    carrier: Carrier
    agent: AgentSession
    prompt: Prompt
    bus: Bus
    clock: Clock
    habits: Habits
    tokens: StreamTokens
    recordings: Recordings | None


class CallSession:
    """Owns a call: its state, its agent session, its streams and its recording.

    Attributes:
        closed: set once nothing of the call is open any more.
    """

    def __init__(self, call: Call, joined: Joined) -> None:
        self._carrier = joined.carrier
        self._agent = joined.agent
        self._prompt = joined.prompt
        self._clock = joined.clock
        self._habits = joined.habits
        self._greeted = False
        self._state = CallState(call, joined.bus, joined.clock)
        self._conversation = Conversation(self._turn_changed)
        self._timeline = Timeline()
        publish = self._state.publish
        self._answering = Answering(
            call.sid,
            AnswerEar(joined.habits.thresholds),
            joined.habits.thresholds.limit_ms,
            joined.clock,
            publish,
            self._is_conversation,
            self._decided,
        )
        self._bridge = Bridge(
            call.sid,
            joined.agent,
            self._timeline,
            self._conversation,
            joined.clock,
            publish,
            self,
            protect_greeting=joined.habits.opening is Opening.GREET,
            early_barge_in=joined.habits.early_barge_in,
            utterance_ms=lambda: self._answering.utterance_ms,
        )
        self._recording = CallRecording(
            self._state, joined.recordings, self._timeline, joined.clock
        )
        self._streams = CallStreams(
            self._state,
            self._bridge,
            self._timeline,
            self._recording,
            joined.tokens,
            joined.clock,
            self._stream_began,
            self._stream_lost,
        )
        self._passing_on = PassingOn(
            self._state, self._bridge, self._streams, joined.carrier, joined.agent, joined.clock
        )
        self._tools = Tools(
            call.sid, joined.agent, joined.prompt.abilities, self, joined.clock, publish
        )
        self._quiet = QuietCall(
            lambda: self._state.call,
            self._state.changes,
            joined.carrier,
            self.carrier_reported,
            self._no_word,
            ring_timeout_s=joined.habits.ring_timeout_s,
            time_limit_s=joined.habits.time_limit_s,
        )
        self._background: list[asyncio.Task[None]] = []
        self.closed = asyncio.Event()
        joined.agent.remember(lambda: self._conversation.turns)
        if joined.habits.gate is GateMode.ON:
            self._bridge.gate.shut(Hold.UNDECIDED)

    def begin(self) -> None:
        """Look after the call from now on, until it has ended and everything is closed."""
        self._timeline.add_tap(self._answering.hear)
        self._background.append(tasks.start(self._quiet.watch(), name="quiet call"))
        tasks.start(self._release(), name="release the call")

    @property
    def call(self) -> Call:
        """The call as it stands."""
        return self._state.call

    @property
    def figures(self) -> CallFigures:
        """What is counted."""
        return self._state.figures

    @property
    def turns(self) -> list[Turn]:
        """The transcript so far."""
        return self._conversation.turns

    def add_tap(self, tap: Tap) -> None:
        """Give both sides' audio to `tap`."""
        self._timeline.add_tap(tap)

    # What the carrier says --------------------------------------------------------------------

    def carrier_reported(self, report: CarrierReport) -> None:
        """Take in a report; late, doubled and disordered ones change nothing."""
        waiting = self._state.call.phase is Phase.QUEUED
        self._state.take(report)
        if waiting and self._state.call.phase is Phase.RINGING:
            self._greet_early()

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
        if self._streams.worn_out:
            self._state.requested = Ending(Outcome.FAILED, EndedBy.CONSOLE, words.STREAM_LOST)
            return None
        return self._streams.token()

    def transfer_answered(self) -> str:
        """Whom the call is passed on to has picked up: what they are told."""
        return self._passing_on.answered(self._prompt.title)

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

    async def hang_up(self, ending: Ending) -> None:
        """End the call now, by the carrier's interface and by closing the stream.

        Either of the two ends it, so that neither a broken socket nor a slow interface keeps a
        call open. Returns when the call is over.
        """
        if self._request(ending):
            await self._end_now(ending)
        else:
            await self._state.over.wait()

    def _end_soon(self, ending: Ending) -> None:
        if self._request(ending):
            tasks.start(self._end_now(ending), name="hang up")

    def _request(self, ending: Ending) -> bool:
        """From this moment on nobody is spoken to; False where an end was asked for before."""
        if not self._state.going_on:
            return False
        self._state.requested = ending
        self._bridge.cut_short()
        return True

    async def _end_now(self, ending: Ending) -> None:
        line = self._streams.line
        closing = line.close() if line is not None else asyncio.sleep(0)
        results = await asyncio.gather(
            self._carrier.end_call(self.call.sid), closing, return_exceptions=True
        )
        for result in results:
            if isinstance(result, Exception):
                logger.warning("a way to hang up failed: %s", type(result).__name__)
        try:
            async with asyncio.timeout(LAST_WORD_S):
                await self._state.over.wait()
        except TimeoutError:
            self._state.end(ending)

    def give_up(self) -> None:
        """Take the call for ended without the carrier's word, if it still lives."""
        self._state.end(self._state.requested or Ending(Outcome.COMPLETED, EndedBy.CONSOLE))

    # The stream -------------------------------------------------------------------------------

    async def serve(self, line: MediaLine) -> None:
        """Carry the call over this stream until it or the call ends."""
        await self._streams.serve(line)

    def _stream_began(self, first: bool) -> None:
        if not first:
            return
        self._greet_early()
        self._answering.begin()
        if self._bridge.gate.holds(Hold.UNDECIDED):
            self._state.change(deciding=True)
        self._background.append(tasks.start(self._greet_if_silent(), name="greeting"))

    def _stream_lost(self) -> None:
        tasks.start(self._end_without_sound(), name="end without sound")

    async def _end_without_sound(self) -> None:
        """No stream came back: learn how the call ended, or end it."""
        await self._quiet.ask()
        await self.hang_up(Ending(Outcome.FAILED, EndedBy.CONSOLE, words.STREAM_LOST))

    def _no_word(self, problem: Problem) -> None:
        self._end_soon(Ending(Outcome.FAILED, EndedBy.CONSOLE, problem))

    # Who speaks first, and to whom ------------------------------------------------------------

    def _greet_early(self) -> None:
        if self._habits.opening is Opening.GREET:
            self._greet()

    async def _greet_if_silent(self) -> None:
        await asyncio.sleep(GREET_AFTER_S)
        if self._bridge.silent and self._state.going_on:
            self._greet()

    def _greet(self) -> None:
        if not self._greeted:
            self._greeted = True
            self._agent.send_text(words.GREETING)

    def _decided(self, verdict: Verdict) -> None:
        """Do what a verdict means for the call."""
        answered_by, gate = verdict.answered_by, self._bridge.gate
        self._bridge.machine_listens = answered_by in _ANNOUNCERS
        if answered_by in MACHINES:
            by = EndedBy.OPERATOR if verdict.by is JudgedBy.OPERATOR else EndedBy.CONSOLE
            self._end_soon(Ending(Outcome.VOICEMAIL, by))
            return
        if answered_by is AnsweredBy.UNKNOWN:
            if self._habits.undecided is Undecided.HANG_UP and gate.holds(Hold.UNDECIDED):
                ending = Ending(Outcome.COMPLETED, EndedBy.CONSOLE, words.UNDECIDED_END)
                self._end_soon(ending)
                return
            if self._bridge.silent and not gate.held_ms:
                self._greet()
        elif answered_by is AnsweredBy.SCREENING:
            self._instruct(words.SCREENING)
        elif answered_by is AnsweredBy.MENU:
            keys = self._prompt.abilities.allows(Ability.PRESS_KEYS)
            self._instruct(words.MENU if keys else words.MENU_WITHOUT_KEYS)
        gate.release(Hold.UNDECIDED)

    def _instruct(self, text: str) -> None:
        """What was about to be said to a person is not for a machine."""
        self._bridge.cut_short()
        self._greeted = True
        self._agent.send_text(text)

    # What the bridge tells (bridge.Host) --------------------------------------------------------

    def stalled(self, stall: Stall, remedy: Remedy) -> None:
        """Mend a silent agent, step by step; each step is told and recorded."""
        self._state.publish(
            events.AgentStalled(
                call_sid=self.call.sid,
                at=self._clock.now(),
                stall=stall.value,
                remedy=remedy.value,
            )
        )
        if stall in (Stall.TONE, Stall.FAINT):
            self._bridge.cut_short()
        match remedy:
            case Remedy.NUDGE:
                self._agent.send_text(words.NUDGE)
            case Remedy.RESUME:
                self._agent.recover(fresh=False, reason=stall.value)
            case Remedy.RENEW:
                self._agent.recover(fresh=True, reason=stall.value)
            case Remedy.GIVE_UP:
                self.agent_lost(words.SILENT_AGENT)

    def agent_lost(self, problem: Problem) -> None:
        """Without an agent there is nobody to talk to."""
        self._state.publish(
            events.AgentLost(call_sid=self.call.sid, at=self._clock.now(), problem=problem)
        )
        self._end_soon(Ending(Outcome.FAILED, EndedBy.CONSOLE, problem))

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
        self._agent.send_text(words.key_received(digit))

    def silent(self, step: SilenceStep) -> None:
        """Nobody has spoken for long."""
        if step is SilenceStep.ASK:
            if self._bridge.machine_listens:
                return
            self._agent.send_text(words.ASK_IF_THERE)
        else:
            self._end_soon(Ending(Outcome.COMPLETED, EndedBy.CONSOLE, words.NOBODY_SPEAKS))

    # What the agent may do (tools.CallDeeds) ----------------------------------------------------

    @property
    def agent_spoke_last(self) -> bool:
        """True where the agent has said something since the person last spoke."""
        return self._bridge.agent_spoke_last

    async def say_goodbye_and_end(self, *, asked: bool) -> None:
        """Let the last words be heard, then hang up."""
        farewell = Farewell(self._bridge)
        self._tell(events.FarewellBegan)
        if asked:
            await farewell.wait_for_words()
        if not await farewell.heard_whole():
            self._tell(events.FarewellCalledOff)
            if not await farewell.nobody_goes_on():
                return
        await self.hang_up(Ending(Outcome.COMPLETED, EndedBy.AGENT))

    async def press_keys(self, digits: str, *, by_operator: bool = False) -> None:
        """Send tones. Raises `ProblemError`; then the call goes on as it was."""
        token = self._streams.token(len(digits) * KEY_S + LAST_WORD_S)
        try:
            await self._carrier.press_keys(self.call.sid, digits, token)
        except ProblemError:
            self._streams.stay(token)
            raise
        self._state.publish(
            events.KeysPressed(
                call_sid=self.call.sid,
                at=self._clock.now(),
                digits=digits,
                by_operator=by_operator,
            )
        )

    async def transfer(self, target: TransferTarget, reason: str, *, asked: bool) -> None:
        """Pass the call on, once the announcement has been heard."""
        await self._passing_on.begin(target, reason, asked=asked)

    # The end ------------------------------------------------------------------------------------

    async def _release(self) -> None:
        """Free what an ended call holds, whichever of its ends is stuck."""
        await self._state.over.wait()
        self._answering.close()
        for task in self._background:
            await tasks.stop(task)
        await self._tools.close()
        await self._streams.close()
        await self._bridge.close()
        await asyncio.gather(self._agent.close(), self._recording.close())
        self.closed.set()

    def _is_conversation(self) -> bool:
        return all(
            self._conversation.spoke_turns(side) >= CONVERSATION_TURNS
            for side in (Speaker.CALLER, Speaker.AGENT)
        )

    def _turn_changed(self, turn: Turn) -> None:
        self._state.publish(
            events.TurnChanged(call_sid=self.call.sid, at=self._clock.now(), turn=turn)
        )

    def _tell(self, kind: type[events.FarewellBegan] | type[events.FarewellCalledOff]) -> None:
        self._state.publish(kind(call_sid=self.call.sid, at=self._clock.now()))
