"""The log as a file in the data folder, small, and without secrets and phone numbers."""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import queue
import sys
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

from callconsole import __version__
from callconsole.redaction import Redactor, private_values
from callconsole.settings import Settings

NAME: Final = Path("logs") / "callconsole.log"
FILE_BYTES: Final = 1_000_000
OLDER_FILES: Final = 2
_OURS: Final = "callconsole"
_READ_BYTES: Final = 256 * 1024

logger = logging.getLogger(__name__)


class Masked(logging.Formatter):
    """Writes a record without secrets and phone numbers, those of its traceback included.

    What is logged should have none; this is the net under it. It is no `logging.Filter`, which
    sees neither the finished message nor the traceback.

    Args:
        settings: gives the settings of the moment. What was a secret once stays one.
    """

    def __init__(self, settings: Callable[[], Settings]) -> None:
        super().__init__("%(message)s")
        self._settings = settings
        self._seen: Settings | None = None
        self._private: set[str] = set()
        self._redactor = Redactor([])

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, and what it says, masked."""
        at = self.formatTime(record)
        said = self._mask().text(super().format(record))
        return f"{at} {record.levelname} {record.name}: {said}"

    def _mask(self) -> Redactor:
        settings = self._settings()
        if settings is not self._seen:
            self._private |= set(private_values(settings))
            self._redactor = Redactor(self._private)
            self._seen = settings
        return self._redactor


def ours_or_serious(record: logging.LogRecord) -> bool:
    """Of libraries, which tell what they please, only what went wrong."""
    ours = record.name == _OURS or record.name.startswith(f"{_OURS}.")
    return ours or record.levelno >= logging.WARNING


class _LogFile(RotatingFileHandler):
    """For its owner's eyes; what cannot be put aside grows on."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path, maxBytes=FILE_BYTES, backupCount=OLDER_FILES, encoding="utf-8", delay=True
        )

    def _open(self) -> TextIOWrapper:
        return open(
            self.baseFilename, "a", encoding="utf-8", errors="replace", opener=_private_opener
        )

    def doRollover(self) -> None:
        """Put the full file aside; another console that has it open may forbid that."""
        with contextlib.suppress(OSError):
            super().doRollover()


def _private_opener(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextlib.contextmanager
def written(data: Path, settings: Callable[[], Settings], *, verbose: bool) -> Iterator[None]:
    """Write the log to its file for as long as this lasts.

    Lines are masked where they are logged and written in a thread, so that a slow disk holds up
    no call. A folder that cannot be written costs the file and nothing else. What ends the program
    unexpectedly is logged as well.

    Args:
        data: the data folder.
        settings: gives the settings of the moment, whose secrets are masked.
        verbose: write what only a developer wants to know, too.
    """
    path = data / NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(_private_opener(str(path), os.O_WRONLY | os.O_CREAT | os.O_APPEND))
    except OSError as error:
        logger.warning("the log file cannot be written: %s", error.strerror)
        yield
        return
    lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    entry = QueueHandler(lines)
    entry.setFormatter(Masked(settings))
    entry.addFilter(ours_or_serious)
    entry.setLevel(logging.DEBUG if verbose else logging.INFO)
    file = _LogFile(path)
    listener = QueueListener(lines, file)
    root, former = logging.getLogger(), sys.excepthook
    root.addHandler(entry)
    listener.start()
    sys.excepthook = _logged(former)
    logger.info("callconsole %s on %s", __version__, platform.platform())
    try:
        yield
    except Exception:
        logger.critical("the program has failed", exc_info=True)
        raise
    finally:
        logger.info("the program ends")
        sys.excepthook = former
        root.removeHandler(entry)
        listener.stop()
        file.close()


_Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]


def _logged(former: _Hook) -> _Hook:
    """A hook for exceptions that nobody caught, as in a slot of Qt's: logged, then as before."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        logger.error("an error was not caught", exc_info=(kind, error, trace))
        former(kind, error, trace)

    return hook


def last_lines(data: Path) -> list[str]:
    """The end of the log file, oldest line first; empty where there is none. Blocks."""
    try:
        with (data / NAME).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _READ_BYTES))
            text = file.read(_READ_BYTES).decode("utf-8", "replace")
    except OSError:
        return []
    lines = text.splitlines()
    return lines[1:] if size > _READ_BYTES else lines
