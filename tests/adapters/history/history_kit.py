"""Calls, and everything that is kept of them: made by hand and by hypothesis."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from callconsole.adapters.history import SqlHistory
from callconsole.domain.answering import AnsweredBy, Evidence, JudgedBy, Verdict
from callconsole.domain.call import (
    Call,
    Direction,
    EndedBy,
    Ending,
    Floor,
    Outcome,
    Phase,
    ended,
)
from callconsole.domain.problems import Problem
from callconsole.domain.record import LoggedEvent, Note
from callconsole.domain.transcript import Speaker, Turn

T0 = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def sid(number: int = 1) -> str:
    return f"CA{number:032x}"


def a_call(number: int = 1, **changes: Any) -> Call:
    call = Call(
        sid=sid(number),
        to="+14155552671",
        from_number="+16285550100",
        prompt="appointment_reminder",
        line="phone",
        placed_at=T0 + timedelta(minutes=number),
    )
    return replace(call, **changes)


def an_ended_call(number: int = 1, outcome: Outcome = Outcome.COMPLETED, **changes: Any) -> Call:
    call = a_call(number, **changes)
    return ended(call, Ending(outcome, EndedBy.CALLER), call.placed_at + timedelta(seconds=40))


@asynccontextmanager
async def opened(folder: Path, **options: Any) -> AsyncIterator[SqlHistory]:
    history = SqlHistory(folder, **options)
    await history.open()
    try:
        yield history
    finally:
        await history.close()


# Anything that can be kept ------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
times = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
zoned_times = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=offsets)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
json_objects = st.dictionaries(texts, json_values, max_size=5)
problem_values = st.builds(Problem, texts, texts, texts, texts, st.none() | texts)
endings = st.builds(
    Ending, st.sampled_from(Outcome), st.sampled_from(EndedBy), st.none() | problem_values
)
call_values = st.builds(
    Call,
    sid=st.just(sid()),
    to=texts,
    from_number=texts,
    prompt=texts,
    line=st.sampled_from(["phone", "practice"]),
    placed_at=times,
    direction=st.sampled_from(Direction),
    phase=st.sampled_from(Phase),
    floor=st.sampled_from(Floor),
    answered_by=st.sampled_from(AnsweredBy),
    judged_by=st.none() | st.sampled_from(JudgedBy),
    deciding=st.booleans(),
    away=st.booleans(),
    transferred_to=st.none() | texts,
    sequence=st.integers(-1, 10_000),
    rang_at=st.none() | times,
    answered_at=st.none() | times,
    ended_at=st.none() | times,
    ending=st.none() | endings,
    recording=st.none() | texts,
)
turn_values = st.builds(
    Turn,
    id=st.integers(1, 100_000),
    speaker=st.sampled_from(Speaker),
    text=texts,
    offset_s=st.floats(0, 1e6),
    final=st.booleans(),
    interrupted=st.booleans(),
    heard_chars=st.none() | st.integers(0, 1000),
)
note_values = st.builds(
    Note,
    at=times,
    text=texts,
    details=st.dictionaries(texts, texts, max_size=4),
    due=st.none() | zoned_times,
    by_operator=st.booleans(),
)
event_values = st.builds(LoggedEvent, at=times, name=texts, details=json_objects)
verdict_values = st.builds(
    Verdict,
    answered_by=st.sampled_from(AnsweredBy),
    by=st.sampled_from(JudgedBy),
    reason=texts,
    after_ms=st.integers(0, 10**6),
    evidence=st.lists(st.builds(Evidence, texts, st.integers(-100, 100)), max_size=4).map(tuple),
)
