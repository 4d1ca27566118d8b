"""A call's state in a few words, a tone and a symbol: the same in header, list and title."""

from __future__ import annotations

from dataclasses import dataclass

from callconsole.domain import phone
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
CALLS_YOU = Headline("Calls you", "accent", "phone-incoming")
HANGING_UP = Headline("Hanging up…", "muted", "phone-disconnect")
DECIDING = Headline("Answered, deciding", "warning", "user-focus")
ON_HOLD = Headline("On hold", "warning", "pause-fill")
TAKEN_OVER = Headline("You are on the line", "accent", "microphone-fill")
YOU_MUTED = Headline("You are muted", "warning", "microphone-slash")
AGENT_MUTED = Headline("AI muted", "warning", "microphone-slash")
AWAY = Headline("Reconnecting the sound…", "warning", "arrows-clockwise")
NOT_PLACED = Headline("Call failed", "danger", "x-circle-fill")
PERHAPS_PLACED = Headline("Perhaps placed", "warning", "question")

_WHOM_CHARS = 20  # more would take the room of the callee's number
_VOICEMAIL = Headline("Voicemail", "warning", "voicemail")
_BY = {
    EndedBy.CALLER: "callee hung up",
    EndedBy.AGENT: "the AI said goodbye",
    EndedBy.OPERATOR: "you hung up",
    EndedBy.CONSOLE: "the console hung up",
    EndedBy.CARRIER: "the line closed",
}
_UNANSWERED = {
    Outcome.BUSY: Headline("Busy", "danger", "x-circle-fill"),
    Outcome.NO_ANSWER: Headline("No answer", "warning", "minus-circle-fill"),
    Outcome.DECLINED: Headline("Declined", "danger", "x-circle-fill"),
    Outcome.MISSED: Headline("Missed", "danger", "phone-x-fill"),
    Outcome.CANCELED: Headline("Cancelled", "muted", "minus-circle-fill"),
    Outcome.FAILED: NOT_PLACED,
}
_DECLINED_HERE = Headline("You declined", "muted", "phone-x")
_MACHINES = {
    AnsweredBy.VOICEMAIL: Headline("Voicemail answered", "warning", "voicemail"),
    AnsweredBy.FAX: Headline("A fax answered", "warning", "printer"),
    AnsweredBy.SCREENING: Headline("Call screening", "warning", "shield-check"),
    AnsweredBy.MENU: Headline("A menu answered", "warning", "list-numbers"),
}
_CONNECTED = Headline("Connected", "success", "check-circle-fill")
_CALLER_SPEAKS = Headline("Caller is speaking", "callee", "waveform")
_SPEAKING = {
    Floor.AGENT: Headline("AI is speaking", "ai", "waveform"),
    Floor.CALLER: Headline("Callee is speaking", "callee", "waveform"),
    Floor.OPERATOR: _CONNECTED,  # heard to its end after the operator handed back
    Floor.NOBODY: _CONNECTED,
}


def headline(
    call: Call | None,
    *,
    dialling: bool = False,
    hanging_up: bool = False,
    agent_spoke: bool = False,
    passed_on_to: str = "",
    colleague_there: bool = True,
) -> Headline:
    """What to say of a call now.

    Args:
        call: the call, or None before the carrier took it.
        dialling: the operator pressed Call and the carrier has not answered yet.
        hanging_up: the operator pressed Hang up and the call still lives.
        agent_spoke: the other end has heard something of the agent.
        passed_on_to: what the prompt calls whom the call was transferred to; "" for the number.
        colleague_there: they have picked up.
    """
    if hanging_up and (call is None or call.live):
        return HANGING_UP
    if call is None:
        return DIALLING if dialling else READY
    match call.phase:
        case Phase.QUEUED:
            return DIALLING
        case Phase.RINGING if call.incoming:
            return CALLS_YOU
        case Phase.RINGING:
            return Headline("Ringing…", "warning", "phone-call")
        case Phase.IN_PROGRESS:
            return _in_progress(call, passed_on_to, colleague_there)
        case Phase.ENDED:
            return _ended(call, agent_spoke)


def _in_progress(call: Call, passed_on_to: str, colleague_there: bool) -> Headline:
    if call.away:
        return AWAY
    if call.deciding:
        return DECIDING
    if call.transferred_to is not None:
        whom = passed_on_to or phone.pretty(call.transferred_to)
        if len(whom) > _WHOM_CHARS:
            whom = f"{whom[: _WHOM_CHARS - 1]}…"
        how = "Transferred" if colleague_there else "Passing on"
        return Headline(f"{how} to {whom}", "accent", "phone-outgoing")
    if call.on_hold:
        return ON_HOLD
    if call.taken_over:
        return YOU_MUTED if call.operator_muted else TAKEN_OVER
    if call.agent_muted:
        return AGENT_MUTED
    # On a machine's line only our own voice is worth a word of its own.
    if call.answered_by in _MACHINES and call.floor is not Floor.AGENT:
        return _MACHINES[call.answered_by]
    if call.incoming and call.floor is Floor.CALLER:
        return _CALLER_SPEAKS
    return _SPEAKING[call.floor]


def _ended(call: Call, agent_spoke: bool) -> Headline:
    ending = call.ending
    if ending is None:
        return Headline("Call ended", "muted", "phone-disconnect")
    if ending.outcome is Outcome.COMPLETED:
        by = _BY[ending.by]
        if call.incoming and ending.by is EndedBy.CALLER:
            by = "caller hung up"
        return Headline(f"Call ended · {by}", "muted", "phone-disconnect")
    if ending.outcome is Outcome.VOICEMAIL:
        return _machine_ended(call, agent_spoke)
    if ending.outcome is Outcome.FAILED and call.answered_at is not None:
        return Headline("Call broke off", "danger", "x-circle-fill")
    if call.incoming and ending.outcome is Outcome.DECLINED:
        return _DECLINED_HERE
    if call.incoming and ending.outcome is Outcome.BUSY:
        return _UNANSWERED[Outcome.MISSED]
    return _UNANSWERED[ending.outcome]


def _machine_ended(call: Call, agent_spoke: bool) -> Headline:
    if call.answered_by is AnsweredBy.FAX:
        return Headline("A fax answered · hung up", "warning", "printer")
    silent = "" if agent_spoke else ", no message left"
    return Headline(f"Voicemail · hung up{silent}", "warning", "voicemail")


def outcome(call: Call) -> Headline:
    """How an ended call went, in one or two words for a list."""
    if call.live or call.ending is None:
        return headline(call)
    if call.ending.outcome is Outcome.COMPLETED:
        return Headline("Spoke", "success", "check-circle-fill")
    if call.ending.outcome is Outcome.VOICEMAIL:
        fax = call.answered_by is AnsweredBy.FAX
        return Headline("Fax", "warning", "printer") if fax else _VOICEMAIL
    return _ended(call, agent_spoke=False)
