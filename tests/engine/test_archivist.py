"""What of a call goes on its record, and what does not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from callconsole.domain import events
from callconsole.domain.answering import AnsweredBy, Evidence, JudgedBy, Verdict, Weighing
from callconsole.domain.call import Call, EndedBy, Ending, Floor, Outcome, answered, ended, rung
from callconsole.domain.costs import Tokens
from callconsole.domain.record import CallRecord, LoggedEvent, Note
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine.archivist import Archivist
from callconsole.engine.bus import Bus
from callconsole.engine.figures import CallFigures
from fakes.engine import SID, FakeClock
from fakes.history import FakeHistory

NOW = FakeClock().now()
CALL = Call(SID, "+14155552671", "+16285550100", "order_status", "phone", NOW)


class Desk:
    """A console with one call whose life the test tells."""

    def __init__(self) -> None:
        self.history = FakeHistory()
        self.call: Call | None = CALL
        self.figures = CallFigures()
        self.archivist = Archivist(self.history, self._call_of, self._figures_of)
        self.bus = Bus()
        self.bus.subscribe(self.archivist.listen)

    def tell(self, kind: type[events.CallEvent], **fields: Any) -> events.CallEvent:
        event = kind(call_sid=SID, at=NOW, **fields)
        self.figures.take(event)
        self.bus.publish(event)
        return event

    @property
    def record(self) -> CallRecord:
        return self.history.records[SID]

    def _call_of(self, call_sid: str) -> Call | None:
        return self.call if call_sid == SID else None

    def _figures_of(self, call_sid: str) -> dict[str, Any] | None:
        return self.figures.as_json() if self.call is not None else None


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.tell(events.CallQueued, call=CALL)
    return desk


def test_every_state_is_kept(desk: Desk) -> None:
    states = [
        (rung(CALL, NOW), events.CallRinging),
        (answered(CALL, NOW), events.CallAnswered),
    ]
    for state, kind in states:
        desk.call = state
        desk.tell(kind)
        assert desk.record.call == state
    assert [event.name for event in desk.record.events] == [
        "CallQueued",
        "CallRinging",
        "CallAnswered",
    ]
    assert desk.record.events[0] == LoggedEvent(NOW, "CallQueued", {})


def test_a_call_that_the_console_has_forgotten_already_is_kept_by_its_first_event() -> None:
    desk = Desk()
    desk.call = None
    desk.tell(events.CallQueued, call=CALL)
    desk.tell(events.CallRinging)
    assert desk.record.call == CALL
    assert len(desk.record.events) == 2


def test_turns_grow_on_the_record_and_are_no_events(desk: Desk) -> None:
    for text in ("Good", "Good morning"):
        desk.tell(events.TurnChanged, turn=Turn(1, Speaker.AGENT, text, 0.5))
    desk.tell(events.TurnChanged, turn=Turn(2, Speaker.CALLER, "Hello", 2.0, final=True))
    assert [turn.text for turn in desk.record.turns] == ["Good morning", "Hello"]
    assert len(desk.record.events) == 1


def test_what_passes_is_not_kept(desk: Desk) -> None:
    desk.tell(events.LevelsMeasured, caller_dbfs=-20.0, agent_dbfs=-90.0, buffered_ms=300)
    desk.tell(events.AnswerWeighed, weighing=Weighing(800, {AnsweredBy.PERSON: 1.0}))
    desk.tell(events.FloorChanged, floor=Floor.AGENT)
    desk.tell(events.SpeechGapped, gap_ms=80)
    desk.tell(events.UsageMeasured, tokens=Tokens(audio_in=25))
    desk.tell(events.AgentSessionAged, age_s=2.0, renewed_from_s=540.0, renewed_by_s=597.0)
    desk.bus.publish(
        events.ServiceChanged(
            service=events.Service.TUNNEL, state=events.ServiceState.READY, detail="up"
        )
    )
    assert [event.name for event in desk.record.events] == ["CallQueued"]


def test_only_an_obeyed_verdict_is_the_verdict(desk: Desk) -> None:
    evidence = (Evidence("Short greeting, then a pause", 40),)
    person = {"answered_by": AnsweredBy.PERSON, "by": JudgedBy.EAR, "reason": "A short greeting."}
    desk.tell(events.AnswerJudged, after_ms=900, evidence=evidence, **person)
    desk.tell(
        events.AnswerJudged, answered_by=AnsweredBy.VOICEMAIL, reason="A machine.", obeyed=False
    )
    verdict = Verdict(AnsweredBy.PERSON, JudgedBy.EAR, "A short greeting.", 900, evidence)
    assert desk.record.verdict == verdict
    assert [event.details["obeyed"] for event in desk.record.events[1:]] == [True, False]


def test_notes_and_acts_are_kept(desk: Desk) -> None:
    note = Note(NOW, "Wants Friday", {"new time": "9:30"}, due=NOW + timedelta(days=1))
    desk.tell(events.NoteTaken, note=note)
    desk.tell(events.OperatorActed, act="hung up")
    desk.tell(events.KeysPressed, digits="12#", by_operator=True)
    assert desk.record.notes == (note,)
    taken, acted, pressed = desk.record.events[1:]
    assert json.loads(json.dumps(taken.details))["note"]["details"] == {"new time": "9:30"}
    assert acted.details == {"act": "hung up", "detail": ""}
    assert pressed.details == {"digits": "12#", "by_operator": True}


@pytest.mark.parametrize("saved_first", [True, False])
def test_the_end_brings_figures_and_the_recordings_length(desk: Desk, saved_first: bool) -> None:
    ending = Ending(Outcome.COMPLETED, EndedBy.CALLER)
    desk.tell(events.AgentReplied, delay_ms=640)

    def save() -> None:
        assert desk.call is not None
        desk.call = replace(desk.call, recording="call.wav")
        desk.tell(events.RecordingSaved, path="call.wav", duration_s=41.5)

    def end() -> None:
        assert desk.call is not None
        desk.call = ended(desk.call, ending, NOW)
        desk.tell(events.CallEnded, ending=ending)

    for step in (save, end) if saved_first else (end, save):
        step()
    assert desk.history.recorded_s == {SID: 41.5}
    assert desk.record.call == replace(ended(CALL, ending, NOW), recording="call.wav")
    assert desk.record.figures["replies"]["sent_median_ms"] == 640
    assert not desk.archivist._recorded_s
    assert not desk.archivist._live


async def test_closing_keeps_what_still_lives(desk: Desk) -> None:
    desk.tell(events.AgentReplied, delay_ms=500)
    desk.call = replace(CALL, away=True)
    await desk.archivist.close()
    assert desk.record.call.away
    assert desk.record.figures["replies"]["count"] == 1
    assert desk.history.flushed == 1
