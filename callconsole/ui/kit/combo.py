"""A list to choose one of, painted in our outline; digits typed on it go to the dial pad."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyledItemDelegate, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.button import paint_hover_at
from callconsole.ui.tokens import RADIUS_CONTROL
from callconsole.ui.zoom import px


class Combo(QComboBox):
    """A drop-down field 36 high."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFont(fonts.font(13))
        self.setFixedHeight(36)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setMaxVisibleItems(12)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def minimumSizeHint(self) -> QSize:
        """Long names are shortened, not the window widened."""
        return QSize(px(80), px(36))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling past must not change the choice."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave digits and Enter to the window."""
        if event.text().isdigit() or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the box, the chosen name and the caret."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        enabled = self.isEnabled()
        painter.setPen(QPen(theme.colour("strong" if enabled else "border"), 1))
        painter.setBrush(theme.colour("surface" if enabled else "sunken"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, px(RADIUS_CONTROL), px(RADIUS_CONTROL))
        if enabled and self.underMouse():
            paint_hover_at(painter, box, 0.06)
        painter.setPen(theme.colour("text" if enabled else "muted"))
        painter.setFont(self.font())
        words = self.rect().adjusted(px(11), 0, -px(32), 0)
        shown = self.fontMetrics().elidedText(
            self.currentText() or self.placeholderText(),
            Qt.TextElideMode.ElideRight,
            words.width(),
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)
        top = (self.height() - px(14)) // 2
        icons.paint(painter, "caret-down", theme.current().muted, self.width() - px(24), top, 14)
