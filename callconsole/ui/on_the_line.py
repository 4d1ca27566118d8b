"""Who hears whom while the operator is on the line, in three rows of the right panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.kit.banner import IconMark
from callconsole.ui.kit.surfaces import Hairline
from callconsole.ui.kit.text import Elided, Text
from callconsole.viewmodels.operator import Operator


class _Row(QWidget):
    """One party: icon, name, and what they hear or do."""

    def __init__(self, name: str, icon: str, tone: str, *, quiet: bool = False) -> None:
        super().__init__()
        self.name = Text(name, 13, 400 if quiet else 600, "muted" if quiet else "text")
        self.words = Elided("", 12, 500, tone, align=Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.mark = IconMark(icon, tone, 16)
        row.addWidget(self.mark)
        row.addWidget(self.name)
        row.addWidget(self.words, 1)


class OnTheLine(QWidget):
    """Shown only while the operator is on the line."""

    def __init__(self, operator: Operator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._operator = operator
        self.you = _Row("You", "microphone-fill", "accent")
        self.callee = _Row("Callee", "user-fill", "callee")
        self.agent = _Row("AI", "robot", "muted", quiet=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(Text("Who is on the line", 13, 600))
        for row in (self.you, self.callee, self.agent):
            column.addWidget(row)
        column.addSpacing(10)
        column.addWidget(Hairline())
        operator.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        operator = self._operator
        self.setVisible(operator.taken_over)
        if not operator.taken_over:
            return
        name = operator.callee
        self.callee.name.setText(name.removeprefix("the ").title() if "the " in name else name)
        silent = operator.muted or operator.unheard
        words = "muted" if operator.muted else "not heard"
        self.you.words.setText(words if silent else f"speaking to {name}")
        tone = "warning" if silent else "accent"
        self.you.words.set_tone(tone)
        self.you.mark.set_icon("microphone-slash-fill" if silent else "microphone-fill", tone)
        self.callee.words.setText("hears silence" if silent else "hears only you")
        reads = "silent" if operator.caller_muted else "silent, reads along"
        self.agent.words.setText(reads)
