"""Space and the side arrows play a recording, wherever the focus has no use of its own for them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QWidget

from callconsole.ui.dial_keys import is_editor


class PlayerKeys(QObject):
    """Watches key presses while its page is shown.

    Editors and lists to choose from keep all three keys, buttons keep Space, and a choice of
    buttons keeps the arrows too, which are the only way through it.

    Args:
        page: the keys work while this is visible and its window has the focus.
        keys: what each key does.
    """

    def __init__(self, page: QWidget, keys: dict[Qt.Key, Callable[[], object]]) -> None:
        super().__init__(page)
        self._page = page
        self._keys = {int(key): action for key, action in keys.items()}
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key before a list moves sideways or selects."""
        # The kind is asked for last: every event of the application comes through here.
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if not isinstance(watched, QWidget) or watched.window() is not self._page.window():
            return False
        action = self._keys.get(event.key())
        if action is None or event.modifiers() or not self._page.isVisible():
            return False
        if self._wanted_there(watched, event.key()):
            return False
        action()
        return True

    @staticmethod
    def _wanted_there(watched: QWidget, key: int) -> bool:
        focus = QApplication.focusWidget()
        if is_editor(watched) or is_editor(focus) or isinstance(focus, QComboBox):
            return True
        if not isinstance(focus, QAbstractButton):
            return False
        return key == Qt.Key.Key_Space or focus.group() is not None
