"""Who answered, in the facts of a call, and the menu that corrects it while the call lives."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.answer_card import EVERYWHERE
from callconsole.ui.kit.button import paint_hover
from callconsole.ui.kit.hover_button import RowButton
from callconsole.ui.tokens import RADIUS_CONTROL
from callconsole.ui.zoom import px
from callconsole.viewmodels.answer_card import AnswerCard
from callconsole.viewmodels.answer_words import CHOICES, WORDS, key_of

NAME = "Answered by"
_HEIGHT = 24


class AnsweredByRow(RowButton):
    """Name at the left, who answered at the right; a caret where it can be corrected."""

    ring_radius = RADIUS_CONTROL

    def __init__(self, answer: AnswerCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer = answer
        self.menu = QMenu(self)
        for answered_by in CHOICES:
            key = f"{EVERYWHERE}+{key_of(answered_by)}"
            action = self.menu.addAction(f"{WORDS[answered_by].action}\t{key}")
            action.triggered.connect(lambda _on=False, chosen=answered_by: answer.choose(chosen))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)
        answer.changed.connect(self._show)
        self._show()

    def value(self) -> str:
        """Who answered, in a word."""
        return self.text()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(px(200), px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Room for name, value and caret."""
        metrics = QFontMetrics(fonts.font(12, 500))
        return QSize(metrics.horizontalAdvance(NAME + self.text()) + px(40), px(_HEIGHT))

    def _show(self) -> None:
        answer = self._answer
        self.setText(answer.verdict_name)
        self.setEnabled(answer.can_judge)
        self.setToolTip(answer.verdict_reason)
        self.setAccessibleName(f"{NAME}: {answer.verdict_name}. Correct it")
        self.setAccessibleDescription(answer.verdict_reason)
        self.updateGeometry()
        self.update()

    def _open(self) -> None:
        corner = self.mapToGlobal(QPoint(self.width(), self.height() + 2))
        self.menu.popup(QPoint(corner.x() - self.menu.sizeHint().width(), corner.y()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the row."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        enabled = self.isEnabled()
        if enabled:
            paint_hover(painter, QRectF(self.rect()), self)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(fonts.font(12))
        painter.setPen(theme.colour("muted"))
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignLeft, NAME)
        right = px(18) if enabled else 0
        painter.setFont(fonts.font(12, 500))
        painter.setPen(theme.colour("text"))
        words = self.rect().adjusted(0, 0, -right, 0)
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignRight, self.text())
        if enabled:
            tone = theme.current().muted
            icons.paint(painter, "caret-down", tone, self.width() - px(14), px(5), 14)
