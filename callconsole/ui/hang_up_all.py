"""Ends every live call, after a question in the same place."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.text import Text
from callconsole.viewmodels.live_call import LiveCall
from callconsole.viewmodels.live_list import LiveList


class HangUpAll(QWidget):
    """A quiet button while several calls live; pressed, it becomes the question."""

    def __init__(self, lines: LiveList, live: LiveCall, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self._live = live
        self._asking = False
        self._before: QWidget | None = None
        self.button = Button(
            "Hang up all", Kind.GHOST, icon="phone-disconnect", height=28, flush=True
        )
        self.button.setToolTip("End every live call, after a question (Ctrl Alt H)")
        self.question = Text("", 12, 600)
        self.keep = Button("Keep", height=28)
        self.end = Button("End all", Kind.DANGER, height=28)
        self._answers = QWidget()
        answers = QHBoxLayout(self._answers)
        answers.setContentsMargins(0, 0, 0, 0)
        answers.setSpacing(6)
        answers.addWidget(self.question, 1)
        answers.addWidget(self.keep)
        answers.addWidget(self.end)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self._answers)
        self.button.clicked.connect(self.ask)
        self.keep.clicked.connect(self._on_kept)
        self.end.clicked.connect(self._on_ended)
        lines.changed.connect(self._show)
        self._show()

    def ask(self) -> None:
        """Ask whether to end them; nothing where nothing lives."""
        if self._lines.rows:
            self._before = self.window().focusWidget()
            self._asking = True
            self._show()
            self.end.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape keeps them."""
        if self._asking and event.key() == Qt.Key.Key_Escape:
            self._on_kept()
            return
        super().keyPressEvent(event)

    def _show(self) -> None:
        count = len(self._lines.rows)
        self._asking = self._asking and count > 0
        self.button.setVisible(not self._asking and count > 1)
        self._answers.setVisible(self._asking)
        self.question.setText("End this call?" if count == 1 else f"End {count} calls?")
        self.setVisible(self._asking or count > 1)

    def _on_kept(self) -> None:
        self._close()

    def _on_ended(self) -> None:
        self._close()
        self._live.hang_up_all()

    def _close(self) -> None:
        """Take the question away, and give the keyboard back first: it would find its own place."""
        before, self._before = self._before, None
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._asking = False
        self._show()
