"""What happens in a call besides words, as lines across its transcript."""

from __future__ import annotations

from dataclasses import dataclass

from callconsole.domain import events, phone
from callconsole.domain.abilities import Ability
from callconsole.domain.answering import JudgedBy
from callconsole.domain.record import Note
from callconsole.viewmodels.answer_words import WORDS, judged_text


@dataclass(frozen=True, slots=True)
class Mark:
    """One line: words and a Phosphor icon."""

    text: str
    icon: str


_FAILED = {
    Ability.END_CALL: "The AI could not end the call",
    Ability.PRESS_KEYS: "The AI could not press keys",
    Ability.TRANSFER_CALL: "The AI could not pass the call on",
    Ability.TAKE_NOTE: "The AI could not take a note",
    Ability.SCHEDULE_CALLBACK: "The AI could not arrange a call back",
}


def mark_of(event: events.CallEvent) -> Mark | None:
    """The line that an event leaves, or None where others tell of it."""
    match event:
        case events.CallAnswered():
            return Mark("Answered", "phone-call")
        case events.StreamStarted(gap_ms=int() as gap_ms):
            return Mark(f"The sound is back after {gap_ms / 1000:.1f} s", "arrows-clockwise")
        case events.OperatorActed(act=act, detail=detail):
            return Mark(f"You {act}" + (f": {detail}" if detail else ""), "user")
        case events.AgentStalled(stall=stall, remedy=remedy):
            return Mark(f"AI stalled, {stall}: {remedy}", "warning")
        case events.AgentRenewed(fresh=fresh, reason=reason, gap_ms=gap_ms):
            how = "A new AI session goes on" if fresh else "The AI session was resumed"
            return Mark(f"{how} after {gap_ms} ms ({reason})", "arrows-clockwise")
        case events.AgentLost(problem=problem):
            return Mark(problem.title, "warning")
        case events.AnswerJudged():
            return _judged(event)
        case _:
            return _of_ability(event)


def _judged(event: events.AnswerJudged) -> Mark | None:
    if event.by is JudgedBy.OPERATOR and event.obeyed:
        # What the operator did has its own line.
        return None
    return Mark(judged_text(event), WORDS[event.answered_by].icon)


def _of_ability(event: events.CallEvent) -> Mark | None:
    match event:
        case events.AbilityUsed(ability=ability, outcome=outcome, done=False):
            return Mark(f"{_failed(ability)}: {outcome}", "warning")
        case events.NoteTaken(note=note):
            return _note(note)
        case events.KeysPressed(digits=digits, by_operator=by_operator):
            who = "You" if by_operator else "The AI"
            return Mark(f"{who} pressed {' '.join(digits)}", "dots-nine")
        case events.KeyReceived(digit=digit):
            return Mark(f"The callee pressed {digit}", "dots-nine")
        case events.FarewellBegan():
            return Mark("The AI ends the call after its last words", "hand-waving")
        case events.FarewellCalledOff():
            return Mark("They spoke into the goodbye: the call goes on", "arrow-u-up-left")
        case _:
            return _of_transfer(event)


def _of_transfer(event: events.CallEvent) -> Mark | None:
    match event:
        case events.TransferBegan(to=to, label=label):
            return Mark(f"Passing the call on to {label} ({phone.pretty(to)})", "phone-outgoing")
        case events.TransferAnswered(to=to):
            return Mark(f"{phone.pretty(to)} picked up", "phone-call")
        case events.TransferEnded(reached=True, reason=reason):
            return Mark(f"The passed-on call is over: {reason}", "phone-disconnect")
        case events.TransferEnded(reason=reason):
            return Mark(f"Passing on failed, the AI goes on: {reason}", "phone-slash")
        case _:
            return None


def _failed(ability: str) -> str:
    try:
        return _FAILED[Ability(ability)]
    except ValueError:
        return f"The AI asked for {ability}, which there is not"


def _note(note: Note) -> Mark:
    details = "".join(f"; {name}: {value}" for name, value in note.details.items())
    if note.due is not None:
        due = note.due.astimezone()
        when = f"{due:%a} {due.day} {due:%b, %H:%M}"
        return Mark(f"Call back {when}: {note.text}{details}", "calendar-check")
    return Mark(f"Noted: {note.text}{details}", "note-pencil")
