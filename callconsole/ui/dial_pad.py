"""The twelve keys: one tab stop, arrows move between them, typed digits light them up."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from callconsole.ui.kit.dial_key import LETTERS_BELOW_FROM, DialKey
from callconsole.ui.zoom import px

_KEYS = (
    ("1", ""),
    ("2", "ABC"),
    ("3", "DEF"),
    ("4", "GHI"),
    ("5", "JKL"),
    ("6", "MNO"),
    ("7", "PQRS"),
    ("8", "TUV"),
    ("9", "WXYZ"),
    ("*", ""),
    ("0", "+"),
    ("#", ""),
)
_COLUMNS = 3
_ROWS = len(_KEYS) // _COLUMNS
_GAP = 8
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -_COLUMNS,
    Qt.Key.Key_Down: _COLUMNS,
}


class DialPad(QWidget):
    """Keys of 74 by 56, lower where the window is low.

    Signals:
        typed: one of ``0-9 * # +``.
    """

    typed = Signal(str)

    def __init__(
        self, name: str = "Dial pad", *, plus: bool = True, parent: QWidget | None = None
    ) -> None:
        """`plus`: a long press on 0 types a plus."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMaximumHeight(_ROWS * 56 + (_ROWS - 1) * _GAP)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(_GAP)
        self._keys: list[DialKey] = []
        for index, (digit, letters) in enumerate(_KEYS):
            above = letters if plus or letters != "+" else ""
            key = DialKey(digit, above, "+" if digit == "0" and plus else "")
            key.typed.connect(self.typed)
            grid.addWidget(key, index // _COLUMNS, index % _COLUMNS)
            self._keys.append(key)
        self._keys[0].setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def key(self, digit: str) -> DialKey:
        """The key of this digit."""
        return next(key for key in self._keys if key.digit == digit)

    def light_up(self, digit: str) -> None:
        """Show a digit typed on the keyboard as a pressed key."""
        self.key("0" if digit == "+" else digit).light_up()

    def minimumSizeHint(self) -> QSize:
        """Four rows of the lowest keys."""
        return QSize(px(3 * 60 + 16), px(4 * 34 + 24))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the keys alike: rows may differ by a pixel in height."""
        super().resizeEvent(event)
        low = self.height() < _ROWS * px(LETTERS_BELOW_FROM) + (_ROWS - 1) * px(_GAP)
        for key in self._keys:
            key.set_low(low)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between the keys with the arrows."""
        step = _STEPS.get(Qt.Key(event.key()))
        focused = next((key for key in self._keys if key.hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
            return
        index = self._keys.index(focused) + step
        if 0 <= index < len(self._keys):
            focused.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._keys[index].setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._keys[index].setFocus(Qt.FocusReason.TabFocusReason)
