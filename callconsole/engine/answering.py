"""Decides who answered a call, from three voices: our ear, the carrier and the operator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from callconsole.domain import events
from callconsole.domain.answering import (
    MACHINES,
    AnsweredBy,
    JudgedBy,
    Verdict,
    Weighing,
)
from callconsole.engine.ports import AnswerVerdict, Clock, Pcm16

WEIGHED_EVERY_MS = 120
# The ear is there for the beginning; a voicemail system with a long menu is known by then.
LISTEN_MS = 60_000
# Frames that do not come cannot be counted: by then the limit holds by the clock.
GRACE_S = 1.0
_SAMPLES_PER_MS = 8

SAID = {
    AnsweredBy.PERSON: "a person answered",
    AnsweredBy.VOICEMAIL: "a voicemail answered",
    AnsweredBy.SCREENING: "a call screening answered",
    AnsweredBy.MENU: "a menu answered",
    AnsweredBy.FAX: "a fax answered",
    AnsweredBy.UNKNOWN: "nobody can tell who answered",
}


class Ear(Protocol):
    """Listens to a call's first seconds; see `callconsole.engine.answer_ear.AnswerEar`."""

    @property
    def verdict(self) -> Verdict | None:
        """The newest verdict, or None while nothing is sure."""
        ...

    @property
    def utterance_ms(self) -> int:
        """Length of the utterance that is going on, 0 while it is quiet."""
        ...

    def hear(self, caller: Pcm16) -> None:
        """Take in call audio, int16, 8000 Hz, from the answer on."""
        ...

    def words(self, text: str) -> None:
        """Take in a piece of the caller's transcript."""
        ...

    def carrier_says(self, answered_by: AnsweredBy, detail: str) -> None:
        """Take in the carrier's verdict."""
        ...

    def weighing(self) -> Weighing:
        """What is known so far."""
        ...


class Answering:
    """Who answered one call, as far as it is known by now.

    The first sure verdict counts, and a later one corrects it. The operator's word is final. A
    machine that is found in the middle of a conversation is shown and not obeyed.

    Args:
        call_sid: the call's name, for events.
        ear: hears and reads what the other end says.
        limit_ms: by then somebody has to decide, even where no audio comes.
        clock: for events.
        publish: takes events.
        in_conversation: both sides have had two real turns.
        decided: is given every verdict that is to be obeyed.
    """

    def __init__(
        self,
        call_sid: str,
        ear: Ear,
        limit_ms: int,
        clock: Clock,
        publish: Callable[[events.CallEvent], None],
        in_conversation: Callable[[], bool],
        decided: Callable[[Verdict], None],
    ) -> None:
        self._call_sid = call_sid
        self._limit_ms = limit_ms
        self._clock = clock
        self._publish = publish
        self._in_conversation = in_conversation
        self._decided = decided
        self._ear = ear
        self._listening = True
        self._elapsed_ms = 0.0
        self._weighed_at_ms = 0.0
        self._taken: Verdict | None = None
        self._limit: asyncio.TimerHandle | None = None
        self.verdict: Verdict | None = None

    @property
    def decided(self) -> bool:
        """True once there is a verdict that was obeyed."""
        return self.verdict is not None

    @property
    def utterance_ms(self) -> int:
        """How long the other end has been speaking without a pause."""
        return self._ear.utterance_ms if self._listening else 0

    def begin(self) -> None:
        """The audio flows from now on: the limit counts."""
        if self._limit is None and not self.decided:
            delay_s = self._limit_ms / 1000 + GRACE_S
            self._limit = asyncio.get_running_loop().call_later(delay_s, self._time_out)

    def hear(self, caller: Pcm16, _agent: Pcm16) -> None:
        """Take in call audio, int16, 8000 Hz; a tap of the timeline."""
        if not self._listening:
            return
        self._elapsed_ms += len(caller) / _SAMPLES_PER_MS
        self._ear.hear(caller)
        self._ask_the_ear()
        if not self.decided and self._elapsed_ms - self._weighed_at_ms >= WEIGHED_EVERY_MS:
            self._weighed_at_ms = self._elapsed_ms
            self._publish(
                events.AnswerWeighed(
                    call_sid=self._call_sid, at=self._clock.now(), weighing=self._ear.weighing()
                )
            )
        if self.decided and (self._elapsed_ms > LISTEN_MS or self._in_conversation()):
            self._listening = False

    def words(self, text: str) -> None:
        """Take in a piece of the caller's transcript."""
        if self._listening:
            self._ear.words(text)
            self._ask_the_ear()

    def carrier_says(self, heard: AnswerVerdict) -> None:
        """Take in the carrier's verdict; in a conversation it is only shown."""
        talking = self._in_conversation()
        if self._listening and not talking:
            self._ear.carrier_says(heard.answered_by, heard.detail)
            self._ask_the_ear()
        known = self.verdict.answered_by if self.verdict is not None else None
        if heard.answered_by not in (known, AnsweredBy.UNKNOWN) and (talking or known):
            reason = f"The phone company heard: {heard.detail.replace('_', ' ')}"
            self._tell(self._made(heard.answered_by, JudgedBy.CARRIER, reason), obeyed=False)

    def operator_says(self, answered_by: AnsweredBy) -> None:
        """The person at the desk knows better than any detector."""
        self._listening = False
        self._take(self._made(answered_by, JudgedBy.OPERATOR, f"You said: {SAID[answered_by]}"))

    def close(self) -> None:
        """The call is over."""
        self._listening = False
        if self._limit is not None:
            self._limit.cancel()

    def _ask_the_ear(self) -> None:
        verdict = self._ear.verdict
        if verdict is None or verdict == self._taken:
            return
        self._taken = verdict
        if self.verdict is not None and self.verdict.answered_by is verdict.answered_by:
            return
        self._take(verdict)

    def _time_out(self) -> None:
        if not self.decided:
            reason = "Nobody could tell in time who answered"
            self._take(self._made(AnsweredBy.UNKNOWN, JudgedBy.LIMIT, reason))

    def _made(self, answered_by: AnsweredBy, by: JudgedBy, reason: str) -> Verdict:
        return Verdict(answered_by, by, reason, round(self._elapsed_ms))

    def _take(self, verdict: Verdict) -> None:
        late = verdict.answered_by in MACHINES and self._in_conversation()
        obeyed = verdict.by is JudgedBy.OPERATOR or not late
        if obeyed:
            self.verdict = verdict
        self._tell(verdict, obeyed=obeyed)
        if obeyed:
            self._decided(verdict)

    def _tell(self, verdict: Verdict, *, obeyed: bool) -> None:
        self._publish(
            events.AnswerJudged(
                call_sid=self._call_sid,
                at=self._clock.now(),
                answered_by=verdict.answered_by,
                reason=verdict.reason,
                by=verdict.by,
                after_ms=verdict.after_ms,
                evidence=verdict.evidence,
                obeyed=obeyed,
            )
        )
