"""Turns, and events as JSON."""

import json
from datetime import UTC, datetime

from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.events import CallEnded, TurnChanged, as_json
from callconsole.domain.problems import Problem
from callconsole.domain.transcript import Speaker, Turn

T0 = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_unheard_words_are_counted() -> None:
    turn = Turn(1, Speaker.AGENT, "You are booked for Tuesday at nine", 2.0, heard_chars=14)
    assert turn.unheard_words == 4
    assert Turn(1, Speaker.AGENT, "Hello there", 2.0).unheard_words == 0


def test_events_become_json() -> None:
    turn = Turn(3, Speaker.CALLER, "Hello", 1.5, final=True)
    line = json.dumps(as_json(TurnChanged(call_sid="CA1", at=T0, turn=turn)))
    assert json.loads(line) == {
        "event": "TurnChanged",
        "call_sid": "CA1",
        "at": "2026-11-22T09:00:00.000+00:00",
        "turn": {
            "id": 3,
            "speaker": "caller",
            "text": "Hello",
            "offset_s": 1.5,
            "final": True,
            "interrupted": False,
            "heard_chars": None,
        },
    }


def test_an_ending_keeps_its_problem_in_json() -> None:
    problem = Problem("call.busy", "The line is busy", "They talk.", "Wait.")
    event = CallEnded(call_sid="CA1", at=T0, ending=Ending(Outcome.BUSY, EndedBy.CARRIER, problem))
    assert as_json(event)["ending"] == {
        "outcome": "busy",
        "by": "carrier",
        "problem": {
            "code": "call.busy",
            "title": "The line is busy",
            "cause": "They talk.",
            "cure": "Wait.",
            "link": None,
        },
    }
    assert problem.sentence() == "The line is busy: They talk. Wait."
