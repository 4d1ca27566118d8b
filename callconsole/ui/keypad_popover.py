"""The keypad of a call: twelve keys over the operator bar that send tones, and what was sent."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from callconsole.ui.dial_pad import DialPad
from callconsole.ui.kit.popover import Popover
from callconsole.ui.kit.text import Text
from callconsole.viewmodels.key_sender import KEYS
from callconsole.viewmodels.operator import Operator

WIDTH, HEIGHT = 232, 300
SHOWN_KEYS = 12
NOTHING_SENT = "Typed digits work too."


class KeypadPopover(Popover):
    """Floats over the call; typed digits work while it is open."""

    def __init__(self, operator: Operator, parent: QWidget) -> None:
        super().__init__("Keypad", "Close the keypad", parent)
        self._operator = operator
        self.setFixedSize(WIDTH, HEIGHT)
        self.sent = Text(NOTHING_SENT, 13, 400, "muted", tabular=True)
        self.pad = DialPad("Tones", plus=False)
        self.column.addWidget(self.sent)
        self.column.addWidget(self.pad, 1)
        self.pad.typed.connect(operator.press_key)
        operator.keys_changed.connect(self._show_keys)
        operator.changed.connect(self._on_changed)

    def toggle(self, opener: QWidget) -> None:
        """Open above the button that asks for it and take the keyboard, or close."""
        if self.isVisible():
            self.close_up()
            return
        if not self._operator.open:
            return
        self._show_keys()
        self.open_above(opener)
        self.pad.key("1").setFocus(Qt.FocusReason.ShortcutFocusReason)

    def type_key(self, key: str) -> bool:
        """Send a digit typed on the keyboard; False where the keypad is closed."""
        if not self.isVisible():
            return False
        if key in KEYS:
            self.pad.light_up(key)
            self._operator.press_key(key)
        return True

    def _show_keys(self) -> None:
        keys = self._operator.keys
        cut = "… " if len(keys) > SHOWN_KEYS else ""
        shown = cut + " ".join(keys[-SHOWN_KEYS:])
        self.sent.setText(shown or NOTHING_SENT)
        self.sent.set_tone("text" if keys else "muted")

    def _on_changed(self) -> None:
        if not self._operator.open and not self.isHidden():
            self.close_up()
