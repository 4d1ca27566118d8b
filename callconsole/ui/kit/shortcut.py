"""Shortcuts that work in one part of the window only, so that pages may share a key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def shortcut_inside(
    part: QWidget, keys: QKeySequence.StandardKey | str, action: Callable[[], object]
) -> QShortcut:
    """Do `action` on `keys` while `part` or something in it has the focus.

    The context is set by itself: given to the constructor beside an action, PySide ignores it,
    and two parts with the same key are then ambiguous and do nothing.
    """
    made = QShortcut(QKeySequence(keys), part)
    made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    made.activated.connect(action)
    return made
