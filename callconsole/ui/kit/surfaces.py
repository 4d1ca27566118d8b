"""What things lie on: the white panel, quiet groups, cards of a choice, hairlines."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QSizePolicy, QWidget

from callconsole.ui import theme
from callconsole.ui.tokens import RADIUS_CARD, RADIUS_PANEL
from callconsole.ui.zoom import px


class Surface(QWidget):
    """A rounded ground in a token's colour, with or without an outline."""

    def __init__(
        self,
        ground: str,
        *,
        outline: str = "",
        radius: int = RADIUS_CARD,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ground = ground
        self._outline = outline
        self._outline_px = 1
        self._radius = radius

    def set_ground(self, ground: str, outline: str = "", outline_px: int = 1) -> None:
        """Take other tokens, and an outline of this width."""
        if (ground, outline, outline_px) != (self._ground, self._outline, self._outline_px):
            self._ground, self._outline, self._outline_px = ground, outline, outline_px
            # All that lies on it is drawn anew with it.
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self._outline_px if self._outline else 0
        painter.setPen(QPen(theme.colour(self._outline), width) if width else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(self._ground))
        inset = width / 2
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, px(self._radius), px(self._radius))


class SideSurface(Surface):
    """A panel beside the centre, which lies over it as a drawer where there is no room."""

    def float_above(self, floating: bool) -> None:
        """Look like a drawer, or lie flat."""
        self.set_ground("surface" if floating else "window", "strong" if floating else "")


def panel(parent: QWidget | None = None) -> Surface:
    """The one raised surface of a page."""
    return Surface("surface", outline="border", radius=RADIUS_PANEL, parent=parent)


def card(parent: QWidget | None = None) -> Surface:
    """One of several choices."""
    return Surface("surface", outline="border", parent=parent)


def paint_hairline(
    painter: QPainter, tone: str, at: QPointF, length: float, *, vertical: bool = False
) -> None:
    """Draw a line between groups, to the right or down from `at`, in a token's colour.

    It is as many whole pixels of the screen thick as go into one of the design, and never
    blurred over two.
    """
    density = painter.device().devicePixelRatioF()
    thick = max(1, int(density)) / density
    size = QSizeF(thick, length) if vertical else QSizeF(length, thick)
    smooth = painter.testRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(QRectF(at, size), theme.colour(tone))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)


class Hairline(QWidget):
    """A line of one pixel between groups; upright with `vertical`."""

    def __init__(self, *, vertical: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._vertical = vertical
        if vertical:
            self.setFixedWidth(1)
            self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        else:
            self.setFixedHeight(1)
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line."""
        length = self.height() if self._vertical else self.width()
        paint_hairline(QPainter(self), "border", QPointF(0, 0), length, vertical=self._vertical)


class _Holder(QWidget):
    """Gives its one child all of its room.

    Without a layout of its own: a scroll area gives a layout the height that it would like at its
    width, and scrolls, where the least would do.
    """

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        content.setParent(self)

    def minimumSizeHint(self) -> QSize:
        """What the child was given as its least; its pages in the back may ask for more."""
        return self._content.minimumSize()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hand the room on."""
        super().resizeEvent(event)
        self.hand_on()

    def hand_on(self) -> None:
        """Give the child all of the room; its own least may have made it larger for a while."""
        self._content.setGeometry(self.rect())


class Room(QScrollArea):
    """Holds all of a window, and scrolls both ways once the window is smaller than its content."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        holder = _Holder(content)
        self.setWidget(holder)
        holder.setAutoFillBackground(False)
        self._holder = holder

    def settle(self) -> None:
        """Give the content what there is, and what it needs at least; after that has changed."""
        self._holder.resize(self.viewport().size().expandedTo(self._holder.minimumSizeHint()))
        self._holder.hand_on()


class Scroll(QScrollArea):
    """A vertical scroll area without frame or ground; its bar floats over the right margin."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.setWidget(content)
        content.setAutoFillBackground(False)
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._bar.hide()
        real = self.verticalScrollBar()
        real.rangeChanged.connect(self._on_range)
        real.valueChanged.connect(self._bar.setValue)
        self._bar.valueChanged.connect(real.setValue)

    def _on_range(self, first: int, last: int) -> None:
        self._bar.setRange(first, last)
        self._bar.setPageStep(self.viewport().height())
        self._bar.setSingleStep(24)
        self._bar.setVisible(last > first)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the bar at the right edge."""
        super().resizeEvent(event)
        self._bar.setPageStep(self.viewport().height())
        self._bar.setGeometry(self.width() - px(10), 0, px(10), self.height())
        self._bar.raise_()
