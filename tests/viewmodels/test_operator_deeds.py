"""What the operator did, as a transcript shows it: alike while it happens and from the record."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from callconsole.domain import events
from callconsole.domain.record import LoggedEvent
from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.operator_deeds import DeedLines, deeds_of
from callconsole.viewmodels.transcript_line import LineKind, Manner
from callconsole.viewmodels.transcript_model import TranscriptModel
from fakes.desk import START, FakeDesk
from fakes.kept_records import kept_records, stepped_in


def last(transcript: TranscriptModel) -> str:
    return transcript.line(transcript.rowCount() - 1).as_text()


async def test_a_whisper_says_when_the_agent_acted_on_it(desk: FakeDesk, models: Models) -> None:
    sid = await desk.talking()
    spoken: list[str] = []
    models.live.transcript.line_finished.connect(spoken.append)
    desk.now += timedelta(seconds=4)
    desk.whisper(sid, "Offer 3:15.")
    transcript = models.live.transcript
    line = transcript.line(transcript.rowCount() - 1)
    assert (line.kind, line.name, line.name_icon) == (
        LineKind.WHISPER, "You whispered", "chat-teardrop-dots",
    )  # fmt: skip
    assert line.sign == ("only the AI hears", "ear-slash")
    assert spoken == ["You whispered, 00:04, only the AI hears: Offer 3:15."]
    desk.heed(sid, 7, 100)
    assert transcript.line(transcript.rowCount() - 1) is line
    desk.heed(sid, 1, 840)
    assert last(transcript) == (
        "[00:04] You whispered: Offer 3:15. (only the AI hears · the AI spoke 0.8 s later)"
    )
    transcript.search("3:15")
    transcript.set_names("Jordan", "AI")
    assert transcript.line(transcript.rowCount() - 1).heeded_ms == 840


async def test_only_the_next_turn_of_the_agent_is_said_for_the_operator(
    desk: FakeDesk, models: Models
) -> None:
    sid = await desk.talking()
    desk.put_turn(sid, Turn(1, Speaker.AGENT, "Hello.", 0.2, final=True))
    desk.say(sid, "One moment.")
    desk.put_turn(sid, Turn(1, Speaker.AGENT, "Hello there.", 0.2, final=True))
    desk.put_turn(sid, Turn(2, Speaker.CALLER, "Yes?", 1.0, final=True))
    desk.put_turn(sid, Turn(3, Speaker.AGENT, "One", 2.0))
    desk.put_turn(sid, Turn(3, Speaker.AGENT, "One moment.", 2.0, final=True))
    desk.put_turn(sid, Turn(4, Speaker.AGENT, "So.", 4.0, final=True))
    models.relay.flush()
    transcript = models.live.transcript
    named = {
        line.turn.id: (line.name, line.tag)
        for line in (transcript.line(row) for row in range(transcript.rowCount()))
        if line.turn.id > 0
    }
    assert named == {
        1: ("AI", ""),
        2: ("Caller", ""),
        3: ("AI, said for you", "at your request"),
        4: ("AI", ""),
    }


async def test_what_was_asked_before_a_take_over_is_not_said_after_it(
    desk: FakeDesk, models: Models
) -> None:
    sid = await desk.talking()
    desk.say(sid, "One moment.")
    await desk.take_over(sid)
    assert last(models.live.transcript).endswith("You took over")
    desk.hand_back(sid, "")
    assert last(models.live.transcript).endswith("You handed back")
    desk.put_turn(sid, Turn(1, Speaker.AGENT, "So.", 4.0, final=True))
    models.relay.flush()
    assert last(models.live.transcript) == "[00:04] AI: So."


async def test_own_words_and_own_lines_have_their_look(desk: FakeDesk, models: Models) -> None:
    sid = await desk.talking()
    await desk.take_over(sid)
    transcript = models.live.transcript
    assert transcript.line(transcript.rowCount() - 1).manner is Manner.YOURS
    desk.put_turn(sid, Turn(1, Speaker.OPERATOR, "Hello, Dana here.", 5.0, final=True))
    models.relay.flush()
    line = transcript.line(transcript.rowCount() - 1)
    assert (line.kind, line.name) == (LineKind.OPERATOR, "You, by voice")
    desk.mute_caller(sid, True)
    texts = [transcript.line(row).turn.text for row in range(transcript.rowCount())]
    assert "You muted the callee: the AI does not hear them" in texts


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            [{"agent_muted": True}, {"agent_muted": False}],
            ["You muted the AI", "You unmuted the AI"],
        ),
        ([{"on_hold": True}, {"on_hold": True}], ["You put the call on hold"]),
        (
            [{"on_hold": True, "agent_muted": True}, {"agent_muted": True}],
            ["You muted the AI", "You put the call on hold", "You took the call off hold"],
        ),
        ([{}], []),
        (
            [{"operator_muted": True}, {"operator_muted": False}],
            ["You muted yourself", "You unmuted yourself"],
        ),
    ],
)
def test_a_change_of_muting_tells_only_what_changed(
    changes: list[dict[str, bool]], told: list[str]
) -> None:
    worded = DeedLines()
    name = events.MutingChanged.__name__
    lines = [line.text for change in changes for line in worded.lines(name, change)]
    assert lines == told


def test_handing_back_unmutes_without_a_line_of_its_own() -> None:
    worded = DeedLines()
    muted = (events.MutingChanged.__name__, {"operator_muted": True})
    told = [muted, (events.OperatorHandedBack.__name__, {}), muted]
    lines = [line.text for name, details in told for line in worded.lines(name, details)]
    assert lines == ["You muted yourself", "You handed back", "You muted yourself"]


def test_a_record_tells_the_same(tmp_path: Path) -> None:
    record = stepped_in(kept_records(START, tmp_path)[0])
    deeds = deeds_of(record, record.turns)
    assert [(line.text, round(at_s, 1)) for line, at_s in deeds.notes] == [
        ("You put the call on hold", 31.0),
        ("You took the call off hold", 31.5),
        ("You took over", 38.5),
        ("You handed back", 42.0),
    ]
    assert [(w.text, w.heeded_ms) for w in deeds.whispers] == [
        ("Offer 3:15 or 4:00.", 1900),
        ("Say goodbye.", None),
    ]
    assert deeds.said == {7}


def test_a_kept_call_shows_them_and_keeps_its_rows(tmp_path: Path) -> None:
    record = stepped_in(kept_records(START, tmp_path)[0])
    model = TranscriptModel()
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    for _ in range(2):
        model.load(record.turns, [("Answered", 0.0, "phone-call")], deeds_of(record, record.turns))
    assert resets == [True]
    lines = [model.line(row) for row in range(model.rowCount())]
    assert len(lines) == len(record.turns) + 1 + 4 + 2
    assert [line.name for line in lines if line.kind is LineKind.WHISPER] == ["You whispered"] * 2
    said = next(line for line in lines if line.manner is Manner.SAID)
    assert (said.turn.id, said.name) == (7, "AI, said for you")
    row = next(row for row, line in enumerate(lines) if line.turn.text == "Say goodbye.")
    # A whisper is not on the recording, so it is never the line that plays.
    assert model.row_at(lines[row].turn.offset_s) == row - 1


def test_a_sentence_said_in_other_words_is_the_next_turn(tmp_path: Path) -> None:
    record = kept_records(START, tmp_path)[0]
    began = record.call.answered_at
    assert began is not None
    asked = LoggedEvent(began + timedelta(seconds=20), "SayAsked", {"text": "Tell him bye bye"})
    turns = record.turns
    assert deeds_of(replace(record, events=(asked,)), turns).said == {5}
    assert deeds_of(replace(record, events=(asked,)), turns[:4]).said == frozenset()
