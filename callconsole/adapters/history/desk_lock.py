"""Which consoles are running: each holds a locked file, which its end releases, however it ends.

A call without an ending was left by a dead console, or it is live in another one that is open on
the same folder. Ending the latter would hang up on a person.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from uuid import uuid4

_PREFIX, _SUFFIX = "desk-", ".lock"

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class DeskLock:
    """This console's sign of life in a folder.

    Raises OSError where the folder cannot be written.

    Attributes:
        desk: name of this console, new at every start.
        alone: no other console was running at the start.
        after_crash: a console that had been here did not end properly.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.after_crash = _clear_dead(folder)
        self.alone = not _locked(folder)
        self.desk, handle = _take(folder)
        self._handle: int | None = handle

    def others(self) -> set[str]:
        """Names of the other consoles that are running now."""
        return _locked(self._folder) - {self.desk}

    def release(self, *, clean: bool = True) -> None:
        """Give the sign of life up; where not `clean`, the next start looks closely."""
        if self._handle is None:
            return
        if clean and sys.platform != "win32":
            _unlink(_path(self._folder, self.desk))
        os.close(self._handle)
        if clean and sys.platform == "win32":
            _unlink(_path(self._folder, self.desk))
        self._handle = None


def _take(folder: Path) -> tuple[str, int]:
    """A name and its locked file, which nobody took for a dead console's in between."""
    while True:
        desk = uuid4().hex
        path = _path(folder, desk)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with contextlib.suppress(FileNotFoundError):
            if _try_lock(handle) and os.stat(path).st_ino == os.fstat(handle).st_ino:
                return desk, handle
        os.close(handle)
        _unlink(path)


def _clear_dead(folder: Path) -> bool:
    """Remove the files of consoles that are gone; True where there was one."""
    found = False
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        if not _held(path):
            found = True
            _unlink(path)
    return found


def _locked(folder: Path) -> set[str]:
    return {
        path.name.removeprefix(_PREFIX).removesuffix(_SUFFIX)
        for path in folder.glob(f"{_PREFIX}*{_SUFFIX}")
        if _held(path)
    }


def _held(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        return not _try_lock(handle)
    finally:
        os.close(handle)


def _path(folder: Path, desk: str) -> Path:
    return folder / f"{_PREFIX}{desk}{_SUFFIX}"


def _unlink(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
