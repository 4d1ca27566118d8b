"""The rail at the left: one item for each page."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.button import paint_hover
from callconsole.ui.kit.hover_button import HoverButton
from callconsole.ui.tokens import RADIUS_CARD, RAIL_WIDTH
from callconsole.ui.zoom import px

SETTINGS = ("Settings", "gear-six")
PAGES = (
    ("Calls", "phone", "Ctrl 1"),
    ("Prompts", "file-text", "Ctrl 2"),
    ("History", "clock-counter-clockwise", "Ctrl 3"),
    ("Check-up", "heartbeat", "Ctrl 5"),
)
FIRST_BELOW = 3
WIDTH = 60


class RailItem(HoverButton):
    """Icon over a word, 60 by 52."""

    ring_radius = RADIUS_CARD

    def __init__(self, text: str, icon: str, key: str) -> None:
        super().__init__()
        self._icon = icon
        self.setText(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)  # one of several, to a screen reader too
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({key})")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """The size of the design."""
        return QSize(px(WIDTH), px(52))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, icon and word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        box = QRectF(self.rect())
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_soft"))
            painter.drawRoundedRect(box, px(RADIUS_CARD), px(RADIUS_CARD))
        paint_hover(painter, box, self, radius=px(RADIUS_CARD))
        tone = "accent" if chosen else "muted"
        name = f"{self._icon}-fill" if chosen else self._icon
        icons.paint(
            painter, name, getattr(theme.current(), tone), (self.width() - px(20)) / 2, px(7), 20
        )
        painter.setPen(theme.colour(tone))
        painter.setFont(fonts.font(11, 600 if chosen else 500))
        painter.drawText(
            QRectF(0, px(30), self.width(), px(16)), Qt.AlignmentFlag.AlignCenter, self.text()
        )


class Rail(QWidget):
    """Pages by number.

    Signals:
        chosen: index of the page that a person chose.
    """

    chosen = Signal(int)

    def __init__(self, *, settings: bool = False, parent: QWidget | None = None) -> None:
        """Make the items.

        Args:
            settings: with an item for the settings, at the bottom.
        """
        super().__init__(parent)
        self.setFixedWidth(RAIL_WIDTH)
        self.setAccessibleName("Pages")
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 14, 12)
        column.setSpacing(4)
        self._group = QButtonGroup(self)
        for index, (text, icon, key) in enumerate(PAGES):
            if index == FIRST_BELOW:
                column.addStretch()
            item = RailItem(text, icon, key)
            self._group.addButton(item, index)
            column.addWidget(item)
        if settings:
            item = RailItem(*SETTINGS, "Ctrl ,")
            self._group.addButton(item, len(PAGES))
            column.addWidget(item)
        self._group.idClicked.connect(self.chosen)
        self.choose(0)

    def choose(self, index: int) -> None:
        """Show this page's item as chosen."""
        self._group.button(index).setChecked(True)

    def item(self, index: int) -> QAbstractButton:
        """The item of a page."""
        return self._group.button(index)
