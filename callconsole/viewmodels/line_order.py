"""A transcript's lines in the order in which they were spoken, found by row, turn or time."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator

from callconsole.viewmodels.transcript_line import Line


class LineOrder:
    """Lines by audio time; those of one time stay in the order in which they came."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._offsets_s: list[float] = []
        self._rows: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    def __getitem__(self, row: int) -> Line:
        return self._lines[row]

    def row_of(self, turn_id: int) -> int | None:
        """The row of a turn, or None where it has none."""
        return self._rows.get(turn_id)

    def place_for(self, offset_s: float, besides: int | None = None) -> int:
        """The row where a line of this time belongs, or the line of row `besides` once moved."""
        if besides is None:
            return bisect.bisect_right(self._offsets_s, offset_s)
        others = self._offsets_s[:besides] + self._offsets_s[besides + 1 :]
        return bisect.bisect_right(others, offset_s)

    def insert(self, row: int, line: Line) -> None:
        """Add a line at its place."""
        self._lines.insert(row, line)
        self._offsets_s.insert(row, line.turn.offset_s)
        self._renumber(row)

    def replace(self, row: int, line: Line) -> None:
        """Put this line into a row, which is the place for its time."""
        self._lines[row] = line
        self._offsets_s[row] = line.turn.offset_s

    def move(self, row: int, target: int, line: Line) -> None:
        """Take a row's line away, and put its newer one at its new place."""
        del self._lines[row], self._offsets_s[row]
        self.insert(target, line)
        self._renumber(min(row, target))

    def renew(self, lines: Iterable[Line]) -> None:
        """Hold these lines, which are in order, and no others."""
        self._lines = list(lines)
        self._offsets_s = [line.turn.offset_s for line in self._lines]
        self._rows.clear()
        self._renumber(0)

    def spoken_at(self, at_s: float) -> int | None:
        """The row of the words that are spoken at this second of the call, or spoken last."""
        for row in range(bisect.bisect_right(self._offsets_s, at_s) - 1, -1, -1):
            if self._lines[row].spoken_aloud:
                return row
        return None

    def end_s(self, row: int) -> float | None:
        """When the next words begin after this row's, in seconds of the call; None at the end."""
        begun_s = self._offsets_s[row]
        for later in range(row + 1, len(self._lines)):
            if self._offsets_s[later] > begun_s and self._lines[later].spoken_aloud:
                return self._offsets_s[later]
        return None

    def _renumber(self, first: int) -> None:
        for row in range(first, len(self._lines)):
            self._rows[self._lines[row].turn.id] = row
