"""A state's symbol that turns while something is going on."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from callconsole.ui import icons, theme
from callconsole.ui.zoom import px

_STEP_MS = 80
_STEP_DEGREES = 30


class StateMark(QWidget):
    """An icon in a token's colour; it turns only while it is seen."""

    def __init__(self, size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._symbol, self._tone = "minus-circle", "muted"
        self._turning = False
        self._angle = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._turn)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_state(self, symbol: str, tone: str, *, turning: bool = False) -> None:
        """Show this icon in this tone, still or turning."""
        self._symbol, self._tone, self._turning = symbol, tone, turning
        if not turning:
            self._angle = 0
        self._run()
        self.update()

    def sizeHint(self) -> QSize:
        """The icon's size."""
        return QSize(px(self._size), px(self._size))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the icon at its angle."""
        painter = QPainter(self)
        if self._angle:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            middle = px(self._size) / 2
            painter.translate(middle, middle)
            painter.rotate(self._angle)
            painter.translate(-middle, -middle)
        colour = getattr(theme.current(), self._tone)
        icons.paint(painter, self._symbol, colour, 0, 0, self._size)

    def showEvent(self, event: QShowEvent) -> None:
        """Go on turning."""
        super().showEvent(event)
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees it."""
        super().hideEvent(event)
        self._timer.stop()

    def _run(self) -> None:
        if self._turning and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    def _turn(self) -> None:
        self._angle = (self._angle + _STEP_DEGREES) % 360
        self.update()
