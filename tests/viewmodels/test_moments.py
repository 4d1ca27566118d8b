"""Moments of the shown call: what is replayed, until when, what ends it, and what is starred."""

from __future__ import annotations

import asyncio

import pytest

from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.problems import Problem
from callconsole.domain.record import Recorded
from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels import moments as module
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.moments import NO_PLAYER, NOT_RECORDED, SAVING, YOUR_MICROPHONE
from fakes.desk import CALLEES, FakeDesk, FakePrompts
from fakes.player import FakePlayer

TURNS = (
    Turn(1, Speaker.AGENT, "Hello, this is Ada.", 0.4, True),
    Turn(2, Speaker.CALLER, "Yes?", 6.1, True),
    Turn(3, Speaker.AGENT, "You are booked for", 9.0),
)
PATH = "/data/call.wav"
OVER = Ending(Outcome.COMPLETED, EndedBy.CALLER)
NO_OUTPUT = Problem("sound.none", "There is no sound output", "None was found.", "Connect one.")


async def settle() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


@pytest.fixture
async def sid(models: Models, desk: FakeDesk) -> str:
    """A live call with three turns, twelve seconds of it recorded."""
    models.dialler.call_number("+14155550101")
    await settle()
    made = desk.live_sid
    desk.ring(made)
    desk.answer(made)
    for turn in TURNS:
        desk.put_turn(made, turn)
    models.relay.flush()
    desk.so_far[made] = Recorded(PATH, 12.0)
    return made


def row_of(models: Models, turn_id: int) -> int:
    transcript = models.live.transcript
    rows = range(transcript.rowCount())
    return next(row for row in rows if transcript.line(row).turn.id == turn_id)


async def replay(models: Models, turn_id: int) -> None:
    models.moments.play_row(row_of(models, turn_id))
    await settle()


async def test_a_turn_is_heard_from_its_first_word_to_the_next_turn(
    models: Models, desk: FakeDesk, player: FakePlayer, sid: str
) -> None:
    models.listening.set_on(True)
    await replay(models, 2)
    assert player.told[-1] == ("play", PATH, 6.1, 1.0, 9.0)
    assert models.moments.back_to_live
    assert models.moments.clock == "00:06"
    assert models.live.transcript.playing_row == row_of(models, 2)
    assert (desk.paused, models.listening.paused, models.listening.on) == (True, True, True)
    ended: list[bool] = []
    models.moments.ended.connect(ended.append)
    models.playback.finished()
    assert (ended, models.moments.on) == ([False], False)
    assert models.live.transcript.playing_row is None
    assert (desk.paused, models.listening.on) == (False, True)


async def test_the_newest_turn_is_heard_as_far_as_it_is_recorded(
    models: Models, player: FakePlayer, sid: str
) -> None:
    await replay(models, 3)
    assert player.told[-1] == ("play", PATH, 9.0, 1.0, 12.0)


async def test_a_faster_speed_of_the_history_is_not_taken_over(
    models: Models, player: FakePlayer, sid: str
) -> None:
    models.playback.next_speed()
    await replay(models, 1)
    assert player.told[-1] == ("play", PATH, 0.4, 1.0, 6.1)


async def test_a_second_click_or_escape_ends_it_and_another_line_replaces_it(
    models: Models, player: FakePlayer, sid: str
) -> None:
    await replay(models, 1)
    await replay(models, 2)
    assert player.told[-1][2] == 6.1
    await replay(models, 2)
    assert (player.told[-1], models.moments.on) == (("stop",), False)
    await replay(models, 1)
    assert models.moments.escape()
    assert not models.moments.on


async def test_escape_just_after_the_end_does_not_reach_the_call(
    models: Models, sid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 100.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now_s)
    assert not models.moments.escape()
    await replay(models, 1)
    models.playback.finished()
    now_s += 1.4
    assert models.moments.escape()
    now_s += 0.2
    assert not models.moments.escape()


async def test_a_click_taken_back_before_the_file_was_open_plays_nothing(
    models: Models, desk: FakeDesk, player: FakePlayer, sid: str
) -> None:
    desk.answers.clear()
    await replay(models, 1)
    models.moments.stop()
    desk.answers.set()
    await settle()
    assert player.told == []
    assert not desk.paused


async def test_another_call_the_end_and_the_microphone_end_it(
    models: Models, desk: FakeDesk, sid: str
) -> None:
    await replay(models, 1)
    await desk.take_over(sid)
    assert (models.moments.on, desk.paused) == (False, False)
    assert models.moments.why_not == YOUR_MICROPHONE
    refused: list[str] = []
    models.playback.failed.connect(lambda path, _problem: refused.append(path))
    models.playback.toggle("earlier.wav")
    assert (refused, models.playback.path) == (["earlier.wav"], None)
    desk.hand_back(sid, "")
    await replay(models, 1)
    models.dialler.call_number("+14155550102")
    await settle()
    assert (models.moments.on, desk.paused) == (False, False)
    models.live.focus(sid)
    await replay(models, 1)
    assert models.moments.on
    desk.end(sid, OVER)
    assert (models.moments.on, desk.paused) == (False, False)


async def test_what_history_plays_ends_it(models: Models, desk: FakeDesk, sid: str) -> None:
    await replay(models, 1)
    models.playback.play_from("/data/other.wav", 3.0)
    await settle()
    assert (models.moments.on, desk.paused) == (False, False)
    assert models.playback.path == "/data/other.wav"


async def test_after_the_call_a_click_plays_on_from_there(
    models: Models, desk: FakeDesk, player: FakePlayer, sid: str
) -> None:
    desk.end(sid, OVER)
    assert models.moments.why_not == SAVING
    desk.save_recording(sid, PATH)
    assert models.moments.why_not == ""
    await replay(models, 1)
    assert player.told[-1] == ("play", PATH, 0.4, 1.0)
    assert not models.moments.back_to_live
    player.position_s = 6.5
    models.playback.moved.emit()
    assert models.live.transcript.playing_row == row_of(models, 2)
    assert not desk.paused


async def test_what_stands_against_it_is_said(
    models: Models, desk: FakeDesk, player: FakePlayer, sid: str
) -> None:
    player.refusal = NO_OUTPUT
    await replay(models, 1)
    assert (models.moments.problem, models.moments.on, desk.paused) == (NO_OUTPUT, False, False)
    assert models.moments.escape()
    assert models.moments.problem is None
    player.refusal = None
    desk.so_far[sid] = Recorded(PATH, 9.0)
    await replay(models, 3)
    assert models.moments.problem is not None
    assert models.moments.problem.code == "moment.not_yet"
    del desk.so_far[sid]
    await replay(models, 1)
    assert models.moments.problem is not None
    assert models.moments.problem.code == "moment.no_recording"
    assert not desk.paused


async def test_a_call_without_a_recording_or_a_player_plays_nothing(
    models: Models, desk: FakeDesk, player: FakePlayer
) -> None:
    models.dialler.set_recording(False)
    models.dialler.call_number("+14155550101")
    await settle()
    desk.ring(desk.live_sid)
    desk.answer(desk.live_sid)
    desk.put_turn(desk.live_sid, TURNS[0])
    assert models.moments.why_not == NOT_RECORDED
    await replay(models, 1)
    assert (player.told, models.moments.on, models.moments.problem) == ([], False, None)


async def test_without_a_player_it_says_so(qtbot: object, desk: FakeDesk) -> None:
    made = Models(desk, FakePrompts(), callees=CALLEES)
    made.dialler.call_number("+14155550101")
    await settle()
    assert made.moments.why_not == NO_PLAYER
    made.close()
    made.deleteLater()


async def test_moments_are_starred_and_kept_when_the_call_is_shown_again(
    models: Models, desk: FakeDesk, sid: str
) -> None:
    transcript = models.live.transcript
    models.moments.star_now()
    models.moments.star_row(row_of(models, 1))
    await settle()
    assert transcript.starred_rows() == [row_of(models, 1), row_of(models, 3)]
    models.dialler.call_number("+14155550102")
    await settle()
    assert models.live.transcript.starred_rows() == []
    models.live.focus(sid)
    assert transcript.starred_rows() == [row_of(models, 1), row_of(models, 3)]
    models.moments.star_row(row_of(models, 1))
    models.moments.star_row(0)
    await settle()
    assert transcript.starred_rows() == [row_of(models, 3)]
    assert transcript.as_text([row_of(models, 3)]).startswith("★ [00:09] AI: ")


async def test_a_star_that_is_refused_says_why(models: Models, desk: FakeDesk, sid: str) -> None:
    desk.star_problem = NO_OUTPUT
    models.moments.star_now()
    await settle()
    assert models.moments.problem == NO_OUTPUT
    desk.end(sid, OVER)
    models.moments.dismiss()
    models.moments.star_now()
    await settle()
    assert models.moments.problem is None
