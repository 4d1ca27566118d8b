"""Small figures: a cell of the strip, and a row of name and value."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.kit.text import Elided, Text


class Cell(QWidget):
    """A caption over a value, with a quiet aside."""

    def __init__(self, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption = caption
        self._value = Text("—", 14, 600, tabular=True)
        self._aside = Text("", 12, 400, "muted", tabular=True)
        values = QHBoxLayout()
        values.setSpacing(5)
        values.addWidget(self._value)
        values.addWidget(self._aside, 0, Qt.AlignmentFlag.AlignBottom)
        values.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addStretch()
        column.addWidget(Text(caption, 11, 500, "muted"))
        column.addLayout(values)
        column.addStretch()

    def show_value(self, value: str, aside: str = "") -> None:
        """Show this figure."""
        self._value.setText(value)
        self._aside.setText(aside)
        self._aside.setVisible(bool(aside))
        self.setAccessibleName(f"{self._caption}: {value} {aside}".strip())

    def value(self) -> str:
        """The figure shown."""
        return self._value.text()


class Fact(QWidget):
    """Name at the left, value at the right."""

    def __init__(self, name: str, value: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._value = Elided(value, 12, 500, tabular=True, align=Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 3, 0, 3)
        row.setSpacing(12)
        row.addWidget(Text(name, 12, 400, "muted"))
        row.addWidget(self._value, 1)

    def show_value(self, value: str) -> None:
        """Show this value."""
        self._value.setText(value)
        self.setAccessibleName(f"{self._name}: {value}")

    def value(self) -> str:
        """The value shown."""
        return self._value.text()
