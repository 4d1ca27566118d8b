"""The lines across a transcript: one for what happened, none where another tells of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from callconsole.domain import events
from callconsole.domain.answering import AnsweredBy, JudgedBy
from callconsole.domain.record import CallRecord, LoggedEvent, Note
from callconsole.engine.archivist import logged
from callconsole.viewmodels.call_marks import mark_of, marks_of
from fakes.kept_records import call

AT = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
DUE = datetime(2026, 11, 27, 9, 30).astimezone()
TO = "+14155550117"


def said(kind: type[events.CallEvent], **fields: Any) -> str | None:
    event = kind(call_sid="CA1", at=AT, **fields)
    mark = mark_of(event)
    # The history says it in the same words, from what the record keeps.
    assert kept(logged(event)) == ([mark.text] if mark is not None else [])
    if mark is not None:
        assert mark.icon
    return mark.text if mark is not None else None


def kept(*logged_events: LoggedEvent) -> list[str]:
    record = CallRecord(call("CA1", "+14155550101", "survey_short", AT), events=logged_events)
    *lines, (ending, _at_s) = marks_of(record)
    assert ending.icon == "phone-disconnect"
    return [mark.text for mark, _at_s in lines]


def judged(answered_by: AnsweredBy, reason: str = "Because.", **fields: Any) -> str | None:
    return said(events.AnswerJudged, answered_by=answered_by, reason=reason, **fields)


@pytest.mark.parametrize(
    ("kind", "fields", "text"),
    [
        (events.CallAnswered, {}, "Answered"),
        (events.StreamStarted, {"stream_sid": "MZ1"}, None),
        (
            events.StreamStarted,
            {"stream_sid": "MZ2", "gap_ms": 940},
            "The sound was away for 0.9 s",
        ),
        (events.StreamStarted, {"stream_sid": "MZ2", "gap_ms": 30}, None),
        (events.OperatorActed, {"act": "hung up"}, None),
        (events.OperatorActed, {"act": "noted", "detail": "vip"}, "You noted: vip"),
        (events.AbilityUsed, {"ability": "take_note", "outcome": "noted"}, None),
        (
            events.AbilityUsed,
            {"ability": "press_keys", "outcome": "refused: no menu", "done": False},
            "The AI could not press keys: refused: no menu",
        ),
        (
            events.AbilityUsed,
            {"ability": "fly", "outcome": "unknown", "done": False},
            "The AI asked for fly, which there is not: unknown",
        ),
        (events.NoteTaken, {"note": Note(AT, "Prefers mornings")}, "Noted: Prefers mornings"),
        (
            events.NoteTaken,
            {"note": Note(AT, "Moved", {"new time": "Friday 9:30"})},
            "Noted: Moved; new time: Friday 9:30",
        ),
        (
            events.NoteTaken,
            {"note": Note(AT, "Ask for Sam", due=DUE)},
            "Call back Fri 27 Nov, 09:30: Ask for Sam",
        ),
        (events.KeysPressed, {"digits": "12#"}, "The AI pressed 1 2 #"),
        (events.KeysPressed, {"digits": "1", "by_operator": True}, "You pressed 1"),
        (events.KeyReceived, {"digit": "5"}, "The callee pressed 5"),
        (
            events.TransferBegan,
            {"to": TO, "label": "Front desk"},
            "Passing the call on to Front desk (+1 415-555-0117)",
        ),
        (events.TransferAnswered, {"to": TO}, "+1 415-555-0117 picked up"),
        (
            events.TransferEnded,
            {"to": TO, "reached": True, "reason": "they hung up"},
            "The passed-on call is over: they hung up",
        ),
        (
            events.TransferEnded,
            {"to": TO, "reached": False, "reason": "busy"},
            "Passing on failed, the call goes on here: busy",
        ),
        (events.FarewellBegan, {}, "The AI ends the call after its last words"),
        (events.FarewellCalledOff, {}, "The goodbye was broken off: the call goes on"),
        (events.StreamStopped, {}, None),
        (events.AgentHeard, {"delay_ms": 700}, None),
    ],
)
def test_lines(kind: type[events.CallEvent], fields: dict[str, Any], text: str | None) -> None:
    assert said(kind, **fields) == text


def test_a_verdict_says_why_and_whether_it_counts() -> None:
    assert judged(AnsweredBy.SCREENING) == "Call screening answered · Because"
    assert judged(AnsweredBy.UNKNOWN, "", by=JudgedBy.LIMIT) == "Nobody knows who answered"
    assert judged(AnsweredBy.VOICEMAIL, obeyed=False) == (
        "Voicemail answered · Because · not acted on"
    )


def test_what_the_operator_did_has_a_line_of_its_own() -> None:
    assert judged(AnsweredBy.PERSON, by=JudgedBy.OPERATOR) is None


@pytest.mark.parametrize(
    ("name", "details", "text"),
    [
        ("AnswerJudged", {"answered_by": "ghost"}, "Nobody knows who answered"),
        ("StreamStarted", {}, None),
        ("OperatorActed", {}, "You acted"),
        ("AgentLost", {"problem": None}, "The AI was lost"),
        ("AgentRenewed", {"gap_ms": 300}, "The AI session was resumed after 300 ms"),
        ("TransferEnded", {"reached": True}, "The passed-on call is over"),
        ("NoteTaken", {"note": {"text": "Moved", "due": None}}, "Noted: Moved"),
        ("SomethingNewer", {"odd": 1}, None),
    ],
)
def test_records_of_another_version_are_told_as_far_as_they_go(
    name: str, details: dict[str, Any], text: str | None
) -> None:
    assert kept(LoggedEvent(AT, name, details)) == ([text] if text is not None else [])


def test_a_kept_line_stands_at_its_second_after_the_answer() -> None:
    talked = call("CA1", "+14155550101", "survey_short", AT, talked_s=40)
    event = LoggedEvent(AT + timedelta(seconds=15), "KeyReceived", {"digit": "5"})
    (_line, at_s), (ending, ended_s) = marks_of(CallRecord(talked, events=(event,)))
    assert (at_s, ending.text, ended_s) == (9, "Call ended · the AI said goodbye", 40)


def test_seconds_count_from_where_the_sound_begins() -> None:
    answered = call("CA1", "+14155550101", "survey_short", AT)
    assert answered.answered_at is not None
    began = answered.answered_at + timedelta(seconds=0.9)
    events_of_it = (
        LoggedEvent(answered.answered_at, "CallAnswered", {}),
        LoggedEvent(began, "StreamStarted", {"gap_ms": None}),
        LoggedEvent(began + timedelta(seconds=5), "OperatorActed", {"act": "muted the AI"}),
        LoggedEvent(began + timedelta(seconds=9), "StreamStarted", {"gap_ms": 940}),
    )
    record = CallRecord(answered, events=events_of_it)
    assert [(mark.text, at_s) for mark, at_s in marks_of(record)[:-1]] == [
        ("Answered", 0.0),
        ("You muted the AI", 5.0),
        ("The sound was away for 0.9 s", 9.0),
    ]
