"""The talk key: Space where nothing else wants it, Ctrl+Space everywhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QWidget

from callconsole.ui.dial_keys import is_editor

BARE, EVERYWHERE = "Space", "Ctrl Space"
_HARMLESS = Qt.KeyboardModifier.KeypadModifier


def takes_space(widget: QObject | None) -> bool:
    """True where Space types a blank or presses a control of its own.

    A control that carries ``talks`` is the talk key's own button.
    """
    if getattr(widget, "talks", False):
        return False
    return is_editor(widget) or isinstance(widget, QAbstractButton | QComboBox)


class TalkKey(QObject):
    """Watches the application's keys while its window has them.

    Signals:
        pressed: the key went down; repeats of a held key are left out.
        released: it went up again.
        lost: its window lost the keyboard meanwhile; nobody will see the key go up.
    """

    pressed = Signal()
    released = Signal()
    lost = Signal()

    def __init__(self, window: QWidget, wanted: Callable[[bool], bool]) -> None:
        """`wanted` says whether the key means something now; it is given True for a bare Space."""
        super().__init__(window)
        self._window = window
        self._wanted = wanted
        self._down = False
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key before the focused control does something else with it."""
        # The kind is asked for last: every event of the application comes through here.
        if watched is self._window and event.type() is QEvent.Type.WindowDeactivate:
            if self._down:
                self._down = False
                self.lost.emit()
            return False
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Space:
            return False
        if event.type() not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            return False
        if not isinstance(watched, QWidget):
            return False
        # A menu that opens over the window takes its keys, and the held one goes up there.
        if not self._down and watched.window() is not self._window:
            return False
        return self._take(event)

    def _take(self, event: QKeyEvent) -> bool:
        if self._down:
            # Held, or going up: whatever became of Ctrl meanwhile, it is the same press.
            if event.type() is QEvent.Type.KeyRelease and not event.isAutoRepeat():
                self._down = False
                self.released.emit()
            return True
        if event.type() is QEvent.Type.KeyRelease or event.isAutoRepeat():
            return False
        modifiers = event.modifiers() & ~_HARMLESS
        bare = modifiers == Qt.KeyboardModifier.NoModifier
        if not bare and modifiers != Qt.KeyboardModifier.ControlModifier:
            return False
        if (bare and takes_space(QApplication.focusWidget())) or not self._wanted(bare):
            return False
        self._down = True
        self.pressed.emit()
        return True
