"""One key of the dial pad: digit, letters, a pressed look, and what a long press does."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from callconsole.ui import fonts, theme
from callconsole.ui.kit.button import paint_hover_at
from callconsole.ui.kit.hover_button import HoverButton
from callconsole.ui.tokens import RADIUS_CARD
from callconsole.ui.zoom import px

LONG_PRESS_MS = 500
SHOWN_PRESSED_MS = 250
LETTERS_BELOW_FROM = 44
"""A pad whose keys are lower than this has the letters beside the digits."""


class DialKey(HoverButton):
    """A key 74 by 56; it does not take the focus from the number when clicked.

    Signals:
        typed: what the key stands for, ``1`` or after a long press ``+``.
    """

    typed = Signal(str)
    ring_radius = RADIUS_CARD

    def __init__(
        self, digit: str, letters: str, long_press: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._digit = digit
        self._letters = letters
        self._long_press = long_press
        self._lit = False
        self._low = False
        self.setText(digit)
        name = {"*": "Star", "#": "Hash"}.get(digit, digit)
        self.setAccessibleName(f"{name}, long press {long_press}" if long_press else name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(LONG_PRESS_MS)
        self._hold.timeout.connect(self._on_held)
        self._glow = QTimer(self)
        self._glow.setSingleShot(True)
        self._glow.setInterval(SHOWN_PRESSED_MS)
        self._glow.timeout.connect(self._on_faded)
        self.clicked.connect(self._on_clicked)

    @property
    def digit(self) -> str:
        """What a short press types."""
        return self._digit

    @property
    def low(self) -> bool:
        """Whether the letters stand beside the digit."""
        return self._low

    def set_low(self, low: bool) -> None:
        """Put the letters beside the digit, or below it."""
        self._low = low
        self.update()

    def light_up(self) -> None:
        """Look pressed for a quarter of a second, as when typed on the keyboard."""
        self._lit = True
        self._glow.start()
        self.update()

    def sizeHint(self) -> QSize:
        """The size of the design."""
        return QSize(px(74), px(56))

    def minimumSizeHint(self) -> QSize:
        """Lower where the window is low."""
        return QSize(px(60), px(34))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to count a long press."""
        super().mousePressEvent(event)
        if self._long_press and event.button() == Qt.MouseButton.LeftButton:
            self._hold.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A release in time is a short press."""
        self._hold.stop()
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave all but Space to the pad."""
        if event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def _on_clicked(self) -> None:
        self.typed.emit(self._digit)

    def _on_held(self) -> None:
        self.setDown(False)  # the release that follows is no click any more
        self.typed.emit(self._long_press)

    def _on_faded(self) -> None:
        self._lit = False
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the key, its digit and its letters."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.setBrush(theme.colour("hover" if theme.current().dark else "surface"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, px(RADIUS_CARD), px(RADIUS_CARD))
        if self.isDown() or self._lit:
            paint_hover_at(painter, box, 0.14, radius=px(RADIUS_CARD))
        elif self.underMouse():
            paint_hover_at(painter, box, 0.06, radius=px(RADIUS_CARD))
        middle = self.height() / 2
        painter.setPen(theme.colour("text"))
        painter.setFont(fonts.font(19, 500, tabular=True))
        shown = "\u2217" if self._digit == "*" else self._digit  # the star on the line's middle
        if not self._letters:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, shown)
            return
        digit, letters = self._places(middle)
        painter.drawText(digit, Qt.AlignmentFlag.AlignCenter, shown)
        painter.setPen(theme.colour("muted"))
        painter.setFont(fonts.key_letters())
        painter.drawText(letters, Qt.AlignmentFlag.AlignCenter, self._letters)

    def _places(self, middle: float) -> tuple[QRectF, QRectF]:
        """Letters below the digit, or beside it on a low key."""
        if self._low:
            half = self.width() / 2
            return QRectF(0, 0, half, self.height()), QRectF(half - px(6), 0, half, self.height())
        return (
            QRectF(0, middle - px(21), self.width(), px(24)),
            QRectF(0, middle + px(4), self.width(), px(14)),
        )
