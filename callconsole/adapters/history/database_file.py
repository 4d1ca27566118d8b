"""The database's file: made for its owner only, checked, set aside if broken, kept up to date.

Everything here blocks, and belongs into a thread.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from threading import Lock

from callconsole.adapters.history import problems
from callconsole.domain.problems import Problem, ProblemError

HEAD = "0003"
"""The newest step in `migrations`; a database that has it needs no other."""
BUSY_S = 5.0

_MIGRATIONS = Path(__file__).parent / "migrations"
_COMPANIONS = ("", "-wal", "-shm")
_VERSIONS = "alembic_version"
# Alembic keeps the connection it works on in its module: two upgrades in two threads would take
# each other's, and SQLite crashes on that.
_ONE_UPGRADE = Lock()


class _BrokenError(Exception):
    """The file is no database of ours, or a damaged one."""


def make_folder(folder: Path) -> None:
    """Make the folder, and close it to everybody but its owner. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)


def prepare(path: Path, *, closely: bool, alone: bool) -> Problem | None:
    """Leave a whole database of the present version at `path`.

    Args:
        path: the file; its folder is there.
        closely: read all of it to find damage, which takes a second for half a gigabyte.
        alone: no other console has it open.

    Returns:
        What is to be told where a broken file was set aside, or None.

    Raises:
        ProblemError: it is from a newer version, or broken and in use.
        OSError, sqlite3.Error: it cannot be written.
    """
    _make_private(path)
    try:
        revision = _revision(path, closely=closely)
        problem = None
    except _BrokenError:
        if not alone:
            raise ProblemError(problems.in_use(path)) from None
        problem = problems.set_aside(path, _set_aside(path))
        _make_private(path)
        revision = None
    if revision != HEAD:
        with _ONE_UPGRADE:
            _upgrade(path, revision)
    return problem


def _make_private(path: Path) -> None:
    """Make an empty file if there is none; SQLite gives its companions the same rights."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)


def _revision(path: Path, *, closely: bool) -> str | None:
    """The last step that the database has seen, None for an empty one. Raises `_BrokenError`."""
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_S)) as database:
            tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
            if not tables:
                return None
            if _VERSIONS not in tables:
                raise _BrokenError
            if closely and database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise _BrokenError
            row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise _BrokenError from error
    return row[0] if row is not None else None


def _set_aside(path: Path) -> Path:
    """Rename the file and what belongs to it; returns the new path."""
    stamp = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    aside, count = path.with_name(f"{path.stem}-broken-{stamp}{path.suffix}"), 1
    while aside.exists():
        count += 1
        aside = path.with_name(f"{path.stem}-broken-{stamp}-{count}{path.suffix}")
    for companion in _COMPANIONS:
        old = path.with_name(path.name + companion)
        if old.exists():
            old.rename(aside.with_name(aside.name + companion))
    return aside


def _upgrade(path: Path, revision: str | None) -> None:
    """Take every step that is missing, all or none."""
    # Slow to import, and needed after an update only.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError
    from sqlalchemy import create_engine, event
    from sqlalchemy.engine import URL
    from sqlalchemy.exc import DBAPIError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        ScriptDirectory.from_config(config).get_revision(revision or HEAD)
    except CommandError:
        raise ProblemError(problems.newer(path)) from None
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, connect_args={"timeout": BUSY_S})
    # Or Python's driver would commit every change of a table on its own.
    event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    event.listen(engine, "begin", lambda link: link.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    except DBAPIError as error:
        raise (error.orig or error) from None
    finally:
        engine.dispose()
