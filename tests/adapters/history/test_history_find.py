"""Looking for calls: by number as typed, prompt, outcome and time; in pages, with totals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta, timezone
from pathlib import Path

import pytest
import pytest_asyncio
from history_kit import T0, a_call, an_ended_call, opened, sid
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callconsole.adapters.history import SqlHistory
from callconsole.domain.call import Outcome
from callconsole.domain.record import CallQuery


@pytest_asyncio.fixture
async def history(tmp_path: Path) -> AsyncIterator[SqlHistory]:
    """Four calls, the fourth live; recordings of 10, 20 and 30 seconds."""
    async with opened(tmp_path / "history") as kept:
        kept.keep_call(an_ended_call(1, to="+14155552671"))
        kept.keep_call(
            an_ended_call(2, Outcome.BUSY, to="+493012345678", prompt="order_status-Büro")
        )
        kept.keep_call(an_ended_call(3, Outcome.VOICEMAIL, to="+442079460123", prompt="100%_sure"))
        kept.keep_call(a_call(4, to="+14155550000", prompt="customer survey"))
        for number in (1, 2, 3):
            kept.keep_figures(sid(number), {}, number * 10.0)
        yield kept


async def found(history: SqlHistory, **query: object) -> list[int]:
    page = await history.find(CallQuery(**query))  # type: ignore[arg-type]
    assert page.total == len(page.rows)
    return [int(call.sid[2:], 16) for call in page.rows]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", [4, 3, 2, 1]),
        ("   ", [4, 3, 2, 1]),
        ("415 555", [4, 1]),
        ("415-555-26", [1]),
        ("(415) 555 2671", [1]),
        ("+1", [4, 1]),
        ("+", [4, 3, 2, 1]),
        ("+4", [3, 2]),
        ("030 1234", [2]),
        ("0049 30", [2]),
        ("020 7946", [3]),
        ("0000", [4]),
        ("999", []),
        ("order status", [2]),
        ("ORDER_", [2]),
        ("status büro", [2]),
        ("status BÜRO", [2]),
        ("Survey", [4]),
        ("appointment_reminder", [1]),
        ("100%", [3]),
        ("%", [3]),
        ("\\", []),
        ("'; DROP TABLE calls; --", []),
        ("a\0b", []),
        ("\ud800", []),
    ],
)
async def test_a_part_of_a_number_or_of_a_prompt(
    history: SqlHistory, text: str, numbers: list[int]
) -> None:
    assert await found(history, text=text) == numbers


async def test_outcomes_prompts_and_times(history: SqlHistory) -> None:
    assert await found(history, outcomes=frozenset({Outcome.BUSY})) == [2]
    assert await found(history, outcomes=frozenset({Outcome.COMPLETED, Outcome.VOICEMAIL})) == [
        3,
        1,
    ]
    assert await found(history, prompt="customer survey") == [4]
    assert await found(history, prompt="customer") == []
    since = (T0 + timedelta(minutes=3)).astimezone(timezone(timedelta(hours=9)))
    assert await found(history, since=since) == [4, 3]
    assert await found(history, since=since, outcomes=frozenset({Outcome.BUSY})) == []
    assert await found(history, text="415", outcomes=frozenset({Outcome.COMPLETED})) == [1]


async def test_pages_and_totals(history: SqlHistory) -> None:
    first = await history.find(CallQuery(limit=3))
    second = await history.find(CallQuery(limit=3, offset=3))
    assert [call.sid for call in (*first.rows, *second.rows)] == [sid(n) for n in (4, 3, 2, 1)]
    assert (first.total, first.recorded_s) == (second.total, second.recorded_s) == (4, 60.0)
    beyond = await history.find(CallQuery(offset=100))
    assert (beyond.rows, beyond.total) == ((), 4)
    spoken = await history.find(CallQuery(text="415"))
    assert (spoken.total, spoken.recorded_s) == (2, 10.0)


async def test_calls_of_the_same_moment_have_a_lasting_order(history: SqlHistory) -> None:
    for number in range(10, 40):
        history.keep_call(a_call(number, placed_at=T0 + timedelta(days=1)))
    pages = [await history.find(CallQuery(limit=7, offset=start)) for start in range(0, 35, 7)]
    listed = [call.sid for page in pages for call in page.rows]
    assert listed[:30] == [sid(number) for number in range(39, 9, -1)]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=20))
async def test_no_text_breaks_the_search(history: SqlHistory, text: str) -> None:
    page = await history.find(CallQuery(text=text))
    assert page.total == len(page.rows) <= 4


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 10), length=st.integers(1, 11), gap=st.sampled_from(["", " ", "-"]))
async def test_every_part_of_a_number_finds_it(
    history: SqlHistory, start: int, length: int, gap: str
) -> None:
    part = "14155552671"[start : start + length]
    assert 1 in await found(history, text=gap.join(part))
