"""`engine.ports.History` over a database in a folder: keeping is a plain call, one task writes."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from callconsole.adapters.history import database_file, problems
from callconsole.adapters.history.backlog import Backlog, Figures
from callconsole.adapters.history.desk_lock import DeskLock
from callconsole.domain.answering import Verdict
from callconsole.domain.call import Call
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.record import CallPage, CallQuery, CallRecord, LoggedEvent, Note
from callconsole.domain.transcript import Turn
from callconsole.engine import tasks

if TYPE_CHECKING:
    from callconsole.adapters.history.store import Store

logger = logging.getLogger(__name__)

FILE_NAME = "calls.sqlite"
# What is kept within this time goes into one transaction; a crash loses no more than this.
GATHER_S = 0.3
RETRY_S = 2.0

Answer = TypeVar("Answer")


class SqlHistory:
    """Fulfils `engine.ports.History`.

    What is kept before `open` is written after it. Once `open` has failed nothing is kept.

    Args:
        folder: a folder of its own, which is made, and closed to other users.
        on_problem: is told once of each fault that raises nothing: a broken file was set aside,
            the disk refuses. May be called from the loop only.

    Attributes:
        problem: why nothing can be written just now, or None.
    """

    def __init__(self, folder: Path, on_problem: Callable[[Problem], None] | None = None) -> None:
        self.path = folder / FILE_NAME
        self.problem: Problem | None = None
        self._on_problem = on_problem
        self._backlog = Backlog()
        self._kept = asyncio.Event()
        self._forgotten: set[str] = set()
        self._refused: Problem | None = None
        self._lock: DeskLock | None = None
        self._store: Store | None = None
        self._writing = asyncio.Lock()
        self._writer: asyncio.Task[None] | None = None
        self._busy: set[asyncio.Task[Any]] = set()

    async def open(self) -> None:
        """Make the database, or bring it up to date; what is slow happens in a thread.

        Raises `ProblemError`: it cannot be written, or is from a newer version.
        """
        if self._store is not None:
            return
        try:
            self._lock, self._store, aside = await asyncio.to_thread(_open, self.path)
        except ProblemError as error:
            self._refuse(error.problem)
            raise
        except (OSError, sqlite3.Error) as error:
            problem = problems.unwritable(self.path.parent, _reason(error))
            self._refuse(problem)
            raise ProblemError(problem) from error
        self._refused = self.problem = None
        if aside is not None:
            self._tell(aside)
        self._writer = tasks.start(self._keep_writing(), name="history")

    # Keeping ----------------------------------------------------------------------------------

    def keep_call(self, call: Call) -> None:
        """The call's newest state; the first one makes the record."""
        if self._takes(call.sid):
            self._backlog.waiting.calls[call.sid] = call

    def keep_turn(self, call_sid: str, turn: Turn) -> None:
        """A turn's newest state."""
        if self._takes(call_sid):
            self._backlog.waiting.turns[call_sid, turn.id] = turn
            self._backlog.trim()

    def keep_event(self, call_sid: str, event: LoggedEvent) -> None:
        """Something that happened."""
        if self._takes(call_sid):
            self._backlog.waiting.events.append((call_sid, event))
            self._backlog.trim()

    def keep_note(self, call_sid: str, note: Note) -> None:
        """A note on the record."""
        if self._takes(call_sid):
            self._backlog.waiting.notes.append((call_sid, note))
            self._backlog.trim()

    def keep_verdict(self, call_sid: str, verdict: Verdict) -> None:
        """Who answered; a later verdict replaces an earlier one."""
        if self._takes(call_sid):
            self._backlog.waiting.verdicts[call_sid] = verdict

    def keep_figures(self, call_sid: str, figures: Mapping[str, Any], recorded_s: float) -> None:
        """What was counted, and the length of the recording in seconds, 0 without one."""
        if self._takes(call_sid):
            self._backlog.waiting.figures[call_sid] = Figures(dict(figures), recorded_s)

    async def flush(self) -> None:
        """Return when everything kept so far is on the disk, or the disk has refused it."""
        if self._store is not None:
            await self._in_the_end(self._write())

    # Asking -----------------------------------------------------------------------------------

    async def find(self, query: CallQuery) -> CallPage:
        """Calls that match, newest first. Raises `ProblemError`."""
        store = await self._up_to_date()
        return await self._in_the_end(store.find(query))

    async def record(self, call_sid: str) -> CallRecord | None:
        """Everything of one call, or None. Raises `ProblemError`."""
        store = await self._up_to_date()
        return await self._in_the_end(store.record(call_sid))

    async def unfinished(self) -> list[Call]:
        """Calls whose console died under them, oldest first; none of a console that still runs.

        Raises `ProblemError`.
        """
        store = await self._up_to_date()
        assert self._lock is not None  # noqa: S101 (taken before the store is opened)
        alive = await asyncio.to_thread(self._lock.others)
        return await self._in_the_end(store.unfinished(alive | {self._lock.desk}))

    async def delete(self, call_sid: str) -> None:
        """Forget one call; its recording's file is not touched. Raises `ProblemError`."""
        store = await self._up_to_date()
        # Or what is still to come of the call, such as its recording, would bring it back.
        self._forgotten.add(call_sid)
        self._backlog.forget(call_sid)
        try:
            await self._in_the_end(store.delete(call_sid))
        except ProblemError:
            self._forgotten.discard(call_sid)
            raise

    async def close(self) -> None:
        """Write what waits and let go; safe to call twice."""
        store = self._store
        if store is None:
            return
        # Not in the middle of a transaction, whose outcome nobody would know.
        async with self._writing:
            await tasks.stop(self._writer)
        await self.flush()
        self._store, self._refused = None, problems.NOT_OPEN
        if self._busy:
            await asyncio.wait(self._busy)
        await store.close()
        if self._lock is not None:
            self._lock.release(clean=not store.damaged)

    # Inside -----------------------------------------------------------------------------------

    def _takes(self, call_sid: str) -> bool:
        if self._refused is not None or call_sid in self._forgotten:
            return False
        self._kept.set()
        return True

    def _refuse(self, problem: Problem) -> None:
        self._refused = self.problem = problem
        self._backlog.take()
        logger.error("calls are not kept: %s", problem.code)

    async def _up_to_date(self) -> Store:
        """The store, with everything in it that was kept. Raises `ProblemError`."""
        if self._store is None:
            raise ProblemError(self._refused or problems.NOT_OPEN)
        await self.flush()
        return self._store

    async def _in_the_end(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """The result; who stops waiting does not stop the work, which would tear a transaction."""
        task = tasks.start(work, on_error=lambda _: None, name="history's work")
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)
        return await asyncio.shield(task)

    async def _keep_writing(self) -> None:
        while True:
            await self._kept.wait()
            await asyncio.sleep(RETRY_S if self.problem is not None else GATHER_S)
            self._kept.clear()
            await self._in_the_end(self._write())

    async def _write(self) -> None:
        async with self._writing:
            if self._store is None:
                return
            batch = self._backlog.take()
            if not batch:
                return
            try:
                await self._store.write(batch)
            except ProblemError as error:
                self._backlog.put_back(batch)
                for call_sid in self._forgotten:
                    self._backlog.forget(call_sid)
                self._kept.set()
                self._tell_once(error.problem)
                return
            except Exception:
                logger.exception("something could not be kept")
                return
            if self.problem is not None:
                logger.info("calls are kept again; %d entries were lost", self._backlog.dropped)
                self.problem = None

    def _tell_once(self, problem: Problem) -> None:
        known, self.problem = self.problem, problem
        if known is None:
            self._tell(problem)

    def _tell(self, problem: Problem) -> None:
        logger.error("history: %s", problem.code)
        if self._on_problem is not None:
            self._on_problem(problem)


def _open(path: Path) -> tuple[DeskLock, Store, Problem | None]:
    """Everything about opening that is slow: imports, files, steps of migration."""
    from callconsole.adapters.history.store import Store

    database_file.make_folder(path.parent)
    lock = DeskLock(path.parent)
    try:
        aside = database_file.prepare(path, closely=lock.after_crash, alone=lock.alone)
        return lock, Store(path, lock.desk), aside
    except BaseException:
        lock.release()
        raise


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return (error.strerror or type(error).__name__).lower()
    return str(error)
