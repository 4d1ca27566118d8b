"""Ctrl+D stars the present moment even while somebody types."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget


class StarKey(QObject):
    """Leaves Ctrl+D to the window's shortcut, where a text field on Linux would delete with it."""

    KEYS = "Ctrl+D"

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep a field from claiming the key before shortcuts are looked at."""
        # The kind is asked for last: every event of the application comes through here.
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.ShortcutOverride:
            return False
        if not isinstance(watched, QWidget) or watched.window() is not self._window:
            return False
        if event.key() != Qt.Key.Key_D:
            return False
        if event.modifiers() != Qt.KeyboardModifier.ControlModifier:
            return False
        event.ignore()
        return True
