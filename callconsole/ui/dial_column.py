"""The left column: a new call, from the number to the green button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.domain.problems import Problem
from callconsole.ui.dial_options import DialOptions, FoldedOptions
from callconsole.ui.dial_pad import DialPad
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.number_field import NumberField
from callconsole.ui.kit.segmented import Segmented
from callconsole.ui.kit.text import Text
from callconsole.ui.tokens import DIAL_WIDTH
from callconsole.ui.zoom import px
from callconsole.viewmodels.checkup import CHECKING, Checkup
from callconsole.viewmodels.desk import PHONE, PRACTICE
from callconsole.viewmodels.dialler import Dialler
from callconsole.viewmodels.parties import Parties

REDIAL_FROM_HEIGHT = 480


class DialColumn(QWidget):
    """Always "New call"; what it shows is the dialler's.

    Signals:
        check_asked: id of the check that tells why Call is dark.
    """

    check_asked = Signal(str)

    def __init__(
        self,
        dialler: Dialler,
        parties: Parties,
        checkup: Checkup,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._dialler = dialler
        self._checkup = checkup
        self._parties = parties
        self.setFixedWidth(DIAL_WIDTH)
        self.line = Segmented("Line", [(PRACTICE, "Practice"), (PHONE, "Phone")])
        self.number = NumberField()
        self.error = Text("", 12, 500, "danger", wrap=True)
        self.pad = DialPad()
        self.options = DialOptions(dialler)
        self.folded = FoldedOptions(dialler)
        self.reason = Text("", 12, 500, "muted", wrap=True)
        self.why = Button("Why?", Kind.GHOST, height=24, text_size=12, flush=True)
        self.why.setAccessibleName("Why? Open the check-up")
        self.call = Button(
            "Call", Kind.SUCCESS, icon="phone-fill", key="Enter", height=44, text_size=15
        )
        self.redial = Button("Redial", Kind.GHOST, icon="arrow-clockwise", height=32)
        self._lay_out()
        self._join()
        self._show_options()
        self._show_readiness()
        self._show_problem(None)
        self.fold(False)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(Text("New call", 15, 600))
        top.addStretch()
        top.addWidget(self.line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 16, 12)
        column.setSpacing(0)
        column.addLayout(top)
        column.addSpacing(10)
        column.addWidget(self.number)
        column.addWidget(self.error)
        column.addSpacing(12)
        column.addWidget(self.pad)
        column.addSpacing(18)
        column.addWidget(self.options)
        column.addWidget(self.folded)
        column.addStretch(1)
        column.addSpacing(8)
        column.addLayout(self._reason_row())
        column.addSpacing(6)
        column.addWidget(self.call)
        column.addSpacing(4)
        column.addWidget(self.redial)
        self.error.setContentsMargins(0, 6, 0, 0)

    def _reason_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.reason, 1)
        row.addWidget(self.why, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _join(self) -> None:
        dialler, number = self._dialler, self.number
        number.edited.connect(dialler.edit)
        number.entered.connect(dialler.call)
        number.left.connect(dialler.leave)
        number.backspaced.connect(dialler.backspace)
        number.cleared.connect(dialler.clear)
        number.region_chosen.connect(dialler.set_region)
        self.line.chosen.connect(dialler.choose_line)
        self.pad.typed.connect(dialler.press)
        self.call.clicked.connect(dialler.call)
        self.why.clicked.connect(self._on_why)
        self.redial.clicked.connect(self.put_redial)
        dialler.text_changed.connect(number.show_text)
        dialler.placed.connect(self._on_placed)
        dialler.region_changed.connect(number.country.show_region)
        dialler.problem_changed.connect(self._show_problem)
        dialler.options_changed.connect(self._show_options)
        dialler.readiness_changed.connect(self._show_readiness)

    def fold(self, folded: bool) -> None:
        """Show the options as one row, for low windows."""
        self.options.setVisible(not folded)
        self.folded.setVisible(folded)
        place = self.redial.sizePolicy()
        place.setRetainSizeWhenHidden(not folded)
        self.redial.setSizePolicy(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave Redial to its shortcut where the keys need the room."""
        super().resizeEvent(event)
        self._show_redial()

    def put_redial(self) -> None:
        """Put the last number into the field, ready for Enter."""
        self._dialler.redial()
        self.number.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_placed(self) -> None:
        """Let what is typed next begin a new number."""
        if self.number.digits.hasFocus():
            self.number.digits.selectAll()

    def _show_problem(self, problem: Problem | None) -> None:
        sentence = f"{problem.title}." if problem is not None else ""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        hint = f"{problem.cause} {problem.cure}" if problem is not None else ""
        self.error.setToolTip(hint)
        self.number.set_wrong(problem is not None, sentence)

    def _show_options(self) -> None:
        self.line.choose(self._dialler.line)
        reason = self._dialler.phone_reason
        self.line.allow(PHONE, not reason, f"Real calls need set-up first.\n{reason}")

    def _show_readiness(self) -> None:
        reason = self._dialler.reason
        self.call.setEnabled(not reason)
        obstacle = self._dialler.obstacle
        self.call.setToolTip(f"{obstacle.cause} {obstacle.cure}" if obstacle else reason)
        said = reason or self._dialler.lines
        self.reason.setText(said)
        self.reason.setVisible(bool(said))
        checking = obstacle == CHECKING
        self.reason.set_tone("danger" if obstacle and not checking else "muted")
        self.why.setVisible(bool(reason) and self._checkup.row_about(obstacle) is not None)
        self._show_redial()

    def _on_why(self) -> None:
        name = self._checkup.row_about(self._dialler.obstacle)
        if name is not None:
            self.check_asked.emit(name)

    def _show_redial(self) -> None:
        last = self._dialler.last_number
        cramped = self.height() < px(REDIAL_FROM_HEIGHT) and not self.folded.isHidden()
        self.redial.setVisible(last is not None and not cramped)
        if last is not None:
            title = self._parties.party(last).title
            room = self.redial.fontMetrics().elidedText(
                f"Redial {title}", Qt.TextElideMode.ElideRight, px(DIAL_WIDTH - 80)
            )
            self.redial.set_content(room)
            self.redial.setToolTip(f"Redial {title} (Ctrl R)")
