"""Practise before you call: the people on the practice line, each one click away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.button import Button, Kind, paint_hover
from callconsole.ui.kit.hover_button import RowButton
from callconsole.ui.kit.lead import Disc
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Text
from callconsole.ui.tokens import RADIUS_CONTROL
from callconsole.ui.zoom import px
from callconsole.viewmodels.desk import PRACTICE, PracticeCallee
from callconsole.viewmodels.dialler import Dialler

OFF = "Calls to you are turned away. In Settings, “Calls to your number” lets them ring here."
FOLDED = 8
"""How many people are shown before one asks for all of them: four rows."""


class CalleeButton(RowButton):
    """Name over what will happen; a click calls."""

    def __init__(self, callee: PracticeCallee) -> None:
        super().__init__()
        self.callee = callee
        self.setText(callee.name)
        self.setAccessibleName(f"Practice call: {callee.name}")
        self.setAccessibleDescription(callee.story)
        self.setToolTip(callee.story)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(px(220), px(48))

    def minimumSizeHint(self) -> QSize:
        """Long stories are shortened."""
        return QSize(px(140), px(48))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a white row with icon, two lines and a receiver."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("surface"))
        box = QRectF(self.rect())
        painter.drawRoundedRect(box, px(RADIUS_CONTROL), px(RADIUS_CONTROL))
        enabled = self.isEnabled()
        if enabled:
            paint_hover(painter, box, self)
        tokens = theme.current()
        icons.paint(painter, self.callee.icon, tokens.muted, px(12), px(16), 16)
        ink = tokens.accent if enabled else tokens.muted
        icons.paint(painter, "phone", ink, self.width() - px(28), px(16), 16)
        self._paint_words(painter, enabled)

    def _paint_words(self, painter: QPainter, enabled: bool) -> None:
        room = self.width() - px(40) - px(40)
        align = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.colour("text" if enabled else "muted"))
        painter.setFont(fonts.font(13, 600))
        right = Qt.TextElideMode.ElideRight
        name = painter.fontMetrics().elidedText(self.callee.name, right, room)
        painter.drawText(QRectF(px(40), px(6), room, px(18)), align, name)
        painter.setPen(theme.colour("muted"))
        painter.setFont(fonts.font(12))
        story = painter.fontMetrics().elidedText(self.callee.story, right, room)
        painter.drawText(QRectF(px(40), px(24), room, px(18)), align, story)


class CallersRow(QWidget):
    """The way round: somebody on the practice line calls you.

    Args:
        callers: who can be asked to.
        call_in: has one of them call, by number.
    """

    def __init__(
        self, callers: tuple[PracticeCallee, ...], call_in: Callable[[str], None] | None
    ) -> None:
        super().__init__()
        self.buttons: list[Button] = []
        self.off = Text(OFF, 12, 400, "muted", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(Text("Have somebody call you", 13, 600))
        row.addStretch(1)
        for caller in callers:
            button = Button(caller.name, Kind.SECONDARY, icon="phone-incoming", height=32)
            button.setToolTip(caller.story)
            button.setAccessibleName(f"Have somebody call you: {caller.name}")
            button.clicked.connect(partial(_ask, call_in, caller.number))
            row.addWidget(button)
            self.buttons.append(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.off)
        self.set_on(False)

    def set_on(self, on: bool) -> None:
        """Offer it where calls are let in, or say where that is set."""
        for button in self.buttons:
            button.setVisible(on)
        self.off.setVisible(not on)


def _ask(call_in: Callable[[str], None] | None, number: str, _on: bool = False) -> None:
    if call_in is not None:
        call_in(number)


class PracticeCard(Surface):
    """Headline and two columns of people, on the accent's soft ground; long lists are folded.

    Signals:
        chosen: E.164 number of the person to call.
    """

    chosen = Signal(str)

    def __init__(
        self,
        dialler: Dialler,
        callees: tuple[PracticeCallee, ...],
        callers: tuple[PracticeCallee, ...] = (),
        call_in: Callable[[str], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Args beside the dialler: who can be called, and see `CallersRow`, off at first."""
        super().__init__("accent_soft", parent=parent)
        self._dialler = dialler
        self.callers = CallersRow(callers, call_in)
        self._has_callers = bool(callers)
        self._line = Text("", 13, 400, "muted", wrap=True)
        self.switch = Button("Use the practice line", Kind.PRIMARY, height=36)
        self.switch.clicked.connect(lambda: dialler.choose_line(PRACTICE))
        self._people = QWidget()
        self._folded = True
        self.fold = Button("", Kind.GHOST, icon="caret-down", height=32)
        self.fold.clicked.connect(self._on_fold)
        self.buttons: list[CalleeButton] = []
        self._lay_out(callees)
        dialler.options_changed.connect(self._show)
        dialler.readiness_changed.connect(self._show)
        self._show()

    def _lay_out(self, callees: tuple[PracticeCallee, ...]) -> None:
        grid = QGridLayout(self._people)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setSpacing(8)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        for index, callee in enumerate(callees):
            button = CalleeButton(callee)
            number = callee.number
            button.clicked.connect(lambda _on=False, number=number: self.chosen.emit(number))
            grid.addWidget(button, index // 2, index % 2)
            self.buttons.append(button)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch()
        words.addWidget(Text("Practise before you call", 15, 600))
        words.addWidget(self._line)
        words.addStretch()
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Disc("headset", "accent", "surface"))
        head.addLayout(words, 1)
        head.addWidget(self.switch)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(16, 14, 16, 16)
        column_layout.setSpacing(8)
        column_layout.addLayout(head)
        column_layout.addWidget(self._people)
        column_layout.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        column_layout.addWidget(self.callers)

    def _on_fold(self) -> None:
        self._folded = not self._folded
        self._show()

    def _show(self) -> None:
        practising = self._dialler.line == PRACTICE
        self.switch.setVisible(not practising)
        self._people.setVisible(practising)
        self.callers.setVisible(practising and self._has_callers)
        self._line.setText(
            "Calls inside this computer: nobody is disturbed and nothing is charged."
            if practising
            else "The phone line is chosen: calls reach real phones."
        )
        everybody = len(self.buttons)
        self.fold.setVisible(practising and everybody > FOLDED)
        if self._folded:
            self.fold.set_content(f"Show all {everybody}", "caret-down")
        else:
            self.fold.set_content("Show fewer", "caret-up")
        for index, button in enumerate(self.buttons):
            button.setVisible(index < FOLDED or not self._folded)
            button.setEnabled(not self._dialler.reason)
