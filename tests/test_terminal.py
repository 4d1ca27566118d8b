"""A call as lines of text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from callconsole.domain import call as life
from callconsole.domain import events
from callconsole.domain.answering import AnsweredBy, Evidence, JudgedBy
from callconsole.domain.call import Call, EndedBy, Ending, Outcome
from callconsole.domain.problems import Problem
from callconsole.domain.record import Note
from callconsole.domain.transcript import Speaker, Turn
from callconsole.terminal import ANSWERED_BY, JUDGED_BY, CallScript, ending_line, lines_of, summary

T0 = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CALL = Call("CA1", "+14155552671", "+16285550100", "reminder", "practice", T0)
BUSY = Problem("call.busy", "The line is busy", "They talk.", "Wait.")


def test_a_call_is_told_line_by_line_and_each_turn_once() -> None:
    lines: list[str] = []
    script = CallScript(lines.append, live=False)
    turn = Turn(1, Speaker.CALLER, "Hello", 1.0)
    final = Turn(1, Speaker.CALLER, "Hello there.", 1.0, final=True)
    for event in (
        events.CallQueued(call_sid="CA1", at=T0, call=CALL),
        events.CallRinging(call_sid="CA1", at=T0),
        events.CallAnswered(call_sid="CA1", at=T0),
        events.TurnChanged(call_sid="CA1", at=T0, turn=turn),
        events.TurnChanged(call_sid="CA1", at=T0, turn=final),
        events.TurnChanged(call_sid="CA1", at=T0, turn=final),
        events.AgentInterrupted(call_sid="CA1", at=T0, turn_id=1, dropped_ms=900),
        events.CallEnded(call_sid="CA1", at=T0, ending=Ending(Outcome.COMPLETED, EndedBy.CALLER)),
    ):
        script(event)
    assert lines == [
        "Queued      +1 415-555-2671",
        "Ringing",
        "In progress",
        "  00:01 Callee  Hello there.",
        "            The callee cut in; 900 ms were not played",
        "Ended       Completed, the callee hung up",
    ]


def told(kind: type[events.CallEvent], **facts: Any) -> list[str]:
    """The lines of one event, without their indent."""
    return [line.strip() for line in lines_of(kind(call_sid="CA1", at=T0, **facts))]


def test_who_answered_is_told_with_its_reasons() -> None:
    event = events.AnswerJudged(
        call_sid="CA1",
        at=T0,
        answered_by=AnsweredBy.VOICEMAIL,
        by=JudgedBy.EAR,
        reason="It asks for a message.",
        after_ms=3140,
        evidence=(Evidence("Talks for 4 s without a pause", -45), Evidence("No beep so far", 0)),
    )
    assert lines_of(event) == [
        "Answered by voicemail (heard here, after 3.1 s)",
        "            It asks for a message.",
        "             -45 Talks for 4 s without a pause",
        "              +0 No beep so far",
    ]


def test_a_verdict_that_is_only_shown_is_told_as_such() -> None:
    late = {"answered_by": AnsweredBy.FAX, "reason": "", "after_ms": 30_000, "obeyed": False}
    assert told(events.AnswerJudged, **late) == [
        "It sounds like a fax machine (says the phone network, after 30.0 s); the call goes on"
    ]


@pytest.mark.parametrize("answered_by", list(AnsweredBy))
@pytest.mark.parametrize("by", list(JudgedBy))
def test_every_verdict_has_words(answered_by: AnsweredBy, by: JudgedBy) -> None:
    (line,) = told(events.AnswerJudged, answered_by=answered_by, by=by, reason="")
    assert line == f"Answered by {ANSWERED_BY[answered_by]} ({JUDGED_BY[by]}, after 0.0 s)"


DUE = datetime(2026, 11, 27, 9, 30).astimezone()


@pytest.mark.parametrize(
    ("kind", "facts", "line"),
    [
        (
            events.NoteTaken,
            {"note": Note(T0, "Wants a new time", {"day": "Friday", "time": "9:30"})},
            "Note        Wants a new time (day: Friday; time: 9:30)",
        ),
        (
            events.NoteTaken,
            {"note": Note(T0, "Ask again", due=DUE)},
            "Call back   Fri 27 Nov 2026, 09:30: Ask again",
        ),
        (events.KeysPressed, {"digits": "1#"}, "Keys        1#, pressed by the AI"),
        (
            events.KeysPressed,
            {"digits": "2", "by_operator": True},
            "Keys        2, pressed by you",
        ),
        (events.KeyReceived, {"digit": "7"}, "The callee pressed 7"),
        (
            events.TransferBegan,
            {"to": "+14155552671", "label": "Front desk"},
            "Transfer    To Front desk, +1 415-555-2671",
        ),
        (events.TransferAnswered, {"to": "+14155552671"}, "+1 415-555-2671 has picked up"),
        (
            events.TransferEnded,
            {"to": "+14155552671", "reached": True, "reason": "they hung up"},
            "They have talked: they hung up",
        ),
        (
            events.TransferEnded,
            {"to": "+14155552671", "reached": False, "reason": "the line is busy"},
            "Nobody was reached: the line is busy",
        ),
        (events.FarewellBegan, {}, "Farewell    The AI ends the call"),
        (events.FarewellCalledOff, {}, "The callee went on talking, and so does the AI"),
        (events.OperatorActed, {"act": "said: a person answered"}, "You said: a person answered"),
        (events.OperatorActed, {"act": "whispered", "detail": "ask"}, "You whispered: ask"),
        (
            events.AbilityUsed,
            {"ability": "transfer_call", "outcome": "no such person", "done": False},
            "The AI could not transfer call: no such person",
        ),
        (
            events.StreamStarted,
            {"stream_sid": "MZ2", "gap_ms": 850},
            "The sound is back after 850 ms",
        ),
    ],
)
def test_what_was_done_is_told(
    kind: type[events.CallEvent], facts: dict[str, Any], line: str
) -> None:
    assert told(kind, **facts) == [line]


def test_what_nobody_needs_to_read_is_left_out() -> None:
    assert told(events.StreamStarted, stream_sid="MZ1") == []
    assert told(events.AbilityUsed, ability="take_note", outcome="noted") == []
    assert told(events.LevelsMeasured, caller_dbfs=-20, agent_dbfs=-90, buffered_ms=0) == []


def test_an_ending_says_what_to_do() -> None:
    ending = Ending(Outcome.BUSY, EndedBy.CARRIER, BUSY)
    assert ending_line(ending) == "Busy, ended by the phone network. They talk. Wait."


def test_the_summary_ends_with_the_recording() -> None:
    call = life.answered(CALL, T0)
    call = life.ended(call, Ending(Outcome.COMPLETED, EndedBy.OPERATOR), T0 + timedelta(seconds=65))
    turns = [Turn(1, Speaker.CALLER, "a", 0), Turn(2, Speaker.AGENT, "b", 1)]
    lines = summary(call, turns)
    assert "Duration    0:01:05" in lines
    assert "Turns       callee 1, AI 1" in lines
    assert lines[-1] == "Recording   none"
