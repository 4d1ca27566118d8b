"""Steps with their times, one under the other: on the way to a call, and after a failure."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.kit.banner import IconMark
from callconsole.ui.kit.surfaces import Hairline
from callconsole.ui.kit.text import Elided, Text
from callconsole.viewmodels.progress import RowState, StepRow

_MARKS = {
    RowState.OK: ("check-circle-fill", "success"),
    RowState.FAILED: ("x-circle-fill", "danger"),
    RowState.RUNNING: ("circle-dashed", "accent"),
    RowState.WAITING: ("minus-circle", "muted"),
}
_WORDS = {
    RowState.OK: "done",
    RowState.FAILED: "failed",
    RowState.RUNNING: "now",
    RowState.WAITING: "not yet",
}


class _Line(QWidget):
    def __init__(self, row: StepRow) -> None:
        super().__init__()
        self.setFixedHeight(40)
        self.setAccessibleName(f"{row.text}: {_WORDS[row.state]}. {row.detail} {row.time}")
        strong = row.state in (RowState.FAILED, RowState.RUNNING)
        tone = "muted" if row.state is RowState.WAITING else "text"
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(IconMark(*_MARKS[row.state], size=16))
        layout.addWidget(Text(row.text, 13, 600 if strong else 400, tone))
        right = Qt.AlignmentFlag.AlignRight
        layout.addWidget(Elided(row.detail, 12, 400, "muted", tabular=True, align=right), 1)
        layout.addWidget(Text(row.time, 13, 500, tone, tabular=True))


class StepsList(QWidget):
    """Rows of 40 with hairlines between."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[StepRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_rows(self, rows: Sequence[StepRow]) -> None:
        """Show these steps."""
        if list(rows) == self._rows:
            return
        self._rows = list(rows)
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for index, row in enumerate(rows):
            if index:
                self._column.addWidget(Hairline())
            self._column.addWidget(_Line(row))

    def rows(self) -> list[StepRow]:
        """What is shown."""
        return list(self._rows)
