"""A share of a whole as a bar: how likely something is, or how much of a wait has passed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from callconsole.ui import theme
from callconsole.ui.zoom import px


class Bar(QWidget):
    """Round-ended, filled from the left in a token's colour."""

    def __init__(
        self, name: str, height: int = 8, tone: str = "accent_fill", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._tone = tone
        self._share = 0.0
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    @property
    def share(self) -> float:
        """What is filled, 0 to 1."""
        return self._share

    def show_share(self, share: float, tone: str | None = None) -> None:
        """Fill this much, 0 to 1, in the same tone or another."""
        tone = tone or self._tone
        if (share, tone) != (self._share, self._tone):
            self._share, self._tone = share, tone
            self.setAccessibleName(f"{self._name}: {round(share * 100)} %")
            self.update()

    def sizeHint(self) -> QSize:
        """Wide enough to be read."""
        return QSize(px(120), self.height())

    def minimumSizeHint(self) -> QSize:
        """Narrow where room is short."""
        return QSize(px(40), self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the track and what is filled of it; never less than a dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        painter.setBrush(theme.colour("track"))
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        if self._share > 0:
            painter.setBrush(theme.colour(self._tone))
            filled = QRectF(0, 0, max(self.height(), self.width() * self._share), self.height())
            painter.drawRoundedRect(filled, radius, radius)
