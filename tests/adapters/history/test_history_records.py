"""What is kept comes back as it was, however much of it and in whatever order."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from history_kit import (
    T0,
    a_call,
    an_ended_call,
    call_values,
    event_values,
    json_objects,
    note_values,
    opened,
    sid,
    turn_values,
    verdict_values,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from callconsole.adapters.history import SqlHistory
from callconsole.domain.answering import AnsweredBy, JudgedBy, Verdict
from callconsole.domain.call import Call, EndedBy, Ending, Outcome, answered, rung
from callconsole.domain.problems import ProblemError
from callconsole.domain.record import CallQuery, CallRecord, LoggedEvent, Note
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine.ports import History

_numbers = count(1)


@pytest_asyncio.fixture
async def history(tmp_path: Path) -> AsyncIterator[SqlHistory]:
    async with opened(tmp_path / "history") as opened_history:
        yield opened_history


async def record_of(history: SqlHistory, call_sid: str) -> CallRecord:
    record = await history.record(call_sid)
    assert record is not None
    return record


async def test_it_is_the_port(history: SqlHistory) -> None:
    port: History = history
    assert await port.record(sid()) is None
    assert (await port.find(CallQuery())).total == 0


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    call=call_values,
    turns=st.lists(turn_values, max_size=4, unique_by=lambda turn: turn.id),
    notes=st.lists(note_values, max_size=3),
    events=st.lists(event_values, max_size=3),
    verdict=st.none() | verdict_values,
    figures=json_objects,
)
async def test_everything_comes_back_as_it_was(
    history: SqlHistory,
    call: Call,
    turns: list[Turn],
    notes: list[Note],
    events: list[LoggedEvent],
    verdict: Verdict | None,
    figures: Mapping[str, Any],
) -> None:
    await history.delete(call.sid)
    history._forgotten.clear()
    history.keep_call(call)
    for turn in turns:
        history.keep_turn(call.sid, turn)
    for note in notes:
        history.keep_note(call.sid, note)
    for event in events:
        history.keep_event(call.sid, event)
    if verdict is not None:
        history.keep_verdict(call.sid, verdict)
    history.keep_figures(call.sid, figures, 12.5)
    assert await history.record(call.sid) == CallRecord(
        call=call,
        turns=tuple(sorted(turns, key=lambda turn: turn.id)),
        notes=tuple(notes),
        events=tuple(events),
        verdict=verdict,
        figures=figures,
    )
    page = await history.find(CallQuery())
    assert page.rows == (call,)
    assert page.recorded_s == 12.5


async def test_the_newest_state_wins_in_one_transaction_and_over_several(
    history: SqlHistory,
) -> None:
    call = a_call()
    history.keep_call(call)
    history.keep_call(rung(call, T0))
    history.keep_turn(call.sid, Turn(1, Speaker.AGENT, "Good", 0.5))
    history.keep_turn(call.sid, Turn(1, Speaker.AGENT, "Good morning", 0.5))
    await history.flush()
    talking = answered(rung(call, T0), T0 + timedelta(seconds=5))
    history.keep_call(talking)
    history.keep_turn(call.sid, Turn(1, Speaker.AGENT, "Good morning!", 0.5, final=True))
    record = await record_of(history, call.sid)
    assert record.call == talking
    assert record.turns == (Turn(1, Speaker.AGENT, "Good morning!", 0.5, final=True),)


async def test_a_state_leaves_verdict_figures_and_recording_alone(history: SqlHistory) -> None:
    first = Verdict(AnsweredBy.UNKNOWN, JudgedBy.LIMIT, "Nobody was sure.", 8000)
    final = Verdict(AnsweredBy.PERSON, JudgedBy.OPERATOR, "The operator said so.", 9100)
    history.keep_call(a_call())
    history.keep_verdict(sid(), first)
    history.keep_figures(sid(), {"interruptions": 1}, 31.5)
    await history.flush()
    history.keep_verdict(sid(), final)
    history.keep_call(an_ended_call())
    record = await record_of(history, sid())
    assert record.call == an_ended_call()
    assert record.verdict == final
    assert record.figures == {"interruptions": 1}
    assert (await history.find(CallQuery())).recorded_s == 31.5


async def test_keeping_is_on_the_disk_by_itself(history: SqlHistory, tmp_path: Path) -> None:
    history.keep_call(a_call())
    async with opened(tmp_path / "history") as other:
        while not (await other.find(CallQuery())).rows:
            await asyncio.sleep(0.02)
        assert (await other.find(CallQuery())).rows == (a_call(),)


async def test_what_was_kept_before_opening_is_written_after_it(tmp_path: Path) -> None:
    history = SqlHistory(tmp_path / "history")
    history.keep_call(a_call())
    with pytest.raises(ProblemError) as error:
        await history.find(CallQuery())
    assert error.value.problem.code == "history.not_open"
    await history.open()
    assert (await history.find(CallQuery())).rows == (a_call(),)
    await history.close()
    await history.close()
    history.keep_call(a_call(2))
    with pytest.raises(ProblemError):
        await history.record(sid())


async def test_halves_of_characters_and_nul_are_replaced(history: SqlHistory) -> None:
    history.keep_call(a_call())
    history.keep_turn(sid(), Turn(1, Speaker.CALLER, "a\ud83db\0c \U0001f600", 0.0))
    history.keep_note(sid(), Note(T0, "\udc00", {"when": "\ud800"}))
    record = await record_of(history, sid())
    assert record.turns[0].text == "a\ufffdb\ufffdc \U0001f600"
    assert record.notes[0].text == "\ufffd"


async def test_one_thing_that_cannot_be_kept_does_not_take_the_rest_with_it(
    history: SqlHistory, caplog: pytest.LogCaptureFixture
) -> None:
    history.keep_call(a_call())
    history.keep_turn(sid(), Turn(2**70, Speaker.CALLER, "secret words", 0.0))
    history.keep_turn(sid(), Turn(1, Speaker.CALLER, "Hello", 0.0))
    history.keep_event(sid(77), LoggedEvent(T0, "KeyReceived", {"digit": "7"}))
    history.keep_event(sid(), LoggedEvent(T0.replace(tzinfo=None), "KeyReceived", {}))
    history.keep_event(sid(), LoggedEvent(T0, "CallAnswered", {"odd": {T0}}))
    history.keep_call(an_ended_call())
    record = await record_of(history, sid())
    assert record.call.ending == Ending(Outcome.COMPLETED, EndedBy.CALLER)
    assert [turn.text for turn in record.turns] == ["Hello"]
    assert [event.name for event in record.events] == ["CallAnswered"]
    assert history.problem is None
    assert "secret" not in caplog.text
    assert caplog.text.count("a row could not be kept") == 3


async def test_a_deleted_call_stays_away_whatever_comes_late(history: SqlHistory) -> None:
    history.keep_call(an_ended_call())
    history.keep_turn(sid(), Turn(1, Speaker.CALLER, "Hello", 0.0))
    history.keep_note(sid(), Note(T0, "Call back"))
    history.keep_event(sid(), LoggedEvent(T0, "CallEnded", {}))
    history.keep_call(an_ended_call(2))
    await history.flush()
    await history.delete(sid())
    history.keep_call(an_ended_call())
    history.keep_figures(sid(), {}, 3.0)
    assert await history.record(sid()) is None
    assert (await history.find(CallQuery())).rows == (an_ended_call(2),)
    await history.delete(sid(99))


async def test_many_write_and_ask_at_once(history: SqlHistory) -> None:
    async def one(number: int) -> None:
        call = a_call(number)
        history.keep_call(call)
        for turn in range(1, 6):
            history.keep_turn(call.sid, Turn(turn, Speaker.AGENT, f"Turn {turn}", float(turn)))
            await asyncio.gather(history.find(CallQuery(limit=5)), history.record(call.sid))
        history.keep_call(an_ended_call(number))

    await asyncio.gather(*(one(number) for number in range(1, 31)))
    page = await history.find(CallQuery(limit=100))
    assert page.total == 30
    assert all(call.ending is not None for call in page.rows)
    for number in range(1, 31):
        assert len((await record_of(history, sid(number))).turns) == 5


async def test_who_stops_waiting_stops_nothing(history: SqlHistory) -> None:
    for number in range(1, 200):
        history.keep_call(a_call(number))
        history.keep_event(sid(number), LoggedEvent(T0, "CallQueued", {}))
        asking = asyncio.ensure_future(history.find(CallQuery(text=str(number))))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])
    assert (await history.find(CallQuery())).total == 199
    for number in (1, 50, 199):
        assert len((await record_of(history, sid(number))).events) == 1


async def test_it_works_on_the_windows_loop(qtbot: QtBot, tmp_path: Path) -> None:
    async with opened(tmp_path / "history") as history:
        history.keep_call(a_call())
        history.keep_turn(sid(), Turn(1, Speaker.CALLER, "Hello", 0.0))
        assert len((await record_of(history, sid())).turns) == 1


def test_the_window_does_not_wait_for_the_database_to_be_imported() -> None:
    program = (
        "import sys, callconsole.adapters.history;"
        "print(sorted({'sqlalchemy', 'alembic', 'aiosqlite', 'greenlet'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
