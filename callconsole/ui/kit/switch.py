"""A switch with its label: the whole row is the target."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.button import paint_hover
from callconsole.ui.kit.hover_button import PressButton
from callconsole.ui.zoom import px

_TRACK_WIDTH, _TRACK_HEIGHT = 36, 20


class Switch(PressButton):
    """On or off; label at the left, track at the right."""

    ring_radius = 6

    def __init__(
        self, text: str, *, icon: str = "", weight: int = 400, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setFont(fonts.font(13, weight))
        self.setFixedHeight(28)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        """Label, gap and track."""
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(words + (px(24) if self._icon else 0) + px(12) + px(_TRACK_WIDTH), px(28))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw icon, label and track."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = "text" if self.isEnabled() else "muted"
        left = 0
        if self._icon:
            tone = "accent" if self.isChecked() and self.isEnabled() else "muted"
            icons.paint(painter, self._icon, getattr(theme.current(), tone), 0, px(6), 16)
            left = px(24)
        painter.setPen(theme.colour(ink))
        painter.drawText(
            self.rect().adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        self._paint_track(painter)

    def _paint_track(self, painter: QPainter) -> None:
        top = (self.height() - px(_TRACK_HEIGHT)) / 2
        track = QRectF(self.width() - px(_TRACK_WIDTH), top, px(_TRACK_WIDTH), px(_TRACK_HEIGHT))
        lit = self.isChecked() and self.isEnabled()
        painter.setPen(Qt.PenStyle.NoPen if lit else QPen(theme.colour("strong"), 1))
        painter.setBrush(theme.colour("accent_fill" if lit else "sunken"))
        inset = 0.0 if lit else 0.5
        painter.drawRoundedRect(track.adjusted(inset, inset, -inset, -inset), px(10), px(10))
        paint_hover(painter, track, self, filled=lit, radius=px(10))
        size = px(14) if lit else px(10)
        middle = track.right() - px(11) if self.isChecked() else track.left() + px(10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("on_fill" if lit else "strong"))
        painter.drawEllipse(QRectF(middle - size / 2, track.center().y() - size / 2, size, size))
