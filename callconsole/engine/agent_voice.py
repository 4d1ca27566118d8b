"""The agent's side of a call: turns what the model says into what the phone plays."""

from __future__ import annotations

from collections.abc import Callable

from callconsole.audio import mulaw
from callconsole.audio.resample import Downsampler
from callconsole.domain import events
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine.changes import Changes
from callconsole.engine.conversation import Conversation
from callconsole.engine.floor import FloorTracker
from callconsole.engine.playout import Playout
from callconsole.engine.ports import (
    AgentAudio,
    AgentCutOff,
    AgentEvent,
    AgentGenerated,
    AgentRecovered,
    AgentTurnDone,
    AgentWords,
    Clock,
    MediaLine,
    Pcm16,
)
from callconsole.engine.timeline import Timeline
from callconsole.engine.watchdog import Watchdog

Publish = Callable[[events.CallEvent], None]


def _nothing() -> None:
    """Nobody wants to know."""


class AgentVoice:
    """Plays the agent's turns, cuts them off, and knows how much of each was heard.

    Attributes:
        playout: what is sent to the phone.
        changes: told whenever a turn begins, ends, is cut off or has been heard.
        cuts: how often the agent was cut off so far.
        turn_began: called at the beginning of each turn.
    """

    def __init__(
        self,
        call_sid: str,
        timeline: Timeline,
        conversation: Conversation,
        floor: FloorTracker,
        watchdog: Watchdog,
        clock: Clock,
        publish: Publish,
        floor_moved: Callable[[], None],
    ) -> None:
        self._call_sid = call_sid
        self._timeline = timeline
        self._conversation = conversation
        self._floor = floor
        self._watchdog = watchdog
        self._clock = clock
        self._publish = publish
        self._floor_moved = floor_moved
        self._down = Downsampler()
        self._turn_open = False
        self._turn_whole = False
        self._turn_cut = False
        self._turn_base_ms = 0.0
        self._turn_sounded = False
        self._said_to_ms = 0.0
        self._reply: tuple[float, float] | None = None
        self.cuts = 0
        self.turn_began: Callable[[], None] = _nothing
        self.changes = Changes()
        self.playout = Playout(None, clock, timeline.agent_sent, self._drained)
        self.playout.on_gap = self._gapped

    @property
    def turn_whole(self) -> bool:
        """True where the model has said all of its newest turn."""
        return self._turn_whole

    @property
    def mid_turn(self) -> bool:
        """True while the model may still add to a turn that has begun."""
        return self._turn_open and not self._turn_whole and not self._turn_cut

    @property
    def turn_open(self) -> bool:
        """True from a turn's first word until the model says that it is complete."""
        return self._turn_open

    def attach(self, line: MediaLine) -> None:
        """Play over this stream."""
        self.playout.attach(line)

    def detach(self) -> None:
        """The stream is gone; what was not heard waits for the next one."""
        self.playout.detach()
        self._timeline.cleared()

    def take(self, event: AgentEvent) -> None:
        """Take in what may be heard now, in the model's order."""
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
            case AgentRecovered():
                self._recovered(event)
            case _:
                return
        self.changes.happened()

    def marked(self, name: str) -> None:
        """The carrier has played up to this mark, or has cleared it."""
        self.playout.mark_echoed(name)
        self._prove_reply()
        self.changes.happened()

    def cut_short(self) -> Turn | None:
        """Drop all audio that has not been heard; return the turn whose words it takes."""
        if not (self.playout.busy or self.playout.paused or self._turn_open):
            return None
        heard_ms, said_to_ms = self.playout.heard_ms, self._said_to_ms
        self._reply = None
        self.fall_silent()
        self._down.reset()
        self._floor.agent_stopped()
        self._floor_moved()
        if not self.mid_turn and heard_ms >= said_to_ms:
            # What is dropped is the operator's voice or the hold sound.
            return None
        base_ms = self._turn_base_ms
        heard_ms, generated_ms = heard_ms - base_ms, said_to_ms - base_ms
        return self._conversation.cut_off(heard_ms, generated_ms, whole=self._turn_whole)

    def fall_silent(self) -> None:
        """Drop whatever has not been heard yet, whoever's sound it is."""
        self.playout.clear()
        self._timeline.cleared()
        self._said_to_ms = min(self._said_to_ms, self.playout.fed_ms)

    def cut_turn(self) -> None:
        """Drop what has not been heard, and all that the model still adds to this turn."""
        self._turn_cut = self._turn_open
        self.cut_short()
        self.changes.happened()

    def close(self) -> None:
        """The call is over."""
        self.cut_short()
        self.playout.close()
        self._conversation.close()
        self.changes.happened()

    def _play(self, pcm: Pcm16) -> None:
        if self._turn_cut:
            return
        self._begin_turn()
        self._turn_sounded = True
        begins_at_ms = self.playout.fed_ms
        self.playout.feed(mulaw.encode(self._down.process(pcm)))
        self._said_to_ms = self.playout.fed_ms
        if not self._floor.agent_playing and self.playout.busy:
            asked_ms = self._floor.caller_last_ms
            delay_ms = self._floor.agent_started(self._now_ms)
            if delay_ms is not None and asked_ms is not None:
                self._reply = (asked_ms, begins_at_ms)
                self._publish(
                    events.AgentReplied(
                        call_sid=self._call_sid, at=self._clock.now(), delay_ms=delay_ms
                    )
                )
            self._floor_moved()

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
            self.turn_began()

    def operator_said(self, data: bytes) -> None:
        """Play the operator's voice, μ-law, in whole frames, in the agent's place.

        While no stream is there nobody hears it, and nobody shall hear it later.
        """
        if not self.playout.paused:
            self.playout.feed(data)

    def _generated(self) -> None:
        if self._turn_cut or not self._turn_open:
            return
        self._turn_whole = True
        self.playout.feed(mulaw.encode(self._down.flush()))
        self.playout.finish()
        self._said_to_ms = self.playout.fed_ms

    def finish_turn(self) -> None:
        """Take the turn for whole, though the model has not said so: play all of it."""
        self._generated()

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
        self.cuts += self._turn_open or self.playout.busy
        dropped_ms = self.playout.waiting_ms + self.playout.buffered_ms
        turn = self.cut_short()
        if turn is not None:
            self._publish(
                events.AgentInterrupted(
                    call_sid=self._call_sid,
                    at=self._clock.now(),
                    turn_id=turn.id,
                    dropped_ms=round(dropped_ms),
                )
            )

    def _recovered(self, event: AgentRecovered) -> None:
        self._publish(
            events.AgentRenewed(
                call_sid=self._call_sid,
                at=self._clock.now(),
                fresh=event.fresh,
                reason=event.reason,
                gap_ms=event.gap_ms,
            )
        )

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
                    call_sid=self._call_sid,
                    at=self._clock.now(),
                    delay_ms=max(0, round(heard_at_ms - asked_ms)),
                )
            )

    def _gapped(self, gap_ms: int) -> None:
        self._publish(
            events.SpeechGapped(call_sid=self._call_sid, at=self._clock.now(), gap_ms=gap_ms)
        )

    def _drained(self) -> None:
        self._floor.agent_stopped()
        self._floor_moved()

    @property
    def _now_ms(self) -> float:
        return self._timeline.position_s * 1000
