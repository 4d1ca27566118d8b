"""The little key that names a shortcut, inside a button or on its own."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from callconsole.ui import fonts, theme
from callconsole.ui.zoom import px

HEIGHT = 20
_PADDING = 5


def width(text: str) -> int:
    """How wide a keycap with this text is, in pixels."""
    return QFontMetrics(fonts.font(11, 500)).horizontalAdvance(text) + 2 * px(_PADDING)


def paint(painter: QPainter, box: QRectF, text: str, *, on_fill: bool) -> None:
    """Draw a keycap into the box: translucent white on a fill, else a quiet grey."""
    painter.setPen(Qt.PenStyle.NoPen)
    ground = QColor(255, 255, 255, 52) if on_fill else theme.colour("hover")
    painter.setBrush(ground)
    painter.drawRoundedRect(box, px(4), px(4))
    painter.setFont(fonts.font(11, 500))
    painter.setPen(theme.colour("on_fill" if on_fill else "muted"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class Keycap(QWidget):
    """A keycap on its own, in a list of shortcuts."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as its text."""
        return QSize(max(px(22), width(self._text) + px(2)), px(HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw an outlined key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.setBrush(theme.colour("surface"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, px(4), px(4))
        painter.setFont(fonts.font(11, 500))
        painter.setPen(theme.colour("muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._text)
