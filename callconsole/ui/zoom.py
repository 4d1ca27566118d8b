"""How large the window is drawn: one factor over every pixel of its design."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

STEPS = (80, 90, 100, 110, 125, 140, 160)
USUAL = 100
# The text height that each system comes with; more means that its owner asked for larger text.
_USUAL_TEXT_PX = {"win32": 12, "darwin": 13}
_USUAL_TEXT_PX_ELSEWHERE = 15  # 11 points, as GNOME; KDE's 10 are within the tolerance
_LARGER_FROM = 1.15
_LARGEST_SYSTEM = 2.0


class Zoom(QObject):
    """The operator's percentage over the size that the system's own text asks for.

    Signals:
        changed: everything has another size now; fonts and fixed sizes were set anew already.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._percent = USUAL
        self._system = 1.0

    @property
    def percent(self) -> int:
        """One of `STEPS`."""
        return self._percent

    @property
    def factor(self) -> float:
        """What a pixel of the design is multiplied by."""
        return self._percent / 100 * self._system

    def take(self, percent: int, system: float | None = None) -> bool:
        """Take the step next to this percentage; returns whether the factor is another one now.

        Args:
            percent: any number; the nearest step is taken.
            system: how much larger than usual the system's text is, 1.0 or more.
        """
        before = self.factor
        self._percent = min(STEPS, key=lambda step: abs(step - percent))
        if system is not None:
            self._system = system
        return self.factor != before

    def next_step(self, places: int) -> int:
        """The percentage so many steps up or, below zero, down; the last one stays."""
        at = STEPS.index(self._percent) + places
        return STEPS[min(max(at, 0), len(STEPS) - 1)]


zoom = Zoom()


def px(design: float) -> int:
    """Pixels of the screen for pixels of the design; a line of one pixel stays visible."""
    scaled = round(design * zoom.factor)
    return scaled or (1 if design >= 1 else 0)


def system_scale() -> float:
    """How much larger than usual the system's text is, 1.0 to 2.0 in steps of 0.05.

    Asked for when the program starts, before the application has a font of ours.
    """
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    return scale_of(font, sys.platform)


def scale_of(font: QFont, platform: str) -> float:
    """The same for this font on this platform, as `sys.platform` names it."""
    usual = _USUAL_TEXT_PX.get(platform, _USUAL_TEXT_PX_ELSEWHERE)
    ratio = QFontInfo(font).pixelSize() / usual
    if ratio < _LARGER_FROM:
        return 1.0
    return min(round(ratio * 20) / 20, _LARGEST_SYSTEM)
