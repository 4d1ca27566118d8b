"""Icons by name, colour and size: Phosphor through qtawesome, cached as pixmaps."""

from __future__ import annotations

from functools import lru_cache

import qtawesome
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

WAVEFORM = "waveform"
_WAVE_BARS = (5, 10, 14, 8, 4)  # heights in a box of 16; Phosphor 1.3 has no such glyph


def pixmap(name: str, colour: str, size: int = 16, dpr: float = 1.0) -> QPixmap:
    """An icon as a square pixmap.

    Args:
        name: Phosphor's name, ``phone`` or ``phone-fill``, or ``waveform``.
        colour: ``#RRGGBB``.
        size: edge in device-independent pixels.
        dpr: device pixel ratio of the screen it is drawn on.
    """
    return _pixmap(name, colour, size, dpr)


@lru_cache(maxsize=512)
def _pixmap(name: str, colour: str, size: int, dpr: float) -> QPixmap:
    made = QPixmap(QSize(round(size * dpr), round(size * dpr)))
    made.setDevicePixelRatio(dpr)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if name == WAVEFORM:
        _paint_waveform(painter, colour, size)
    else:
        qtawesome.icon(f"ph.{name}", color=colour).paint(painter, QRect(0, 0, size, size))
    painter.end()
    return made


def _paint_waveform(painter: QPainter, colour: str, size: int) -> None:
    unit = size / 16
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    for index, height in enumerate(_WAVE_BARS):
        bar = QRectF(
            (1.5 + index * 2.8) * unit, (16 - height) / 2 * unit, 1.8 * unit, height * unit
        )
        painter.drawRoundedRect(bar, 0.9 * unit, 0.9 * unit)


def icon(name: str, colour: str, size: int = 16) -> QIcon:
    """The same for Qt's own item classes, at the common pixel ratios."""
    made = QIcon()
    for dpr in (1.0, 2.0):
        made.addPixmap(pixmap(name, colour, size, dpr))
    return made


def paint(painter: QPainter, name: str, colour: str, x: float, y: float, size: int = 16) -> None:
    """Draw an icon with its top left corner at (x, y), sharp on the painter's screen."""
    device = painter.device()
    painter.drawPixmap(QPointF(x, y), pixmap(name, colour, size, device.devicePixelRatioF()))
