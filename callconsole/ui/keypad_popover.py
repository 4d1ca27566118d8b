"""The keypad of a call: twelve keys over the operator bar that send tones, and what was sent."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.dial_pad import DialPad
from callconsole.ui.kit.icon_button import IconButton
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Text
from callconsole.ui.zoom import px
from callconsole.viewmodels.operator import KEYS, Operator

WIDTH, HEIGHT = 232, 300
SHOWN_KEYS = 12
NOTHING_SENT = "Typed digits work too."


class KeypadPopover(Surface):
    """Floats over the call and blocks nothing; Escape and its cross close it."""

    def __init__(self, operator: Operator, parent: QWidget) -> None:
        super().__init__("surface", outline="strong", radius=12, parent=parent)
        self._operator = operator
        self._page = parent
        self._opener: QWidget | None = None
        self.setAccessibleName("Keypad")
        self.setFixedSize(WIDTH, HEIGHT)
        self.sent = Text(NOTHING_SENT, 13, 400, "muted", tabular=True)
        self.pad = DialPad("Tones", plus=False)
        self.close_button = IconButton("x", "Close the keypad")
        head = QHBoxLayout()
        head.addWidget(Text("Keypad", 13, 600))
        head.addStretch()
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.sent)
        column.addWidget(self.pad, 1)
        self.pad.typed.connect(operator.press_key)
        self.close_button.clicked.connect(self.close_pad)
        operator.keys_changed.connect(self._show_keys)
        operator.changed.connect(self._on_changed)
        self.hide()

    def toggle(self, opener: QWidget) -> None:
        """Open above the button that asks for it and take the keyboard, or close."""
        if self.isVisible():
            self.close_pad()
            return
        if not self._operator.open:
            return
        self._opener = opener
        self._show_keys()
        self.ensurePolished()
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        self.pad.key("1").setFocus(Qt.FocusReason.ShortcutFocusReason)

    def type_key(self, key: str) -> bool:
        """Send a digit typed on the keyboard; False where the keypad is closed."""
        if not self.isVisible():
            return False
        if key in KEYS:
            self.pad.light_up(key)
            self._operator.press_key(key)
        return True

    def close_pad(self) -> None:
        """Put it away; the keyboard goes back to the button that opened it."""
        within = self.isAncestorOf(self.window().focusWidget())
        if within and self._opener is not None and self._opener.isVisible():
            self._opener.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    def place(self) -> None:
        """Stand above the button, inside the page."""
        if self._opener is None:
            return
        page = self._page
        corner = self._opener.mapTo(page, QPoint(self._opener.width(), 0))
        left = min(corner.x() - self.width(), page.width() - self.width() - px(16))
        self.move(max(px(8), left), max(px(8), corner.y() - self.height() - px(8)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_pad()
            return
        super().keyPressEvent(event)

    def _show_keys(self) -> None:
        keys = self._operator.keys
        cut = "… " if len(keys) > SHOWN_KEYS else ""
        shown = cut + " ".join(keys[-SHOWN_KEYS:])
        self.sent.setText(shown or NOTHING_SENT)
        self.sent.set_tone("text" if keys else "muted")

    def _on_changed(self) -> None:
        if not self._operator.open and not self.isHidden():
            self.close_pad()
