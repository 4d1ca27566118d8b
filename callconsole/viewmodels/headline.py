"""A call's state in a few words, a tone and a symbol: the same in header, list and title."""

from __future__ import annotations

from dataclasses import dataclass

from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import Call, EndedBy, Floor, Outcome, Phase


@dataclass(frozen=True, slots=True)
class Headline:
    """Words, the token of their colour, and a Phosphor icon."""

    text: str
    tone: str
    symbol: str


READY = Headline("Ready", "muted", "phone")
DIALLING = Headline("Dialling…", "accent", "phone-outgoing")
HANGING_UP = Headline("Hanging up…", "muted", "phone-disconnect")
NOT_PLACED = Headline("Call failed", "danger", "x-circle-fill")

_BY = {
    EndedBy.CALLER: "callee hung up",
    EndedBy.AGENT: "the AI said goodbye",
    EndedBy.OPERATOR: "you hung up",
    EndedBy.CARRIER: "the line closed",
}
_UNANSWERED = {
    Outcome.BUSY: Headline("Busy", "danger", "x-circle-fill"),
    Outcome.NO_ANSWER: Headline("No answer", "warning", "minus-circle-fill"),
    Outcome.DECLINED: Headline("Declined", "danger", "x-circle-fill"),
    Outcome.CANCELED: Headline("Cancelled", "muted", "minus-circle-fill"),
    Outcome.VOICEMAIL: Headline("Voicemail · hung up", "warning", "voicemail"),
    Outcome.FAILED: NOT_PLACED,
}
_SPEAKING = {
    Floor.AGENT: Headline("AI is speaking", "ai", "waveform"),
    Floor.CALLER: Headline("Callee is speaking", "callee", "waveform"),
    Floor.NOBODY: Headline("Connected", "success", "check-circle-fill"),
}


def headline(call: Call | None, *, dialling: bool = False, hanging_up: bool = False) -> Headline:
    """What to say of a call now.

    Args:
        call: the call, or None before the carrier took it.
        dialling: the operator pressed Call and the carrier has not answered yet.
        hanging_up: the operator pressed Hang up and the call still lives.
    """
    if hanging_up and (call is None or call.live):
        return HANGING_UP
    if call is None:
        return DIALLING if dialling else READY
    match call.phase:
        case Phase.QUEUED:
            return DIALLING
        case Phase.RINGING:
            return Headline("Ringing…", "warning", "phone-call")
        case Phase.IN_PROGRESS:
            return _in_progress(call)
        case Phase.ENDED:
            return _ended(call)


def _in_progress(call: Call) -> Headline:
    if call.answered_by is AnsweredBy.VOICEMAIL:
        return Headline("Voicemail answered", "warning", "voicemail")
    if call.answered_by is AnsweredBy.FAX:
        return Headline("A fax answered", "warning", "warning-fill")
    return _SPEAKING[call.floor]


def _ended(call: Call) -> Headline:
    ending = call.ending
    if ending is None:
        return Headline("Call ended", "muted", "phone-disconnect")
    if ending.outcome is Outcome.COMPLETED:
        return Headline(f"Call ended · {_BY[ending.by]}", "muted", "phone-disconnect")
    if ending.outcome is Outcome.FAILED and call.answered_at is not None:
        return Headline("Call broke off", "danger", "x-circle-fill")
    return _UNANSWERED[ending.outcome]


def outcome(call: Call) -> Headline:
    """How an ended call went, in one or two words for a list."""
    if call.live or call.ending is None:
        return headline(call)
    if call.ending.outcome is Outcome.COMPLETED:
        return Headline("Spoke", "success", "check-circle")
    if call.ending.outcome is Outcome.VOICEMAIL:
        return Headline("Voicemail", "warning", "voicemail")
    return _ended(call)


def clock_text(seconds: float) -> str:
    """Minutes and seconds as a clock shows them: ``02:41``; hours where needed."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{whole % 60:02d}"
    return f"{minutes:02d}:{whole % 60:02d}"
