"""One of several answers below one another: words at the left, its key at the right edge."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from callconsole.ui import fonts, theme
from callconsole.ui.kit import keycap
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.zoom import px

_PADDING = 12
_GAP = 12


class ChoiceButton(Button):
    """As wide as its column, and never narrower than its words beside its longest key."""

    def __init__(
        self, text: str, key: str, longest_key: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, Kind.SECONDARY, key=key, height=40, parent=parent)
        self._longest_key = longest_key
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The same for every kind and key, so that nothing moves."""
        words = QFontMetrics(fonts.font(13, 600)).horizontalAdvance(self.text())
        width = words + px(_GAP) + keycap.width(self._longest_key) + 2 * px(_PADDING)
        return QSize(width, self.height())

    def _paint_content(self, painter: QPainter, ink: str) -> None:
        painter.setFont(self.font())
        painter.setPen(theme.colour(ink))
        words = QRectF(self.rect()).adjusted(px(_PADDING), 0, -px(_PADDING), 0)
        painter.drawText(
            words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        if self._key and self.isEnabled():
            width = max(px(keycap.HEIGHT), keycap.width(self._key))
            left = self.width() - px(_PADDING) - width
            cap = QRectF(left, (self.height() - px(keycap.HEIGHT)) / 2, width, px(keycap.HEIGHT))
            keycap.paint(painter, cap, self._key, on_fill=self._kind.filled)
