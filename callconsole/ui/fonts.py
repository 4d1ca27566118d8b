"""The window's fonts: a preference list, sizes in pixels, and figures of equal width."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase

from callconsole.ui.zoom import px, zoom

PREFERRED = ("Inter", "SF Pro Text", "SF Pro", "Segoe UI", "Roboto", "Noto Sans")
PREFERRED_MONO = ("JetBrains Mono", "SF Mono", "Cascadia Mono", "Consolas", "DejaVu Sans Mono")

_WEIGHTS = {
    400: QFont.Weight.Normal,
    500: QFont.Weight.Medium,
    600: QFont.Weight.DemiBold,
    700: QFont.Weight.Bold,
}


_PINNED: list[str] = []
# A feature that no font knows: it carries the design's size with the font, so that a widget's font
# can be made anew at another zoom.
_DESIGN_SIZE = QFont.Tag("pxls")


@lru_cache(maxsize=1)
def family() -> str:
    """The first preferred family that is installed, else the system's own."""
    if _PINNED:
        return _PINNED[0]
    return _first_installed(PREFERRED, QFontDatabase.SystemFont.GeneralFont)


@lru_cache(maxsize=1)
def mono_family() -> str:
    """The first preferred monospaced family that is installed, else the system's own."""
    return _first_installed(PREFERRED_MONO, QFontDatabase.SystemFont.FixedFont)


def use(name: str) -> None:
    """Take this family instead of the preferred ones, for widgets made from now on."""
    forget()
    _PINNED.append(name)


def forget() -> None:
    """Go back to the preference list."""
    _PINNED.clear()
    family.cache_clear()
    renew()


def renew() -> None:
    """Make fonts anew when they are next asked for, as after a change of zoom."""
    font.cache_clear()
    key_letters.cache_clear()


def resized(worn: QFont) -> QFont | None:
    """A font that was made here at the zoom in force, or None where it is that already."""
    design = worn.featureValue(_DESIGN_SIZE)
    if not design or worn.pixelSize() == px(design):
        return None
    made = QFont(worn)
    made.setPixelSize(px(design))
    return made


def _sized(made: QFont, size: int) -> None:
    made.setPixelSize(px(size))
    made.setFeature(_DESIGN_SIZE, size)


def _first_installed(names: tuple[str, ...], fallback: QFontDatabase.SystemFont) -> str:
    installed = set(QFontDatabase.families())
    for name in names:
        if name in installed:
            return name
    return QFontDatabase.systemFont(fallback).family()


@lru_cache(maxsize=128)
def font(size: int = 13, weight: int = 400, tabular: bool = False) -> QFont:
    """A font of the window's family.

    Args:
        size: in pixels of the design; from 18 up the letters are set a little closer.
        weight: 400, 500, 600 or 700.
        tabular: digits of equal width, for clocks, cells and phone numbers.
    """
    made = QFont(family())
    _sized(made, size)
    made.setWeight(_WEIGHTS[weight])
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if size >= 18:
        made.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 98)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def mono(size: int = 14, weight: int = 400) -> QFont:
    """A monospaced font for the prompt editor; `size` in pixels of the design."""
    made = QFont(mono_family())
    _sized(made, size)
    made.setWeight(_WEIGHTS[weight])
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setStyleHint(QFont.StyleHint.Monospace)
    return made


@lru_cache(maxsize=1)
def key_letters() -> QFont:
    """The small spaced letters on dial keys."""
    made = QFont(font(10, 600))
    made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.8 * zoom.factor)
    return made
