"""The find bar of the transcript: a field, a count, steps up and down."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.line_field import LineField
from callconsole.ui.kit.text import Text
from callconsole.viewmodels.transcript_line import Match
from callconsole.viewmodels.transcript_model import TranscriptModel

BUTTON = 28
FIELD_WIDTH = 200


def icon_button(icon: str, name: str, tip: str = "") -> Button:
    """A square ghost button that is named for screen readers and explained on hover."""
    made = Button("", Kind.GHOST, icon=icon, height=BUTTON)
    made.setAccessibleName(name)
    made.setToolTip(tip or name)
    return made


class FindBar(QWidget):
    """Searches the model while one types, and stands on one of the places found.

    Signals:
        stepped(object): the `Match` that the reader stands on now, or None.
        closed(): Escape or the cross.
    """

    stepped = Signal(object)
    closed = Signal()

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._here: Match | None = None
        self.field = LineField("Find in the transcript", "Find", height=BUTTON)
        self.field.setMinimumWidth(96)
        self.field.setMaximumWidth(FIELD_WIDTH)
        self.count = Text("", 12, 500, "muted", tabular=True)
        self.previous = icon_button("caret-up", "Previous match", "Previous (Shift+F3)")
        self.next = icon_button("caret-down", "Next match", "Next (F3)")
        self.close_button = icon_button("x", "Close find", "Close (Esc)")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addStretch(1)
        row.addWidget(self.count)
        row.addSpacing(4)
        row.addWidget(self.field, 4)
        for button in (self.previous, self.next, self.close_button):
            row.addWidget(button)
        self.field.textChanged.connect(self._on_typed)
        self.previous.clicked.connect(lambda: self.step(-1))
        self.next.clicked.connect(lambda: self.step(1))
        self.close_button.clicked.connect(self.closed)
        model.search_changed.connect(self._write)
        self._write()

    def begin(self) -> None:
        """Take the keyboard and search again for what was last typed."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self._on_typed(self.field.text())

    def end(self) -> None:
        """Take the marks away; the field keeps its words."""
        self._model.search("")
        self._stand_on(None)

    def step(self, direction: int) -> None:
        """Go to the next place (1) or the one before (-1), round the ends."""
        matches = self._model.matches()
        if not matches:
            self._stand_on(None)
            return
        at = matches.index(self._here) if self._here in matches else -1
        if at < 0 and direction < 0:
            at = 0
        self._stand_on(matches[(at + direction) % len(matches)])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter steps on, Shift+Enter back, Escape closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.step(-1 if back else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _on_typed(self, query: str) -> None:
        self._model.search(query)
        matches = self._model.matches()
        # The newest place first: in a live call that is what one looks for.
        self._stand_on(matches[-1] if matches else None)

    def _stand_on(self, match: Match | None) -> None:
        self._here = match
        self._write()
        self.stepped.emit(match)

    def _write(self) -> None:
        matches = self._model.matches()
        for button in (self.previous, self.next):
            button.setEnabled(bool(matches))
        self.field.set_wrong(bool(self.field.text()) and not matches and self.isVisible())
        if not self.field.text():
            self.count.setText("")
        elif not matches:
            self.count.setText("Not found")
        elif self._here in matches:
            self.count.setText(f"{matches.index(self._here) + 1} of {len(matches)}")
        else:
            self.count.setText(f"{len(matches)} found")
