"""Small figures: a cell of the strip, and a row of name and value."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.fitting import hold_width
from callconsole.ui.kit.text import Elided, Text


class Cell(QWidget):
    """A caption over a value, with a quiet aside.

    Args:
        caption: what it is.
        widest: the widest value and aside to be shown; room for them is kept, so that nothing
            moves while they change.
    """

    def __init__(
        self, caption: str, widest: tuple[str, str] = ("", ""), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._caption = caption
        self._widest = widest
        self._brief = False
        self._value = Text("—", 14, 600, tabular=True)
        self._aside = Text("", 12, 400, "muted", tabular=True)
        self._name = Text(caption, 11, 500, "muted")
        self._values = QHBoxLayout()
        self._values.setSpacing(5)
        self._values.addWidget(self._value)
        self._values.addWidget(self._aside, 0, Qt.AlignmentFlag.AlignBottom)
        self._values.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addStretch()
        column.addWidget(self._name)
        column.addLayout(self._values)
        column.addStretch()

    def show_value(self, value: str, aside: str = "", tone: str = "text", hint: str = "") -> None:
        """Show this figure; `hint` says more on hover."""
        self._value.setText(value)
        self._value.set_tone(tone)
        self._aside.setText(aside)
        self._aside.setVisible(bool(aside) and not self._brief)
        said = f"{self._caption}: {value} {aside}".strip()
        if said != self.accessibleName():
            self.setAccessibleName(said)
        if hint != self.toolTip():
            self.setToolTip(hint)
            self.setAccessibleDescription(hint)

    def set_brief(self, brief: bool) -> None:
        """Leave the aside out, or show it again."""
        self._brief = brief
        self._aside.setVisible(bool(self._aside.text()) and not brief)
        hold_width(self, self.room(brief=brief), fixed=False)

    def room(self, *, brief: bool) -> int:
        """Pixels that it needs, with its aside or without."""
        value, aside = self._widest
        wide = _wide(self._value, value)
        if not brief and (aside or self._aside.text()):
            wide += self._values.spacing() + _wide(self._aside, aside)
        return max(wide, self._name.sizeHint().width())

    def value(self) -> str:
        """The figure shown."""
        return self._value.text()

    def aside(self) -> str:
        """The aside, shown or left out."""
        return self._aside.text()


def _wide(label: Text, text: str) -> int:
    """Pixels that the label needs for what it shows, and for this."""
    return max(label.fontMetrics().horizontalAdvance(text) + 2, label.sizeHint().width())


class Fact(QWidget):
    """Name at the left, value at the right."""

    def __init__(self, name: str, value: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._value = Elided(value, 12, 500, tabular=True, align=Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 3)
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
