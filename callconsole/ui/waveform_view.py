"""The picture of a recording: callee above the line, AI below, and where it plays."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from callconsole.audio.waveform import Levels, Waveform
from callconsole.ui import fonts, icons, theme
from callconsole.ui.fitting import fix_height
from callconsole.ui.zoom import px, zoom
from callconsole.viewmodels.clock_text import clock_text

TALL, LOW = 104, 60
BAR, PITCH = 2, 4
GAP = 2  # from the line in the middle to the bars
STAR = 12
HEAD = 4  # radius of the playhead's knob
UNPLAYED = 0.45
NAMES = ("Callee", "AI")


class WaveformView(QWidget):
    """A click or a drag goes to that second.

    Signals:
        sought(float): seconds from the beginning.
    """

    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wave: Waveform | None = None
        self._bars: tuple[Levels, Levels] | None = None
        self._position_s = 0.0
        self._stars: tuple[float, ...] = ()
        self._left = _room_for_names()
        zoom.changed.connect(self._on_zoomed)
        self.setFixedHeight(TALL)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)
        self.setAccessibleName("Waveform of the recording")

    def show_wave(self, wave: Waveform | None) -> None:
        """Draw this recording, or an empty line."""
        self._wave, self._bars = wave, None
        self.setEnabled(wave is not None)
        self.update()

    def show_position(self, at_s: float) -> None:
        """Put the playhead here; only what lies between is drawn anew."""
        if self._wave is None or at_s == self._position_s:
            return
        before, self._position_s = self.x_of(self._position_s), at_s
        after = self.x_of(at_s)
        if abs(after - before) >= 0.25:
            left, right = min(before, after), max(before, after)
            edge = px(HEAD) + px(PITCH)
            self.update(int(left) - edge, 0, math.ceil(right - left) + 2 * edge, self.height())

    def show_stars(self, at_s: tuple[float, ...]) -> None:
        """Mark these seconds with a star each."""
        if at_s != self._stars:
            self._stars = at_s
            self.update()

    def set_low(self, low: bool) -> None:
        """Take less height."""
        fix_height(self, LOW if low else TALL)

    def minimumSizeHint(self) -> QSize:
        """Room to aim."""
        return QSize(px(160), px(LOW))

    def _on_zoomed(self) -> None:
        self._left = _room_for_names()
        self._bars = None

    # Places -----------------------------------------------------------------------------------

    def x_of(self, at_s: float) -> float:
        """Where this second is drawn, in pixels from the left."""
        duration_s = self._wave.duration_s if self._wave is not None else 0.0
        share = min(1.0, max(0.0, at_s / duration_s)) if duration_s else 0.0
        return self._left + share * (self.width() - self._left - px(HEAD))

    def _second_at(self, x: float) -> float:
        room = max(1, self.width() - self._left - px(HEAD))
        duration_s = self._wave.duration_s if self._wave is not None else 0.0
        return min(1.0, max(0.0, (x - self._left) / room)) * duration_s

    # The mouse --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the pointer."""
        if event.button() is Qt.MouseButton.LeftButton and self._wave is not None:
            self.sought.emit(self._second_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which second the pointer is at; follow it while it is held."""
        at_s = self._second_at(event.position().x())
        self.setToolTip(clock_text(at_s) if self._wave is not None else "")
        if event.buttons() & Qt.MouseButton.LeftButton and self._wave is not None:
            self.sought.emit(at_s)

    # Drawing ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw names, line, bars and playhead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        self._paint_names(painter, middle)
        pen = QPen(theme.colour("strong"), 1, Qt.PenStyle.DotLine)
        painter.setPen(pen)
        line = math.floor(middle) + 0.5  # on one row of pixels
        painter.drawLine(QPointF(self._left, line), QPointF(self.width() - px(HEAD), line))
        if self._wave is None:
            return
        caller, agent = self._folded(self._wave)
        self._paint_side(painter, caller, "callee", event.rect())
        self._paint_side(painter, agent, "ai", event.rect())
        self._paint_stars(painter)
        self._paint_head(painter)

    def _paint_names(self, painter: QPainter, middle: float) -> None:
        painter.setFont(fonts.font(12, 500))
        for name, tone, top in zip(NAMES, ("callee", "ai"), (0.0, middle), strict=True):
            painter.setPen(theme.colour(tone))
            room = QRectF(0, top, self._left, middle)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)

    def _folded(self, wave: Waveform) -> tuple[Levels, Levels]:
        count = max(1, (self.width() - self._left - px(HEAD)) // px(PITCH))
        if self._bars is None or len(self._bars[0]) != count:
            self._bars = wave.bars(count)
        return self._bars

    def _paint_side(self, painter: QPainter, levels: Levels, tone: str, seen: QRect) -> None:
        """Draw one side's bars as far as they are seen: the callee's up, the AI's down."""
        middle = self.height() / 2
        reach = middle - px(GAP) - px(HEAD) * 2
        played = theme.colour(tone)
        coming = QColor(played)
        coming.setAlphaF(UNPLAYED)
        head = self.x_of(self._position_s)
        painter.setPen(Qt.PenStyle.NoPen)
        for index, level in enumerate(levels):
            x = self._left + index * px(PITCH)
            height = float(level) * reach
            if height < 0.5 or not seen.left() - px(PITCH) <= x <= seen.right():
                continue
            painter.setBrush(played if x < head else coming)
            top = middle - px(GAP) - height if tone == "callee" else middle + px(GAP)
            painter.drawRoundedRect(QRectF(x, top, px(BAR), height), 1, 1)

    def _paint_stars(self, painter: QPainter) -> None:
        tone = theme.current().warning
        painter.setPen(QPen(theme.colour("warning"), 1))
        for at_s in self._stars:
            x = self.x_of(at_s)
            line = math.floor(x) + 0.5
            painter.drawLine(QPointF(line, px(STAR)), QPointF(line, self.height() - 2))
            icons.paint(painter, "star-fill", tone, x - px(STAR) / 2, 0, STAR)

    def _paint_head(self, painter: QPainter) -> None:
        x = round(self.x_of(self._position_s))
        painter.setPen(QPen(theme.colour("text"), 2))
        painter.drawLine(QPointF(x, px(HEAD)), QPointF(x, self.height() - px(2)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("text"))
        painter.drawEllipse(QPointF(x, px(HEAD)), px(HEAD), px(HEAD))


def _room_for_names() -> int:
    metrics = QFontMetrics(fonts.font(12, 500))
    return max(metrics.horizontalAdvance(name) for name in NAMES) + px(12)
