"""The events of a kept call as the lines that stand between what was said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callconsole.domain import phone
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import Call
from callconsole.domain.record import CallRecord, LoggedEvent
from callconsole.viewmodels import headline

Details = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line: words, a Phosphor icon, and seconds since the answer."""

    text: str
    icon: str
    offset_s: float


WHO = {
    AnsweredBy.PERSON: ("A person answered", "user"),
    AnsweredBy.VOICEMAIL: ("Voicemail answered", "voicemail"),
    AnsweredBy.SCREENING: ("A call screener answered", "shield-check"),
    AnsweredBy.MENU: ("A menu answered", "list-numbers"),
    AnsweredBy.FAX: ("A fax answered", "warning"),
    AnsweredBy.UNKNOWN: ("Nobody could tell who answered", "question"),
}


def story(record: CallRecord) -> list[StoryLine]:
    """What happened besides words, oldest first; the ending is the last line."""
    lines = []
    for event in record.events:
        told = _TOLD.get(event.name)
        words = told(event.details) if told is not None else None
        if words is not None:
            text, icon = words
            lines.append(StoryLine(text, icon, _offset_s(record.call, event)))
    if record.call.ended_at is not None:
        ending = headline.headline(record.call)
        at_s = record.call.duration_s(record.call.ended_at)
        lines.append(StoryLine(ending.text, "phone-disconnect", at_s))
    return lines


def _offset_s(call: Call, event: LoggedEvent) -> float:
    began: datetime = call.answered_at or call.placed_at
    return max(0.0, (event.at - began).total_seconds())


def _answered(_details: Details) -> tuple[str, str]:
    return "Answered", "phone-call"


def _judged(details: Details) -> tuple[str, str]:
    try:
        text, icon = WHO[AnsweredBy(details.get("answered_by", ""))]
    except ValueError:
        text, icon = WHO[AnsweredBy.UNKNOWN]
    reason = _inside(details.get("reason", ""))
    shown = "" if details.get("obeyed", True) else ", not acted on"
    return f"{text}: {reason}{shown}" if reason else f"{text}{shown}", icon


def _keys(details: Details) -> tuple[str, str]:
    who = "You" if details.get("by_operator") else "The AI"
    return f"{who} pressed {details.get('digits', '')}", "dots-nine"


def _key(details: Details) -> tuple[str, str]:
    return f"The callee pressed {details.get('digit', '')}", "dots-nine"


def _acted(details: Details) -> tuple[str, str]:
    detail = details.get("detail")
    act = f"You {details.get('act', 'acted')}"
    return f"{act}, {detail}" if detail else act, "headset"


def _ability(details: Details) -> tuple[str, str] | None:
    if details.get("done", True):
        return None
    ability = str(details.get("ability", "")).replace("_", " ")
    return f"The AI could not {ability}: {details.get('outcome', '')}", "warning"


def _note(details: Details) -> tuple[str, str]:
    note = details.get("note")
    due = note.get("due") if isinstance(note, Mapping) else None
    return ("Call back noted", "calendar-check") if due else ("Note taken", "note-pencil")


def _transfer_began(details: Details) -> tuple[str, str]:
    return f"Passing the call on to {_other(details)}", "phone-outgoing"


def _transfer_answered(details: Details) -> tuple[str, str]:
    return f"{_other(details)} picked up", "phone-call"


def _transfer_ended(details: Details) -> tuple[str, str]:
    if details.get("reached"):
        return "The call was passed on", "check-circle"
    reason = _inside(details.get("reason", ""))
    text = f"{_other(details)} was not reached"
    return f"{text}: {reason}" if reason else text, "phone-x"


def _other(details: Details) -> str:
    return str(details.get("label") or phone.pretty(str(details.get("to", ""))))


def _inside(sentence: object) -> str:
    """A sentence as the end of another; names and abbreviations keep their capitals."""
    text = str(sentence).rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _farewell(_details: Details) -> tuple[str, str]:
    return "The AI says goodbye", "hand-waving"


def _farewell_off(_details: Details) -> tuple[str, str]:
    return "The callee spoke on, so the call goes on", "arrow-u-up-left"


def _stream(details: Details) -> tuple[str, str] | None:
    gap_ms = details.get("gap_ms")
    if gap_ms is None:
        return None
    return f"The sound was away for {float(gap_ms) / 1000:.1f} s", "arrows-clockwise"


def _stalled(details: Details) -> tuple[str, str]:
    return f"AI stalled, {details.get('stall', '')}: {details.get('remedy', '')}", "warning"


def _renewed(details: Details) -> tuple[str, str]:
    how = "A new AI session goes on" if details.get("fresh") else "The AI session was resumed"
    return f"{how} after {details.get('gap_ms', 0)} ms", "arrows-clockwise"


def _lost(details: Details) -> tuple[str, str]:
    problem = details.get("problem")
    title = problem.get("title") if isinstance(problem, Mapping) else None
    return str(title or "The AI was lost"), "warning"


_TOLD: dict[str, Callable[[Details], tuple[str, str] | None]] = {
    "CallAnswered": _answered,
    "AnswerJudged": _judged,
    "KeysPressed": _keys,
    "KeyReceived": _key,
    "OperatorActed": _acted,
    "AbilityUsed": _ability,
    "NoteTaken": _note,
    "TransferBegan": _transfer_began,
    "TransferAnswered": _transfer_answered,
    "TransferEnded": _transfer_ended,
    "FarewellBegan": _farewell,
    "FarewellCalledOff": _farewell_off,
    "StreamStarted": _stream,
    "AgentStalled": _stalled,
    "AgentRenewed": _renewed,
    "AgentLost": _lost,
}
