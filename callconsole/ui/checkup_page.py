"""The Check-up page: everything that a call needs, each with its state, its cure and a button."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from callconsole.domain.checkup import Action, ActionKind
from callconsole.domain.problems import Problem
from callconsole.ui.check_row import CheckLine
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.lead import Lead
from callconsole.ui.kit.measure import WORK_WIDTH, measured
from callconsole.ui.kit.surfaces import Hairline, Scroll, card, panel
from callconsole.ui.kit.text import Text
from callconsole.ui.zoom import px
from callconsole.viewmodels.check_words import CheckGroup
from callconsole.viewmodels.checkup import Checkup

BUNDLE_NAME = "callconsole-support.zip"


class CheckupPage(QWidget):
    """Headline, then the groups; `open_row` leads to one of them.

    Signals:
        prompts_asked: a cure is on the Prompts page.
        setting_asked(str): a cure is the setting of this name.
    """

    prompts_asked = Signal()
    setting_asked = Signal(str)

    ring_hidden = True

    def __init__(self, checkup: Checkup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._checkup = checkup
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Check-up")
        self._lines: dict[str, CheckLine] = {}
        self._shape: list[tuple[str, tuple[str, ...]]] = []
        self._wanted: str | None = None
        self.lead = Lead()
        self.again = Button("Check all again", Kind.PRIMARY, icon="arrows-clockwise", key="F5")
        self.save = Button("Save support bundle…", Kind.SECONDARY, icon="download-simple")
        self.told = Text("", 12, 500, "muted", wrap=True)
        self._content = QWidget()
        self._groups = QVBoxLayout()
        self._groups.setSpacing(0)
        self._scroll = Scroll(self._content)
        self._lay_out()
        self.again.clicked.connect(self._check)
        self.save.clicked.connect(self.ask_where)
        checkup.changed.connect(self._show)
        checkup.running_changed.connect(self._on_running)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._keep_in_view)
        checkup.bundle_saved.connect(self._on_saved)
        checkup.bundle_failed.connect(self._on_problem)
        checkup.deed_failed.connect(self._on_problem)
        self._show()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Text("Check-up", 22, 600))
        head.addStretch()
        head.addWidget(self.save)
        head.addWidget(self.again)
        column = measured(self._content, WORK_WIDTH)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.told)
        column.addSpacing(16)
        column.addWidget(self.lead)
        column.addLayout(self._groups)
        column.addStretch(1)
        self.told.setContentsMargins(0, 8, 0, 0)
        self.told.hide()
        ground = panel()
        inside = QVBoxLayout(ground)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self._scroll)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 8, 8)
        outer.addWidget(ground)

    def open_row(self, name: str | None) -> None:
        """Bring a check into view and mark it; None marks none."""
        self._wanted = name
        for key, line in self._lines.items():
            line.set_marked(key == name)
        # The layout of rows that were just made is known a moment later.
        QTimer.singleShot(0, self, self._keep_in_view)
        if name in self._lines:
            self._lines[name].setFocus(Qt.FocusReason.OtherFocusReason)

    def line(self, name: str) -> CheckLine:
        """The row of a check. Raises KeyError."""
        return self._lines[name]

    def _check(self) -> None:
        # A button that is disabled under the focus would send it to the next one.
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._checkup.start()

    def ask_where(self) -> None:
        """Ask for a file, without holding anything up, and save the bundle there."""
        dialog = QFileDialog(self, "Save support bundle", BUNDLE_NAME, "Zip files (*.zip)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._checkup.save_bundle)
        dialog.open()

    def _show(self) -> None:
        checkup = self._checkup
        summary = checkup.summary()
        self.lead.show_lead(summary.title, summary.line, summary.symbol, summary.tone)
        self.again.set_content("Check all again" if checkup.begun else "Check everything")
        self.again.setEnabled(checkup.offered and not checkup.running)
        self.save.setEnabled(checkup.offered and not checkup.running)
        groups = checkup.groups()
        shape = [(group.title, tuple(row.id for row in group.rows)) for group in groups]
        if shape != self._shape:
            self._shape = shape
            self._build(groups)
        for group in groups:
            for row in group.rows:
                self._lines[row.id].show_row(row)

    def _build(self, groups: list[CheckGroup]) -> None:
        """Make the rows anew: another line is checked."""
        while (item := self._groups.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._lines = {}
        for group in groups:
            heading = Text(group.title, 15, 600)
            heading.setContentsMargins(0, 20, 0, 8)
            self._groups.addWidget(heading)
            ground = card()
            column = QVBoxLayout(ground)
            column.setContentsMargins(1, 1, 1, 1)
            column.setSpacing(0)
            for index, row in enumerate(group.rows):
                if index:
                    column.addWidget(Hairline())
                line = self._lines[row.id] = CheckLine(row)
                line.set_marked(row.id == self._wanted)
                line.acted.connect(self._on_acted)
                column.addWidget(line)
            self._groups.addWidget(ground)

    def _keep_in_view(self) -> None:
        """Follow the row that was asked for while the rows above it grow and shrink."""
        line = self._lines.get(self._wanted or "")
        if line is not None:
            self._scroll.ensureWidgetVisible(line, 0, px(40))

    def _on_running(self) -> None:
        if self._checkup.running:
            self.open_row(None)  # a new run, and nobody has asked for a row yet
        self._show()

    def _on_saved(self, path: str) -> None:
        self._tell(f"Saved: {path}. Secrets and phone numbers are left out.", "muted")

    def _on_acted(self, action: Action) -> None:
        if action.kind is ActionKind.PROMPTS:
            self.prompts_asked.emit()
        elif action.kind is ActionKind.SETTINGS:
            self.setting_asked.emit(action.target)
        else:
            self.told.hide()
            self._checkup.act(action)

    def _on_problem(self, problem: Problem) -> None:
        self._tell(problem.sentence(), "danger")

    def _tell(self, words: str, tone: str) -> None:
        self.told.set_tone(tone)
        self.told.setText(words)
        self.told.show()
