"""Carries the caller's audio to the agent and the agent's to the caller, over any stream."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import numpy as np

from callconsole.audio import mulaw
from callconsole.audio.resample import Upsampler
from callconsole.domain import events
from callconsole.domain.call import Floor
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks
from callconsole.engine.agent_news import AgentNews
from callconsole.engine.agent_voice import AgentVoice
from callconsole.engine.conversation import Conversation
from callconsole.engine.early_barge_in import EarlyBargeIn, Wish
from callconsole.engine.floor import FloorTracker
from callconsole.engine.gate import Gate, Hold
from callconsole.engine.greeting_shield import GreetingShield
from callconsole.engine.level_meter import LevelMeter
from callconsole.engine.ports import (
    AgentEvent,
    AgentSession,
    AgentToolCall,
    AgentToolCancelled,
    AgentWords,
    Clock,
    LineAudio,
    LineDigit,
    LineMark,
    MediaLine,
    Pcm16,
)
from callconsole.engine.silence import LongSilence, SilenceStep
from callconsole.engine.timeline import Timeline
from callconsole.engine.watchdog import Remedy, Stall, Watchdog


class Host(Protocol):
    """Whoever owns the call: told of what is not audio."""

    def stalled(self, stall: Stall, remedy: Remedy) -> None:
        """The agent fell silent or makes no sense; this remedy is due."""
        ...

    def agent_lost(self, problem: Problem) -> None:
        """The agent's session broke and could not be saved."""
        ...

    def tool_called(self, event: AgentToolCall | AgentToolCancelled) -> None:
        """The agent wants something done, or no longer."""
        ...

    def caller_said(self, text: str) -> None:
        """A piece of the caller's transcript."""
        ...

    def key_received(self, digit: str) -> None:
        """The person on the phone pressed a key."""
        ...

    def silent(self, step: SilenceStep) -> None:
        """Nobody has spoken for long."""
        ...


class Bridge:
    """One call's audio between its streams, one after another, and its agent session.

    `run` carries one stream; between two streams the agent is held, and what it was saying waits.

    Attributes:
        gate: holds the agent while it may not be heard.
        voice: the agent's side.
        news: what the agent's session uses, and what others use beside it.
        caller_muted: the agent hears silence in the caller's place.
    """

    def __init__(
        self,
        call_sid: str,
        session: AgentSession,
        timeline: Timeline,
        conversation: Conversation,
        clock: Clock,
        publish: Callable[[events.CallEvent], None],
        host: Host,
        *,
        protect_greeting: bool = False,
        early_barge_in: bool = False,
        utterance_ms: Callable[[], int] = lambda: 0,
    ) -> None:
        """Join the parts; nothing is carried before `run`.

        Args:
            call_sid: the call's name, for events.
            session: the agent, open already.
            timeline: both sides on one clock; recorder and ear listen to it.
            conversation: the transcript.
            clock: for durations.
            publish: takes events.
            host: the call's owner.
            protect_greeting: a "Hello?" over the prepared greeting does not reach the agent.
            early_barge_in: fall silent before the model says that the caller speaks.
            utterance_ms: how long the caller has been speaking, as the ear hears it.
        """
        self._call_sid = call_sid
        self._session = session
        self._timeline = timeline
        self._clock = clock
        self._publish = publish
        self._host = host
        self._watchdog = Watchdog()
        self._silence = LongSilence()
        self.news = AgentNews(call_sid, session, clock, publish)
        self._shield = GreetingShield() if protect_greeting else None
        self._early = EarlyBargeIn() if early_barge_in else None
        self._utterance_ms = utterance_ms
        self._up = Upsampler()
        self._floor = FloorTracker()
        self._floor_shown = Floor.NOBODY
        self._meter = LevelMeter()
        self._agent: asyncio.Task[None] | None = None
        self._machine_listens = False
        self._operator = False
        self.caller_muted = False
        self.voice = AgentVoice(
            call_sid,
            timeline,
            conversation,
            self._floor,
            self._watchdog,
            clock,
            publish,
            self._show_floor,
        )
        self.gate = Gate(self.voice.take)
        self.gate.shut(Hold.NO_LINE)
        timeline.add_tap(self._measure)

    @property
    def position_s(self) -> float:
        """Seconds of call audio so far."""
        return self._timeline.position_s

    @property
    def operator_speaking(self) -> bool:
        """True while the operator is on the line and makes a sound."""
        return self._floor.operator_speaking

    def taken_over(self, on: bool) -> None:
        """The operator's voice takes the agent's place, from this moment, or leaves it again."""
        self._operator = on
        self._floor.taken_over(on)
        if on:
            self.cut_turn()
        else:
            self.gate.drop()
            self.voice.playout.finish()
            self._watchdog.forgive()
        self._show_floor()

    @property
    def machine_listens(self) -> bool:
        """True while a screening or a menu is on the line, which the agent need not answer."""
        return self._machine_listens

    def listened_to_by(self, *, machine: bool) -> None:
        """A screening or a menu is on the line now, or a person is."""
        if self._machine_listens and not machine:
            self._watchdog.forgive()
        self._machine_listens = machine

    @property
    def silent(self) -> bool:
        """True while neither side has made a sound."""
        return not self._floor.caller_ever_spoke and self.voice.playout.fed_ms == 0

    @property
    def caller_speaking(self) -> bool:
        """True while the caller makes a sound."""
        return self._floor.caller_speaking

    @property
    def agent_spoke_last(self) -> bool:
        """True where the agent has said something since the caller's last sound."""
        return not self._floor.awaits_answer and self.voice.playout.fed_ms > 0

    async def run(self, line: MediaLine) -> None:
        """Carry audio until this stream ends."""
        self.voice.attach(line)
        if self._agent is None:
            self._agent = tasks.start(self._agent_to_caller(), name="agent to caller")
        self.gate.release(Hold.NO_LINE)
        try:
            await self._caller_to_agent(line)
        finally:
            self.gate.shut(Hold.NO_LINE)
            if self._operator:
                # A voice that is live is out of place once it is late.
                self.voice.fall_silent()
            self.voice.detach()

    async def close(self) -> None:
        """The call is over: nothing more is played or written."""
        await tasks.stop(self._agent)
        self.voice.close()

    def cut_short(self) -> None:
        """Drop all agent audio that has not been heard, held or queued."""
        self.gate.drop()
        self.voice.cut_short()

    def cut_turn(self) -> None:
        """The same, and nothing more of the turn that the model is in the middle of."""
        self.gate.drop()
        self.voice.cut_turn()

    async def _caller_to_agent(self, line: MediaLine) -> None:
        async for event in line.events():
            if isinstance(event, LineAudio):
                pcm = mulaw.decode(event.mulaw)
                self._session.send_audio(self._up.process(self._heard_by_agent(pcm)))
                self._timeline.caller_heard(pcm, event.timestamp_ms)
            elif isinstance(event, LineMark):
                self.voice.marked(event.name)
            elif isinstance(event, LineDigit):
                self._host.key_received(event.digit)

    def _heard_by_agent(self, pcm: Pcm16) -> Pcm16:
        shield = self._shield
        if self.caller_muted:
            return np.zeros_like(pcm)
        if shield is None:
            return pcm
        if self.voice.turn_whole and self.gate.open and not self.voice.playout.busy:
            shield.lower()
        heard = shield.pass_on(pcm, self._utterance_ms())
        if not shield.up:
            self._shield = None
        return heard

    async def _agent_to_caller(self) -> None:
        try:
            async for event in self._session.events():
                self._take(event)
        except ProblemError as error:
            self._host.agent_lost(error.problem)

    def _take(self, event: AgentEvent) -> None:
        self.news.take(event)
        if isinstance(event, (AgentToolCall, AgentToolCancelled)):
            self._watchdog.agent_acted()
            self.voice.playout.expect_pause()
            self._host.tool_called(event)
            return
        if isinstance(event, AgentWords) and event.by_caller:
            self._host.caller_said(event.text)
        self.gate.take(event)

    @property
    def _now_ms(self) -> float:
        return self._timeline.position_s * 1000

    def _measure(self, caller: Pcm16, agent: Pcm16) -> None:
        now_ms = self._now_ms
        if self._early is not None and self._shield is None and not self._operator:
            self._listen_early(self._early, caller, agent)
        levels = self._meter.hear(caller, agent, now_ms)
        if levels is None:
            return
        sounds = self._floor.caller_level(levels.caller_dbfs, now_ms)
        self._floor.operator_level(levels.agent_dbfs, now_ms)
        self._publish(
            events.LevelsMeasured(
                call_sid=self._call_sid,
                at=self._clock.now(),
                caller_dbfs=levels.caller_dbfs,
                agent_dbfs=levels.agent_dbfs,
                buffered_ms=self.voice.playout.buffered_ms,
                round_trip_ms=self.voice.playout.round_trip_ms,
            )
        )
        self.news.look()
        self._show_floor()
        self._watch(now_ms, levels.over_ms if sounds else 0.0, levels.agent_dbfs)

    def _listen_early(self, early: EarlyBargeIn, caller: Pcm16, agent: Pcm16) -> None:
        playout = self.voice.playout
        match early.heard(caller, agent, playing=playout.busy, paused=playout.paused):
            case Wish.PAUSE:
                playout.pause()
                self._timeline.cleared()
            case Wish.RESUME:
                playout.resume()

    def _watch(self, now_ms: float, caller_ms: float, agent_dbfs: float) -> None:
        playout = self.voice.playout
        if caller_ms:
            self._watchdog.caller_sounds(now_ms, caller_ms)
        if playout.busy and not playout.paused:
            self._watchdog.agent_sounds(agent_dbfs, now_ms)
        else:
            self._watchdog.agent_quiet()
        if not self.gate.open:
            self._silence.forget()
            if self.gate.in_vain:
                self._watchdog.forgive()
            return
        found = None if self.machine_listens else self._watchdog.check(now_ms)
        if found is not None:
            self._host.stalled(*found)
        step = self._silence.after(now_ms, caller=bool(caller_ms), agent=playout.busy)
        if step is not None:
            self._host.silent(step)

    def _show_floor(self) -> None:
        floor = self._floor.floor
        if floor is not self._floor_shown:
            self._floor_shown = floor
            self._publish(
                events.FloorChanged(call_sid=self._call_sid, at=self._clock.now(), floor=floor)
            )
