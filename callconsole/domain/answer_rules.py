"""Weighs what was heard after the answer: points for each class, and how long to wait for more.

Timing alone tells a person by a short greeting and the silence that waits for a reply, and a
machine by talk that does not wait. Words, beeps and the carrier's word count for more. A person
is only ever taken for one where nobody is speaking; a machine may be recognised in mid-sentence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from callconsole.domain.answer_phrases import Hint, Phrase
from callconsole.domain.answering import AnsweredBy, AnswerThresholds, Evidence

_PERSON, _VOICEMAIL, _FAX = AnsweredBy.PERSON, AnsweredBy.VOICEMAIL, AnsweredBy.FAX
_AFTER_WORDS = frozenset({AnsweredBy.SCREENING, AnsweredBy.MENU})

SURE: Final = 50
"""Points that decide, with `LEAD` more than any other class has."""
LEAD: Final = 20
SETTLED: Final = 60
_MOST = 100
_FURTHER = 0.25
_SHARE_POINTS = 22.0
# Before anything is known; nearer to one another than the lead that decides.
_PRIOR = {_PERSON: 8.0, _VOICEMAIL: 4.0, AnsweredBy.SCREENING: -8.0, AnsweredBy.MENU: -10.0}
_OTHER_PRIOR = -11.0

# Words come about a second after they were said, on a busy computer later.
_WORDS_MS = 1500
_BUSINESS_PAUSE = 1.7
_TOLD_BY_WORDS = 40
# Of the usual pause: after a word or two, after a name, after a short and a long greeting.
_LEAST_PAUSE, _NAME_PAUSE, _SHORT_PAUSE, _LONG_PAUSE = 0.85, 1.45, 1.6, 1.7
_WORD_MS, _NAME_MS = 700, 1100
# What takes longer than a greeting has more words than have come yet.
_BARE_MS = 1300
_NAMED_PAUSE = 1.6

# Too little to decide even together with a long talk.
_HASTY = 15

CARRIER_POINTS: Final[Mapping[AnsweredBy, int]] = {
    _PERSON: 50,
    _VOICEMAIL: 50,
    _FAX: 70,
    AnsweredBy.SCREENING: 50,
    AnsweredBy.MENU: 50,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Points for one class, and why, in plain words; None and 0 for what says nothing so far."""

    answered_by: AnsweredBy | None
    points: int
    text: str
    by_carrier: bool = False

    @property
    def evidence(self) -> Evidence:
        """The same as an operator reads it: for or against a person."""
        sign = 1 if self.answered_by is _PERSON else -1
        return Evidence(self.text, sign * min(self.points, _MOST))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What has been heard, in ms of call audio.

    Attributes:
        elapsed_ms: since the answer.
        first_ms: when the talk began that is to be judged, or None where nobody spoke.
        last_ms: when its last sound ended so far.
        speaking: it goes on.
        phrases: found in its words.
        worded: some of its words have come.
        beep: the last tone was a voicemail's.
        fax: a fax was heard.
        tone: one is sounding, or has just ended, of which it is not known yet what it is.
        announcement: the three tones before a network's message were heard.
        music: there is sound that is no voice, music or ringing.
        carrier: what the carrier says, and in which word.
        before: screening or menu, where such a one answered first: then only the words of the
            last utterance can tell that a person is there.
        settled: somebody was taken for a person already; timing has had its say.
    """

    elapsed_ms: int
    first_ms: int | None = None
    last_ms: int = 0
    speaking: bool = False
    phrases: tuple[Phrase, ...] = ()
    worded: bool = False
    beep: bool = False
    fax: bool = False
    tone: bool = False
    announcement: bool = False
    music: bool = False
    carrier: AnsweredBy | None = None
    carrier_detail: str = ""
    before: AnsweredBy | None = None
    settled: Finding | None = None

    @property
    def talk_ms(self) -> int:
        """Length of the talk, pauses in it included."""
        return 0 if self.first_ms is None else self.last_ms - self.first_ms

    @property
    def quiet_ms(self) -> int:
        """Silence since the talk."""
        return 0 if self.speaking else self.elapsed_ms - self.last_ms

    def hinted(self, hint: Hint) -> bool:
        """Whether a phrase gave this hint."""
        return any(phrase.hint is hint for phrase in self.phrases)

    def points_of_words(self, answered_by: AnsweredBy) -> int:
        """Of the phrases of one class: the strongest, and a little for every other."""
        weights = sorted(p.weight for p in self.phrases if p.answered_by is answered_by)
        return round(weights[-1] + _FURTHER * sum(weights[:-1])) if weights else 0


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the facts come to.

    Attributes:
        wait_ms: how much more silence would change this; None where that is not waited for.
        timing: what speaks for a person by timing.
    """

    findings: tuple[Finding, ...]
    wait_ms: int | None = None
    timing: Finding | None = None

    @property
    def sure(self) -> AnsweredBy | None:
        """The class that has been established, if one has."""
        return _winner(self.findings)

    @property
    def sure_without_carrier(self) -> AnsweredBy | None:
        """The same by the ear's own findings alone."""
        return _winner(f for f in self.findings if not f.by_carrier)

    @property
    def shares(self) -> dict[AnsweredBy, float]:
        """How likely each class is; empty where nothing was found."""
        if not any(f.points for f in self.findings):
            return {}
        points = {**_PRIOR}
        for answered_by, found in _points(self.findings).items():
            points[answered_by] = points.get(answered_by, _OTHER_PRIOR) + found
        parts = {who: math.exp(value / _SHARE_POINTS) for who, value in points.items()}
        whole = sum(parts.values())
        return {who: part / whole for who, part in parts.items()}

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Strongest first."""
        evidence = (finding.evidence for finding in self.findings)
        return tuple(sorted(evidence, key=lambda one: -abs(one.weight)))


def assess(facts: Facts, thresholds: AnswerThresholds) -> Assessment:
    """Weigh the facts."""
    findings = [*_heard(facts), *_said(facts)]
    timing, wait_ms = _timing(facts, thresholds)
    findings += timing
    if facts.carrier is not None:
        findings.append(_carried(facts, facts.carrier, thresholds))
    machine = any(f.points and f.answered_by is not _PERSON for f in findings)
    if findings and not machine:
        findings.append(Finding(None, 0, "No beep and no “leave a message” so far"))
    by_timing = next((f for f in timing if f.answered_by is _PERSON), None)
    return Assessment(tuple(findings), wait_ms, by_timing)


def pause_needed_ms(facts: Facts, thresholds: AnswerThresholds) -> int:
    """The silence after this talk that only somebody leaves who waits for a reply."""
    usual_ms, short_ms, long_ms = thresholds.pause_ms, thresholds.short_ms, thresholds.long_ms
    bare = facts.hinted(Hint.BARE) and facts.talk_ms <= _BARE_MS
    if bare or facts.points_of_words(_PERSON) >= _TOLD_BY_WORDS:
        return round(_LEAST_PAUSE * usual_ms)
    name_ms = min(_NAME_MS, short_ms)
    word_ms = min(_WORD_MS, name_ms)
    corners = (
        (word_ms, _LEAST_PAUSE),
        (name_ms, _NAME_PAUSE),
        (short_ms, _SHORT_PAUSE),
        (max(long_ms, short_ms), _LONG_PAUSE),
    )
    share = _between(facts.talk_ms, corners)
    if facts.hinted(Hint.BUSINESS):
        share = max(share, _BUSINESS_PAUSE)
    elif facts.hinted(Hint.NAME):
        share = max(share, _NAMED_PAUSE)
    return round(share * usual_ms)


def _missing_ms(facts: Facts, thresholds: AnswerThresholds) -> int:
    """How much longer it has to be quiet; a tone that may be a beep has to be heard out."""
    missing_ms = pause_needed_ms(facts, thresholds) - facts.quiet_ms
    return max(missing_ms, 1) if facts.tone else missing_ms


def _heard(facts: Facts) -> Iterable[Finding]:
    """By sound alone, whoever speaks."""
    if facts.fax:
        yield Finding(_FAX, 100, "The tone of a fax")
    if facts.announcement:
        yield Finding(_VOICEMAIL, 90, "The three tones before a recorded announcement")
    if facts.beep and facts.before is not AnsweredBy.SCREENING:
        yield Finding(_VOICEMAIL, 100, "A beep")
    if facts.music:
        yield Finding(None, 0, "Music or ringing, which is nobody's voice")


def _said(facts: Facts) -> Iterable[Finding]:
    for answered_by in (_VOICEMAIL, AnsweredBy.SCREENING, AnsweredBy.MENU, _PERSON):
        said = [p for p in facts.phrases if p.answered_by is answered_by]
        if not said:
            continue
        said.sort(key=lambda phrase: -phrase.weight)
        points = min(facts.points_of_words(answered_by), _MOST)
        if answered_by is _PERSON and facts.speaking:
            points = min(points, SURE - 1)
        text = f"By its words it {said[0].says}"
        if len(said) > 1 and said[1].weight >= _TOLD_BY_WORDS:
            text += f" and {said[1].says}"
        yield Finding(answered_by, points, text)


def _timing(facts: Facts, thresholds: AnswerThresholds) -> tuple[list[Finding], int | None]:
    """What the lengths of talk and silence say, and how much more silence would say more."""
    if facts.settled is not None:
        return _talking_on(facts, facts.settled, thresholds), None
    if facts.first_ms is None:
        return [], None
    if facts.before in _AFTER_WORDS:
        return _after_a_machine(facts, thresholds)
    if facts.talk_ms <= thresholds.long_ms:
        return _short_talk(facts, thresholds)
    return _long_talk(facts, thresholds)


def _short_talk(facts: Facts, thresholds: AnswerThresholds) -> tuple[list[Finding], int | None]:
    short = facts.talk_ms <= thresholds.short_ms
    kind = "Short greeting" if short else f"Greeting of {seconds_text(facts.talk_ms)}"
    if facts.speaking:
        return [Finding(_PERSON, 5 if short else 0, "Has only begun to speak")], None
    missing_ms = _missing_ms(facts, thresholds)
    if missing_ms <= 0:
        return [Finding(_PERSON, SETTLED, f"{kind}, then a pause that waits for a reply")], None
    return [Finding(_PERSON, 25 if short else 10, f"{kind}, and now a pause")], missing_ms


def _long_talk(facts: Facts, thresholds: AnswerThresholds) -> tuple[list[Finding], int | None]:
    text = f"Talked for {seconds_text(facts.talk_ms)} without waiting for a reply"
    if facts.points_of_words(_PERSON) >= _TOLD_BY_WORDS:
        return _person_at_length(facts, thresholds)
    quiet = facts.quiet_ms >= _WORDS_MS
    wait_ms = None if facts.speaking or quiet else _WORDS_MS - facts.quiet_ms
    if facts.hinted(Hint.BUSINESS) and not facts.elapsed_ms >= thresholds.limit_ms:
        missing_ms = _missing_ms(facts, thresholds)
        if not facts.speaking and missing_ms > 0:
            wait_ms = missing_ms
        elif not facts.speaking:
            firm = Finding(_PERSON, SETTLED, "A firm's greeting, then a pause that waits")
            return [firm, Finding(_VOICEMAIL, 30, text)], None
        return [Finding(_VOICEMAIL, 30, text)], wait_ms
    enough = facts.worded and facts.talk_ms >= 1.5 * thresholds.long_ms
    too_long = facts.speaking and facts.elapsed_ms >= thresholds.limit_ms
    sure = quiet or enough or too_long
    return [Finding(_VOICEMAIL, SETTLED if sure else 30, text)], wait_ms


def _person_at_length(
    facts: Facts, thresholds: AnswerThresholds
) -> tuple[list[Finding], int | None]:
    """Whoever says what only people say may take longer for it."""
    text = f"Talked for {seconds_text(facts.talk_ms)}, but as people do"
    missing_ms = _missing_ms(facts, thresholds)
    if facts.speaking or missing_ms > 0:
        return [Finding(None, 0, text)], None if facts.speaking else missing_ms
    return [Finding(_PERSON, 25, text)], None


def _after_a_machine(
    facts: Facts, thresholds: AnswerThresholds
) -> tuple[list[Finding], int | None]:
    """Screening and menus fall silent as well; whoever takes over has to say something."""
    machine = any(p.answered_by is not _PERSON and p.hint is None for p in facts.phrases)
    if machine or not facts.points_of_words(_PERSON) or facts.speaking:
        return [], None
    missing_ms = _missing_ms(facts, thresholds)
    if missing_ms > 0:
        return [], missing_ms
    return [Finding(_PERSON, SETTLED, "Somebody else has picked up")], None


def _talking_on(facts: Facts, settled: Finding, thresholds: AnswerThresholds) -> list[Finding]:
    if facts.speaking and facts.talk_ms > thresholds.long_ms:
        text = f"Now talks for {seconds_text(facts.talk_ms)} without listening"
        return [settled, Finding(_VOICEMAIL, 30, text)]
    return [settled]


def _carried(facts: Facts, answered_by: AnsweredBy, thresholds: AnswerThresholds) -> Finding:
    """The carrier calls all that talks long a machine: firms, menus and screening as well.

    Its word counts in full once their words would be here, which would say more. A person who
    talked for so long was none by its own rule: it heard less than we did.
    """
    points = CARRIER_POINTS.get(answered_by, 0)
    may_come = facts.speaking or (facts.first_ms is not None and facts.quiet_ms < _WORDS_MS)
    may_come = may_come and facts.settled is None
    if answered_by is _VOICEMAIL and may_come and facts.elapsed_ms < thresholds.limit_ms:
        points = _HASTY
    if answered_by is _PERSON and facts.talk_ms > thresholds.long_ms:
        points = _HASTY
    word = facts.carrier_detail.replace("_", " ") or answered_by.value
    return Finding(answered_by if points else None, points, f"The phone company says: {word}", True)


def _points(findings: Iterable[Finding]) -> dict[AnsweredBy, int]:
    points: dict[AnsweredBy, int] = {}
    for finding in findings:
        if finding.answered_by is not None and finding.points:
            former = points.get(finding.answered_by, 0)
            points[finding.answered_by] = former + finding.points
    return points


def _winner(findings: Iterable[Finding]) -> AnsweredBy | None:
    ranked = sorted(_points(findings).items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < SURE:
        return None
    second = ranked[1][1] if len(ranked) > 1 else 0
    return ranked[0][0] if ranked[0][1] - second >= LEAD else None


def _between(value: float, corners: tuple[tuple[int, float], ...]) -> float:
    """On the line through the corners; level before the first and after the last."""
    for (left, low), (right, high) in pairwise(corners):
        if value <= left:
            return low
        if value < right:
            return low + (high - low) * (value - left) / (right - left)
    return corners[-1][1]


def seconds_text(duration_ms: int) -> str:
    """A duration as an operator reads it: ``1.4 s``; never below zero."""
    return f"{max(0, duration_ms) / 1000:.1f} s"
