"""A call as lines of text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from callconsole.domain import call as life
from callconsole.domain import events
from callconsole.domain.call import Call, EndedBy, Ending, Outcome
from callconsole.domain.problems import Problem
from callconsole.domain.transcript import Speaker, Turn
from callconsole.terminal import CallScript, ending_line, summary

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
