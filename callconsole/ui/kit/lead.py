"""The opening of a page: a symbol in a circle, a headline, and a sentence."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui import icons, theme
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Text
from callconsole.ui.zoom import px


class Disc(QWidget):
    """A round ground of 48 with an icon of 20."""

    def __init__(self, icon: str, tone: str, ground: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._tone, self._ground = icon, tone, ground
        self.setFixedSize(48, 48)

    def set_icon(self, icon: str, tone: str, ground: str) -> None:
        """Show another icon in other tokens."""
        if (icon, tone, ground) != (self._icon, self._tone, self._ground):
            self._icon, self._tone, self._ground = icon, tone, ground
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(self._ground))
        painter.drawEllipse(QRectF(self.rect()))
        icons.paint(painter, self._icon, getattr(theme.current(), self._tone), px(14), px(14), 20)


class Lead(Surface):
    """A quiet group with a disc, a headline of 20/600 and a sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sunken", parent=parent)
        self._disc = Disc("info", "accent", "accent_soft")
        self._title = Text("", 18, 600, wrap=True)
        self._line = Text("", 14, 400, wrap=True)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch()
        words.addWidget(self._title)
        words.addWidget(self._line)
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self._disc, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)

    def show_lead(self, title: str, line: str, icon: str, tone: str) -> None:
        """Say this; the disc takes the tone on its soft ground."""
        self._title.setText(title)
        self._line.setText(line)
        self._disc.set_icon(icon, tone, "surface" if tone == "muted" else f"{tone}_soft")

    def title(self) -> str:
        """The headline shown."""
        return self._title.text()

    def line(self) -> str:
        """The sentence shown."""
        return self._line.text()
