"""A phone number of the account, to be chosen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen

from callconsole.domain.phone import pretty
from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.button import paint_hover
from callconsole.ui.kit.hover_button import RowButton
from callconsole.ui.tokens import RADIUS_CONTROL
from callconsole.ui.zoom import px

HEIGHT = 40


class NumberRow(RowButton):
    """One of several, as a radio button is."""

    def __init__(self, e164: str) -> None:
        super().__init__()
        self._chosen = False
        self.number = e164
        self.setText(pretty(e164))
        self.setAccessibleName(f"Call from {pretty(e164)}")
        self.setMaximumWidth(420)

    def set_chosen(self, chosen: bool) -> None:
        """Be the one that calls, or not."""
        self._chosen = chosen
        self.setAccessibleDescription("chosen" if chosen else "")
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(px(240), px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """The same height."""
        return QSize(px(160), px(HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw outline, mark and number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme.colour("accent" if self._chosen else "strong"), 1))
        painter.setBrush(theme.colour("accent_soft" if self._chosen else "surface"))
        painter.drawRoundedRect(box, px(RADIUS_CONTROL), px(RADIUS_CONTROL))
        if self.isEnabled():
            paint_hover(painter, box, self)
        symbol = "check-circle-fill" if self._chosen else "circle"
        ink = theme.current().accent if self._chosen else theme.current().muted
        icons.paint(painter, symbol, ink, px(12), px(11), 18)
        painter.setPen(theme.colour("text" if self.isEnabled() else "muted"))
        painter.setFont(fonts.font(13, 600, tabular=True))
        words = self.rect().adjusted(px(40), 0, -px(12), 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
