"""Text in a tone of the scheme: a label that keeps its colour, and one that shortens itself."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from callconsole.ui import fonts, theme
from callconsole.ui.zoom import px


class Text(QLabel):
    """A label whose colour is a token's name; plain text only."""

    def __init__(
        self,
        text: str = "",
        size: int = 13,
        weight: int = 400,
        tone: str = "text",
        *,
        tabular: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._tone = tone
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(fonts.font(size, weight, tabular))
        self.setWordWrap(wrap)
        theme.notifier.changed.connect(self._recolour)
        self._recolour()

    def set_tone(self, tone: str) -> None:
        """Take another token's colour."""
        if tone != self._tone:
            self._tone = tone
            self._recolour()

    def _recolour(self) -> None:
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.colour(self._tone))
        self.setPalette(palette)


class Elided(QWidget):
    """One line that shortens itself with an ellipsis and then shows the whole as a tool tip."""

    def __init__(
        self,
        text: str = "",
        size: int = 13,
        weight: int = 400,
        tone: str = "text",
        *,
        tabular: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text = text
        self._tone = tone
        self._align = align
        self.setFont(fonts.font(size, weight, tabular))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def text(self) -> str:
        """The whole text, shown or not."""
        return self._text

    def setText(self, text: str) -> None:
        """Show this text."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def set_tone(self, tone: str) -> None:
        """Take another token's colour."""
        self._tone = tone
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the whole text."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + px(2), metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        metrics = self.fontMetrics()
        wanted = metrics.horizontalAdvance(self._text) + px(2)
        return QSize(min(wanted, metrics.averageCharWidth() * 4), metrics.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        painter.setPen(QColor(theme.colour(self._tone)))
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self._text if shown != self._text else "")
        painter.drawText(self.rect(), self._align | Qt.AlignmentFlag.AlignVCenter, shown)
