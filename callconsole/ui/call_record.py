"""The page of one kept call: head, facts, player, notes and transcript."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from callconsole.domain.prompt import Prompt
from callconsole.ui.call_figures import CallFigures
from callconsole.ui.fitting import set_margins, set_spacing
from callconsole.ui.kit.blank import Blank
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.head import head
from callconsole.ui.kit.measure import WORK_WIDTH, measured
from callconsole.ui.kit.pill import Pill
from callconsole.ui.kit.text import Elided
from callconsole.ui.notes_box import NotesBox
from callconsole.ui.player_bar import PlayerBar
from callconsole.ui.prompt_band import PromptBand
from callconsole.ui.transcript_view import TranscriptView
from callconsole.ui.zoom import px
from callconsole.viewmodels.call_detail import CallDetail, DetailState
from callconsole.viewmodels.dialler import Dialler

NOTHING = "The call that you choose in the list is shown here."
NOT_YET = "There is nothing to play here."
NO_WORDS = "Nothing was said in this call."


class CallRecordPage(QWidget):
    """Shows a `CallDetail`.

    Signals:
        call_asked(str): the E.164 number to call again.
    """

    call_asked = Signal(str)

    def __init__(self, detail: CallDetail, dialler: Dialler, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail = detail
        self._dialler = dialler
        self.name = Elided("", 20, 600, tabular=True)
        self.pill = Pill()
        self.line = Elided("", 13, 400, "muted", tabular=True)
        self.again = Button("Call again", Kind.SECONDARY, icon="phone")
        self.more = Button("", Kind.GHOST, icon="dots-three-outline")
        self.menu = QMenu(self)
        self.figures = CallFigures()
        self.confirm = PromptBand("danger")
        self.problem = PromptBand("danger")
        self.player = PlayerBar(detail)
        self.notes = NotesBox()
        self.transcript = TranscriptView(detail.transcript)
        self.transcript.widen_keys(self)
        self.blank = Blank()
        self._pages = QStackedWidget()
        self._shown: str | None = None
        self._followed: int | None = None
        self._build()
        self._listen()
        self._show()

    def set_low(self, low: bool) -> None:
        """Take less height."""
        self.player.set_low(low)
        self.notes.set_low(low)
        set_margins(self._column, 20, 12 if low else 20, 20, 8 if low else 16)
        set_spacing(self._column, 8 if low else 12)

    def set_narrow(self, narrow: bool) -> None:
        """Take less width."""
        self.figures.set_narrow(narrow)

    def focus_player(self) -> None:
        """Give the keyboard to what one does first here."""
        able = self._detail.playable
        (self.player.play if able else self.transcript.lines).setFocus(
            Qt.FocusReason.TabFocusReason
        )

    # Building ---------------------------------------------------------------------------------

    def _build(self) -> None:
        content = QWidget()
        self._column = measured(content, WORK_WIDTH, middle=False)
        self._column.addLayout(head(self.name, self.pill, self.line, self.again, self.more))
        for part in (self.confirm, self.problem, self.figures, self.player, self.notes):
            self._column.addWidget(part)
        self._column.addWidget(self.transcript, 1)
        self._pages.addWidget(content)
        self._pages.addWidget(self.blank)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(self._pages)
        self._content = content
        self.more.setAccessibleName("More")
        self.more.setToolTip("More")
        self.copy_action = self.menu.addAction("Copy transcript")
        self.file_action = self.menu.addAction("Show file")
        self.menu.addSeparator()
        self.delete_action = self.menu.addAction("Delete call…")
        self.keep_button = self.confirm.add_answer("Keep", self._close_confirm)
        self.delete_button = self.confirm.add_answer("Delete", self._detail.delete, Kind.DANGER)
        self.problem.add_answer("Close", self.problem.hide)
        self.set_low(False)

    def _listen(self) -> None:
        detail = self._detail
        detail.changed.connect(self._show)
        detail.sound_changed.connect(self._show_file)
        detail.playback.moved.connect(self._follow)
        self._dialler.readiness_changed.connect(self._show_again)
        self.again.clicked.connect(self._on_again)
        self.more.clicked.connect(self._on_more)
        self.copy_action.triggered.connect(self.transcript.copy)
        self.file_action.triggered.connect(self._on_show_file)
        self.delete_action.triggered.connect(self.ask_delete)
        self.transcript.lines.play_asked.connect(detail.play_row)
        self.transcript.lines.star_asked.connect(detail.star_row)
        self.blank.button.clicked.connect(detail.refresh)

    # What is shown ----------------------------------------------------------------------------

    def _show(self) -> None:
        detail = self._detail
        ready = detail.state is DetailState.READY
        self._pages.setCurrentWidget(self._content if ready else self.blank)
        if not ready:
            self._show_blank()
            return
        call, party, outcome = detail.call, detail.party, detail.outcome
        if call is None or party is None or outcome is None:
            return
        if self._shown != call.sid:
            self._shown = call.sid
            self.confirm.hide()
            self.problem.hide()
            if not call.live:
                self.transcript.lines.begin_at_top()
        self.name.setText(party.title)
        self.pill.show_state(outcome.text, outcome.tone, outcome.symbol)
        self.line.setText(detail.line)
        self.figures.show_figures(detail.figures)
        self.notes.show_notes(detail.notes)
        self.transcript.set_live(call.live)
        self.transcript.set_aside(Prompt(call.prompt, "").title)
        self.transcript.set_empty_text(NO_WORDS)
        self.delete_action.setEnabled(not call.live)
        self._show_problem()
        self._show_again()
        self._show_file()

    def _show_blank(self) -> None:
        detail = self._detail
        self._shown = None
        match detail.state:
            case DetailState.NOTHING:
                self.blank.say("No call is open", NOTHING, "phone")
            case DetailState.LOADING:
                self.blank.say("Opening the call…", icon="clock-counter-clockwise")
            case DetailState.GONE:
                self.blank.say("This call is not in the history any more", icon="trash")
            case _:
                problem = detail.problem
                if problem is not None:
                    line = f"{problem.cause} {problem.cure}".strip()
                    self.blank.say(problem.title, line, "warning", "danger", "Try again")

    def _show_problem(self) -> None:
        problem = self._detail.problem
        if problem is not None:
            self.confirm.hide()
            self.problem.say(problem.title, f"{problem.cause} {problem.cure}".strip())
        else:
            self.problem.hide()

    def _show_again(self) -> None:
        call = self._detail.call
        reason = self._dialler.reason_for(call.other if call is not None else None)
        if call is not None and not call.other:
            reason = "The caller withheld the number."
        self.again.setEnabled(not reason)
        self.again.setToolTip(reason)

    def _show_file(self) -> None:
        path = self._detail.sound.path
        self.file_action.setEnabled(path is not None and self._detail.sound.wave is not None)
        why_not = self._detail.sound.why_not or ("" if self._detail.playable else NOT_YET)
        self.transcript.lines.pointer.set_deeds(why_not)

    def _follow(self) -> None:
        """Bring each line into view when it begins to be played."""
        row = self._detail.transcript.playing_row
        if row != self._followed:
            self._followed = row
            if row is not None:
                self.transcript.lines.reveal(row)

    # What is done -----------------------------------------------------------------------------

    def ask_delete(self) -> None:
        """Ask on the page, which blocks nothing; a call that goes on cannot be deleted."""
        if not self.delete_action.isEnabled():
            return
        self.problem.hide()
        self.confirm.say(
            "Delete this call?", "What was said, its notes and its recording are gone for good."
        )
        self.keep_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_confirm(self) -> None:
        self.confirm.hide()
        self.more.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_more(self) -> None:
        corner = QPoint(
            self.more.width() - self.menu.sizeHint().width(), self.more.height() + px(4)
        )
        self.menu.popup(self.more.mapToGlobal(corner))

    def _on_show_file(self) -> None:
        path = self._detail.sound.path
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(path).parent)))

    def _on_again(self) -> None:
        if self._detail.call is not None:
            self.call_asked.emit(self._detail.call.other)
