"""Says for a moment how large the window is drawn, after the zoom was changed."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from callconsole.ui.announce import announce
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Text
from callconsole.ui.zoom import px

SHOWN_MS = 1500
_BELOW_TOP = 56


class ZoomHint(Surface):
    """``110 %`` below the top bar; lets every click through."""

    def __init__(self, window: QWidget) -> None:
        super().__init__("surface", outline="strong", parent=window)
        self._window = window
        self.words = Text("", 13, 600, tabular=True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.addWidget(self.words)
        self._gone = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._gone.timeout.connect(self.hide)
        self.hide()

    def show_percent(self, percent: int) -> None:
        """Appear in the middle, and go again by itself."""
        self.words.setText(f"{percent} %")
        self.ensurePolished()
        self.adjustSize()
        self.move((self._window.width() - self.width()) // 2, px(_BELOW_TOP))
        self.raise_()
        self.show()
        self._gone.start()
        announce(self, f"Zoom {percent} percent", politely=True)
