"""Every shortcut on one sheet over the window; it blocks nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.kit.icon_button import IconButton
from callconsole.ui.kit.keycap import Keycap
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Text

SHORTCUTS = (
    ("Call the number in the field", "Enter"),
    ("Hang up", "Ctrl ⇧ H"),
    ("Hang up, unless you are typing", "Esc"),
    ("Type on the dial pad from anywhere", "0 – 9 * # +"),  # noqa: RUF001
    ("Take the last digit back", "⌫"),
    ("Put the last number back", "Ctrl R"),
    ("Listen in, on or off", "Ctrl L"),
    ("Say who answered, on the answer card", "1 – 5"),  # noqa: RUF001
    ("Say who answered, at any time in a call", "Alt 1 – 5"),  # noqa: RUF001
    ("Take over or hand back; held, talk while you hold", "Ctrl Space"),
    ("The same, unless you are typing", "Space"),
    ("Go to the whisper field, or to the note", "Ctrl T"),
    ("Whisper to the AI", "Enter"),
    ("Let the AI say this", "⇧ Enter"),
    ("Saved phrases, from the field", "↓"),
    ("Mute the AI", "Ctrl M"),
    ("Mute the callee for the AI", "Ctrl ⇧ M"),
    ("Hold", "Ctrl P"),
    ("Keypad", "Ctrl ⇧ K"),
    ("Calls", "Ctrl 1"),
    ("Prompts", "Ctrl 2"),
    ("History", "Ctrl 3"),
    ("Play or pause a recording", "Space"),
    ("Five seconds back or on", "← →"),
    ("Find in the transcript", "Ctrl F"),
    ("Save the prompt", "Ctrl S"),
    ("This sheet", "F1"),
)


class ShortcutsSheet(Surface):
    """Opens and closes with F1; Esc closes it too."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("surface", outline="strong", radius=12, parent=parent)
        self.setAccessibleName("Keyboard shortcuts")
        self.close_button = IconButton("x", "Close")
        self.close_button.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.addWidget(Text("Keyboard shortcuts", 15, 600))
        head.addStretch()
        head.addWidget(self.close_button)
        grid = QGridLayout()
        grid.setHorizontalSpacing(32)
        grid.setVerticalSpacing(10)
        for row, (words, key) in enumerate(SHORTCUTS):
            grid.addWidget(Text(words, 13), row, 0)
            grid.addWidget(Keycap(key), row, 1, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 20)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(grid)
        self.hide()
        parent.installEventFilter(self)

    def toggle(self) -> None:
        """Open in the middle of the window, or close."""
        if self.isVisible():
            self.hide()
            return
        self.adjustSize()
        self._centre()
        self.raise_()
        self.show()
        self.close_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _centre(self) -> None:
        host = self.window()
        self.move((host.width() - self.width()) // 2, (host.height() - self.height()) // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stay in the middle when the window changes its size."""
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._centre()
        return False
