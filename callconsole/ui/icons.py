"""Icons by name, colour and size: the Phosphor font that qtawesome ships, cached as pixmaps."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPixmap

from callconsole.ui.zoom import px

WAVEFORM = "waveform"
_GLYPH_SHARE = 0.875  # of the square that a glyph is drawn in, as qtawesome does
_WAVE_BARS = (5, 10, 14, 8, 4)  # heights in a box of 16; Phosphor 1.3 has no such glyph


def line(name: str) -> str:
    """The outlined variant of an icon: lists use it, so that a column of states stays calm."""
    return name.removesuffix("-fill")


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
        _paint_glyph(painter, name, colour, size)
    painter.end()
    return made


def _paint_glyph(painter: QPainter, name: str, colour: str, size: int) -> None:
    family, glyphs = _phosphor()
    font = QFont(family)
    font.setPixelSize(round(size * _GLYPH_SHARE))
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(QRectF(0, 0, size, size), Qt.AlignmentFlag.AlignCenter, glyphs[name])


@lru_cache(maxsize=1)
def _phosphor() -> tuple[str, dict[str, str]]:
    """The font's family and its characters by name.

    Read from qtawesome's files. The package itself imports all of QtPy and loads twelve fonts,
    which would cost the first paint a seventh of a second.
    """
    spec = find_spec("qtawesome")
    places = spec.submodule_search_locations if spec is not None else None
    if not places:
        raise FileNotFoundError("qtawesome is not installed: install callconsole again")
    # The built program has this folder of the package alone.
    fonts = Path(places[0]) / "fonts"
    (font,) = fonts.glob("phosphor-*.ttf")
    (charmap,) = fonts.glob("phosphor-charmap-*.json")
    codes = json.loads(charmap.read_text(encoding="utf-8"))
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(font)))
    return families[0], {name: chr(int(code, 16)) for name, code in codes.items()}


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
    """Draw an icon with its top left corner at (x, y), sharp on the painter's screen.

    `size` is the design's and grows with the zoom; x and y are the screen's.
    """
    device = painter.device()
    drawn = pixmap(name, colour, px(size), device.devicePixelRatioF())
    painter.drawPixmap(QPointF(x, y), drawn)
