"""What happens in a call besides words, as lines across its transcript, live and from the record.

The words are made from an event's name and JSON-ready fields, which is all that a record keeps,
so a call reads in the history as it read while it went on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callconsole.domain import events, phone
from callconsole.domain.abilities import Ability
from callconsole.domain.answering import AnsweredBy, JudgedBy
from callconsole.domain.json_ready import json_ready
from callconsole.domain.record import CallRecord
from callconsole.viewmodels import headline
from callconsole.viewmodels.answer_words import WORDS, judged_line
from callconsole.viewmodels.second_zero import sound_began_at

Details = Mapping[str, Any]

_HEARD_MS = 50


@dataclass(frozen=True, slots=True)
class Mark:
    """One line: words and a Phosphor icon."""

    text: str
    icon: str


def mark_of(event: events.CallEvent) -> Mark | None:
    """The line that an event leaves, or None where others tell of it."""
    name = type(event).__name__
    return _mark(name, json_ready(event)) if name in _TOLD else None


def marks_of(record: CallRecord) -> list[tuple[Mark, float]]:
    """A kept call's lines and their seconds of its audio, oldest first; the ending is last."""
    call, began = record.call, sound_began_at(record)
    lines = []
    for event in record.events:
        mark = _mark(event.name, event.details)
        if mark is not None:
            lines.append((mark, max(0.0, (event.at - began).total_seconds())))
    if call.ended_at is not None:
        ending = Mark(headline.headline(call).text, "phone-disconnect")
        lines.append((ending, max(0.0, (call.ended_at - began).total_seconds())))
    return lines


def _mark(name: str, details: Details) -> Mark | None:
    told = _TOLD.get(name)
    return told(details) if told is not None else None


# What it says of each event; details of another version of ours may lack anything. ----------


def _answered(_details: Details) -> Mark:
    return Mark("Answered", "phone-call")


def _judged(details: Details) -> Mark | None:
    obeyed = bool(details.get("obeyed", True))
    if details.get("by") == JudgedBy.OPERATOR.value and obeyed:
        # What the operator did has its own line.
        return None
    try:
        answered_by = AnsweredBy(details.get("answered_by", ""))
    except ValueError:
        answered_by = AnsweredBy.UNKNOWN
    line = judged_line(answered_by, str(details.get("reason", "")), obeyed=obeyed)
    return Mark(line, WORDS[answered_by].icon)


def _stream(details: Details) -> Mark | None:
    gap_ms = details.get("gap_ms")
    # A stream that another replaces at once is missed by nobody.
    if gap_ms is None or float(gap_ms) < _HEARD_MS:
        return None
    return Mark(f"The sound was away for {float(gap_ms) / 1000:.1f} s", "arrows-clockwise")


def _acted(details: Details) -> Mark | None:
    if details.get("act") == "hung up":
        # The last line says by whom.
        return None
    act, detail = details.get("act", "acted"), details.get("detail")
    return Mark(f"You {act}: {detail}" if detail else f"You {act}", "user")


def _stalled(details: Details) -> Mark:
    return Mark(f"AI stalled, {details.get('stall', '')}: {details.get('remedy', '')}", "warning")


def _renewed(details: Details) -> Mark:
    how = "A new AI session goes on" if details.get("fresh") else "The AI session was resumed"
    reason = details.get("reason")
    why = f" ({reason})" if reason else ""
    return Mark(f"{how} after {details.get('gap_ms', 0)} ms{why}", "arrows-clockwise")


def _lost(details: Details) -> Mark:
    problem = details.get("problem")
    title = problem.get("title") if isinstance(problem, Mapping) else None
    return Mark(str(title or "The AI was lost"), "warning")


_FAILED = {
    Ability.END_CALL: "The AI could not end the call",
    Ability.PRESS_KEYS: "The AI could not press keys",
    Ability.TRANSFER_CALL: "The AI could not pass the call on",
    Ability.TAKE_NOTE: "The AI could not take a note",
    Ability.SCHEDULE_CALLBACK: "The AI could not arrange a call back",
}


def _ability(details: Details) -> Mark | None:
    if details.get("done", True):
        return None
    try:
        failed = _FAILED[Ability(details.get("ability", ""))]
    except ValueError:
        failed = f"The AI asked for {details.get('ability', '')}, which there is not"
    return Mark(f"{failed}: {details.get('outcome', '')}", "warning")


def _note(details: Details) -> Mark:
    found = details.get("note")
    note: Details = found if isinstance(found, Mapping) else {}
    more = note.get("details")
    values = more.items() if isinstance(more, Mapping) else ()
    text = "; ".join([str(note.get("text", "")), *(f"{name}: {value}" for name, value in values)])
    due = note.get("due")
    if due:
        at = datetime.fromisoformat(str(due)).astimezone()
        return Mark(f"Call back {at:%a} {at.day} {at:%b, %H:%M}: {text}", "calendar-check")
    return Mark(f"Noted: {text}", "note-pencil")


def _keys(details: Details) -> Mark:
    who = "You" if details.get("by_operator") else "The AI"
    return Mark(f"{who} pressed {' '.join(str(details.get('digits', '')))}", "dots-nine")


def _key(details: Details) -> Mark:
    return Mark(f"The callee pressed {details.get('digit', '')}", "dots-nine")


def _farewell(_details: Details) -> Mark:
    return Mark("The AI ends the call after its last words", "hand-waving")


def _farewell_off(_details: Details) -> Mark:
    return Mark("The goodbye was broken off: the call goes on", "arrow-u-up-left")


def _transfer_began(details: Details) -> Mark:
    number, label = _number(details), details.get("label")
    whom = f"{label} ({number})" if label else number
    return Mark(f"Passing the call on to {whom}", "phone-outgoing")


def _transfer_answered(details: Details) -> Mark:
    return Mark(f"{_number(details)} picked up", "phone-call")


def _transfer_ended(details: Details) -> Mark:
    reason = details.get("reason")
    why = f": {reason}" if reason else ""
    if details.get("reached"):
        return Mark(f"The passed-on call is over{why}", "phone-disconnect")
    return Mark(f"Passing on failed, the call goes on here{why}", "phone-slash")


def _number(details: Details) -> str:
    return phone.pretty(str(details.get("to", "")))


_TOLD: dict[str, Callable[[Details], Mark | None]] = {
    events.CallAnswered.__name__: _answered,
    events.AnswerJudged.__name__: _judged,
    events.StreamStarted.__name__: _stream,
    events.OperatorActed.__name__: _acted,
    events.AgentStalled.__name__: _stalled,
    events.AgentRenewed.__name__: _renewed,
    events.AgentLost.__name__: _lost,
    events.AbilityUsed.__name__: _ability,
    events.NoteTaken.__name__: _note,
    events.KeysPressed.__name__: _keys,
    events.KeyReceived.__name__: _key,
    events.FarewellBegan.__name__: _farewell,
    events.FarewellCalledOff.__name__: _farewell_off,
    events.TransferBegan.__name__: _transfer_began,
    events.TransferAnswered.__name__: _transfer_answered,
    events.TransferEnded.__name__: _transfer_ended,
}
