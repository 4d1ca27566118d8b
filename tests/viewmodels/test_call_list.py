"""The list of kept calls: what is asked of the history, and what is shown of its answers."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.problems import Problem
from callconsole.domain.record import CallRecord
from callconsole.viewmodels.call_list import PAGE, CallList, ListState
from callconsole.viewmodels.call_search import CallFilter
from callconsole.viewmodels.history_rows import when_text
from callconsole.viewmodels.models import Models
from fakes.desk import FakeDesk
from fakes.kept_records import TALK_SID, call, kept_records

LOCKED = Problem("history.locked", "The history cannot be read", "It is locked.", "Try again.")
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


async def settle() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


@pytest.fixture
async def calls(desk: FakeDesk, models: Models, tmp_path: Path) -> CallList:
    desk.now = datetime.now(UTC)
    for record in kept_records(desk.now, tmp_path):
        desk.keep(record)
    models.history.set_active(True)
    await settle()
    return models.history


async def test_calls_are_listed_newest_first(calls: CallList) -> None:
    first, second = calls.rows[:2]
    assert (first.sid, first.title, first.prompt) == (
        TALK_SID, "+1 415-555-2671", "Appointment reminder",
    )  # fmt: skip
    assert (first.length, first.outcome.text, first.recorded) == ("00:48", "Spoke", True)
    assert second.outcome.text == "Voicemail"
    assert [row.icon for row in calls.rows[3:5]] == ["phone-x", "phone-x"]
    assert calls.summary == "11 calls, 28 recorded minutes"
    assert calls.range_text == "1 to 11 of 11"
    assert "recorded" in first.spoken()


async def test_filters_ask_for_outcomes_and_days(desk: FakeDesk, calls: CallList) -> None:
    calls.choose_filter(CallFilter.VOICEMAIL)
    await settle()
    assert [row.outcome.text for row in calls.rows] == ["Voicemail"]
    calls.choose_filter(CallFilter.FAILED)
    await settle()
    assert desk.queries[-1].outcomes == {
        Outcome.BUSY, Outcome.NO_ANSWER, Outcome.DECLINED, Outcome.FAILED, Outcome.MISSED,
    }  # fmt: skip
    assert len(calls.rows) == 4
    calls.choose_filter(CallFilter.TODAY)
    since = desk.queries[-1].since or calls.query().since
    assert since is not None
    local = since.astimezone()
    assert (local.hour, local.minute, local.date()) == (0, 0, datetime.now().astimezone().date())
    calls.choose_filter(CallFilter.WEEK)
    monday = calls.query().since
    assert monday is not None
    assert monday.astimezone().weekday() == 0
    await settle()


async def test_starred_calls_are_listed_alone_and_follow_their_stars(
    desk: FakeDesk, calls: CallList
) -> None:
    calls.choose_starred(True)
    await settle()
    assert calls.rows == []
    assert calls.wanted.nothing_found == "No call matches."
    await desk.star_moment(TALK_SID, 1)
    calls.refresh()
    await settle()
    assert [(row.sid, row.starred) for row in calls.rows] == [(TALK_SID, True)]
    calls.choose_filter(CallFilter.VOICEMAIL)
    await settle()
    assert calls.rows == []
    calls.show_all()
    await settle()
    assert len(calls.rows) == 11
    assert not calls.wanted.narrowed


async def test_typing_is_asked_once_it_pauses(
    qtbot: QtBot, desk: FakeDesk, calls: CallList
) -> None:
    asked = len(desk.queries)
    for text in ("2", "26", " 267 "):
        calls.search(text)
    assert len(desk.queries) == asked
    await until(calls, lambda: len(calls.rows) == 1)
    assert [query.text for query in desk.queries[asked:]] == ["267"]
    calls.search("nobody")
    await until(calls, lambda: not calls.rows)
    assert calls.wanted.nothing_found == "No call matches “nobody”."
    calls.show_all()
    await settle()
    assert len(calls.rows) == 11


async def test_an_old_answer_never_replaces_a_newer_one(desk: FakeDesk, calls: CallList) -> None:
    desk.answers.clear()
    calls.choose_filter(CallFilter.VOICEMAIL)
    calls.choose_prompt("order_status")
    calls.choose_filter(CallFilter.ALL)
    desk.answers.set()
    await settle()
    assert {row.prompt for row in calls.rows} == {"Order status"}
    assert len(calls.rows) == 3


async def test_pages_go_to_the_oldest_and_back(
    desk: FakeDesk, models: Models, qtbot: QtBot
) -> None:
    for index in range(2 * PAGE + 3):
        placed = NOW - timedelta(minutes=index)
        desk.keep(CallRecord(call(f"CA{index:032x}", "+14155550101", "survey_short", placed)))
    calls = models.history
    calls.set_active(True)
    await settle()
    assert (calls.range_text, calls.has_newer, calls.has_older) == ("1 to 50 of 103", False, True)
    calls.older()
    calls.older()
    await settle()
    assert (calls.range_text, calls.has_newer, calls.has_older) == (
        "101 to 103 of 103",
        True,
        False,
    )
    for sid in list(desk.records)[2 * PAGE :]:
        desk.records.pop(sid)
    calls.refresh()
    await settle()
    assert calls.range_text == "51 to 100 of 100"
    calls.newer()
    await settle()
    assert calls.range_text == "1 to 50 of 100"


async def test_a_live_call_is_on_top_before_the_history_has_it(
    desk: FakeDesk, calls: CallList, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = dict(desk.calls)
    sid = (await desk.place_call("+14155550103", "survey_short")).sid
    live = desk.calls

    async def without_it(query: object) -> object:
        desk.calls = kept
        try:
            return await FakeDesk.find_calls(desk, query)  # type: ignore[arg-type]
        finally:
            desk.calls = live

    monkeypatch.setattr(desk, "find_calls", without_it)
    await until(calls, lambda: calls.rows[0].sid == sid)
    assert (calls.rows[0].live, calls.total) == (True, 12)
    desk.answer(sid)
    await until(calls, lambda: calls.rows[0].outcome.text == "Connected")
    monkeypatch.undo()
    desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    await until(calls, lambda: not calls.rows[0].live)
    assert [row.sid for row in calls.rows].count(sid) == 1
    assert calls.total == 12


async def test_nothing_is_asked_while_nobody_looks(desk: FakeDesk, calls: CallList) -> None:
    calls.set_active(False)
    asked = len(desk.queries)
    await desk.place_call("+14155550103", "survey_short")
    calls.renew()
    await settle()
    assert len(desk.queries) == asked
    calls.set_active(True)
    await settle()
    assert len(desk.queries) == asked + 1


async def test_a_history_that_cannot_be_read_says_so(desk: FakeDesk, calls: CallList) -> None:
    desk.history_problem = LOCKED
    calls.refresh()
    await settle()
    assert (calls.state, calls.problem) == (ListState.FAILED, LOCKED)
    desk.history_problem = None
    calls.refresh()
    await settle()
    assert (calls.state, len(calls.rows)) == (ListState.READY, 11)


async def test_a_deleted_call_leaves_its_neighbour_selected(
    desk: FakeDesk, models: Models, calls: CallList
) -> None:
    calls.select(calls.rows[1].sid)
    after = calls.rows[2].sid
    await settle()
    models.detail.delete()
    await settle()
    assert (calls.selected, len(calls.rows)) == (after, 10)
    assert models.detail.sid == after
    calls.select(calls.rows[-1].sid)
    before = calls.rows[-2].sid
    await settle()
    models.detail.delete()
    await settle()
    assert calls.selected == before


async def test_recent_calls_come_from_the_history(
    desk: FakeDesk, models: Models, calls: CallList
) -> None:
    sid = (await desk.place_call("+14155550103", "survey_short")).sid
    desk.end(sid, Ending(Outcome.BUSY, EndedBy.CARRIER))
    models.recall()
    await settle()
    entries = models.recents.entries
    assert [entry.sid for entry in entries[:2]] == [sid, TALK_SID]
    assert len(entries) == 12
    assert entries[1].time.count(":") == 1
    assert ":" not in entries[-1].time
    models.recents.forget(sid)
    assert models.recents.entries[0].sid == TALK_SID


@pytest.mark.parametrize(
    ("back", "shown"),
    [
        (timedelta(minutes=1), "Today"),
        (timedelta(days=-1), "Tomorrow"),
        (timedelta(days=2), "Tue"),
        (timedelta(days=30), "27 Oct"),
        (timedelta(days=400), "22 Oct 2025"),
    ],
)
def test_times_are_as_short_as_they_can_be(back: timedelta, shown: str) -> None:
    assert when_text(NOW - back, NOW).startswith(shown)


async def until(calls: CallList, true: Callable[[], bool]) -> None:
    changed = asyncio.Event()
    calls.changed.connect(changed.set)
    async with asyncio.timeout(30):
        while not true():
            changed.clear()
            await changed.wait()
