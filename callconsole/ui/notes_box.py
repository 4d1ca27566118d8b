"""The notes of a kept call, and when somebody is to be called back."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from callconsole.ui.kit.banner import IconMark
from callconsole.ui.kit.surfaces import Scroll, Surface
from callconsole.ui.kit.text import Text
from callconsole.ui.zoom import px
from callconsole.viewmodels.call_facts import NoteLine

TALLEST, LOW_TALLEST = 128, 64


class NotesBox(Surface):
    """As high as its notes, up to a limit; then they scroll."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sunken", parent=parent)
        self._tallest = TALLEST
        self._shown: list[NoteLine] = []
        self._rows: list[_NoteRow] = []
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(12, 10, 12, 10)
        self._column.setSpacing(8)
        self._scroll = Scroll(self._content)
        self._scroll.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Notes")
        self.hide()

    def show_notes(self, notes: list[NoteLine]) -> None:
        """Show these, or nothing at all."""
        if notes != self._shown:
            self._shown = notes
            for row in self._rows:
                row.hide()
                row.deleteLater()
            self._rows = [_NoteRow(note) for note in notes]
            for row in self._rows:
                self._column.addWidget(row)
        self.setVisible(bool(notes))
        self.updateGeometry()

    def set_low(self, low: bool) -> None:
        """Take less height."""
        self._tallest = LOW_TALLEST if low else TALLEST
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """Long notes break into lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """What the notes need at this width, up to the limit."""
        high = self._content.heightForWidth(width)
        return min(px(self._tallest), high if high > 0 else self._content.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the box. A layout would ask its scroll area for the height, which does not know."""
        super().resizeEvent(event)
        self._scroll.setGeometry(self.rect())

    def sizeHint(self) -> QSize:
        """The same at the present width."""
        width = max(self.width(), px(240))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """One line."""
        return QSize(px(120), px(40))


class _NoteRow(QWidget):
    """Symbol, words, when it was noted; below them what belongs to it."""

    def __init__(self, note: NoteLine) -> None:
        super().__init__()
        icon, tone = ("calendar-check", "accent") if note.due else ("note-pencil", "muted")
        text = Text(note.text, 13, 500, wrap=True)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(text)
        if note.due:
            words.addWidget(Text(note.due, 12, 600, "accent", wrap=True))
        if note.details:
            words.addWidget(Text(note.details, 12, 400, "muted", wrap=True))
        who = "you" if note.by_operator else "AI"
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(IconMark(icon, tone, 16), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        aside = Text(f"{who}, {note.clock}", 12, 400, "muted", tabular=True)
        row.addWidget(aside, 0, Qt.AlignmentFlag.AlignTop)
