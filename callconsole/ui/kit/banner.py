"""The band under the top bar: one thing that needs a person, with a way to put it aside."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from callconsole.ui import icons, theme
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Elided
from callconsole.ui.zoom import px


class IconMark(QWidget):
    """A fixed icon in a token's colour."""

    def __init__(self, name: str, tone: str, size: int = 20, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._tone, self._size = name, tone, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, name: str, tone: str) -> None:
        """Show another icon or tone."""
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.update()

    def sizeHint(self) -> QSize:
        """The icon's size."""
        return QSize(px(self._size), px(self._size))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the icon."""
        colour = getattr(theme.current(), self._tone)
        icons.paint(QPainter(self), self._name, colour, 0, 0, self._size)


SYMBOLS = {
    "danger": "warning-octagon-fill",
    "warning": "warning-fill",
    "accent": "info-fill",
}


class Banner(Surface):
    """52 high, in the soft ground of its tone.

    Signals:
        closed: the operator put it away.
        acted: the operator asked for what its button offers.
    """

    closed = Signal()
    acted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("danger_soft", parent=parent)
        self.setFixedHeight(52)
        self._mark = IconMark("warning-octagon-fill", "danger")
        self._title = Elided(weight=600)
        self._line = Elided(size=12)
        self._close = Button("Hide", Kind.SECONDARY, height=32)
        self._close.setAccessibleName("Hide this message")
        self._close.clicked.connect(self.closed)
        self.action = Button("", Kind.SECONDARY, height=32)
        self.action.clicked.connect(self.acted)
        self.action.hide()
        lay_out_notice(self, self._mark, (self._title, self._line), (self.action, self._close))

    def show_notice(
        self, title: str, line: str, tone: str, hint: str = "", action: str = ""
    ) -> None:
        """Say this; `tone` is a key of `SYMBOLS`, `action` the label of a button."""
        self._title.setText(title)
        self._line.setText(line)
        self._mark.set_icon(SYMBOLS[tone], tone)
        self.set_ground(f"{tone}_soft")
        self.action.setVisible(bool(action))
        self.action.set_content(action)
        self.setToolTip(hint)
        self.setAccessibleName(f"{title} {line}")

    def title(self) -> str:
        """The headline shown."""
        return self._title.text()


def lay_out_notice(
    box: QWidget, mark: QWidget, lines: Sequence[QWidget], controls: Sequence[QWidget]
) -> None:
    """Lay a mark at the left, lines of words beside it, and controls at the right of a box."""
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addStretch()
    for line in lines:
        words.addWidget(line)
    words.addStretch()
    row = QHBoxLayout(box)
    row.setContentsMargins(16, 0, 12, 0)
    row.setSpacing(12)
    row.addWidget(mark)
    row.addLayout(words, 1)
    for control in controls:
        row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
