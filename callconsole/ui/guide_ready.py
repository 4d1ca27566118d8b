"""The guide's last step on the screen: what was looked at, one's own number, and the call."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.guide_body import GuideBody
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.lead import Lead
from callconsole.ui.kit.spinner import StateMark
from callconsole.ui.kit.text import Text
from callconsole.viewmodels.guide_ready import NUMBER, ReadyRow, ReadyStep, Stage

TITLE_WIDTH = 116
_ICONS = {
    Stage.LACKING: "warning",
    Stage.BUSY: "heartbeat",
    Stage.PRACTISING: "phone",
    Stage.WAITING: "arrows-clockwise",
    Stage.BLOCKED: "x-circle",
    Stage.READY: "phone-call",
    Stage.CALLED: "check-circle",
}


class _GroupLine(QWidget):
    """One group of checks: mark, name, and how it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.mark = StateMark()
        self.title = Text("", 13, 600)
        self.title.setFixedWidth(TITLE_WIDTH)
        self.detail = Text("", 13, 400, "muted", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(10)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.title, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.detail, 1)

    def show_row(self, shown: ReadyRow) -> None:
        """Show this group."""
        self.mark.show_state(shown.symbol, shown.tone, turning=shown.turning)
        self.title.setText(shown.title)
        self.detail.setText(shown.detail)
        self.setAccessibleName(f"{shown.title}: {shown.detail}")


class ReadyBody(GuideBody):
    """The headline says what comes next; the main button of the page does it.

    Signals:
        check_asked(str): the row of this check, on the board.
    """

    check_asked = Signal(str)

    def __init__(self, step: ReadyStep) -> None:
        super().__init__(step)
        self._ready = step
        self.lead = Lead()
        self.board = Button("Open the check-up", Kind.GHOST, icon="heartbeat", height=32)
        self.board.clicked.connect(self._on_board)
        self.lines: list[_GroupLine] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.content.addWidget(self.lead)
        self.content.addWidget(self.result)
        self.content.addWidget(self.add_field(NUMBER, "+1 415 555 2671"))
        self.content.addLayout(self._list)
        self.content.addWidget(self.board, 0, Qt.AlignmentFlag.AlignLeft)
        self.finish()

    def on_enter(self) -> None:
        """Calling is for the button, or a second Enter on it."""
        self.step.leave_field(NUMBER)
        if not self.step.wrong(NUMBER):
            self.button_asked.emit()

    def show_step(self) -> None:
        """Show how far it is."""
        step = self._ready
        title, line, tone = step.headline
        self.lead.show_lead(title, line, _ICONS[step.stage], tone)
        self.fields[NUMBER].setVisible(step.stage in (Stage.READY, Stage.CALLED))
        rows = step.rows()
        while len(self.lines) < len(rows):
            made = _GroupLine()
            self.lines.append(made)
            self._list.addWidget(made)
        for place, made in enumerate(self.lines):
            made.setVisible(place < len(rows))
            if place < len(rows):
                made.show_row(rows[place])
        self.board.setVisible(bool(rows))
        self.show_result()

    def show_result(self) -> None:
        """Only why a call could not be begun; the headline says the rest."""
        problem = self._ready.problem
        if problem is None or self._ready.checking:
            self.result.hide()
            return
        self.result.bad(problem.title, f"{problem.cause} {problem.cure}", problem.link or "")

    def _on_board(self) -> None:
        worst = next((row for row in self._ready.rows() if row.tone == "danger"), None)
        rows = self._ready.rows()
        self.check_asked.emit((worst or rows[0]).check if rows else "")
