"""A state in one symbol and a few words, on its soft tone or bare."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.zoom import px

_SOFT = {
    "ai": "ai_soft",
    "callee": "callee_soft",
    "accent": "accent_soft",
    "success": "success_soft",
    "warning": "warning_soft",
    "danger": "danger_soft",
    "muted": "sunken",
}
_ICON = 14


class Pill(QWidget):
    """Symbol and words in one tone; `filled` lays them on the tone's soft ground."""

    def __init__(self, *, filled: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._tone = "muted"
        self._symbol = "info"
        self._filled = filled
        self.setFont(fonts.font(12, 600 if filled else 500))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_state(self, text: str, tone: str, symbol: str) -> None:
        """Show these words in this tone (a token's name) after this icon."""
        if (text, tone, symbol) == (self._text, self._tone, self._symbol):
            return
        self._text, self._tone, self._symbol = text, tone, symbol
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The words shown."""
        return self._text

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        words = self.fontMetrics().horizontalAdvance(self._text)
        return QSize(words + px(_ICON) + px(6) + (px(20) if self._filled else px(2)), px(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground, the icon and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = 0
        if self._filled:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(_SOFT[self._tone]))
            painter.drawRoundedRect(QRectF(self.rect()), px(12), px(12))
            left = px(8)
        icons.paint(painter, self._symbol, getattr(theme.current(), self._tone), left, px(5), _ICON)
        painter.setPen(theme.colour(self._tone))
        words = self.rect().adjusted(left + px(_ICON) + px(6), 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self._text)
