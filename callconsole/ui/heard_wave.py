"""What was heard since the answer: bars of loudness, a needle at now, and the words below."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from callconsole.ui import fonts, theme
from callconsole.ui.fitting import fix_height
from callconsole.ui.zoom import px
from callconsole.viewmodels.answer_card import time_text
from callconsole.viewmodels.heard import SPAN_MS, Heard, HeardWords

WORDS = 20
_STEP = 4  # a bar of 2 and a gap of 2
_GAP = 8


class HeardWave(QWidget):
    """Full width; the words stand at their time and are shortened before the next ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heard = Heard()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What was heard")
        self.set_wave_height(44)

    def set_wave_height(self, height: int) -> None:
        """Draw the bars this high at most; the words come below."""
        self._design_height = height
        fix_height(self, height + 4 + WORDS)

    @property
    def _wave(self) -> int:
        return px(self._design_height)

    def show_heard(self, heard: Heard) -> None:
        """Draw this."""
        self._heard = heard
        said = "; ".join(words.text for words in heard.words)
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)
            self.setToolTip(said)
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Narrow windows show the same time in less room."""
        return QSize(px(200), self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the still line, the bars, the needle and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self._wave / 2
        still = QPen(theme.colour("strong"), 1, Qt.PenStyle.DotLine)
        painter.setPen(still)
        line = math.floor(middle) + 0.5  # on one row of pixels
        painter.drawLine(QPointF(0, line), QPointF(self.width(), line))
        count = max(1, self.width() // px(_STEP))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("callee"))
        for index, height in enumerate(self._heard.bars(count)):
            if height > 0:
                half = max(1.0, height * (middle - px(2)))
                painter.drawRoundedRect(
                    QRectF(index * px(_STEP), middle - half, px(2), 2 * half), 1, 1
                )
        self._paint_needle(painter)
        self._paint_words(painter)

    def _x(self, at_ms: int) -> float:
        return (at_ms - self._heard.from_ms) / SPAN_MS * self.width()

    def _paint_needle(self, painter: QPainter) -> None:
        at = min(self._x(self._heard.now_ms), self.width() - px(4))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("text"))
        painter.drawRect(QRectF(at - 1, px(4), px(2), self._wave - px(4)))
        painter.drawEllipse(QRectF(at - px(4), 0, px(8), px(8)))

    def _paint_words(self, painter: QPainter) -> None:
        words = [said for said in self._heard.words if self._x(said.end_ms) > 0]
        taken = 0.0
        for index, said in enumerate(words):
            left = max(taken, self._x(said.start_ms), 0.0)
            after = words[index + 1] if index + 1 < len(words) else None
            right = self.width() if after is None else max(self._x(after.start_ms) - px(_GAP), left)
            taken = self._paint_one(painter, said, left, right) + px(_GAP)

    def _paint_one(self, painter: QPainter, said: HeardWords, left: float, right: float) -> float:
        """Draw words and, where there is room, their time; returns where they end."""
        font, small = fonts.font(13, 500), fonts.font(12, tabular=True)
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(
            f"“{said.text}”", Qt.TextElideMode.ElideMiddle, max(0, int(right - left))
        )
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        width = metrics.horizontalAdvance(shown)
        painter.setFont(font)
        painter.setPen(theme.colour("callee"))
        painter.drawText(QRectF(left, self._wave + px(4), width + px(2), px(WORDS)), align, shown)
        time = time_text(said.start_ms)
        time_width = QFontMetrics(small).horizontalAdvance(time)
        if left + width + px(6) + time_width > right:
            return left + width
        painter.setFont(small)
        painter.setPen(theme.colour("muted"))
        painter.drawText(
            QRectF(left + width + px(6), self._wave + px(4), time_width + px(2), px(WORDS)),
            align,
            time,
        )
        return left + width + px(6) + time_width
