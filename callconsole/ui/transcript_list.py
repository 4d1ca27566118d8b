"""The scrolling part of the transcript: sizes its rows and follows the newest line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QItemSelection, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from callconsole.ui import theme
from callconsole.ui.bubble_delegate import BubbleDelegate
from callconsole.ui.bubble_layout import GAP, row_height
from callconsole.ui.transcript_pointer import LinePointer
from callconsole.ui.zoom import px, zoom
from callconsole.viewmodels.transcript_line import Match
from callconsole.viewmodels.transcript_model import TranscriptModel, TranscriptRole

NEAR_END_PX = 24
SCROLL_STEP_PX = 20
PORTION = 200  # rows fitted at one go, about 12 ms


class TranscriptList(QTableView):
    """One column of bubbles.

    Keys: Up and Down go from line to line, Enter plays, S stars, C copies.

    A table sets each row's height once and never asks for the others again; a list view lays
    out every row anew with each word (window.md §11).

    Attributes:
        pointer: what the mouse does with lines.
        followed_before: whether the newest line was kept in view before the last click or key.

    Signals:
        following_changed(bool): True while the newest line is kept in view.
        unread_changed(int): lines that came below while the reader was further up.
        play_asked(int): a row was clicked, or Enter was pressed on it.
        star_asked(int): a row's star was clicked, or S was pressed on it.
    """

    following_changed = Signal(bool)
    unread_changed = Signal(int)
    play_asked = Signal(int)
    star_asked = Signal(int)

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._following = True
        self._unread = 0
        self._width = 0
        self._unfitted = 0
        self.followed_before = True
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._fit_some)
        self._delegate = BubbleDelegate(self)
        self._dress()
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self.pointer = LinePointer(self, model, self._delegate)
        self.pointer.pressed.connect(self._note_following)
        self.pointer.play_asked.connect(self.play_asked)
        self.pointer.star_asked.connect(self.star_asked)
        self._listen(model)

    @property
    def following(self) -> bool:
        """True while the newest line is kept in view."""
        return self._following

    @property
    def unread(self) -> int:
        """Lines that came below while the reader was further up."""
        return self._unread

    @property
    def at_end(self) -> bool:
        """True where the newest line is in view."""
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - NEAR_END_PX

    @property
    def fitted(self) -> bool:
        """True once every row has the height that its words need at the present width."""
        return not self._later.isActive()

    def jump_to_end(self) -> None:
        """Show the newest line and keep following."""
        self.clearSelection()
        self._set_following(True)
        self.updateGeometries()
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def show_match(self, match: Match | None) -> None:
        """Mark the found place and bring its row into view."""
        self._delegate.current_match = match
        if match is not None:
            self.scrollTo(self._model.index(match.row), QAbstractItemView.ScrollHint.EnsureVisible)
            self._set_following(self.at_end)
        self.viewport().update()

    def reveal(self, row: int) -> None:
        """Bring a row into view where it is not, and hold the view there."""
        place = self.visualRect(self._model.index(row))
        if not self.viewport().rect().contains(place):
            self._set_following(False)
            self.scrollTo(self._model.index(row), QAbstractItemView.ScrollHint.PositionAtCenter)

    def go_to(self, row: int) -> None:
        """Select a row and bring it into view, as for a reader who steps through some."""
        self.reveal(row)
        self.setCurrentIndex(self._model.index(row))

    def begin_at_top(self) -> None:
        """Show the first line and do not follow the newest."""
        self._set_following(False)
        self.verticalScrollBar().setValue(0)

    def selected_rows(self) -> list[int]:
        """Rows that the reader selected, from the top."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def copy(self) -> int:
        """Put the selected lines, or all of them, on the clipboard; return how many."""
        rows = self.selected_rows()
        QGuiApplication.clipboard().setText(self._model.as_text(rows or None))
        return len(rows) or self._model.rowCount()

    # Qt's own doors ---------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From line to line, and what is done with one; other letters are left to the window."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif self._does(event):
            return
        elif event.key() == Qt.Key.Key_End:
            self.jump_to_end()
        elif event.key() == Qt.Key.Key_Home:
            self.verticalScrollBar().setValue(0)
        elif event.text().isprintable() and event.text() and not event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _does(self, event: QKeyEvent) -> bool:
        """Do what the key means for the selected line; False where it means nothing here."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        self._note_following()
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(-1 if key == Qt.Key.Key_Up else 1)
            return True
        rows = self.selected_rows()
        row = self.currentIndex().row()
        if row not in rows:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.play_asked.emit(row)
        elif key == Qt.Key.Key_S:
            self.star_asked.emit(row)
        elif key == Qt.Key.Key_C:
            self.copy()
        else:
            return False
        return True

    def _step(self, direction: int) -> None:
        """To the next line; without a selected one, to the last or the first that is seen."""
        if not self.selected_rows():
            seen = (
                self.rowAt(0) if direction > 0 else self.rowAt(self.viewport().height() - px(GAP))
            )
            row = seen if seen >= 0 else self._model.rowCount() - 1
        else:
            row = self.currentIndex().row() + direction
        if 0 <= row < self._model.rowCount():
            index = self._model.index(row)
            self.setCurrentIndex(index)
            self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the rows to the new width; the line at the top stays at the top."""
        super().resizeEvent(event)
        if self.viewport().width() != self._width:
            self.refit()

    # Inside -----------------------------------------------------------------------------

    def _note_following(self) -> None:
        self.followed_before = self._following

    def _dress(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        # The bubble shows by its outline that it is selected; the row's ground stays.
        quiet = QPalette()
        quiet.setColor(QPalette.ColorRole.Highlight, QColor(Qt.GlobalColor.transparent))
        self.setPalette(quiet)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setAccessibleName("Transcript")
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAutoScroll(False)
        self.horizontalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setMinimumSectionSize(1)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalScrollBar().setSingleStep(SCROLL_STEP_PX)

    def _listen(self, model: TranscriptModel) -> None:
        model.rowsInserted.connect(self._on_rows_inserted)
        model.dataChanged.connect(self._on_data_changed)
        model.rowsMoved.connect(lambda *_: self.refit())
        model.modelReset.connect(self._on_reset)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        theme.notifier.changed.connect(self._on_theme_changed)
        zoom.changed.connect(self._on_zoomed)

    def _fit(self, first: int, last: int) -> None:
        header = self.verticalHeader()
        for row in range(first, last + 1):
            height = row_height(self._model.line(row), self._width)
            if header.sectionSize(row) != height:
                header.resizeSection(row, height)

    def refit(self) -> None:
        """Size what is in view now, and the rest in portions between other work."""
        self._width = self.viewport().width()
        rows = self._model.rowCount()
        self._unfitted = rows
        if self._following:
            self._fit_some()
            return
        top = max(self.rowAt(0), 0)
        with self._kept_place():
            self._fit(max(top - PORTION // 4, 0), min(top + PORTION // 2, rows - 1))
        self._later.start()

    def _fit_some(self) -> None:
        """Fit one portion from the end of what is left; ask for the next."""
        last = self._unfitted - 1
        self._unfitted = max(self._unfitted - PORTION, 0)
        with self._kept_place():
            self._fit(self._unfitted, last)
        if self._unfitted:
            self._later.start()

    @contextmanager
    def _kept_place(self) -> Iterator[None]:
        """Let the row at the top stay there while heights change; a follower stays at the end."""
        top = self.rowAt(0)
        into = -self.rowViewportPosition(top)
        yield
        if top >= 0 and not self._following:
            self.updateGeometries()
            self.verticalScrollBar().setValue(self.verticalHeader().sectionPosition(top) + into)

    def _on_rows_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        if self._unfitted:
            self._unfitted += last - first + 1
        self._fit(first, last)
        if not self._following:
            self._set_unread(self._unread + last - first + 1)

    def _on_data_changed(self, top: QModelIndex, bottom: QModelIndex, roles: list[int]) -> None:
        if TranscriptRole.LOOK not in roles:
            self._fit(top.row(), bottom.row())

    def _on_reset(self) -> None:
        self._delegate.forget()
        self.refit()
        self._set_following(True)

    def _on_range_changed(self, _low: int, high: int) -> None:
        if self._following:
            self.verticalScrollBar().setValue(high)

    def _on_scrolled(self, _value: int) -> None:
        # A selection holds the view until the reader asks for the end.
        if not self.selected_rows():
            self._set_following(self.at_end)

    def _on_selection_changed(self, selected: QItemSelection, _gone: QItemSelection) -> None:
        if not selected.isEmpty():
            self._set_following(False)

    def _on_theme_changed(self) -> None:
        self._delegate.forget()
        self.viewport().update()

    def _on_zoomed(self) -> None:
        self._delegate.forget()
        self.refit()

    def _set_following(self, following: bool) -> None:
        if following:
            self._set_unread(0)
        if following != self._following:
            self._following = following
            self.following_changed.emit(following)

    def _set_unread(self, unread: int) -> None:
        if unread != self._unread:
            self._unread = unread
            self.unread_changed.emit(unread)
