"""Who picked up: what was noticed, how it was weighed, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class AnsweredBy(StrEnum):
    """Who or what picked up."""

    UNKNOWN = "unknown"
    PERSON = "person"
    VOICEMAIL = "voicemail"
    SCREENING = "screening"
    MENU = "menu"
    FAX = "fax"


class JudgedBy(StrEnum):
    """Whose word decided."""

    EAR = "ear"
    """Our own classifier, by sound and words."""
    CARRIER = "carrier"
    OPERATOR = "operator"
    LIMIT = "limit"
    """Nobody was sure in time; the setting decided."""


MACHINES = frozenset({AnsweredBy.VOICEMAIL, AnsweredBy.FAX})


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for or against a person.

    Attributes:
        text: plain words, "Short greeting, then a pause that waits for a reply".
        weight: points out of a hundred; above 0 for a person, below 0 against, 0 for a fact that
            says nothing so far.
    """

    text: str
    weight: int


@dataclass(frozen=True, slots=True)
class Utterance:
    """One stretch of sound from the other end, in ms of call audio since the answer.

    Attributes:
        end_ms: where it ended, or None while it goes on.
        words: what was understood of it so far.
    """

    start_ms: int
    end_ms: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Weighing:
    """What is known while it is being decided who answered.

    Attributes:
        elapsed_ms: call audio since the answer.
        shares: how likely each class is, 0 to 1; together 1.
        evidence: strongest first.
        utterances: in order.
        decides_in_ms: when this will be decided if nothing more happens, or None where nothing
            is counting down because somebody is speaking.
    """

    elapsed_ms: int
    shares: Mapping[AnsweredBy, float] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    utterances: tuple[Utterance, ...] = ()
    decides_in_ms: int | None = None

    @property
    def likeliest(self) -> AnsweredBy:
        """The class with the largest share; unknown where nothing is known."""
        if not self.shares:
            return AnsweredBy.UNKNOWN
        return max(self.shares, key=lambda answered_by: self.shares[answered_by])


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who answered, who says so, and why.

    Attributes:
        reason: one sentence in plain words.
        after_ms: call audio between the answer and the verdict.
    """

    answered_by: AnsweredBy
    by: JudgedBy
    reason: str
    after_ms: int
    evidence: tuple[Evidence, ...] = ()


class Undecided(StrEnum):
    """What happens where nobody is sure in time."""

    SPEAK = "speak"
    HANG_UP = "hang-up"


class GateMode(StrEnum):
    """When the agent may be heard.

    ``ON``: once a person is there. ``OFF``: at once. ``STRICT``: the carrier decides before any
    audio flows, and hangs up on machines itself.
    """

    ON = "on"
    OFF = "off"
    STRICT = "strict"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerThresholds:
    """Times in ms that tell people from machines.

    Sources: Twilio's figures on greetings (private below 1800, business to 3000, machine above)
    and LiveKit's (speech up to 2500, then 500 of silence, is a person); reference: twilio.md
    section 4, peers.md section 3.

    Attributes:
        short_ms: a first utterance of at most this length may be a person's greeting.
        long_ms: an utterance that goes on for longer is a machine's.
        pause_ms: silence after a short greeting that waits for a reply.
        silence_ms: nobody says anything at all for this long: nothing can be known.
        limit_ms: by then the setting decides.
    """

    short_ms: int = 2000
    long_ms: int = 3000
    pause_ms: int = 900
    silence_ms: int = 3500
    limit_ms: int = 8000


USUAL_THRESHOLDS = AnswerThresholds()
