"""The transcript of one call as rows in the order in which they were spoken."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels.operator_deeds import NOTHING_DONE, Deeds
from callconsole.viewmodels.transcript_line import KINDS, Line, LineKind, Manner, Match

AnyIndex = QModelIndex | QPersistentModelIndex


class TranscriptRole(IntEnum):
    """What the model gives beside Qt's own roles.

    LINE is the whole `Line`. LOOK is only named in `dataChanged`: names or search marks are
    others, the words and so the sizes are not.
    """

    LINE = Qt.ItemDataRole.UserRole + 1
    LOOK = Qt.ItemDataRole.UserRole + 2


class TranscriptModel(QAbstractListModel):
    """Rows by audio time; a later snapshot of a turn takes the place of the earlier one.

    `index.data(TranscriptRole.LINE)` is the `Line`; the display role is its plain text.

    Signals:
        line_finished(str): a spoken line became final, or a system line was added; the text
            is what a screen reader says. Once per line.
        search_changed(): the query or what it finds is another.
        names_changed(): the shown names are others.
        stars_changed(): other lines are starred.
    """

    line_finished = Signal(str)
    search_changed = Signal()
    names_changed = Signal()
    stars_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Line] = []
        self._offsets: list[float] = []
        self._rows: dict[int, int] = {}
        self._finished: set[int] = set()
        self._notes = 0
        self._names = _names("Caller", "AI")
        self._whispers: dict[int, int] = {}
        self._said: set[int] = set()
        self._saying = False
        self._query: re.Pattern[str] | None = None
        self._started_at: datetime | None = None
        self._playing: int | None = None
        self._stars: set[int] = set()
        self._retelling = False

    # What Qt asks -----------------------------------------------------------------------

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """Number of lines; rows have no children."""
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A line's part for `role`, or None."""
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        line = self._lines[index.row()]
        match role:
            case TranscriptRole.LINE:
                return line
            case Qt.ItemDataRole.DisplayRole:
                return line.as_text()
            case Qt.ItemDataRole.AccessibleTextRole:
                return line.spoken()
            case Qt.ItemDataRole.ToolTipRole:
                return self._wall_clock(line)
        return None

    # What the call tells ----------------------------------------------------------------

    def put(self, turn: Turn) -> None:
        """Show a turn's newest snapshot: a new row at its time, or its row changed."""
        row = self._rows.get(turn.id)
        if row is None and self._saying and turn.speaker is Speaker.AGENT:
            self._saying = False
            self._said.add(turn.id)
        line = self._line(turn)
        if row is None:
            self._insert(line)
        elif self._lines[row] != line:
            self._replace(row, line)
        if turn.final and turn.id not in self._finished:
            self._finished.add(turn.id)
            self._announce(line.spoken())

    def note(
        self, text: str, offset_s: float, icon: str = "", manner: Manner = Manner.PLAIN
    ) -> None:
        """Add a system line at `offset_s` seconds of the call."""
        self._insert(self._noted(text, offset_s, icon, manner))
        self._announce(text)

    def whisper(self, whisper_id: int, text: str, offset_s: float) -> None:
        """Add what the operator told the agent at `offset_s` seconds of the call."""
        turn = self._own_turn(Speaker.OPERATOR, text, offset_s)
        self._whispers[whisper_id] = turn.id
        line = self._line(turn, manner=Manner.WHISPER)
        self._insert(line)
        self._announce(line.spoken())

    def heed(self, whisper_id: int, delay_ms: int) -> None:
        """The agent spoke `delay_ms` after this whisper."""
        row = self._rows.get(self._whispers.get(whisper_id, 0))
        if row is not None:
            self._replace(row, replace(self._lines[row], heeded_ms=delay_ms))

    def retell(self, on: bool) -> None:
        """While on, what is added was told before: no line is announced."""
        self._retelling = on

    def expect_said(self, expected: bool = True) -> None:
        """The agent's next turn is what the operator asked it to say, or is not any more."""
        self._saying = expected

    def load(
        self,
        turns: Iterable[Turn],
        notes: Iterable[tuple[str, float, str]],
        deeds: Deeds = NOTHING_DONE,
        stars: Iterable[int] = (),
    ) -> None:
        """Show a kept call in place of what was there: turns, notes, and the operator's deeds.

        `stars` are the ids of the starred turns.

        No line is announced: nothing of it is new. Where nothing is another, readers keep their
        place.
        """
        self._notes, self._saying, self._said = 0, False, set(deeds.said)
        self._stars = set(stars)
        lines = [self._line(turn) for turn in turns]
        noted = [self._noted(text, offset_s, icon) for text, offset_s, icon in notes]
        for deed, offset_s in deeds.notes:
            manner = Manner.YOURS if deed.yours else Manner.PLAIN
            noted.append(self._noted(deed.text, offset_s, deed.icon, manner))
        whispers = {}
        for said in deeds.whispers:
            turn = self._own_turn(Speaker.OPERATOR, said.text, said.offset_s)
            whispers[said.whisper_id] = turn.id
            noted.append(self._line(turn, "", Manner.WHISPER, said.heeded_ms))
        self._whispers = whispers
        ordered = sorted([*lines, *noted], key=lambda line: line.turn.offset_s)
        if ordered == self._lines:
            return
        self.beginResetModel()
        self._lines = ordered
        self._offsets = [line.turn.offset_s for line in ordered]
        self._finished = {line.turn.id for line in lines if line.turn.final}
        self._rows.clear()
        self._renumber(0)
        self.endResetModel()
        self.stars_changed.emit()
        if self._query is not None:
            self.search_changed.emit()

    def clear(self) -> None:
        """Forget every line and the time the call began."""
        self.beginResetModel()
        self._lines.clear()
        self._offsets.clear()
        self._rows.clear()
        self._finished.clear()
        self._whispers.clear()
        self._said.clear()
        self._saying = False
        self._notes = 0
        self._started_at = None
        self._playing = None
        self._stars.clear()
        self.endResetModel()
        self.stars_changed.emit()
        if self._query is not None:
            self.search_changed.emit()

    def set_names(self, caller: str, agent: str) -> None:
        """Name the two sides, on lines already there as well."""
        names = _names(caller, agent)
        if names == self._names:
            return
        self._names = names
        self._lines = [self._anew(line) for line in self._lines]
        self._all_changed()
        self.names_changed.emit()

    def row_at(self, at_s: float) -> int | None:
        """The row of the words that are spoken at this second of the call, or spoken last."""
        for row in range(bisect.bisect_right(self._offsets, at_s) - 1, -1, -1):
            if self._lines[row].spoken_aloud:
                return row
        return None

    def end_s(self, row: int) -> float | None:
        """When the next words begin after this row's, in seconds of the call; None at the end."""
        begun_s = self._offsets[row]
        for later in range(row + 1, len(self._lines)):
            if self._offsets[later] > begun_s and self._lines[later].spoken_aloud:
                return self._offsets[later]
        return None

    @property
    def playing_row(self) -> int | None:
        """The row whose words are being played, or None."""
        return self._rows.get(self._playing) if self._playing is not None else None

    def set_playing(self, row: int | None) -> None:
        """Mark the row whose words are being played, and no other."""
        turn_id = self._lines[row].turn.id if row is not None else None
        if turn_id == self._playing:
            return
        before, self._playing = self._playing, turn_id
        for changed in (before, turn_id):
            if changed is not None and changed in self._rows:
                at = self._rows[changed]
                self._lines[at] = replace(self._lines[at], playing=changed == turn_id)
                self.dataChanged.emit(self.index(at), self.index(at), [TranscriptRole.LOOK])

    def set_star(self, turn_id: int, starred: bool) -> None:
        """Star the line of this turn, or take its star away; also before the turn is there."""
        if starred == (turn_id in self._stars):
            return
        (self._stars.add if starred else self._stars.discard)(turn_id)
        row = self._rows.get(turn_id)
        if row is not None:
            self._lines[row] = replace(self._lines[row], starred=starred)
            self.dataChanged.emit(self.index(row), self.index(row), [TranscriptRole.LOOK])
        self.stars_changed.emit()

    def starred_rows(self) -> list[int]:
        """The starred rows, from the top."""
        return sorted(self._rows[turn_id] for turn_id in self._stars if turn_id in self._rows)

    def set_started_at(self, started_at: datetime | None) -> None:
        """Aware time of call audio's second 0; gives each line its wall clock on hover."""
        self._started_at = started_at

    # What is read -----------------------------------------------------------------------

    def line(self, row: int) -> Line:
        """The line in `row`. Raises `IndexError`."""
        return self._lines[row]

    def as_text(self, rows: list[int] | None = None) -> str:
        """Lines as plain text with times, one a row: all, or those of `rows` in order."""
        chosen = self._lines if rows is None else [self._lines[row] for row in sorted(rows)]
        return "\n".join(line.as_text() for line in chosen)

    # Search -----------------------------------------------------------------------------

    def search(self, query: str) -> None:
        """Find `query` everywhere, without regard to case; an empty one ends the search."""
        pattern = re.compile(re.escape(query), re.IGNORECASE) if query else None
        if pattern == self._query:
            return
        self._query = pattern
        for row, line in enumerate(self._lines):
            matches = self._matches(line.turn)
            if matches != line.matches:
                self._lines[row] = replace(line, matches=matches)
        self._all_changed()
        self.search_changed.emit()

    def matches(self) -> list[Match]:
        """Every place found, from the top."""
        return [
            Match(row, start, length)
            for row, line in enumerate(self._lines)
            for start, length in line.matches
        ]

    # Inside -----------------------------------------------------------------------------

    def _announce(self, text: str) -> None:
        if not self._retelling:
            self.line_finished.emit(text)

    def _own_turn(self, speaker: Speaker, text: str, offset_s: float) -> Turn:
        # The engine's turns count up from 1, so what is added here counts down.
        self._notes += 1
        return Turn(-self._notes, speaker, text, offset_s, final=True)

    def _noted(self, text: str, offset_s: float, icon: str, manner: Manner = Manner.PLAIN) -> Line:
        return self._line(self._own_turn(Speaker.SYSTEM, text, offset_s), icon, manner)

    def _anew(self, line: Line) -> Line:
        return self._line(line.turn, line.icon, line.manner, line.heeded_ms)

    def _name(self, turn: Turn, manner: Manner) -> str:
        if manner is Manner.WHISPER:
            return self._names[LineKind.WHISPER]
        name = self._names[KINDS[turn.speaker]]
        return f"{name}, said for you" if manner is Manner.SAID else name

    def _line(
        self,
        turn: Turn,
        icon: str = "",
        manner: Manner = Manner.PLAIN,
        heeded_ms: int | None = None,
    ) -> Line:
        matches = self._matches(turn)
        playing = turn.id == self._playing
        if turn.id in self._said:
            manner = Manner.SAID
        name = self._name(turn, manner)
        starred = turn.id in self._stars
        return Line(turn, name, icon, matches, playing, manner, heeded_ms, starred)

    def _matches(self, turn: Turn) -> tuple[tuple[int, int], ...]:
        if self._query is None:
            return ()
        return tuple((m.start(), len(m[0])) for m in self._query.finditer(turn.text))

    def _insert(self, line: Line) -> None:
        row = bisect.bisect_right(self._offsets, line.turn.offset_s)
        self.beginInsertRows(QModelIndex(), row, row)
        self._place(row, line)
        self.endInsertRows()
        if line.matches:
            self.search_changed.emit()

    def _replace(self, row: int, line: Line) -> None:
        before = self._lines[row]
        if before.turn.offset_s != line.turn.offset_s:
            row = self._move(row, line.turn.offset_s)
        self._lines[row] = line
        index = self.index(row)
        self.dataChanged.emit(index, index)
        if before.matches != line.matches:
            self.search_changed.emit()

    def _move(self, row: int, offset_s: float) -> int:
        """Put the row where its new time belongs; return its new number."""
        others = self._offsets[:row] + self._offsets[row + 1 :]
        target = bisect.bisect_right(others, offset_s)
        self._offsets[row] = offset_s
        if target == row:
            return row
        # Qt counts the destination while the row is still in its old place.
        destination = target if target < row else target + 1
        self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), destination)
        line = self._lines.pop(row)
        self._offsets.pop(row)
        self._place(target, line, offset_s)
        self._renumber(min(row, target))
        self.endMoveRows()
        return target

    def _place(self, row: int, line: Line, offset_s: float | None = None) -> None:
        self._lines.insert(row, line)
        self._offsets.insert(row, line.turn.offset_s if offset_s is None else offset_s)
        self._renumber(row)

    def _renumber(self, first: int) -> None:
        for row in range(first, len(self._lines)):
            self._rows[self._lines[row].turn.id] = row

    def _all_changed(self) -> None:
        if self._lines:
            last = self.index(len(self._lines) - 1)
            self.dataChanged.emit(self.index(0), last, [TranscriptRole.LOOK])

    def _wall_clock(self, line: Line) -> str | None:
        if self._started_at is None:
            return None
        at = self._started_at + timedelta(seconds=line.turn.offset_s)
        return at.astimezone().strftime("%H:%M:%S")


def _names(caller: str, agent: str) -> dict[LineKind, str]:
    return {
        LineKind.CALLER: caller,
        LineKind.AGENT: agent,
        LineKind.OPERATOR: "You, by voice",
        LineKind.WHISPER: "You whispered",
        LineKind.SYSTEM: "",
    }
