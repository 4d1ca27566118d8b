"""Stars in a real database: kept, listed, taken away again."""

from __future__ import annotations

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
