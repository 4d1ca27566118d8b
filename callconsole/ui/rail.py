"""The rail at the left: one item for each page."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.button import paint_hover
from callconsole.ui.kit.hover_button import HoverButton
from callconsole.ui.tokens import RADIUS_CARD, RAIL_WIDTH

SETTINGS = ("Settings", "gear-six")
PAGES = (
    ("Calls", "phone"),
    ("Prompts", "file-text"),
    ("History", "clock-counter-clockwise"),
)


class RailItem(HoverButton):
    """Icon over a word, 56 by 52."""

    ring_radius = RADIUS_CARD

    def __init__(self, text: str, icon: str, key: str) -> None:
        super().__init__()
        self._icon = icon
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({key})")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """The size of the design."""
        return QSize(56, 52)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, icon and word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        box = QRectF(self.rect())
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_soft"))
            painter.drawRoundedRect(box, RADIUS_CARD, RADIUS_CARD)
        paint_hover(painter, box, self, radius=RADIUS_CARD)
        tone = "accent" if chosen else "muted"
        name = f"{self._icon}-fill" if chosen else self._icon
        icons.paint(painter, name, getattr(theme.current(), tone), 18, 7, 20)
        painter.setPen(theme.colour(tone))
        painter.setFont(fonts.font(11, 600 if chosen else 500))
        painter.drawText(QRectF(0, 30, 56, 16), Qt.AlignmentFlag.AlignCenter, self.text())


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
        column.setContentsMargins(8, 4, 16, 12)
        column.setSpacing(4)
        self._group = QButtonGroup(self)
        for index, (text, icon) in enumerate(PAGES):
            item = RailItem(text, icon, f"Ctrl {index + 1}")
            self._group.addButton(item, index)
            column.addWidget(item)
        column.addStretch()
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
