"""Holds a part of a page to the width that can be read, however wide the window is."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QVBoxLayout, QWidget

from callconsole.ui.zoom import px

WORK_WIDTH = 1280
"""A page that one works in: a call, the board of checks, the record of a call."""
PROSE_WIDTH = 1040
"""A text that one writes, with its head: some hundred letters a line."""
TEXT_WIDTH = 960
"""Rows that one reads from the left to the right."""


class MeasureLayout(QLayout):
    """Gives its one part all of its room, but no more than so many pixels of the design.

    What is left over stays empty at both sides, or at the right with `middle=False`: a page that
    belongs to a list at its left stays beside it.
    """

    def __init__(self, widest: int, *, middle: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self._widest = widest
        self._middle = middle
        self._item: QLayoutItem | None = None

    def hold(self, part: QLayout) -> None:
        """Take a layout as the part."""
        self.addChildLayout(part)
        self.addItem(part)

    def addItem(self, item: QLayoutItem) -> None:
        """Take the part; a second one is a mistake. Raises ValueError."""
        if self._item is not None:
            raise ValueError("a measure holds one part")
        self._item = item

    def count(self) -> int:
        """One part or none."""
        return 0 if self._item is None else 1

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The part."""
        return self._item if index == 0 else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give the part away."""
        taken, self._item = self.itemAt(index), None
        return taken

    def expandingDirections(self) -> Qt.Orientation:
        """It takes the width that there is; the height is the part's affair."""
        tall = Qt.Orientation.Vertical
        wants = self._item is not None and bool(self._item.expandingDirections() & tall)
        return Qt.Orientation.Horizontal | tall if wants else Qt.Orientation.Horizontal

    def sizeHint(self) -> QSize:
        """What the part would like."""
        return self._with_margins(None if self._item is None else self._item.sizeHint())

    def minimumSize(self) -> QSize:
        """What the part needs."""
        return self._with_margins(None if self._item is None else self._item.minimumSize())

    def hasHeightForWidth(self) -> bool:
        """Where the part wraps."""
        return self._item is not None and self._item.hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:
        """The part's height at the width that it gets of this one."""
        if self._item is None:
            return -1
        sides = QSize(0, 0).grownBy(self.contentsMargins())
        inside = min(width - sides.width(), px(self._widest))
        return self._item.heightForWidth(inside) + sides.height()

    def setGeometry(self, room: QRect) -> None:
        """Place the part."""
        super().setGeometry(room)
        if self._item is None:
            return
        inside = self.contentsRect()
        width = min(inside.width(), px(self._widest))
        left = inside.x() + ((inside.width() - width) // 2 if self._middle else 0)
        self._item.setGeometry(QRect(left, inside.y(), width, inside.height()))

    def _with_margins(self, inside: QSize | None) -> QSize:
        return QSize() if inside is None else inside.grownBy(self.contentsMargins())


def measured(widget: QWidget, widest: int, *, middle: bool = True) -> QVBoxLayout:
    """A column inside a widget that is no wider than this, see `MeasureLayout`."""
    column = QVBoxLayout()
    MeasureLayout(widest, middle=middle, parent=widget).hold(column)
    return column
