"""Stars in a real database: kept, listed, taken away again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from history_kit import T0, an_ended_call, opened, sid

from callconsole.domain.events import MomentStarred, MomentUnstarred
from callconsole.domain.record import CallQuery, LoggedEvent
from callconsole.domain.stars import stars_of
from callconsole.engine.archivist import logged


def star(kind: type[MomentStarred | MomentUnstarred], number: int, turn_id: int) -> LoggedEvent:
    """The event as it is kept."""
    return logged(kind(call_sid=sid(number), at=T0, turn_id=turn_id, position_s=turn_id * 2.5))


async def test_the_list_says_which_calls_have_a_star_now(tmp_path: Path) -> None:
    async with opened(tmp_path / "history") as history:
        for number in (1, 2, 3):
            history.keep_call(an_ended_call(number))
        history.keep_event(sid(1), star(MomentStarred, 1, 4))
        history.keep_event(sid(1), star(MomentStarred, 1, 2))
        history.keep_event(sid(1), star(MomentUnstarred, 1, 4))
        history.keep_event(sid(3), star(MomentStarred, 3, 1))
        history.keep_event(sid(3), star(MomentUnstarred, 3, 1))
        page = await history.find(CallQuery())
        assert (page.total, page.starred) == (3, frozenset({sid(1)}))
        record = await history.record(sid(1))
        assert record is not None
        assert stars_of(record.events) == {2: 5.0}
    async with opened(tmp_path / "history") as history:
        page = await history.find(CallQuery(limit=1))
        assert [call.sid for call in page.rows] == [sid(3)]
        assert page.starred == frozenset()


async def test_a_star_for_a_deleted_call_is_not_kept(tmp_path: Path) -> None:
    async with opened(tmp_path / "history") as history:
        history.keep_call(an_ended_call(1))
        await history.delete(sid(1))
        history.keep_event(sid(1), star(MomentStarred, 1, 1))
        assert (await history.find(CallQuery())).total == 0


async def test_starred_calls_are_found_by_an_index(tmp_path: Path) -> None:
    async with opened(tmp_path / "history") as history:
        for number in range(1, 6):
            history.keep_call(an_ended_call(number))
        for number in (1, 2, 4):
            history.keep_event(sid(number), star(MomentStarred, number, 1))
        history.keep_event(sid(2), star(MomentUnstarred, 2, 1))
        page = await history.find(CallQuery(starred=True))
        assert [call.sid for call in page.rows] == [sid(4), sid(1)]
        assert (page.total, page.starred) == (2, frozenset({sid(1), sid(4)}))
        # What comes later of a call leaves its star alone.
        history.keep_call(an_ended_call(4, prompt="survey"))
        assert (await history.find(CallQuery(starred=True, limit=1))).rows[0].prompt == "survey"
        history.keep_event(sid(4), star(MomentUnstarred, 4, 1))
        assert (await history.find(CallQuery(starred=True))).total == 1
        await history.delete(sid(1))
        assert (await history.find(CallQuery(starred=True))).total == 0
    listed = "SELECT sid FROM calls WHERE starred = 1 ORDER BY placed_at DESC, sid DESC LIMIT 50"
    with closing(sqlite3.connect(tmp_path / "history" / "calls.sqlite")) as database:
        plan = " ".join(row[-1] for row in database.execute(f"EXPLAIN QUERY PLAN {listed}"))
    assert "ix_calls_starred_placed_at" in plan


async def test_a_star_beside_a_row_that_is_unfit_is_kept(tmp_path: Path) -> None:
    async with opened(tmp_path / "history") as history:
        history.keep_call(an_ended_call(1))
        history.keep_event(sid(9), star(MomentStarred, 9, 1))  # of no call
        history.keep_event(sid(1), star(MomentStarred, 1, 1))
        assert (await history.find(CallQuery(starred=True))).total == 1


async def test_stars_from_before_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "history"
    async with opened(folder) as history:
        for number in (1, 2, 3):
            history.keep_call(an_ended_call(number))
        for number, turn in ((1, 1), (2, 1), (2, 7)):
            history.keep_event(sid(number), star(MomentStarred, number, turn))
        for number in (1, 2):
            history.keep_event(sid(number), star(MomentUnstarred, number, 1))
    with closing(sqlite3.connect(folder / "calls.sqlite")) as database:
        database.executescript(
            "DROP INDEX ix_calls_starred_placed_at;"
            "ALTER TABLE calls DROP COLUMN starred;"
            "UPDATE alembic_version SET version_num = '0002';"
        )
    async with opened(folder) as history:
        page = await history.find(CallQuery(starred=True))
        assert [call.sid for call in page.rows] == [sid(2)]
