"""Digits, Backspace, Enter and Escape from anywhere in the window but text fields."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

DIGITS = frozenset("0123456789*#+")
_PLAIN = Qt.KeyboardModifier.NoModifier
_HARMLESS = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier


def is_editor(widget: QObject | None) -> bool:
    """True for anything a person types text into."""
    if isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit):
        return not widget.isReadOnly()
    return False


class DialKeys(QObject):
    """Watches the application's key presses while its window has them.

    Signals:
        digit: one of ``0-9 * # +``.
        backspace, enter, escape: those keys, where no editor has the focus (Escape also
            where the editor leaves it alone).
    """

    digit = Signal(str)
    backspace = Signal()
    enter = Signal()
    escape = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.enabled = True
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take dialling keys before the focused control does something else with them."""
        # The kind is asked for last: every event of the application comes through here.
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if not isinstance(watched, QWidget) or watched.window() is not self._window:
            return False
        if is_editor(watched) or is_editor(QApplication.focusWidget()):
            return False
        return self._take(watched, event)

    def _take(self, watched: QWidget, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape and watched is self._window:
            self.escape.emit()
            return True
        if not self.enabled or event.modifiers() & ~_HARMLESS != _PLAIN:
            return False
        if event.text() and event.text() in DIGITS:
            self.digit.emit(event.text())
            return True
        if key == Qt.Key.Key_Backspace:
            self.backspace.emit()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and watched is self._window:
            self.enter.emit()
            return True
        return False
