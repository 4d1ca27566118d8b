"""A choice of two or three, side by side, the chosen one raised."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.button import paint_hover
from callconsole.ui.zoom import px


class _Segment(QAbstractButton):
    ring_radius = 5

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)  # one of several, to a screen reader too
        self.setFont(fonts.font(12, 500))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        lock = 0 if self.isEnabled() else px(12)
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + px(22) + lock, px(28))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.isChecked():
            painter.setPen(QPen(theme.colour("border"), 1))
            painter.setBrush(theme.colour("surface"))
            painter.drawRoundedRect(box, px(5), px(5))
        elif self.isEnabled():
            paint_hover(painter, box, self, radius=px(5))
        painter.setPen(theme.colour("text" if self.isChecked() else "muted"))
        words = fonts.font(12, 600 if self.isChecked() else 500)
        painter.setFont(words)
        box_of_words = self.rect()
        if not self.isEnabled():
            icons.paint(
                painter, "lock-simple", theme.current().muted, px(7), self.height() / 2 - px(6), 12
            )
            box_of_words = box_of_words.adjusted(px(12), 0, 0, 0)
        painter.drawText(box_of_words, Qt.AlignmentFlag.AlignCenter, self.text())


class Segmented(QWidget):
    """Exclusive segments, each with a key.

    Signals:
        chosen: the key of the segment that a person chose.
    """

    chosen = Signal(str)

    def __init__(
        self, name: str, options: list[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFixedHeight(32)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        group = QButtonGroup(self)
        self._segments: dict[str, _Segment] = {}
        for key, text in options:
            segment = _Segment(text)
            segment.clicked.connect(lambda _on, key=key: self.chosen.emit(key))
            group.addButton(segment)
            row.addWidget(segment)
            self._segments[key] = segment

    def choose(self, key: str) -> None:
        """Show this one as chosen, without a signal."""
        self._segments[key].setChecked(True)

    def segment(self, key: str) -> QAbstractButton:
        """The button of one choice."""
        return self._segments[key]

    def allow(self, key: str, allowed: bool, reason: str = "") -> None:
        """Enable one choice, or disable it with the reason as its tool tip."""
        segment = self._segments[key]
        segment.setEnabled(allowed)
        segment.updateGeometry()
        segment.setToolTip("" if allowed else reason)
        segment.setAccessibleDescription("" if allowed else reason)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the trough."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("hover"))
        painter.drawRoundedRect(QRectF(self.rect()), px(7), px(7))
