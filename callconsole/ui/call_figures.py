"""The facts of a kept call in one row, parted by hairlines."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.kit.surfaces import Hairline
from callconsole.ui.kit.text import Elided, Text
from callconsole.viewmodels.call_facts import Figure


class _FigureCell(QWidget):
    """A caption over a value and its aside; the value of a `long` one shortens itself."""

    def __init__(self, *, long: bool = False) -> None:
        super().__init__()
        self._caption = Text("", 11, 500, "muted")
        self._value = Elided("", 14, 600) if long else Text("", 14, 600, tabular=True)
        self._aside = Text("", 12, 400, "muted", tabular=True)
        self._brief = False
        values = QHBoxLayout()
        values.setSpacing(5)
        values.addWidget(self._value)
        values.addWidget(self._aside, 0, Qt.AlignmentFlag.AlignBottom)
        values.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._caption)
        column.addLayout(values)

    def set_brief(self, brief: bool) -> None:
        """Leave the aside to the tool tip."""
        self._brief = brief
        self._aside.setVisible(bool(self._aside.text()) and not brief)

    def show_figure(self, figure: Figure) -> None:
        """Show this fact."""
        self._caption.setText(figure.caption)
        self._value.setText(figure.value)
        self._aside.setText(figure.aside)
        self.set_brief(self._brief)
        words = (figure.value, figure.aside, figure.hint)
        self.setToolTip(". ".join(part for part in words if part))
        said = f"{figure.caption}: {figure.value} {figure.aside}".strip()
        self.setAccessibleName(said)
        self.setAccessibleDescription(figure.hint)

    def text(self) -> str:
        """What is said of it: caption, value, aside."""
        return self.accessibleName()


class CallFigures(QWidget):
    """As many cells as there are facts; the first, a name, gives way where room is short."""

    def __init__(self, count: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells = [_FigureCell(long=place == 0) for place in range(count)]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(11)
        for place, cell in enumerate(self.cells):
            if place:
                row.addWidget(Hairline(vertical=True))
            row.addWidget(cell)

    def set_narrow(self, narrow: bool) -> None:
        """Leave the asides out."""
        for cell in self.cells:
            cell.set_brief(narrow)

    def show_figures(self, figures: list[Figure]) -> None:
        """Show these facts, in order."""
        for cell, figure in zip(self.cells, figures, strict=False):
            cell.show_figure(figure)
