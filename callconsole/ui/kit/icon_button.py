"""A button that is only an icon, with its name as tool tip and for screen readers."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from callconsole.ui import icons, theme
from callconsole.ui.kit.button import paint_hover
from callconsole.ui.kit.hover_button import HoverButton
from callconsole.ui.zoom import px


class IconButton(HoverButton):
    """28 by 28."""

    def __init__(self, icon: str, name: str, size: int = 28, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._edge = size
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_icon(self, icon: str, name: str) -> None:
        """Show another icon under another name."""
        self._icon = icon
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        """Square."""
        return QSize(px(self._edge), px(self._edge))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the hover and the icon."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isEnabled():
            paint_hover(painter, QRectF(self.rect()), self)
        at = (px(self._edge) - px(16)) / 2
        tokens = theme.current()
        ink = tokens.muted if self.isEnabled() else tokens.border
        icons.paint(painter, self._icon, ink, at, at, 16)
