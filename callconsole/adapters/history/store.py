"""The questions and changes that the history puts to its database, by SQLAlchemy.

Slow to import; `SqlHistory` does it in a thread.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Executable,
    Insert,
    Table,
    bindparam,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    ProgrammingError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from callconsole.adapters.history import problems, rows
from callconsole.adapters.history.backlog import Batch, Figures
from callconsole.adapters.history.database_file import BUSY_S
from callconsole.adapters.history.rows import Row
from callconsole.adapters.history.schema import calls, events, figures, notes, turns
from callconsole.adapters.history.search import conditions
from callconsole.domain.answering import Verdict
from callconsole.domain.call import Call
from callconsole.domain.problems import ProblemError
from callconsole.domain.record import CallPage, CallQuery, CallRecord
from callconsole.domain.stars import STAR_EVENTS, stars_of

logger = logging.getLogger(__name__)

# One writes while others read.
CONNECTIONS = 3
ROWS_AT_ONCE = 100

# Those that a call's own state does not tell.
_APART = ("verdict", "recorded_s", "starred")
_CALL_COLUMNS = [column for column in calls.c if column.name not in _APART]
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_UNFIT = (DataError, IntegrityError, InterfaceError, ProgrammingError)

Change = tuple[Executable, list[Row]]
Answer = TypeVar("Answer")
Kept = TypeVar("Kept")


class Store:
    """An open database.

    Args:
        path: the file, which is up to date.
        desk: name of this console, for the calls that it writes.

    Attributes:
        damaged: the file was found to be broken while in use.
    """

    def __init__(self, path: Path, desk: str) -> None:
        self.damaged = False
        self._path = path
        self._desk = desk
        self._engine = _engine(path)

    async def write(self, batch: Batch) -> None:
        """Write all of it in one transaction; what no table takes is left out, and logged.

        Raises `ProblemError` where the disk refuses; nothing was written then.
        """
        try:
            try:
                async with self._engine.begin() as connection:
                    for statement, values in self._changes(batch):
                        await connection.execute(statement, values)
                    await _keep_starred(connection, batch)
            except Exception as error:
                if not _is_unfit(error):
                    raise
                await self._write_singly(batch)
        except (SQLAlchemyError, OSError) as error:
            raise ProblemError(problems.not_written(self._path, self._reason(error))) from error

    async def find(self, query: CallQuery) -> CallPage:
        """See `ports.History.find`."""
        wanted = conditions(query)
        newest = (calls.c.placed_at.desc(), calls.c.sid.desc())
        listed = select(*_CALL_COLUMNS, calls.c.starred).where(wanted).order_by(*newest)
        page = listed.offset(query.offset).limit(query.limit)
        sums = select(func.count(), func.coalesce(func.sum(calls.c.recorded_s), 0.0)).where(wanted)

        async def ask(connection: AsyncConnection) -> CallPage:
            found = (await connection.execute(page)).mappings().all()
            total, recorded_s = (await connection.execute(sums.select_from(calls))).one()
            starred = frozenset(row["sid"] for row in found if row["starred"])
            return CallPage(tuple(map(rows.call_of, found)), total, float(recorded_s), starred)

        return await self._asked(ask)

    async def record(self, call_sid: str) -> CallRecord | None:
        """See `ports.History.record`."""

        async def ask(connection: AsyncConnection) -> CallRecord | None:
            found = await connection.execute(select(calls).where(calls.c.sid == call_sid))
            row = found.mappings().one_or_none()
            if row is None:
                return None

            async def all_of(table: Table) -> list[Any]:
                wanted = select(table).where(table.c.call_sid == call_sid).order_by(table.c.id)
                return list((await connection.execute(wanted)).mappings().all())

            counted = await connection.execute(
                select(figures.c.counted).where(figures.c.call_sid == call_sid)
            )
            return CallRecord(
                call=rows.call_of(row),
                turns=tuple(map(rows.turn_of, await all_of(turns))),
                notes=tuple(map(rows.note_of, await all_of(notes))),
                events=tuple(map(rows.event_of, await all_of(events))),
                verdict=rows.verdict_of(row["verdict"]),
                figures=counted.scalar_one_or_none() or {},
            )

        return await self._asked(ask)

    async def unfinished(self, alive: set[str]) -> list[Call]:
        """Calls without an ending whose console is not among the living, oldest first."""
        wanted = (
            select(*_CALL_COLUMNS)
            .where(calls.c.outcome.is_(None), calls.c.desk.not_in(sorted(alive)))
            .order_by(calls.c.placed_at)
        )

        async def ask(connection: AsyncConnection) -> list[Call]:
            return list(map(rows.call_of, (await connection.execute(wanted)).mappings().all()))

        return await self._asked(ask)

    async def delete(self, call_sid: str) -> None:
        """Forget a call with everything of it. Raises `ProblemError`."""
        try:
            async with self._engine.begin() as connection:
                await connection.execute(delete(calls).where(calls.c.sid == call_sid))
        except (SQLAlchemyError, OSError) as error:
            raise ProblemError(problems.not_written(self._path, self._reason(error))) from error

    async def close(self) -> None:
        """Let go of the file."""
        await self._engine.dispose()

    async def _asked(self, ask: Callable[[AsyncConnection], Awaitable[Answer]]) -> Answer:
        """The answer, read in one transaction. Raises `ProblemError`."""
        try:
            async with self._engine.connect() as connection:
                return await ask(connection)
        # A row that this program cannot read is the same to the operator as a damaged file.
        except (SQLAlchemyError, OSError, ValueError, TypeError, KeyError) as error:
            raise ProblemError(problems.unreadable(self._path, self._reason(error))) from error

    def _reason(self, error: Exception) -> str:
        """A few words for the operator; remembers damage."""
        origin = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(origin, sqlite3.Error):
            self.damaged |= (getattr(origin, "sqlite_errorcode", 0) & 0xFF) in _DAMAGE
            return str(origin)
        return (origin.strerror if isinstance(origin, OSError) else None) or type(error).__name__

    def _changes(self, batch: Batch) -> Iterator[Change]:
        """Statements with some of their rows; calls first, to which all else refers."""
        yield from _some(_KEEP_CALL, batch.calls.values(), lambda it: rows.call_row(it, self._desk))
        yield from _some(_KEEP_TURN, batch.turns.items(), lambda it: rows.turn_row(it[0][0], it[1]))
        yield from _some(insert(events), batch.events, lambda it: rows.event_row(*it))
        yield from _some(insert(notes), batch.notes, lambda it: rows.note_row(*it))
        yield from _some(_KEEP_VERDICT, batch.verdicts.items(), lambda it: _verdict_row(*it))
        yield from _some(_KEEP_LENGTH, batch.figures.items(), lambda it: _length_row(*it))
        yield from _some(_KEEP_FIGURES, batch.figures.items(), lambda it: _figures_row(*it))

    async def _write_singly(self, batch: Batch) -> None:
        """Write row by row, so that one that is unfit does not take the others with it."""
        async with self._engine.begin() as connection:
            for statement, values in self._changes(batch):
                for row in values:
                    try:
                        async with connection.begin_nested():
                            await connection.execute(statement, [row])
                    except Exception as error:
                        if not _is_unfit(error):
                            raise
                        # No more than the kind of fault: the row holds what was said.
                        logger.warning("a row could not be kept: %s", type(error).__name__)
            await _keep_starred(connection, batch)


async def _keep_starred(connection: AsyncConnection, batch: Batch) -> None:
    """Say of each call that was given a star, or lost one, whether it has any now."""
    touched = {rows.clean(sid) for sid, kept in batch.events if kept.name in STAR_EVENTS}
    for sid in sorted(touched):
        told = (
            select(events)
            .where(events.c.call_sid == sid, events.c.name.in_(STAR_EVENTS))
            .order_by(events.c.id)
        )
        found = (await connection.execute(told)).mappings().all()
        starred = int(bool(stars_of(map(rows.event_of, found))))
        await connection.execute(_KEEP_STARRED, [{"of_sid": sid, "is_starred": starred}])


def _engine(path: Path) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        connect_args={"timeout": BUSY_S},
        json_serializer=rows.dumped,
        # What was said would stand in the text of exceptions.
        hide_parameters=True,
        pool_size=CONNECTIONS,
        max_overflow=0,
    )

    def connected(raw: Any, _: object) -> None:
        # Python's driver begins transactions late and on its own; ours begin where we say.
        raw.isolation_level = None
        cursor = raw.cursor()
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", lambda link: link.exec_driver_sql("BEGIN"))
    return engine


def _replacing(table: Table, columns: list[str]) -> Insert:
    """Insert a row of these columns, or replace them in the row with the same key."""
    statement = sqlite.insert(table)
    keys = [column.name for column in table.primary_key]
    newer = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=newer)


_KEEP_CALL = _replacing(calls, [column.name for column in _CALL_COLUMNS])
_KEEP_TURN = _replacing(turns, [column.name for column in turns.c])
_OF_SID = calls.c.sid == bindparam("of_sid")
_KEEP_VERDICT = update(calls).where(_OF_SID).values(verdict=bindparam("verdict"))
_KEEP_LENGTH = update(calls).where(_OF_SID).values(recorded_s=bindparam("length_s"))
_KEEP_STARRED = update(calls).where(_OF_SID).values(starred=bindparam("is_starred"))
_KEEP_FIGURES = _replacing(figures, [column.name for column in figures.c])


def _some(
    statement: Executable, kept: Iterable[Kept], row_of: Callable[[Kept], Row]
) -> Iterator[Change]:
    """So few rows at a time that the loop is soon free for the sound of calls."""
    waiting = iter(kept)
    while few := list(islice(waiting, ROWS_AT_ONCE)):
        yield statement, [row_of(it) for it in few]


def _verdict_row(call_sid: str, verdict: Verdict) -> Row:
    return {"of_sid": rows.clean(call_sid), "verdict": rows.verdict_json(verdict)}


def _length_row(call_sid: str, kept: Figures) -> Row:
    return {"of_sid": rows.clean(call_sid), "length_s": kept.recorded_s}


def _figures_row(call_sid: str, kept: Figures) -> Row:
    return {"call_sid": rows.clean(call_sid), "counted": dict(kept.counted)}


def _is_unfit(error: Exception) -> bool:
    """True where the fault is in what was to be written, and not in the disk."""
    if isinstance(error, DBAPIError):
        return isinstance(error, _UNFIT)
    return isinstance(error, StatementError) or not isinstance(error, SQLAlchemyError | OSError)
