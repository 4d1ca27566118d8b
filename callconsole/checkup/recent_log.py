"""Keeps the last lines of the log in memory, for a support bundle."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class LogLine:
    """One record.

    Attributes:
        at: aware UTC.
        level: ``WARNING`` and the like.
        logger: who wrote it.
        message: what it says, with the traceback where there is one.
    """

    at: datetime
    level: str
    logger: str
    message: str


class RecentLog(logging.Handler):
    """A handler for the root logger."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[LogLine] = deque(maxlen=KEPT)
        self.setFormatter(logging.Formatter("%(message)s"))

    def lines(self) -> list[LogLine]:
        """The last lines, oldest first."""
        return list(self._lines.copy())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        at = datetime.fromtimestamp(record.created, UTC)
        self._lines.append(LogLine(at, record.levelname, record.name, self.format(record)))


recent: Final = RecentLog()
"""This program's; `cli` attaches it."""
