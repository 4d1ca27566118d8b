"""A line to type in, with our outline, and red with a sentence where it is wrong."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QWidget

from callconsole.ui import fonts, theme
from callconsole.ui.tokens import RADIUS_CONTROL
from callconsole.ui.zoom import px


class LineField(QLineEdit):
    """A text field 36 high."""

    def __init__(
        self, name: str, placeholder: str = "", *, height: int = 36, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._wrong = False
        self.setFrame(False)
        self.setFont(fonts.font(13))
        self.setFixedHeight(height)
        self.setTextMargins(10, 0, 10, 0)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)

    def set_wrong(self, wrong: bool) -> None:
        """Outline in red, or no longer."""
        self._wrong = wrong
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box, then Qt's text and caret over it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = "danger" if self._wrong else "strong"
        painter.setPen(QPen(theme.colour(outline), 1))
        painter.setBrush(theme.colour("surface" if self.isEnabled() else "sunken"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, px(RADIUS_CONTROL), px(RADIUS_CONTROL))
        painter.end()
        super().paintEvent(event)
