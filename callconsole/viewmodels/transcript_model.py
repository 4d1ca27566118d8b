"""The transcript of one call as rows in the order in which they were spoken."""

from __future__ import annotations

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
from callconsole.viewmodels.line_maker import LineMaker
from callconsole.viewmodels.line_order import LineOrder
from callconsole.viewmodels.operator_deeds import NOTHING_DONE, Deeds
from callconsole.viewmodels.transcript_line import Line, Manner, Match

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
        self._lines = LineOrder()
        self._make = LineMaker()
        self._finished: set[int] = set()
        self._whispers: dict[int, int] = {}
        self._saying = False
        self._started_at: datetime | None = None
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
        row = self._lines.row_of(turn.id)
        if row is None and self._saying and turn.speaker is Speaker.AGENT:
            self._saying = False
            self._make.said.add(turn.id)
        line = self._make.line(turn)
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
        self._insert(self._make.note(text, offset_s, icon, manner))
        self._announce(text)

    def whisper(self, whisper_id: int, text: str, offset_s: float) -> None:
        """Add what the operator told the agent at `offset_s` seconds of the call."""
        line = self._make.whisper(text, offset_s)
        self._whispers[whisper_id] = line.turn.id
        self._insert(line)
        self._announce(line.spoken())

    def heed(self, whisper_id: int, delay_ms: int) -> None:
        """The agent spoke `delay_ms` after this whisper."""
        row = self._lines.row_of(self._whispers.get(whisper_id, 0))
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
        self._saying = False
        self._make.begin(said=deeds.said, stars=stars)
        lines = [self._make.line(turn) for turn in turns]
        noted = [self._make.note(text, offset_s, icon) for text, offset_s, icon in notes]
        for deed, offset_s in deeds.notes:
            manner = Manner.YOURS if deed.yours else Manner.PLAIN
            noted.append(self._make.note(deed.text, offset_s, deed.icon, manner))
        whispers = {}
        for told in deeds.whispers:
            line = self._make.whisper(told.text, told.offset_s, told.heeded_ms)
            whispers[told.whisper_id] = line.turn.id
            noted.append(line)
        self._whispers = whispers
        ordered = sorted([*lines, *noted], key=lambda line: line.turn.offset_s)
        if ordered == list(self._lines):
            return
        self.beginResetModel()
        self._lines.renew(ordered)
        self._finished = {line.turn.id for line in lines if line.turn.final}
        self.endResetModel()
        self.stars_changed.emit()
        if self._make.query is not None:
            self.search_changed.emit()

    def clear(self) -> None:
        """Forget every line and the time the call began."""
        self.beginResetModel()
        self._lines.renew(())
        self._finished.clear()
        self._whispers.clear()
        self._saying = False
        self._started_at = None
        self._make.begin()
        self._make.playing = None
        self.endResetModel()
        self.stars_changed.emit()
        if self._make.query is not None:
            self.search_changed.emit()

    def set_names(self, caller: str, agent: str) -> None:
        """Name the two sides, on lines already there as well."""
        if not self._make.name(caller, agent):
            return
        self._lines.renew([self._make.anew(line) for line in self._lines])
        self._all_changed()
        self.names_changed.emit()

    def row_at(self, at_s: float) -> int | None:
        """The row of the words that are spoken at this second of the call, or spoken last."""
        return self._lines.spoken_at(at_s)

    def end_s(self, row: int) -> float | None:
        """When the next words begin after this row's, in seconds of the call; None at the end."""
        return self._lines.end_s(row)

    @property
    def playing_row(self) -> int | None:
        """The row whose words are being played, or None."""
        playing = self._make.playing
        return self._lines.row_of(playing) if playing is not None else None

    def set_playing(self, row: int | None) -> None:
        """Mark the row whose words are being played, and no other."""
        turn_id = self._lines[row].turn.id if row is not None else None
        before, self._make.playing = self._make.playing, turn_id
        if turn_id == before:
            return
        for changed in (before, turn_id):
            if changed is not None:
                self._look_again(changed)

    def set_star(self, turn_id: int, starred: bool) -> None:
        """Star the line of this turn, or take its star away; also before the turn is there."""
        stars = self._make.stars
        if starred == (turn_id in stars):
            return
        (stars.add if starred else stars.discard)(turn_id)
        self._look_again(turn_id)
        self.stars_changed.emit()

    def starred_rows(self) -> list[int]:
        """The starred rows, from the top."""
        rows = map(self._lines.row_of, self._make.stars)
        return sorted(row for row in rows if row is not None)

    def set_started_at(self, started_at: datetime | None) -> None:
        """Aware time of call audio's second 0; gives each line its wall clock on hover."""
        self._started_at = started_at

    # What is read -----------------------------------------------------------------------

    def line(self, row: int) -> Line:
        """The line in `row`. Raises `IndexError`."""
        return self._lines[row]

    def as_text(self, rows: list[int] | None = None) -> str:
        """Lines as plain text with times, one a row: all, or those of `rows` in order."""
        chosen = list(self._lines) if rows is None else [self._lines[row] for row in sorted(rows)]
        return "\n".join(line.as_text() for line in chosen)

    # Search -----------------------------------------------------------------------------

    def search(self, query: str) -> None:
        """Find `query` everywhere, without regard to case; an empty one ends the search."""
        pattern = re.compile(re.escape(query), re.IGNORECASE) if query else None
        if pattern == self._make.query:
            return
        self._make.query = pattern
        for row, line in enumerate(self._lines):
            matches = self._make.matches(line.turn)
            if matches != line.matches:
                self._lines.replace(row, replace(line, matches=matches))
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

    def _insert(self, line: Line) -> None:
        row = self._lines.place_for(line.turn.offset_s)
        self.beginInsertRows(QModelIndex(), row, row)
        self._lines.insert(row, line)
        self.endInsertRows()
        if line.matches:
            self.search_changed.emit()

    def _replace(self, row: int, line: Line) -> None:
        before = self._lines[row]
        if before.turn.offset_s != line.turn.offset_s:
            row = self._move(row, line)
        else:
            self._lines.replace(row, line)
        index = self.index(row)
        self.dataChanged.emit(index, index)
        if before.matches != line.matches:
            self.search_changed.emit()

    def _move(self, row: int, line: Line) -> int:
        """Put the row where its new time belongs; return its new number."""
        target = self._lines.place_for(line.turn.offset_s, besides=row)
        if target == row:
            self._lines.replace(row, line)
            return row
        # Qt counts the destination while the row is still in its old place.
        destination = target if target < row else target + 1
        self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), destination)
        self._lines.move(row, target, line)
        self.endMoveRows()
        return target

    def _look_again(self, turn_id: int) -> None:
        """A turn's line is marked in another way; its words and its size are the same."""
        row = self._lines.row_of(turn_id)
        if row is not None:
            self._lines.replace(row, self._make.anew(self._lines[row]))
            self.dataChanged.emit(self.index(row), self.index(row), [TranscriptRole.LOOK])

    def _all_changed(self) -> None:
        if self._lines:
            last = self.index(len(self._lines) - 1)
            self.dataChanged.emit(self.index(0), last, [TranscriptRole.LOOK])

    def _wall_clock(self, line: Line) -> str | None:
        if self._started_at is None:
            return None
        at = self._started_at + timedelta(seconds=line.turn.offset_s)
        return at.astimezone().strftime("%H:%M:%S")
