"""Moments of a call: starred on the record, and readable from the recording while it is written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from callconsole.audio import mulaw
from callconsole.audio.wavfile import WavReader, read
from callconsole.domain.call import Call, EndedBy, Ending, Outcome, ended
from callconsole.domain.problems import ProblemError
from callconsole.domain.stars import stars_of
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine.archivist import Archivist
from callconsole.engine.ports import AgentTurnDone, AgentWords, CarrierStatus
from callconsole.engine.recorder import Recorder
from support.console_desk import Desk

TONE = mulaw.decode(mulaw.encode(np.round(9000 * np.sin(np.arange(8000) / 7)).astype(np.int16)))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    archivist = Archivist(made.history, made.console.call, made.console.figures)
    made.console.subscribe(archivist.listen)
    yield made
    for call in made.console.live_calls():
        made.report(call, CarrierStatus.COMPLETED)
    await made.console.stop()


async def spoken(desk: Desk) -> Call:
    """A call in which the callee has said something in the first second."""
    call, line, _served = await desk.answered()
    line.say(TONE)
    desk.agent.sessions[-1].does(AgentWords("Hello?", by_caller=True), AgentTurnDone())
    await desk.until(lambda: bool(desk.console.turns(call.sid)))
    return call


async def test_the_present_moment_of_a_live_call_is_starred_on_the_record(desk: Desk) -> None:
    call = await spoken(desk)
    (turn,) = desk.console.turns(call.sid)
    await desk.console.star_moment(call.sid)
    record = await desk.console.call_record(call.sid)
    assert record is not None
    assert list(stars_of(record.events)) == [turn.id]
    assert 0 <= stars_of(record.events)[turn.id] <= 1.0
    await desk.console.star_moment(call.sid, turn.id, starred=False)
    record = await desk.console.call_record(call.sid)
    assert record is not None
    assert stars_of(record.events) == {}
    assert [e.name for e in record.events][-2:] == ["MomentStarred", "MomentUnstarred"]


async def test_a_kept_call_of_another_day_is_starred_as_well(desk: Desk) -> None:
    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    old = Call("CAold", "+14155552671", "+16285550100", "survey", "phone", at)
    over = Ending(Outcome.COMPLETED, EndedBy.CALLER)
    desk.history.keep_call(ended(old, over, at))
    desk.history.keep_turn("CAold", Turn(4, Speaker.AGENT, "Goodbye.", 31.5, True))
    await desk.console.star_moment("CAold", 4)
    record = await desk.console.call_record("CAold")
    assert record is not None
    assert stars_of(record.events) == {4: 31.5}


async def test_what_cannot_be_starred_is_refused_in_words(desk: Desk) -> None:
    call, _line, _served = await desk.answered()
    for sid, turn_id, code in (
        (call.sid, None, "call.nothing_said"),
        (call.sid, 9, "call.nothing_said"),
        ("CAnobody", 1, "call.unknown"),
    ):
        with pytest.raises(ProblemError) as refused:
            await desk.console.star_moment(sid, turn_id)
        assert refused.value.problem.code == code
    assert "MomentStarred" not in desk.names()


async def test_the_recording_of_a_live_call_is_read_up_to_this_moment(desk: Desk) -> None:
    call, line, _served = await desk.answered()
    assert await desk.console.recorded_so_far("CAnobody") is None
    line.say(TONE)
    # Less than the recorder writes by itself at one time.
    line.say(TONE[:1600])
    while True:
        so_far = await desk.console.recorded_so_far(call.sid)
        assert so_far is not None
        if so_far.duration_s >= 1.2:
            break
    both, rate_hz = read(Path(so_far.path))
    assert (len(both), rate_hz, so_far.duration_s) == (9600, 8000, 1.2)
    assert np.array_equal(both[:, 0], np.concatenate((TONE, TONE[:1600])))
    desk.report(call, CarrierStatus.COMPLETED)
    await desk.until(lambda: "RecordingSaved" in desk.names())
    assert await desk.console.recorded_so_far(call.sid) is None


async def test_a_call_that_is_not_recorded_has_nothing_to_read(desk: Desk) -> None:
    desk.console.set_recording(False)
    call, _line, _served = await desk.answered()
    assert await desk.console.recorded_so_far(call.sid) is None


async def test_catching_up_leaves_the_recording_as_it_would_have_been(tmp_path: Path) -> None:
    with ThreadPoolExecutor(max_workers=1) as thread:
        recorder = Recorder(tmp_path / "call.wav", thread)
        assert await recorder.catch_up() == 0.0
        lengths = []
        for index in range(70):
            piece = np.full(160, index, np.int16)
            recorder.add(piece, -piece)
            if index % 9 == 0:
                lengths.append(await recorder.catch_up())
                with WavReader(recorder.path) as file:
                    assert file.duration_s == lengths[-1]
        assert lengths == [(index + 1) * 0.02 for index in range(0, 70, 9)]
        assert await recorder.close()
    both, _rate_hz = read(recorder.path)
    assert np.array_equal(both[:, 0], np.repeat(np.arange(70), 160))
    assert np.array_equal(both[:, 0], -both[:, 1])


async def test_a_disk_that_refuses_tells_how_much_can_be_read(tmp_path: Path) -> None:
    with ThreadPoolExecutor(max_workers=1) as thread:
        (tmp_path / "file").write_text("in the way")
        recorder = Recorder(tmp_path / "file" / "call.wav", thread)
        recorder.add(TONE, TONE)
        assert await recorder.catch_up() == 0.0
        assert recorder.failed is not None
