"""Carries the caller's audio to the agent and the agent's to the caller, with barge-in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np

from callconsole.audio import mulaw
from callconsole.audio.meter import level_dbfs
from callconsole.audio.resample import Downsampler, Upsampler
from callconsole.domain import events
from callconsole.domain.call import Floor
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine.conversation import Conversation
from callconsole.engine.early_barge_in import EarlyBargeIn, Wish
from callconsole.engine.floor import FloorTracker
from callconsole.engine.playout import Playout
from callconsole.engine.ports import (
    AgentAudio,
    AgentCutOff,
    AgentEvent,
    AgentGenerated,
    AgentRecovered,
    AgentSession,
    AgentTurnDone,
    AgentWords,
    Clock,
    LineAudio,
    LineMark,
    MediaLine,
    Pcm16,
)
from callconsole.engine.timeline import Timeline
from callconsole.engine.watchdog import Remedy, Stall, Watchdog

LEVELS_EVERY_MS = 60


class Bridge:
    """One call's audio between one stream and one agent session.

    `run` ends when the stream ends, and raises the agent's `ProblemError` where its session
    breaks first.
    """

    def __init__(
        self,
        line: MediaLine,
        session: AgentSession,
        timeline: Timeline,
        conversation: Conversation,
        clock: Clock,
        publish: Callable[[events.CallEvent], None],
        on_stall: Callable[[Stall, Remedy], None] = lambda _stall, _remedy: None,
        *,
        protect_greeting: bool = False,
        early_barge_in: bool = False,
    ) -> None:
        self._line = line
        self._session = session
        self._timeline = timeline
        self._conversation = conversation
        self._clock = clock
        self._publish = publish
        self._on_stall = on_stall
        self._watchdog = Watchdog()
        self._protecting = protect_greeting
        self._early = EarlyBargeIn() if early_barge_in else None
        self._up = Upsampler()
        self._down = Downsampler()
        self._floor = FloorTracker()
        self._floor_shown = Floor.NOBODY
        self._unmeasured: list[tuple[Pcm16, Pcm16]] = []
        self._levels_at_ms = 0.0
        self._turn_open = False
        self._turn_whole = False
        self._turn_cut = False
        self._turn_base_ms = 0.0
        self._turn_sounded = False
        self._reply: tuple[float, float] | None = None
        self.playout = Playout(line, clock, timeline.agent_sent, self._agent_drained)
        timeline.add_tap(self._measure)

    @property
    def silent(self) -> bool:
        """True while neither side has made a sound."""
        return not self._floor.caller_ever_spoke and self.playout.fed_ms == 0

    async def run(self) -> None:
        """Carry audio until the stream ends."""
        agent = asyncio.create_task(self._agent_to_caller(), name="agent to caller")
        caller = asyncio.create_task(self._caller_to_agent(), name="caller to agent")
        try:
            done, _ = await asyncio.wait({agent, caller}, return_when=asyncio.FIRST_COMPLETED)
            if caller not in done:
                agent.result()
                await caller
            else:
                caller.result()
        finally:
            for task in (agent, caller):
                task.cancel()
            await asyncio.gather(agent, caller, return_exceptions=True)
            self.cut_short()
            self.playout.close()
            self._conversation.close()

    async def _caller_to_agent(self) -> None:
        async for event in self._line.events():
            if isinstance(event, LineAudio):
                pcm = mulaw.decode(event.mulaw)
                if self._turn_whole and not self.playout.busy:
                    self._protecting = False
                # Silence rather than nothing: the model needs an unbroken stream to end turns.
                heard = np.zeros_like(pcm) if self._protecting else pcm
                self._session.send_audio(self._up.process(heard))
                self._timeline.caller_heard(pcm, event.timestamp_ms)
            elif isinstance(event, LineMark):
                self.playout.mark_echoed(event.name)
                self._prove_reply()

    async def _agent_to_caller(self) -> None:
        async for event in self._session.events():
            self._take(event)

    def _take(self, event: AgentEvent) -> None:
        match event:
            case AgentAudio(pcm=pcm):
                self._play(pcm)
            case AgentWords(text=text, by_caller=by_caller, final=final):
                self._write(text, final=final, by_caller=by_caller)
            case AgentCutOff():
                self._cut_off()
            case AgentGenerated():
                self._generated()
            case AgentTurnDone():
                self._turn_done()
            case AgentRecovered(fresh=fresh, reason=reason, gap_ms=gap_ms):
                self._publish(
                    events.AgentRenewed(
                        call_sid=self._line.call_sid,
                        at=self._clock.now(),
                        fresh=fresh,
                        reason=reason,
                        gap_ms=gap_ms,
                    )
                )
            case _:
                pass

    def _play(self, pcm: Pcm16) -> None:
        if self._turn_cut:
            return
        self._begin_turn()
        self._turn_sounded = True
        begins_at_ms = self.playout.fed_ms
        self.playout.feed(mulaw.encode(self._down.process(pcm)))
        if not self._floor.agent_playing and self.playout.busy:
            asked_ms = self._floor.caller_last_ms
            delay_ms = self._floor.agent_started(self._now_ms)
            if delay_ms is not None and asked_ms is not None:
                self._reply = (asked_ms, begins_at_ms)
                self._publish(
                    events.AgentReplied(
                        call_sid=self._line.call_sid, at=self._clock.now(), delay_ms=delay_ms
                    )
                )
            self._show_floor()

    def _write(self, text: str, *, final: bool, by_caller: bool) -> None:
        if by_caller:
            self._watchdog.caller_words()
            began_s = self._floor.caller_began_ms / 1000
            late = self._turn_open and not self._floor.caller_spoke_over_agent
            self._conversation.add(Speaker.CALLER, text, began_s, final=final, late=late)
        elif not self._turn_cut:
            self._begin_turn()
            if not self._turn_sounded:
                self._watchdog.agent_words(self._now_ms)
            self._conversation.add(Speaker.AGENT, text, self._timeline.position_s, final=final)

    def _begin_turn(self) -> None:
        if not self._turn_open:
            self._turn_open = True
            self._turn_whole = False
            self._turn_sounded = False
            self._turn_base_ms = self.playout.fed_ms

    def _generated(self) -> None:
        if self._turn_cut or not self._turn_open:
            return
        self._turn_whole = True
        self.playout.feed(mulaw.encode(self._down.flush()))
        self.playout.finish()

    def _turn_done(self) -> None:
        if self._turn_open and not self._turn_cut and not self._turn_whole:
            self._generated()
        self._watchdog.turn_done(had_audio=self._turn_open and self._turn_sounded)
        self._conversation.finish(Speaker.AGENT)
        self._turn_open = False
        self._turn_cut = False

    def _cut_off(self) -> None:
        """Empty our queue and the carrier's buffer in one step, and forget late audio.

        The model may also say so after its turn is complete, while we still play it; then no
        `AgentTurnDone` follows, and audio that comes next belongs to the next turn.
        """
        self._turn_cut = self._turn_open
        dropped_ms = self.playout.waiting_ms + self.playout.buffered_ms
        turn = self.cut_short()
        if turn is not None:
            self._publish(
                events.AgentInterrupted(
                    call_sid=self._line.call_sid,
                    at=self._clock.now(),
                    turn_id=turn.id,
                    dropped_ms=round(dropped_ms),
                )
            )

    def cut_short(self) -> Turn | None:
        """Drop all agent audio that has not been heard; return the turn whose words it takes."""
        if not self.playout.busy and not self._turn_open:
            return None
        heard_ms = self.playout.heard_ms - self._turn_base_ms
        generated_ms = self.playout.fed_ms - self._turn_base_ms
        self._reply = None
        self.playout.clear()
        self._timeline.cleared()
        self._down.reset()
        self._floor.agent_stopped()
        self._show_floor()
        return self._conversation.cut_off(heard_ms, generated_ms, whole=self._turn_whole)

    def _prove_reply(self) -> None:
        """The first echo behind an answer says when the caller began to hear it."""
        if self._reply is None:
            return
        asked_ms, begins_at_ms = self._reply
        proven_ms = self.playout.proven_ms - begins_at_ms
        if proven_ms > 0:
            self._reply = None
            heard_at_ms = self._now_ms - proven_ms
            self._publish(
                events.AgentHeard(
                    call_sid=self._line.call_sid,
                    at=self._clock.now(),
                    delay_ms=max(0, round(heard_at_ms - asked_ms)),
                )
            )

    def _agent_drained(self) -> None:
        self._floor.agent_stopped()
        self._show_floor()

    @property
    def _now_ms(self) -> float:
        return self._timeline.position_s * 1000

    def _measure(self, caller: Pcm16, agent: Pcm16) -> None:
        self._unmeasured.append((caller, agent))
        now_ms = self._now_ms
        if self._early is not None and not self._protecting:
            self._listen_early(self._early, caller, agent)
        passed_ms = now_ms - self._levels_at_ms
        if passed_ms < LEVELS_EVERY_MS:
            return
        self._levels_at_ms = now_ms
        caller_dbfs, agent_dbfs = (
            level_dbfs(np.concatenate(side)) for side in zip(*self._unmeasured, strict=True)
        )
        self._unmeasured.clear()
        sounds = self._floor.caller_level(caller_dbfs, now_ms)
        self._publish(
            events.LevelsMeasured(
                call_sid=self._line.call_sid,
                at=self._clock.now(),
                caller_dbfs=caller_dbfs,
                agent_dbfs=agent_dbfs,
                buffered_ms=self.playout.buffered_ms,
            )
        )
        self._show_floor()
        self._watch(now_ms, passed_ms if sounds else 0.0, agent_dbfs)

    def _listen_early(self, early: EarlyBargeIn, caller: Pcm16, agent: Pcm16) -> None:
        playout = self.playout
        match early.heard(caller, agent, playing=playout.busy, paused=playout.paused):
            case Wish.PAUSE:
                playout.pause()
                self._timeline.cleared()
            case Wish.RESUME:
                playout.resume()

    def _watch(self, now_ms: float, caller_ms: float, agent_dbfs: float) -> None:
        if caller_ms:
            self._watchdog.caller_sounds(now_ms, caller_ms)
        if self.playout.busy and not self.playout.paused:
            self._watchdog.agent_sounds(agent_dbfs, now_ms)
        else:
            self._watchdog.agent_quiet()
        found = self._watchdog.check(now_ms)
        if found is not None:
            self._on_stall(*found)

    def _show_floor(self) -> None:
        floor = self._floor.floor
        if floor is not self._floor_shown:
            self._floor_shown = floor
            self._publish(
                events.FloorChanged(call_sid=self._line.call_sid, at=self._clock.now(), floor=floor)
            )
