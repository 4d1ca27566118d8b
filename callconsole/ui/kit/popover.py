"""A small form that floats above the button that opened it, and blocks nothing."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.kit.icon_button import IconButton
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Text
from callconsole.ui.zoom import px


class Popover(Surface):
    """Title and cross over a column of one's own; Escape and the cross close it.

    Attributes:
        column: where the parts are added.
    """

    def __init__(self, title: str, close: str, parent: QWidget) -> None:
        """Args: what it is called, what its cross does in words, and the page it stays inside."""
        super().__init__("surface", outline="strong", radius=12, parent=parent)
        self._page = parent
        self._opener: QWidget | None = None
        self.setAccessibleName(title)
        self.close_button = IconButton("x", close)
        self.close_button.clicked.connect(self.close_up)
        head = QHBoxLayout()
        head.addWidget(Text(title, 13, 600))
        head.addStretch()
        head.addWidget(self.close_button)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 8, 16, 16)
        self.column.setSpacing(8)
        self.column.addLayout(head)
        self.hide()

    def open_above(self, opener: QWidget) -> None:
        """Show it above this button."""
        self._opener = opener
        self.ensurePolished()
        self.show()
        self.place()
        self.raise_()

    def close_up(self) -> None:
        """Put it away; the keyboard goes back to the button that opened it."""
        within = self.isAncestorOf(self.window().focusWidget())
        if within and self._opener is not None and self._opener.isVisible():
            self._opener.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    def place(self) -> None:
        """Stand above the button, inside the page, as high as its parts need."""
        if self._opener is None:
            return
        # Not adjustSize, which reckons wrapped lines at a narrower width than they have.
        if self.column.hasHeightForWidth():
            self.resize(self.width(), self.column.totalHeightForWidth(self.width()))
        else:
            self.adjustSize()
        page = self._page
        corner = self._opener.mapTo(page, QPoint(self._opener.width(), 0))
        left = min(corner.x() - self.width(), page.width() - self.width() - px(16))
        self.move(max(px(8), left), max(px(8), corner.y() - self.height() - px(8)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_up()
            return
        super().keyPressEvent(event)
