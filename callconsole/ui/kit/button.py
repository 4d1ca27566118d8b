"""Every kind of button, painted: filled, outlined, ghost, selected, with icon and keycap."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit import keycap
from callconsole.ui.kit.hover_button import PressButton
from callconsole.ui.tokens import RADIUS_CONTROL
from callconsole.ui.zoom import px


@dataclass(frozen=True, slots=True)
class Look:
    """Tokens of one kind: ground, outline and text; None is not drawn."""

    ground: str | None
    outline: str | None
    ink: str


class Kind(Enum):
    """What a button is for; one PRIMARY in a view."""

    PRIMARY = Look("accent_fill", None, "on_fill")
    SUCCESS = Look("success_fill", None, "on_fill")
    DANGER = Look("danger_fill", None, "on_fill")
    SECONDARY = Look("surface", "strong", "text")
    GHOST = Look(None, None, "text")
    SELECTED = Look("accent_soft", None, "accent")
    WARNING = Look("warning_soft", "warning", "warning")
    DANGER_LINE = Look("surface", "danger", "danger")
    PRIMARY_LINE = Look("surface", "accent", "accent")

    @property
    def filled(self) -> bool:
        """True for the three deep fills with white text."""
        return self.value.ink == "on_fill"


_DISABLED = Look("sunken", "border", "muted")
_GAP = 8


class Button(PressButton):
    """A push button. Enter presses it as Space does.

    A `flush` one ends with its words, at the right margin of a header.
    """

    def __init__(
        self,
        text: str,
        kind: Kind = Kind.SECONDARY,
        *,
        icon: str = "",
        key: str = "",
        height: int = 36,
        text_size: int = 13,
        flush: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._icon = icon
        self._key = key
        self._flush = flush
        self._padding = 16 if height >= 44 else 12
        self._icon_size = 20 if height >= 44 else 16
        self.setText(text)
        self.setFont(fonts.font(text_size, 600 if kind.filled else 500))
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(text)

    def set_content(self, text: str, icon: str | None = None) -> None:
        """Show another text, and another icon where one is given."""
        self.setText(text)
        self.setAccessibleName(text)
        if icon is not None:
            self._icon = icon
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: Kind) -> None:
        """Become another kind of button, in the same place and size."""
        if kind is not self._kind:
            self._kind = kind
            font = self.font()
            font.setWeight(QFont.Weight(600 if kind.filled else 500))
            self.setFont(font)
            self.update()

    def set_key(self, key: str) -> None:
        """Show another key in the keycap."""
        if key != self._key:
            self._key = key
            self.updateGeometry()
            self.update()

    def _content_width(self) -> int:
        wanted = QFontMetrics(self.font()).horizontalAdvance(self.text())
        if self._icon:
            wanted += px(self._icon_size) + (px(_GAP) if self.text() else 0)
        if self._key and self.isEnabled():
            wanted += px(_GAP) + keycap.width(self._key)
        return wanted

    def sizeHint(self) -> QSize:
        """Its content between two paddings; square without text."""
        if not self.text():
            return QSize(self.height(), self.height())
        reserved = self._content_width()
        if self._key and not self.isEnabled():
            reserved += px(_GAP) + keycap.width(self._key)
        sides = 1 if self._flush else 2
        return QSize(reserved + sides * px(self._padding), self.height())

    def minimumSizeHint(self) -> QSize:
        """The same: a button's words are never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, hover, icon, words and keycap, centred."""
        look = self._kind.value if self.isEnabled() else _DISABLED
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if not (self._kind is Kind.GHOST and not self.isEnabled()):
            _paint_ground(painter, box, look)
        if self.isEnabled():
            paint_hover(painter, box, self, filled=self._kind.filled)
        self._paint_content(painter, look.ink)

    def _paint_content(self, painter: QPainter, ink: str) -> None:
        left = (self.width() - self._content_width()) / (1 if self._flush else 2)
        if self._icon:
            top = (self.height() - px(self._icon_size)) / 2
            colour = getattr(theme.current(), ink)
            icons.paint(painter, self._icon, colour, round(left), round(top), self._icon_size)
            left += px(self._icon_size) + px(_GAP)
        painter.setFont(self.font())
        painter.setPen(theme.colour(ink))
        words = QFontMetrics(self.font()).horizontalAdvance(self.text())
        box = QRectF(left, 0, words + px(2), self.height())
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, align, self.text())
        if self._key and self.isEnabled():
            top = (self.height() - px(keycap.HEIGHT)) / 2
            cap = QRectF(left + words + px(_GAP), top, keycap.width(self._key), px(keycap.HEIGHT))
            keycap.paint(painter, cap, self._key, on_fill=self._kind.filled)


def _paint_ground(painter: QPainter, box: QRectF, look: Look) -> None:
    painter.setPen(QPen(theme.colour(look.outline), 1) if look.outline else Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(look.ground) if look.ground else Qt.BrushStyle.NoBrush)
    inset = 0.5 if look.outline else 0.0
    painter.drawRoundedRect(
        box.adjusted(inset, inset, -inset, -inset), px(RADIUS_CONTROL), px(RADIUS_CONTROL)
    )


def paint_hover(
    painter: QPainter,
    box: QRectF,
    button: QAbstractButton,
    *,
    filled: bool = False,
    radius: float | None = None,
) -> None:
    """Veil a button's box while the pointer is over it or presses it.

    `radius` is in pixels of the screen; without one the corners are a control's.
    """
    if button.isDown():
        paint_hover_at(painter, box, 0.24 if filled else 0.14, filled=filled, radius=radius)
    elif button.underMouse():
        paint_hover_at(painter, box, 0.12 if filled else 0.06, filled=filled, radius=radius)


def paint_hover_at(
    painter: QPainter,
    box: QRectF,
    strength: float,
    *,
    filled: bool = False,
    radius: float | None = None,
) -> None:
    """Darken a box by this share; dark grounds that are no fill are lightened instead."""
    lighten = theme.current().dark and not filled
    veil = QColor(Qt.GlobalColor.white if lighten else Qt.GlobalColor.black)
    veil.setAlphaF(strength)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(veil)
    corner = px(RADIUS_CONTROL) if radius is None else radius
    painter.drawRoundedRect(box, corner, corner)
