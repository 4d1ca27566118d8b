"""A level meter: one side's loudness from -60 to 0 dBFS, with its recent peak."""

from __future__ import annotations

import time

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from callconsole.ui import theme
from callconsole.ui.zoom import px

FLOOR_DBFS = -60.0
LOUD_DBFS = -3.0
_NOTCHES_DBFS = (-40.0, -20.0, -6.0)
_PEAK_HOLD_S = 1.5
_PEAK_FALL_DB_PER_S = 12.0


class Meter(QWidget):
    """A bar 8 high in a box of 12; notches at -40, -20 and -6 dBFS."""

    def __init__(
        self, name: str, tone: str, ground: str = "sunken", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tone = tone
        self._ground = ground
        self._level_dbfs = FLOOR_DBFS
        self._peak_dbfs = FLOOR_DBFS
        self._peak_at_s = 0.0
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_tone(self, tone: str) -> None:
        """Take another token's colour."""
        if tone != self._tone:
            self._tone = tone
            self.update()

    @property
    def level_dbfs(self) -> float:
        """The level shown, at least -60."""
        return self._level_dbfs

    @property
    def peak_dbfs(self) -> float:
        """The peak mark's level."""
        return self._peak_dbfs

    def set_level(self, level_dbfs: float, now_s: float | None = None) -> None:
        """Show a level; the peak is held for 1.5 s and then falls by 12 dB a second.

        Args:
            level_dbfs: 0 is full scale.
            now_s: monotonic seconds; now where None.
        """
        now = time.monotonic() if now_s is None else now_s
        level = max(FLOOR_DBFS, min(0.0, level_dbfs))
        falling_s = max(0.0, now - self._peak_at_s - _PEAK_HOLD_S)
        if level >= self._peak_dbfs - falling_s * _PEAK_FALL_DB_PER_S:
            self._peak_dbfs, self._peak_at_s = level, now
        elif falling_s > 0:
            self._peak_dbfs -= falling_s * _PEAK_FALL_DB_PER_S
            self._peak_at_s = now - _PEAK_HOLD_S
        self._level_dbfs = level
        self.update()

    def reset(self) -> None:
        """Show silence and no peak."""
        self._level_dbfs = self._peak_dbfs = FLOOR_DBFS
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough to be read."""
        return QSize(px(84), px(12))

    def minimumSizeHint(self) -> QSize:
        """Narrow where room is short."""
        return QSize(px(48), px(12))

    def _x(self, level_dbfs: float) -> float:
        return self.width() * (level_dbfs - FLOOR_DBFS) / -FLOOR_DBFS

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw track, bar, notches and peak."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        box = QRectF(0, px(2), self.width(), px(8))
        shape = QPainterPath()
        shape.addRoundedRect(box, px(4), px(4))
        painter.save()
        painter.setClipPath(shape)
        painter.fillRect(box, theme.colour("track"))
        tone = "danger" if self._level_dbfs > LOUD_DBFS else self._tone
        painter.fillRect(QRectF(0, px(2), self._x(self._level_dbfs), px(8)), theme.colour(tone))
        for notch in _NOTCHES_DBFS:
            painter.fillRect(
                QRectF(round(self._x(notch)), px(2), 1, px(8)), theme.colour(self._ground)
            )
        painter.restore()
        if self._peak_dbfs > FLOOR_DBFS:
            left = min(self.width() - px(2), round(self._x(self._peak_dbfs)))
            painter.fillRect(QRectF(left, 0, px(2), px(12)), theme.colour("text"))
