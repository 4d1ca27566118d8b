"""The life of one call as a value: phases, who speaks, how it ended, and its pure transitions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from callconsole.domain.answering import AnsweredBy, JudgedBy
from callconsole.domain.problems import Problem


class Phase(StrEnum):
    """Where a call stands between dialling and its end."""

    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    ENDED = "ended"


class Direction(StrEnum):
    """Who rings whom."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


class Floor(StrEnum):
    """Who is speaking right now, as the person on the phone hears it."""

    NOBODY = "nobody"
    AGENT = "agent"
    CALLER = "caller"
    OPERATOR = "operator"


class Outcome(StrEnum):
    """How a call ended."""

    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    DECLINED = "declined"
    MISSED = "missed"
    CANCELED = "canceled"
    VOICEMAIL = "voicemail"
    FAILED = "failed"


class EndedBy(StrEnum):
    """Who or what ended a call; the console ends it by a rule, such as on voicemail."""

    CALLER = "caller"
    AGENT = "agent"
    OPERATOR = "operator"
    CONSOLE = "console"
    CARRIER = "carrier"


@dataclass(frozen=True, slots=True)
class Ending:
    """How, and by whom, a call ended; `problem` says what to do where something went wrong."""

    outcome: Outcome
    by: EndedBy
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call. All times are aware UTC.

    Attributes:
        sid: the carrier's name of the call (Twilio: CA and 32 hex digits).
        to: the number dialled, E.164; of an incoming call our own.
        from_number: the number that calls, E.164: our own, or of an incoming call theirs, which
            is empty where it is withheld.
        prompt: name of the prompt the agent follows.
        line: "practice" or "phone": which world the call runs in.
        direction: we call, or we are called.
        placed_at: when the carrier accepted the call, or told of an incoming one.
        rang_at: when the callee's phone began to ring, or None.
        answered_at: when it was picked up, or None.
        ended_at: when it ended, or None.
        ending: how it ended, or None while it lives.
        recording: path of the stereo recording, or None.
        answered_by: who picked up, as far as it is known.
        judged_by: whose word that is, or None.
        deciding: somebody or something has answered, it is not decided who, and so the agent is
            not heard.
        away: the audio stream is gone for the moment while the call goes on.
        taken_over: the operator speaks in the agent's place.
        operator_muted: the operator, who has taken over, is not heard.
        agent_muted: the callee does not hear the agent.
        caller_muted: the agent does not hear the callee.
        on_hold: the callee hears the hold sound and nobody else.
        transferred_to: whom the call was passed on to, E.164, or None.
        sequence: the carrier's number of the newest report taken in; older ones are late.
    """

    sid: str
    to: str
    from_number: str
    prompt: str
    line: str
    placed_at: datetime
    direction: Direction = Direction.OUTGOING
    phase: Phase = Phase.QUEUED
    floor: Floor = Floor.NOBODY
    answered_by: AnsweredBy = AnsweredBy.UNKNOWN
    judged_by: JudgedBy | None = None
    deciding: bool = False
    away: bool = False
    taken_over: bool = False
    operator_muted: bool = False
    agent_muted: bool = False
    caller_muted: bool = False
    on_hold: bool = False
    transferred_to: str | None = None
    sequence: int = -1
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None
    recording: str | None = None

    @property
    def live(self) -> bool:
        """True until the call has ended."""
        return self.phase is not Phase.ENDED

    @property
    def incoming(self) -> bool:
        """True where somebody calls us."""
        return self.direction is Direction.INCOMING

    @property
    def other(self) -> str:
        """The number at the other end, E.164; empty where it is withheld."""
        return self.from_number if self.incoming else self.to

    @property
    def rings_here(self) -> bool:
        """True while an incoming call waits for somebody to answer it."""
        return self.incoming and self.phase is Phase.RINGING

    def duration_s(self, now: datetime) -> float:
        """Seconds of conversation so far; 0 before an answer."""
        if self.answered_at is None:
            return 0.0
        return max(0.0, ((self.ended_at or now) - self.answered_at).total_seconds())

    def clock_s(self, now: datetime) -> float:
        """Seconds that the window's clock shows: talk time once answered, else waiting time."""
        if self.answered_at is not None:
            return self.duration_s(now)
        return max(0.0, ((self.ended_at or now) - (self.rang_at or self.placed_at)).total_seconds())


def rung(call: Call, at: datetime) -> Call:
    """The call after its phone began to ring; later phases are kept."""
    if call.phase is not Phase.QUEUED:
        return call
    return replace(call, phase=Phase.RINGING, rang_at=at)


def answered(call: Call, at: datetime) -> Call:
    """The call after it was picked up; an ended call stays ended."""
    if call.phase not in (Phase.QUEUED, Phase.RINGING):
        return call
    return replace(call, phase=Phase.IN_PROGRESS, answered_at=at)


def ended(call: Call, ending: Ending, at: datetime) -> Call:
    """The call after its end; the first ending is final."""
    if not call.live:
        return call
    return replace(
        call,
        phase=Phase.ENDED,
        floor=Floor.NOBODY,
        deciding=False,
        away=False,
        taken_over=False,
        operator_muted=False,
        on_hold=False,
        ended_at=at,
        ending=ending,
    )
