"""Sliders: a thin groove with a round handle, filled up to it, or resting in the middle."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from callconsole.ui import theme
from callconsole.ui.zoom import px

_HANDLE = 16
_CATCH = 8


class Slider(QSlider):
    """A horizontal slider 28 high; a click goes straight to that place."""

    ring_radius = 10

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(name)
        self.setRange(0, 100)
        self.setPageStep(10)
        self.setFixedHeight(28)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def minimumSizeHint(self) -> QSize:
        """Room to aim."""
        return QSize(px(80), px(28))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the pointer."""
        self._go_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer while it is held."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay there."""
        event.accept()

    def _go_to(self, x: float) -> None:
        span = max(1, self.width() - px(_HANDLE))
        fraction = min(1.0, max(0.0, (x - px(_HANDLE) / 2) / span))
        self.setValue(round(self.minimum() + fraction * (self.maximum() - self.minimum())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw groove, filled part and handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        share = (self.value() - self.minimum()) / max(1, self.maximum() - self.minimum())
        at = px(_HANDLE) / 2 + share * (self.width() - px(_HANDLE))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("track"))
        painter.drawRoundedRect(QRectF(0, middle - px(2), self.width(), px(4)), px(2), px(2))
        self._paint_value(painter, at, middle)
        painter.setPen(QPen(theme.colour("strong"), 1))
        painter.setBrush(theme.colour("surface" if self.isEnabled() else "sunken"))
        knob = px(_HANDLE - 1)
        painter.drawEllipse(QRectF(at - knob / 2, middle - knob / 2, knob, knob))

    def _paint_value(self, painter: QPainter, at: float, middle: float) -> None:
        """Fill the groove up to the handle, whose middle is at `at`."""
        painter.setBrush(theme.colour("accent" if self.isEnabled() else "strong"))
        painter.drawRoundedRect(QRectF(0, middle - px(2), at, px(4)), px(2), px(2))


class BalanceSlider(Slider):
    """A slider between two ends, from -100 to 100, that rests in the middle.

    Near the middle it settles there; a double click brings it back.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setRange(-100, 100)
        self.setSingleStep(10)
        self.setPageStep(50)
        self._dragged = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the pointer."""
        self._dragged = True
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer, unless a double click has just put it in the middle."""
        if self._dragged:
            super().mouseMoveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go back to the middle."""
        self._dragged = False
        self.setValue(0)
        event.accept()

    def _go_to(self, x: float) -> None:
        super()._go_to(x)
        if abs(self.value()) <= _CATCH:
            self.setValue(0)

    def _paint_value(self, painter: QPainter, _at: float, middle: float) -> None:
        """Mark the middle; a filled groove would look like a volume."""
        painter.setBrush(QColor(theme.colour("strong")))
        painter.drawRoundedRect(QRectF(self.width() / 2 - 1, middle - px(5), px(2), px(10)), 1, 1)
