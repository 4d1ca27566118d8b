"""Looks at the history's file without changing it, setting it aside or taking a desk's place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from callconsole.adapters.history import problems
from callconsole.adapters.history.database_file import BUSY_S, HEAD
from callconsole.adapters.history.sql_history import FILE_NAME
from callconsole.domain.problems import ProblemError


def look(folder: Path) -> str:
    """Say how many calls are kept. Blocks.

    Raises:
        ProblemError: the file is damaged, cannot be read, or is of a later version.
    """
    path = folder / FILE_NAME
    if not path.exists() or not path.stat().st_size:
        return "no calls yet"
    try:
        with closing(sqlite3.connect(_read_only(path), uri=True, timeout=BUSY_S)) as database:
            (version,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
            (count,) = database.execute("SELECT count(*) FROM calls").fetchone()
    except (sqlite3.Error, TypeError) as error:
        raise ProblemError(problems.unreadable(path, str(error) or "no version")) from error
    if str(version) > HEAD:
        raise ProblemError(problems.newer(path))
    return "1 call is kept" if count == 1 else f"{count} calls are kept"


def _read_only(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro"
