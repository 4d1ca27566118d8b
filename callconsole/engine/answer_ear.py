"""Listens to a call's first seconds, by sound and words, and says who answered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from callconsole.audio.tones import HOP_MS, Tone, ToneKind, ToneListener
from callconsole.audio.utterances import Span, UtteranceListener
from callconsole.audio.voice_signs import VoiceSigns, hops
from callconsole.domain import answer_rules
from callconsole.domain.answer_phrases import Phrase, phrases_in
from callconsole.domain.answer_rules import Assessment, Facts, Finding
from callconsole.domain.answering import (
    USUAL_THRESHOLDS,
    AnsweredBy,
    AnswerThresholds,
    JudgedBy,
    Utterance,
    Verdict,
    Weighing,
)
from callconsole.engine.ports import Pcm16

_NOBODY = Assessment(())
_BY_WORDS = Finding(AnsweredBy.PERSON, 25, "Was taken for a person by its words")
_GO_ON = frozenset({AnsweredBy.SCREENING, AnsweredBy.MENU})
# A beep as low as ringing is one only where somebody has just finished speaking.
_LOW_BEEP_AFTER_MS = 4000
_MUSIC_HOPS = 40
# Without anything new, the lapse of time is looked at this often.
_LOOK_EVERY_HOPS = 5
# Words come so long after they were said.
_WORDS_LATE_MS = 1500
# Pieces of one sentence come within this of one another, and the last may turn its meaning.
_SENTENCE_HOPS = 15


@dataclass(slots=True)
class _Heard:
    """What the other end said since a moment: the whole call, or since a machine handed over.

    Attributes:
        from_span: index of the first utterance that counts.
    """

    from_span: int = 0
    pieces: list[str] = field(default_factory=list)
    phrases: tuple[Phrase, ...] = ()
    beep: bool = False

    def add(self, piece: str) -> None:
        """One more piece of transcript, which may begin in a word or lack the space before one."""
        self.pieces.append(piece)
        joined = phrases_in("".join(self.pieces)), phrases_in(" ".join(self.pieces))
        self.phrases = tuple(dict.fromkeys(joined[0] + joined[1]))


class AnswerEar:
    """Listens to a call's first seconds and says who answered.

    It keeps listening after a verdict: a beep turns a person into voicemail, a person may pick up
    behind a screening or a menu. Whoever drives it stops when the conversation has begun. All
    times are ms of call audio; nothing here reads a clock.
    """

    def __init__(self, thresholds: AnswerThresholds = USUAL_THRESHOLDS) -> None:
        self._thresholds = thresholds
        self._signs = VoiceSigns()
        self._tones = ToneListener()
        self._listener = UtteranceListener()
        self._rest = np.zeros(0, np.int16)
        self._hop = 0
        self._heard = _Heard()
        self._words_of: dict[int, str] = {}
        self._fax = self._announcement = False
        self._carrier: tuple[AnsweredBy, str] | None = None
        self._before: AnsweredBy | None = None
        self._settled: Finding | None = None
        self._verdict: Verdict | None = None
        self._assessment = _NOBODY
        self._judged_at = self._look_at = 0
        self._worded_at = -_SENTENCE_HOPS
        self._was_speaking = False

    @property
    def verdict(self) -> Verdict | None:
        """The newest, or None while nobody is sure."""
        return self._verdict

    @property
    def utterance_ms(self) -> int:
        """Length of the utterance going on now, up to its last sound; 0 while it is quiet."""
        if not self._listener.speaking:
            return 0
        span = self._listener.spans[-1]
        return span.end_ms - span.start_ms

    @property
    def _elapsed_ms(self) -> int:
        return self._hop * HOP_MS

    def hear(self, caller: Pcm16) -> None:
        """The next samples from the other end, from the answer on.

        Args:
            caller: shape (n,), int16, 8000 Hz, any n; looked at in steps of 20 ms.

        Raises:
            ValueError: it is not one row of 16-bit samples.
        """
        whole, self._rest = hops(self._rest, caller)
        for hop in whole:
            self._signs.take(hop)
            tone = self._tones.take(self._signs)
            self._listener.take(self._signs, self._tones.sounding_hops)
            self._hop += 1
            if tone is not None:
                self._note(tone)
            if self._listener.speaking != self._was_speaking:
                self._was_speaking = self._listener.speaking
                self._look_at = self._hop
            if self._hop >= self._look_at:
                self._judge()

    def words(self, text: str) -> None:
        """A piece of the other end's transcript, whenever it comes."""
        if not text.strip():
            return
        index = self._span_of_words()
        if index is not None:
            self._words_of[index] = f"{self._words_of.get(index, '')} {text.strip()}".strip()
            if index < self._heard.from_span:
                return
            if self._before is not None and index > self._heard.from_span:
                self._heard = _Heard(from_span=index, beep=self._heard.beep)
        self._heard.add(text)
        self._worded_at = self._hop
        self._judge()

    def carrier_says(self, answered_by: AnsweredBy, detail: str) -> None:
        """The carrier's own verdict and its word for it, such as ``machine_start``."""
        self._carrier = answered_by, detail
        self._judge()

    def weighing(self) -> Weighing:
        """What is known just now."""
        spans = self._listener.spans
        utterances = tuple(self._utterance(i, span) for i, span in enumerate(spans))
        return Weighing(
            elapsed_ms=self._elapsed_ms,
            shares=self._assessment.shares,
            evidence=self._assessment.evidence,
            utterances=utterances,
            decides_in_ms=self._decides_in_ms(),
        )

    # What comes in -------------------------------------------------------------------------

    def _note(self, tone: Tone) -> None:
        after_ms = tone.start_ms - self._last_ms
        spoke = self._listener.spans and after_ms >= 0
        match tone.kind:
            case ToneKind.ANSWER:
                self._fax = True
            case ToneKind.CALLING if not spoke:
                self._fax = True
            case ToneKind.CALLING | ToneKind.BEEP:
                self._heard.beep = True
            case ToneKind.ANNOUNCEMENT:
                self._announcement = True
            case ToneKind.LOW if spoke and self._before is None and after_ms < _LOW_BEEP_AFTER_MS:
                self._heard.beep = True
            case _:
                return
        self._look_at = self._hop

    @property
    def _last_ms(self) -> int:
        spans = self._listener.spans
        return spans[-1].end_ms if spans else 0

    def _span_of_words(self) -> int | None:
        """The utterance that words belong to which come now: the first that waits for its own."""
        spans = self._listener.spans
        for index, span in enumerate(spans):
            ended = index < len(spans) - 1 or not self._listener.speaking
            waits = self._elapsed_ms - span.end_ms < _WORDS_LATE_MS
            if ended and waits and index not in self._words_of:
                return index
        return len(spans) - 1 if spans else None

    # What it comes to ----------------------------------------------------------------------

    def _judge(self) -> None:
        facts = self._facts()
        self._assessment = answer_rules.assess(facts, self._thresholds)
        self._judged_at = self._hop
        wait_ms = self._assessment.wait_ms
        soon = _LOOK_EVERY_HOPS if wait_ms is None else -(-wait_ms // HOP_MS)
        self._look_at = self._hop + max(1, min(_LOOK_EVERY_HOPS, soon))
        sure = self._assessment.sure
        if sure is AnsweredBy.VOICEMAIL and self._in_a_sentence(facts):
            # "The person you are calling …" may go on with "… uses a screening service".
            self._look_at = self._worded_at + _SENTENCE_HOPS
        elif sure is not None:
            if self._verdict is None or self._verdict.answered_by is not sure:
                own = self._assessment.sure_without_carrier is sure
                self._decide(sure, JudgedBy.EAR if own else JudgedBy.CARRIER)
        elif self._verdict is None and self._out_of_time():
            self._decide(AnsweredBy.UNKNOWN, JudgedBy.LIMIT)

    def _in_a_sentence(self, facts: Facts) -> bool:
        """Words have just come, say too little by themselves, and more may follow."""
        fresh = self._hop - self._worded_at < _SENTENCE_HOPS
        enough = facts.points_of_words(AnsweredBy.VOICEMAIL) >= answer_rules.SURE
        return fresh and not facts.beep and not enough

    def _decide(self, answered_by: AnsweredBy, by: JudgedBy) -> None:
        self._verdict = Verdict(
            answered_by, by, self._reason(answered_by), self._elapsed_ms, self._assessment.evidence
        )
        if answered_by is AnsweredBy.PERSON:
            self._settled = self._assessment.timing or _BY_WORDS
        elif answered_by in _GO_ON:
            self._before, self._settled = answered_by, None
            self._heard = _Heard(from_span=len(self._listener.spans))

    def _reason(self, answered_by: AnsweredBy) -> str:
        """One sentence; what weighs most for this class."""
        if answered_by is AnsweredBy.UNKNOWN:
            seconds = f"{self._elapsed_ms / 1000:.1f} s"
            if not self._listener.spans:
                return f"Nobody said anything for {seconds}."
            return f"After {seconds} it is still not clear who answered."
        found = [f for f in self._assessment.findings if f.answered_by is answered_by]
        strongest = max(found, key=lambda finding: finding.points)
        return f"{strongest.text}."

    def _facts(self) -> Facts:
        listener, heard = self._listener, self._heard
        spans = listener.spans[heard.from_span :]
        stale = self._before is not None and len(spans) > 1
        carrier, detail = self._carrier or (None, "")
        facts = Facts(
            elapsed_ms=self._elapsed_ms,
            phrases=() if stale else heard.phrases,
            worded=bool(heard.pieces),
            beep=heard.beep,
            fax=self._fax,
            tone=self._tones.pending,
            announcement=self._announcement,
            music=listener.music_hops >= _MUSIC_HOPS,
            carrier=None if self._before else carrier,
            carrier_detail=detail,
            before=self._before,
            settled=self._settled,
        )
        if not spans:
            return facts
        first = self._talk_begins(spans)
        speaking = listener.speaking
        last_ms = self._elapsed_ms if speaking else spans[-1].end_ms
        return replace(facts, first_ms=first.start_ms, last_ms=last_ms, speaking=speaking)

    def _talk_begins(self, spans: list[Span]) -> Span:
        """Once a person is there, or another may be, every utterance is a talk of its own."""
        return spans[-1] if self._settled or self._before else spans[0]

    def _out_of_time(self) -> bool:
        if self._elapsed_ms >= self._thresholds.limit_ms:
            return self._assessment.wait_ms is None
        silent = not self._listener.spans and not self._heard.pieces
        return silent and not self._sounds and self._elapsed_ms >= self._thresholds.silence_ms

    @property
    def _sounds(self) -> bool:
        """There is something to listen to, if only music or ringing."""
        return self._listener.music_hops >= _MUSIC_HOPS or self._announcement

    def _decides_in_ms(self) -> int | None:
        if self._verdict is not None or self._listener.speaking:
            return None
        limits, elapsed_ms = self._thresholds, self._elapsed_ms
        waits = [limits.limit_ms - elapsed_ms]
        if self._assessment.wait_ms is not None:
            since_ms = (self._hop - self._judged_at) * HOP_MS
            waits = [self._assessment.wait_ms - since_ms]
        elif not self._listener.spans and not self._heard.pieces and not self._sounds:
            waits.append(limits.silence_ms - elapsed_ms)
        return max(0, min(waits))

    def _utterance(self, index: int, span: Span) -> Utterance:
        going_on = self._listener.speaking and index == len(self._listener.spans) - 1
        end_ms = None if going_on else span.end_ms
        return Utterance(span.start_ms, end_ms, self._words_of.get(index, ""))
