"""The guide's steps at the left of its page, each with how it stands."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.button import Button, Kind, paint_hover
from callconsole.ui.kit.hover_button import RowButton
from callconsole.ui.kit.text import Text
from callconsole.ui.tokens import DIAL_WIDTH, HEAD_HEIGHT, RADIUS_CARD
from callconsole.ui.zoom import px
from callconsole.viewmodels.guide import Guide, Step
from callconsole.viewmodels.guide_step import StepState

_MARKS = {
    StepState.TODO: ("circle", "muted"),
    StepState.CHECKING: ("spinner-gap", "accent"),
    StepState.DONE: ("check-circle-fill", "success"),
    StepState.WRONG: ("x-circle-fill", "danger"),
    StepState.SKIPPED: ("minus-circle", "muted"),
}
ROW = 48


class StepItem(RowButton):
    """Mark, title, and the state in words."""

    ring_radius = RADIUS_CARD

    def __init__(self, title: str) -> None:
        super().__init__()
        self._state = StepState.TODO
        self.setText(title)
        self.setCheckable(True)

    def show_state(self, state: StepState, *, chosen: bool) -> None:
        """Show how the step stands, and whether it is the one that is shown."""
        self._state = state
        self.setChecked(chosen)
        self.setAccessibleName(f"{self.text()}, {state.value}")
        self.update()

    def nextCheckState(self) -> None:
        """The guide says which one is chosen."""

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(px(200), px(ROW))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return QSize(px(140), px(ROW))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, mark and two lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_soft"))
            painter.drawRoundedRect(box, px(RADIUS_CARD), px(RADIUS_CARD))
        paint_hover(painter, box, self, radius=px(RADIUS_CARD))
        symbol, tone = _MARKS[self._state]
        icons.paint(painter, symbol, getattr(theme.current(), tone), px(12), px(15), 18)
        align = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.colour("accent" if self.isChecked() else "text"))
        painter.setFont(fonts.font(13, 600))
        room = self.width() - px(50)
        painter.drawText(QRectF(px(42), px(6), room, px(18)), align, self.text())
        wrong = self._state is StepState.WRONG
        painter.setPen(theme.colour("danger" if wrong else "muted"))
        painter.setFont(fonts.font(12))
        words = self._state.value
        painter.drawText(QRectF(px(42), px(24), room, px(18)), align, words.capitalize())


class StepsList(QWidget):
    """Chooses the step that is shown.

    Signals:
        chosen: a `Step`.
        leave_asked: the operator wants to go on later.
    """

    chosen = Signal(object)
    leave_asked = Signal()

    def __init__(self, guide: Guide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guide = guide
        self.setFixedWidth(DIAL_WIDTH)
        self.items: dict[Step, StepItem] = {}
        self.later = Button("Go on later", Kind.GHOST, icon="x", key="Esc", height=32)
        self.later.setToolTip("Nothing that is typed is lost while the window is open")
        self.later.clicked.connect(self.leave_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 16, 12)
        column.setSpacing(2)
        title = Text("Getting started", 15, 600)
        title.setFixedHeight(HEAD_HEIGHT)
        column.addWidget(title)
        column.addSpacing(6)
        for step, model in guide.steps.items():
            item = StepItem(model.title)
            item.clicked.connect(lambda _on=False, step=step: self.chosen.emit(step))
            self.items[step] = item
            column.addWidget(item)
        column.addStretch(1)
        column.addWidget(self.later, 0, Qt.AlignmentFlag.AlignLeft)
        guide.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        for step, item in self.items.items():
            item.show_state(self._guide.steps[step].state, chosen=step is self._guide.step)
