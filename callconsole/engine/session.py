"""One call, from the carrier's first answer to its ending and its recording."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from callconsole.domain import call as life
from callconsole.domain import events
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import Call, EndedBy, Ending, Outcome, Phase
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine import tasks
from callconsole.engine.bridge import Bridge
from callconsole.engine.bus import Bus
from callconsole.engine.conversation import Conversation
from callconsole.engine.endings import ending_of
from callconsole.engine.figures import CallFigures
from callconsole.engine.ports import (
    AgentSession,
    AnswerVerdict,
    Carrier,
    CarrierReport,
    CarrierStatus,
    Clock,
    MediaLine,
)
from callconsole.engine.recorder import Recorder, Recordings
from callconsole.engine.timeline import Tap, Timeline
from callconsole.engine.watchdog import Remedy, Stall
from callconsole.engine.world import Opening

logger = logging.getLogger(__name__)

# The callee speaks first, as people do; whoever says nothing is greeted after this long.
GREET_AFTER_S = 2.0
GREETING = "The call has just been answered and nobody has spoken yet. Greet the person now."
NUDGE = "The person on the phone is waiting for your answer. Answer now, in one short sentence."
# A call without its audio is of no use to anybody; the carrier's last word comes within this.
FAREWELL_S = 5.0
# After this many turns of each side it is a conversation, whatever a detector says.
CONVERSATION_TURNS = 2

_SILENT = Problem(
    "agent.silent",
    "The AI fell silent",
    "It gave no answer that could be heard, and a new session did not help.",
    "Call again; if it happens again, choose another model in GEMINI_MODEL.",
)


class CallSession:
    """Owns a call's state, its agent session, its stream and its recording."""

    def __init__(
        self,
        call: Call,
        *,
        carrier: Carrier,
        agent: AgentSession,
        bus: Bus,
        clock: Clock,
        recordings: Recordings | None,
        opening: Opening = Opening.LISTEN,
        early_barge_in: bool = False,
    ) -> None:
        self._call = call
        self._carrier = carrier
        self._agent = agent
        self._bus = bus
        self._clock = clock
        self._recordings = recordings
        self._opening = opening
        self._early_barge_in = early_barge_in
        self._greeted = False
        self._requested: Ending | None = None
        self._bridge: Bridge | None = None
        self._line: MediaLine | None = None
        self._taps: list[Tap] = []
        self._conversation = Conversation(self._turn_changed)
        agent.remember(lambda: self._conversation.turns)
        self.figures = CallFigures()
        self.over = asyncio.Event()
        self.closed = asyncio.Event()

    @property
    def call(self) -> Call:
        """The call as it stands."""
        return self._call

    @property
    def turns(self) -> list[Turn]:
        """The transcript so far."""
        return self._conversation.turns

    def add_tap(self, tap: Tap) -> None:
        """Give both sides' audio to `tap`, once the call has a stream."""
        self._taps.append(tap)

    # What the carrier says --------------------------------------------------------------------

    def carrier_reported(self, report: CarrierReport) -> None:
        """Take in a report; late, doubled and disordered ones change nothing."""
        if not self._call.live:
            return
        ending = ending_of(report, self._requested)
        if ending is not None:
            self._end(ending)
        elif report.status is CarrierStatus.RINGING:
            self._ring()
        elif report.status is CarrierStatus.IN_PROGRESS:
            self._answer()

    def answer_judged(self, verdict: AnswerVerdict) -> None:
        """Take in the carrier's verdict; a machine is hung up on, without a message."""
        if not self._call.live:
            return
        self._call = replace(self._call, answered_by=verdict.answered_by)
        self._publish(
            events.AnswerJudged(
                call_sid=self._call.sid,
                at=self._clock.now(),
                answered_by=verdict.answered_by,
                reason=f"The carrier heard: {verdict.detail.replace('_', ' ')}",
            )
        )
        machine = verdict.answered_by in (AnsweredBy.VOICEMAIL, AnsweredBy.FAX)
        if machine and not self._is_conversation():
            ending = Ending(Outcome.VOICEMAIL, EndedBy.CONSOLE)
            tasks.start(self.hang_up(ending), name="hang up on voicemail")

    # What the operator does -------------------------------------------------------------------

    async def hang_up(self, ending: Ending) -> None:
        """End the call now, by the carrier's interface and by closing the stream.

        Either of the two ends it, so that neither a broken socket nor a slow interface keeps a
        call open. Returns when the call is over.
        """
        if not self._call.live or self._requested is not None:
            await self.over.wait()
            return
        self._requested = ending
        if self._bridge is not None:
            self._bridge.cut_short()
        closing = self._line.close() if self._line is not None else asyncio.sleep(0)
        results = await asyncio.gather(
            self._carrier.end_call(self._call.sid), closing, return_exceptions=True
        )
        for result in results:
            if isinstance(result, Exception):
                logger.warning("a way to hang up failed: %s", type(result).__name__)
        try:
            async with asyncio.timeout(FAREWELL_S):
                await self.over.wait()
        except TimeoutError:
            self._end(ending)

    def give_up(self) -> None:
        """Take the call for ended without the carrier's word, if it still lives."""
        self._end(self._requested or Ending(Outcome.COMPLETED, EndedBy.CONSOLE))

    # The stream -------------------------------------------------------------------------------

    async def serve(self, line: MediaLine) -> None:
        """Carry the call over this stream until it or the call ends."""
        if not self._call.live or self._line is not None:
            await line.close()
            return
        self._line = line
        self._answer()
        if self._opening is Opening.GREET:
            self._greet()
        self._publish(
            events.StreamStarted(
                call_sid=self._call.sid, at=self._clock.now(), stream_sid=line.stream_sid
            )
        )
        timeline, recorder = self._timeline()
        bridge = Bridge(
            line,
            self._agent,
            timeline,
            self._conversation,
            self._clock,
            self._publish,
            self._stalled,
            protect_greeting=self._opening is Opening.GREET,
            early_barge_in=self._early_barge_in,
        )
        self._bridge = bridge
        greeting = tasks.start(self._greet_if_silent(bridge), name="greeting")
        try:
            await bridge.run()
        except ProblemError as error:
            self._agent_lost(error.problem)
        finally:
            await tasks.stop(greeting)
            await line.close()
            await self._stream_stopped(recorder)

    def _timeline(self) -> tuple[Timeline, Recorder | None]:
        timeline = Timeline()
        recorder = None
        if self._recordings is not None:
            recorder = self._recordings.begin(self._call.sid, self._clock.now())
            timeline.add_tap(recorder.add)
        for tap in self._taps:
            timeline.add_tap(tap)
        return timeline, recorder

    async def _greet_if_silent(self, bridge: Bridge) -> None:
        await asyncio.sleep(GREET_AFTER_S)
        if bridge.silent:
            self._greet()

    def _greet(self) -> None:
        if not self._greeted:
            self._greeted = True
            self._agent.send_text(GREETING)

    def _stalled(self, stall: Stall, remedy: Remedy) -> None:
        """Mend a silent agent, step by step; each step is told and recorded."""
        self._publish(
            events.AgentStalled(
                call_sid=self._call.sid,
                at=self._clock.now(),
                stall=stall.value,
                remedy=remedy.value,
            )
        )
        if stall in (Stall.TONE, Stall.FAINT) and self._bridge is not None:
            self._bridge.cut_short()
        match remedy:
            case Remedy.NUDGE:
                self._agent.send_text(NUDGE)
            case Remedy.RESUME:
                self._agent.recover(fresh=False, reason=stall.value)
            case Remedy.RENEW:
                self._agent.recover(fresh=True, reason=stall.value)
            case Remedy.GIVE_UP:
                self._agent_lost(_SILENT)

    def _agent_lost(self, problem: Problem) -> None:
        self._publish(
            events.AgentLost(call_sid=self._call.sid, at=self._clock.now(), problem=problem)
        )
        ending = Ending(Outcome.FAILED, EndedBy.CONSOLE, problem)
        tasks.start(self.hang_up(ending), name="hang up without an agent")

    async def _stream_stopped(self, recorder: Recorder | None) -> None:
        self._bridge = None
        self._publish(events.StreamStopped(call_sid=self._call.sid, at=self._clock.now()))
        if recorder is not None and await recorder.close():
            self._call = replace(self._call, recording=str(recorder.path))
            self._publish(
                events.RecordingSaved(
                    call_sid=self._call.sid,
                    at=self._clock.now(),
                    path=str(recorder.path),
                    duration_s=recorder.duration_s,
                )
            )
        self.closed.set()
        if self._call.live and self._requested is None:
            tasks.start(self._reconcile(), name="reconcile")

    async def _reconcile(self) -> None:
        """The stream is gone: learn how the call ended, or end it."""
        try:
            async with asyncio.timeout(FAREWELL_S):
                await self.over.wait()
            return
        except TimeoutError:
            pass
        try:
            self.carrier_reported(await self._carrier.fetch_call(self._call.sid))
        except ProblemError as error:
            logger.warning("the call could not be looked up: %s", error.problem.code)
        if self._call.live:
            lost = Problem(
                "call.stream_lost",
                "The call lost its sound",
                "The carrier closed the audio stream while the call went on.",
                "Call again; if it happens again, check the tunnel.",
            )
            await self.hang_up(Ending(Outcome.FAILED, EndedBy.CONSOLE, lost))

    # State ------------------------------------------------------------------------------------

    def _ring(self) -> None:
        if self._call.phase is Phase.QUEUED:
            now = self._clock.now()
            self._call = life.rung(self._call, now)
            if self._opening is Opening.GREET:
                self._greet()
            self._publish(events.CallRinging(call_sid=self._call.sid, at=now))

    def _answer(self) -> None:
        if self._call.phase in (Phase.QUEUED, Phase.RINGING):
            now = self._clock.now()
            self._call = life.answered(self._call, now)
            self._publish(events.CallAnswered(call_sid=self._call.sid, at=now))

    def _end(self, ending: Ending) -> None:
        if not self._call.live:
            return
        now = self._clock.now()
        self._call = life.ended(self._call, ending, now)
        self._publish(events.CallEnded(call_sid=self._call.sid, at=now, ending=ending))
        self.over.set()
        tasks.start(self._release(), name="release the call")

    async def _release(self) -> None:
        """Free what an ended call still holds, whichever of its ends is stuck."""
        if self._line is not None:
            await self._line.close()
        else:
            self.closed.set()
        await self._agent.close()

    def _is_conversation(self) -> bool:
        return all(
            self._conversation.spoke_turns(side) >= CONVERSATION_TURNS
            for side in (Speaker.CALLER, Speaker.AGENT)
        )

    def _turn_changed(self, turn: Turn) -> None:
        self._publish(events.TurnChanged(call_sid=self._call.sid, at=self._clock.now(), turn=turn))

    def _publish(self, event: events.CallEvent) -> None:
        if isinstance(event, events.FloorChanged):
            self._call = replace(self._call, floor=event.floor)
        self.figures.take(event)
        self._bus.publish(event)
