"""Calls, turns, notes, events and verdicts as rows of a table, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from callconsole.domain.answering import AnsweredBy, Evidence, JudgedBy, Verdict
from callconsole.domain.call import Call, Direction, EndedBy, Ending, Floor, Outcome, Phase
from callconsole.domain.problems import Problem
from callconsole.domain.record import LoggedEvent, Note
from callconsole.domain.transcript import Speaker, Turn

Row = dict[str, Any]


def dumped(value: Any) -> str:
    """Any value as JSON; what JSON does not know is written as its text."""
    return json.dumps(value, default=str, separators=(",", ":"))


def clean(text: str) -> str:
    """The text without what no database takes: halves of characters, and NUL."""
    if "\0" in text or not text.isascii():
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def search_key(text: str) -> str:
    """A prompt's name, or a part of it as typed, in the form in which the two are compared."""
    return " ".join(clean(text).replace("_", " ").replace("-", " ").split()).casefold()


def call_row(call: Call, desk: str) -> Row:
    """The row of a call; `desk` names the running console whose call it is."""
    ending = call.ending
    problem = ending.problem if ending is not None else None
    return {
        "sid": clean(call.sid),
        "to_number": clean(call.to),
        "from_number": clean(call.from_number),
        "prompt": clean(call.prompt),
        "prompt_key": search_key(call.prompt),
        "line": clean(call.line),
        "direction": call.direction.value,
        "placed_at": call.placed_at,
        "phase": call.phase.value,
        "floor": call.floor.value,
        "answered_by": call.answered_by.value,
        "judged_by": call.judged_by.value if call.judged_by is not None else None,
        "deciding": call.deciding,
        "away": call.away,
        "transferred_to": _clean_or_none(call.transferred_to),
        "sequence": call.sequence,
        "rang_at": call.rang_at,
        "answered_at": call.answered_at,
        "ended_at": call.ended_at,
        "outcome": ending.outcome.value if ending is not None else None,
        "ended_by": ending.by.value if ending is not None else None,
        "problem": asdict(problem) if problem is not None else None,
        "recording": _clean_or_none(call.recording),
        "desk": desk,
    }


def call_of(row: Mapping[Any, Any]) -> Call:
    """The call of a row. Raises ValueError for words that this program does not know."""
    return Call(
        sid=row["sid"],
        to=row["to_number"],
        from_number=row["from_number"],
        prompt=row["prompt"],
        line=row["line"],
        placed_at=row["placed_at"],
        direction=Direction(row["direction"]),
        phase=Phase(row["phase"]),
        floor=Floor(row["floor"]),
        answered_by=AnsweredBy(row["answered_by"]),
        judged_by=JudgedBy(row["judged_by"]) if row["judged_by"] is not None else None,
        deciding=row["deciding"],
        away=row["away"],
        transferred_to=row["transferred_to"],
        sequence=row["sequence"],
        rang_at=row["rang_at"],
        answered_at=row["answered_at"],
        ended_at=row["ended_at"],
        ending=_ending_of(row),
        recording=row["recording"],
    )


def turn_row(call_sid: str, turn: Turn) -> Row:
    """The row of a turn."""
    return {
        "call_sid": clean(call_sid),
        "id": turn.id,
        "speaker": turn.speaker.value,
        "text": clean(turn.text),
        "offset_s": turn.offset_s,
        "final": turn.final,
        "interrupted": turn.interrupted,
        "heard_chars": turn.heard_chars,
    }


def turn_of(row: Mapping[Any, Any]) -> Turn:
    """The turn of a row."""
    return Turn(
        id=row["id"],
        speaker=Speaker(row["speaker"]),
        text=row["text"],
        offset_s=row["offset_s"],
        final=row["final"],
        interrupted=row["interrupted"],
        heard_chars=row["heard_chars"],
    )


def event_row(call_sid: str, event: LoggedEvent) -> Row:
    """The row of an event."""
    return {
        "call_sid": clean(call_sid),
        "at": event.at,
        "name": event.name,
        "details": dict(event.details),
    }


def event_of(row: Mapping[Any, Any]) -> LoggedEvent:
    """The event of a row."""
    return LoggedEvent(row["at"], row["name"], row["details"])


def note_row(call_sid: str, note: Note) -> Row:
    """The row of a note."""
    return {
        "call_sid": clean(call_sid),
        "at": note.at,
        "text": clean(note.text),
        "details": dict(note.details),
        "due": note.due,
        "by_operator": note.by_operator,
    }


def note_of(row: Mapping[Any, Any]) -> Note:
    """The note of a row; its times are UTC."""
    return Note(row["at"], row["text"], row["details"], row["due"], row["by_operator"])


def verdict_json(verdict: Verdict) -> Row:
    """The verdict, JSON-ready."""
    return asdict(verdict)


def verdict_of(value: Mapping[str, Any] | None) -> Verdict | None:
    """The verdict of `verdict_json`, or None for none."""
    if value is None:
        return None
    return Verdict(
        answered_by=AnsweredBy(value["answered_by"]),
        by=JudgedBy(value["by"]),
        reason=value["reason"],
        after_ms=value["after_ms"],
        evidence=tuple(Evidence(item["text"], item["weight"]) for item in value["evidence"]),
    )


def _ending_of(row: Mapping[Any, Any]) -> Ending | None:
    if row["outcome"] is None:
        return None
    problem = Problem(**row["problem"]) if row["problem"] is not None else None
    return Ending(Outcome(row["outcome"]), EndedBy(row["ended_by"]), problem)


def _clean_or_none(text: str | None) -> str | None:
    return clean(text) if text is not None else None
