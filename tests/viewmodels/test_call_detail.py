"""The page of one kept call: facts, story, notes, recording."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callconsole.domain.answering import AnsweredBy, JudgedBy
from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.problems import Problem
from callconsole.domain.record import CallRecord
from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels.call_detail import CallDetail, DetailState
from callconsole.viewmodels.call_facts import figures
from callconsole.viewmodels.call_sound import Sound
from callconsole.viewmodels.models import Models
from fakes.desk import FakeDesk
from fakes.kept_records import TALK_SID, call, kept_records
from fakes.player import FakePlayer
from support.reading import until

LOCKED = Problem("history.locked", "The history cannot be read", "It is locked.", "Try again.")
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@pytest.fixture
def detail(desk: FakeDesk, models: Models, tmp_path: Path) -> CallDetail:
    desk.now = datetime.now(UTC)
    for record in kept_records(desk.now, tmp_path):
        desk.keep(record)
    return models.detail


async def opened(detail: CallDetail, sid: str = TALK_SID) -> CallDetail:
    detail.show(sid)
    await until(detail.sound_changed, lambda: detail.record is not None and detail.sound != Sound())
    return detail


async def test_a_kept_call_shows_everything(detail: CallDetail) -> None:
    await opened(detail)
    assert detail.outcome is not None
    assert detail.outcome.text == "Spoke"
    assert detail.line.startswith("San Francisco, CA · ")
    assert detail.line.endswith(", 00:48")
    shown = [(figure.caption, figure.value, figure.aside) for figure in detail.figures]
    assert shown == [
        ("Prompt", "Appointment reminder", ""),
        ("Reply", "0.8 s", "median"),
        ("Interrupted", "1", ""),
        ("Answered by", "A person", "heard"),
        ("Cost", "$0.11", ""),
        ("Ended by", "AI, goodbye", ""),
    ]
    first, second = detail.notes
    assert (first.text, first.clock, first.details, first.due) == (
        "Wants the afternoon", "00:31", "new time: Tuesday 3:15", "",
    )  # fmt: skip
    assert second.due.startswith("Call back ")
    assert detail.sound.wave is not None
    assert detail.sound.wave.duration_s == 48.0
    lines = detail.transcript.as_text().splitlines()
    assert lines[:3] == [
        "[00:00] Answered",
        "[00:00] A person answered · A short greeting, then a pause that waits for a reply",
        "[00:00] AI: Hello, this is Ada from Bayside Dental. Am I speaking with Jordan?",
    ]
    assert lines[-1] == "[00:48] Call ended · the AI said goodbye"


async def test_a_line_plays_from_its_second_and_is_marked(
    detail: CallDetail, models: Models
) -> None:
    await opened(detail)
    (row,) = [r for r in range(detail.transcript.rowCount()) if "3:15 is good" in
              detail.transcript.line(r).turn.text]  # fmt: skip
    detail.play_row(row)
    await asyncio.sleep(0)
    await until(models.playback.moved, lambda: detail.transcript.playing_row == row)
    assert detail.playing
    assert detail.position_s == 28.3
    assert detail.transcript.line(row).sign == ("playing", "speaker-high")
    assert "playing" not in detail.transcript.as_text()
    detail.step(6.0)
    assert detail.transcript.line(detail.transcript.playing_row or 0).turn.id == 7
    models.playback.finished()
    assert detail.transcript.playing_row is None


async def test_seeking_stays_inside_the_recording(detail: CallDetail) -> None:
    await opened(detail)
    detail.seek(500)
    assert detail.position_s == 48.0
    detail.step(-5)
    assert detail.position_s == 43.0
    detail.step(-100)
    assert detail.position_s == 0.0


async def test_another_call_ends_the_sound(detail: CallDetail, models: Models) -> None:
    await opened(detail)
    detail.play_or_pause()
    await asyncio.sleep(0)
    assert models.playback.path is not None
    detail.show("CA" + "9" * 32)
    assert models.playback.path is None
    await until(detail.changed, lambda: detail.state is DetailState.GONE)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.unlink(), "The recording is gone: there is no file talk.wav."),
        (lambda path: path.write_bytes(b"noise"), "The recording cannot be read: talk.wav is not"),
        (lambda path: path.write_bytes(path.read_bytes()[:44]), "The recording is empty."),
    ],
)
async def test_a_broken_recording_says_so(
    detail: CallDetail, tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(tmp_path / "talk.wav")
    await opened(detail)
    assert detail.sound.why_not.startswith(said)
    detail.play_or_pause()
    detail.play_row(2)
    assert detail.playback.path is None


async def test_a_recording_that_fails_in_the_player_says_so(
    detail: CallDetail, player: FakePlayer
) -> None:
    player.refusal = Problem("sound.no_device", "No sound", "None was found.", "Plug one in.")
    await opened(detail)
    detail.play_or_pause()
    await until(detail.changed, lambda: detail.problem is not None)
    assert detail.problem == player.refusal


async def test_a_live_call_shows_its_record_so_far(detail: CallDetail, desk: FakeDesk) -> None:
    sid = (await desk.place_call("+14155550101", "survey_short")).sid
    desk.answer(sid)
    await opened(detail, sid)
    assert detail.sound.why_not == "The recording can be played once the call is over."
    assert detail.figures[-1].value == "Still on"
    desk.put_turn(sid, Turn(1, Speaker.CALLER, "Hello?", 0.4, final=True))
    assert "Callee: Hello?" in detail.transcript.as_text()
    desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    await until(detail.sound_changed, lambda: "not recorded" in detail.sound.why_not)
    assert detail.figures[-1].value == "Callee"
    assert "callee hung up" in detail.transcript.as_text()
    assert "Callee: Hello?" in detail.transcript.as_text()


async def test_reading_and_deleting_can_fail(detail: CallDetail, desk: FakeDesk) -> None:
    desk.history_problem = LOCKED
    detail.show(TALK_SID)
    await until(detail.changed, lambda: detail.state is DetailState.FAILED)
    assert detail.problem == LOCKED
    desk.history_problem = None
    detail.refresh()
    await until(detail.changed, lambda: detail.state is DetailState.READY)
    desk.history_problem = LOCKED
    detail.delete()
    await until(detail.changed, lambda: detail.problem == LOCKED)
    assert (detail.state, TALK_SID in desk.records) == (DetailState.READY, True)


def test_a_call_that_nobody_answered_has_no_figures() -> None:
    kept = call("CA1", "+14155550101", "survey_short", NOW, Outcome.BUSY, None)
    values = [figure.value for figure in figures(CallRecord(kept), kept)]
    assert values == ["Survey short", "—", "—", "Nobody", "—", "The line"]


@pytest.mark.parametrize(
    ("kept_cost", "value"),
    [
        ({"amount": 0.004, "currency": "EUR"}, "< €0.01"),
        ({"amount": 0.25, "currency": "USD", "charged": False}, "Free"),
        ({"amount": "much", "currency": "USD"}, "—"),
        ({"amount": 1}, "—"),
        ("dear", "—"),
        (None, "—"),
    ],
)
def test_the_cost_as_it_was_kept(kept_cost: object, value: str) -> None:
    kept = call("CA1", "+14155550101", "survey_short", NOW)
    shown = figures(CallRecord(kept, figures={"cost": kept_cost}), kept)[4]
    assert (shown.caption, shown.value) == ("Cost", value)


def test_the_call_says_who_answered_where_no_verdict_is_kept() -> None:
    kept = replace(
        call("CA1", "+14155550101", "survey_short", NOW),
        answered_by=AnsweredBy.MENU,
        judged_by=JudgedBy.OPERATOR,
    )
    answered = figures(CallRecord(kept), kept)[3]
    assert (answered.value, answered.aside) == ("A menu", "by you")


async def test_a_kept_call_is_starred_and_its_record_tells_of_it(
    detail: CallDetail, desk: FakeDesk
) -> None:
    await opened(detail)
    assert detail.stars == ()
    transcript = detail.transcript
    row = transcript.row_at(16.0)
    assert row is not None
    detail.star_row(row)
    detail.star_row(0)
    await until(detail.changed, lambda: detail.stars == (15.4,))
    assert transcript.starred_rows() == [row]
    assert [e.name for e in desk.records[TALK_SID].events].count("MomentStarred") == 1
    detail.star_row(row)
    await until(detail.changed, lambda: detail.stars == ())
    assert transcript.starred_rows() == []


async def test_a_star_that_cannot_be_kept_says_why(detail: CallDetail, desk: FakeDesk) -> None:
    await opened(detail)
    desk.star_problem = LOCKED
    detail.star_row(detail.transcript.row_at(16.0) or 0)
    await until(detail.changed, lambda: detail.problem == LOCKED)
