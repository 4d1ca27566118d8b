"""The database's file: whose it is, how it grows up, and what is done where it is broken."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from history_kit import T0, a_call, an_ended_call, opened, sid
from sqlalchemy import create_engine, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from callconsole.adapters.history import SqlHistory, database_file
from callconsole.adapters.history.schema import metadata
from callconsole.domain.call import Direction, Outcome
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.record import CallQuery, LoggedEvent
from callconsole.domain.transcript import Speaker, Turn


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "history"


def steps() -> list[str]:
    """The revisions that there are, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(database_file._MIGRATIONS))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    return [step.revision for step in reversed(list(script.walk_revisions()))]


async def refused(folder: Path) -> Problem:
    history = SqlHistory(folder)
    with pytest.raises(ProblemError) as opening:
        await history.open()
    history.keep_call(a_call())
    with pytest.raises(ProblemError) as asking:
        await history.find(CallQuery())
    assert asking.value.problem == opening.value.problem
    await history.close()
    return opening.value.problem


async def test_only_the_owner_may_read_it(folder: Path) -> None:
    former = os.umask(0)
    try:
        async with opened(folder) as history:
            history.keep_call(a_call())
            await history.flush()
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    finally:
        os.umask(former)
    assert {"calls.sqlite", "calls.sqlite-wal", "calls.sqlite-shm"} < set(modes)
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["calls.sqlite"]


async def test_it_is_written_ahead_and_refers_truly(folder: Path) -> None:
    async with opened(folder) as history:
        assert history._store is not None
        async with history._store._engine.connect() as connection:
            for name, value in (("journal_mode", "wal"), ("synchronous", 1), ("foreign_keys", 1)):
                answer = await connection.exec_driver_sql(f"PRAGMA {name}")
                assert answer.scalar_one() == value


async def test_the_steps_lead_to_the_tables_that_the_program_uses(folder: Path) -> None:
    assert steps()[-1] == database_file.HEAD
    async with opened(folder):
        pass
    engine = create_engine(f"sqlite:///{folder / 'calls.sqlite'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == database_file.HEAD
        assert compare_metadata(context, metadata) == []
        found = inspect(connection)
        for table in metadata.sorted_tables:
            indexes = {index["name"] for index in found.get_indexes(table.name)}
            assert indexes == {index.name for index in table.indexes}
            assert all(
                key["options"] == {"ondelete": "CASCADE"}
                for key in found.get_foreign_keys(table.name)
            )
    engine.dispose()


@pytest.mark.parametrize("revision", steps())
async def test_a_database_of_every_age_grows_up(
    folder: Path, revision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir()
    engine = create_engine(f"sqlite:///{folder / 'calls.sqlite'}")
    from alembic import command

    config = Config()
    config.set_main_option("script_location", str(database_file._MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    async with opened(folder) as history:
        history.keep_call(a_call())
        assert (await history.find(CallQuery())).rows == (a_call(),)


def test_the_tables_can_be_made_in_postgresql() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in metadata.sorted_tables:
        made = str(CreateTable(table).compile(dialect=dialect))
        assert made.count("TIMESTAMP WITH TIME ZONE") == sum(
            column.name.endswith("_at") or column.name in ("at", "due") for column in table.c
        )
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=dialect)).startswith("CREATE INDEX")


async def test_calls_outlive_the_console_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "Anna's 50% (new) folder; ü"
    async with opened(folder) as history:
        history.keep_call(an_ended_call())
    async with opened(folder) as history:
        assert (await history.find(CallQuery())).rows == (an_ended_call(),)


async def test_a_newer_programs_database_is_refused_and_left_as_it_is(folder: Path) -> None:
    async with opened(folder) as history:
        history.keep_call(a_call())
    file = folder / "calls.sqlite"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()
    problem = await refused(folder)
    assert problem.code == "history.newer"
    assert "later version" in problem.cause
    assert file.read_bytes() == before
    assert [path.name for path in folder.iterdir()] == ["calls.sqlite"]


# Broken files -------------------------------------------------------------------------------


async def set_aside(folder: Path) -> tuple[Path, Problem]:
    """Open; a file was renamed, and a new history works."""
    problems: list[Problem] = []
    async with opened(folder, on_problem=problems.append) as history:
        assert history.problem is None
        history.keep_call(a_call(7))
        assert (await history.find(CallQuery())).rows == (a_call(7),)
    (aside,) = folder.glob("*-broken-*.sqlite")
    (problem,) = problems
    assert problem.code == "history.broken"
    assert str(aside) in problem.cause
    return aside, problem


@pytest.mark.parametrize("content", [b"not a database at all" * 99, b"SQLite format 3\0" * 64])
async def test_what_is_no_database_is_set_aside_whole(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "calls.sqlite").write_bytes(content)
    aside, _ = await set_aside(folder)
    assert aside.read_bytes() == content


async def test_another_programs_database_is_set_aside(folder: Path) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(folder / "calls.sqlite")) as database, database:
        database.execute("CREATE TABLE calls (id INTEGER)")
        database.execute("INSERT INTO calls VALUES (42)")
    aside, _ = await set_aside(folder)
    with closing(sqlite3.connect(aside)) as database:
        assert database.execute("SELECT id FROM calls").fetchall() == [(42,)]


async def test_two_broken_files_of_one_second_are_both_kept(folder: Path) -> None:
    for content in (b"first" * 200, b"second" * 200):
        folder.mkdir(exist_ok=True)
        (folder / "calls.sqlite").write_bytes(content)
        async with opened(folder):
            pass
    kept = {path.read_bytes() for path in folder.glob("*-broken-*.sqlite")}
    assert kept == {b"first" * 200, b"second" * 200}


async def damaged_in_the_middle(folder: Path) -> bytes:
    """A database of which a page in the middle is garbage; reading its beginning works."""
    async with opened(folder) as history:
        for number in range(300):
            history.keep_call(an_ended_call(number))
            history.keep_turn(sid(number), Turn(1, Speaker.AGENT, "word " * 50, 0.0))
    file = folder / "calls.sqlite"
    data = bytearray(file.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 8192] = b"\xa5" * 8192
    file.write_bytes(data)
    return bytes(data)


async def read_all(history: SqlHistory) -> None:
    for number in range(300):
        await history.record(sid(number))


async def test_hidden_damage_is_found_after_a_crash(folder: Path) -> None:
    data = await damaged_in_the_middle(folder)
    (folder / "desk-0123456789abcdef.lock").touch()
    aside, _ = await set_aside(folder)
    assert aside.read_bytes() == data


async def test_damage_that_shows_in_use_is_told_and_found_at_the_next_start(folder: Path) -> None:
    await damaged_in_the_middle(folder)
    async with opened(folder) as history:
        with pytest.raises(ProblemError) as error:
            await read_all(history)
    assert error.value.problem.code == "history.unreadable"
    await set_aside(folder)


async def test_a_broken_file_that_another_console_writes_is_not_renamed(folder: Path) -> None:
    async with opened(folder):
        (folder / "calls.sqlite").write_bytes(b"garbage" * 1000)
        assert (await refused(folder)).code == "history.in_use"
        assert not list(folder.glob("*-broken-*"))


# Disks that refuse --------------------------------------------------------------------------


async def test_where_nothing_can_be_written_opening_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    problem = await refused(tmp_path / "file" / "history")
    assert problem.code == "history.unwritable"
    assert "not a directory" in problem.cause


@pytest.mark.skipif(
    getattr(os, "geteuid", lambda: 0)() == 0, reason="root, and Windows, write everywhere"
)
async def test_a_read_only_folder_is_refused(folder: Path) -> None:
    folder.mkdir()
    folder.parent.chmod(0o500)
    try:
        assert (await refused(folder / "inside")).code == "history.unwritable"
    finally:
        folder.parent.chmod(0o700)


@contextmanager
def full_disk(limit_bytes: int) -> Iterator[None]:
    """No file of this process grows beyond a size."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_told_once_and_loses_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("callconsole.adapters.history.sql_history.RETRY_S", 0.01)
    caplog.set_level(logging.INFO, "callconsole.adapters.history")
    problems: list[Problem] = []
    refusals = 0
    async with opened(folder, on_problem=problems.append) as history:
        history.keep_call(a_call())
        await history.flush()
        with full_disk(1):
            for number in range(50):
                history.keep_turn(sid(), Turn(number + 1, Speaker.AGENT, "secret", 1.0))
                history.keep_event(sid(), LoggedEvent(T0, "AgentReplied", {"delay_ms": number}))
                await history.flush()
                refusals += history.problem is not None
            history.keep_call(an_ended_call())
            await history.flush()
        assert refusals == 50
        assert [problem.code for problem in problems] == ["history.not_written"]
        assert "secret" not in problems[0].sentence() + caplog.text
        while history.problem is not None:
            await asyncio.sleep(0.01)
        record = await history.record(sid())
    assert record is not None
    assert record.call == an_ended_call()
    assert [turn.id for turn in record.turns] == list(range(1, 51))
    assert [event.details["delay_ms"] for event in record.events] == list(range(50))
    assert "calls are kept again; 0 entries were lost" in caplog.text


async def test_a_file_from_before_incoming_calls_keeps_all_that_is_in_it(folder: Path) -> None:
    # Written by the program of the first revision, as SQLite dumps it.
    old = (Path(__file__).parent / "calls_0001.sql").read_text("utf-8")
    folder.mkdir()
    with closing(sqlite3.connect(folder / "calls.sqlite")) as database:
        database.executescript(old)
    incoming = replace(
        a_call(3),
        direction=Direction.INCOMING,
        to="+16285550100",
        from_number="+14155550131",
    )
    async with opened(folder) as history:
        first, second = an_ended_call(1), an_ended_call(2, Outcome.BUSY)
        assert (await history.find(CallQuery())).rows == (second, first)
        record = await history.record(first.sid)
        assert record is not None
        assert [turn.text for turn in record.turns] == ["Hello, this is Ada."]
        assert [note.text for note in record.notes] == ["Moved to Friday."]
        history.keep_call(incoming)
        # The number that is looked for is the one at the other end, never ours.
        assert (await history.find(CallQuery(text="415 555 0131"))).rows == (incoming,)
        assert (await history.find(CallQuery(text="628 555"))).rows == ()
