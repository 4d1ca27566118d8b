"""The talk key: Space where nothing else wants it, Ctrl+Space everywhere."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QWidget

from callconsole.ui.dial_keys import is_editor

BARE, EVERYWHERE = "Space", "Ctrl Space"
REPEAT_MS = 30
"""After a release: the press of the same moment has come by then, unless the loop is busy."""
BUSY_MS = 15
SAME_MS = 2
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

    Under X11 a held key comes as releases and presses of the same moment. Qt sees that they are
    repeats only where both have come; where they have not, the loop being busy, the key seems
    to go up. There a release counts once nothing has followed it.

    Attributes:
        unsure: releases may be repeats that were not recognised.

    Signals:
        pressed: the key went down; repeats of a held key are left out.
        released(float): it went up again, after so many seconds; -1 where that is not known.
        lost: its window lost the keyboard meanwhile; nobody will see the key go up.
    """

    pressed = Signal()
    released = Signal(float)
    lost = Signal()

    def __init__(self, window: QWidget, wanted: Callable[[bool], bool]) -> None:
        """`wanted` says whether the key means something now; it is given True for a bare Space."""
        super().__init__(window)
        self._window = window
        self._wanted = wanted
        self._down = False
        self._down_at_ms = self._up_at_ms = 0
        self._up = QTimer(self, singleShot=True, interval=REPEAT_MS)
        self._up.timeout.connect(self._on_nothing_followed)
        self._waits_since_s = 0.0
        self.unsure = QGuiApplication.platformName() == "xcb"
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key before the focused control does something else with it."""
        # The kind is asked for last: every event of the application comes through here.
        if watched is self._window and event.type() is QEvent.Type.WindowDeactivate:
            if self._down:
                self._let_go()
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
        up = event.type() is QEvent.Type.KeyRelease
        if self._down:
            # Held, or going up: whatever became of Ctrl meanwhile, it is the same press.
            if not up and self._went_up_before(event):
                self._release()
                return self._take(event)
            if up and not event.isAutoRepeat():
                self._go_up(event.timestamp())
            return True
        if up or event.isAutoRepeat():
            return False
        modifiers = event.modifiers() & ~_HARMLESS
        bare = modifiers == Qt.KeyboardModifier.NoModifier
        if not bare and modifiers != Qt.KeyboardModifier.ControlModifier:
            return False
        if (bare and takes_space(QApplication.focusWidget())) or not self._wanted(bare):
            return False
        self._down, self._down_at_ms = True, event.timestamp()
        self.pressed.emit()
        return True

    def _go_up(self, at_ms: int) -> None:
        self._up_at_ms = at_ms
        if self.unsure:
            self._wait()
        else:
            self._release()

    def _went_up_before(self, event: QKeyEvent) -> bool:
        """True where this press is a new one; one of the same moment was a repeat."""
        if not self._up.isActive():
            return False
        self._up.stop()
        return not event.isAutoRepeat() and event.timestamp() - self._up_at_ms > SAME_MS

    def _wait(self) -> None:
        self._waits_since_s = time.monotonic()
        self._up.start()

    def _on_nothing_followed(self) -> None:
        """What came while the loop was busy is not dealt with yet: look once more."""
        if (time.monotonic() - self._waits_since_s) * 1000 > REPEAT_MS + BUSY_MS:
            self._wait()
        else:
            self._release()

    def _release(self) -> None:
        known = self._down_at_ms > 0 and self._up_at_ms > 0
        held_s = (self._up_at_ms - self._down_at_ms) / 1000 if known else -1.0
        self._let_go()
        self.released.emit(held_s)

    def _let_go(self) -> None:
        self._down = False
        self._up.stop()
