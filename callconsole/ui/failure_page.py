"""The centre after a call that reached nobody: what they noticed, what to do, what happened."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.lead import Lead
from callconsole.ui.kit.number_disc import NumberDisc
from callconsole.ui.kit.surfaces import Scroll, Surface, card
from callconsole.ui.kit.text import Text
from callconsole.ui.steps_list import StepsList
from callconsole.viewmodels.failure import Cure, Failure
from callconsole.viewmodels.models import Models


class FailurePage(QWidget):
    """Headline, cures in order, steps with times.

    Signals:
        prompts_asked: the cure is on the Prompts page.
        number_asked: the cure is another number; E.164 of the one that was called.
    """

    prompts_asked = Signal()
    number_asked = Signal(str)

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live = models.live
        self._dialler = models.dialler
        self.lead = Lead()
        self.steps = StepsList()
        self._cure_title = Text("", 14, 600)
        self._cure = Text("", 13, 400, "muted", wrap=True)
        self._again_title = Text("", 14, 600)
        self._again = Text("", 13, 400, "muted", wrap=True)
        self.prompts = Button("Open prompts", Kind.SECONDARY, icon="file-text")
        self.number = Button("Change the number", Kind.SECONDARY, icon="note-pencil")
        self.help = Button("Read more", Kind.SECONDARY, icon="info")
        self.call_again = Button("Call again", Kind.PRIMARY, icon="phone")
        self.done = Button("Back to start", Kind.GHOST)
        self.copy = Button("Copy details", Kind.GHOST, icon="copy", height=28, flush=True)
        self._lay_out()
        self.prompts.clicked.connect(self.prompts_asked)
        self.number.clicked.connect(self._on_number)
        self.help.clicked.connect(self._open_link)
        self.call_again.clicked.connect(self._on_call_again)
        self.done.clicked.connect(self._live.dismiss)
        self.copy.clicked.connect(self._copy)
        self._live.changed.connect(self._show)
        self._dialler.readiness_changed.connect(self._show_again)
        self._show()

    def _lay_out(self) -> None:
        cures = QHBoxLayout()
        cures.setSpacing(12)
        first_buttons = (self.prompts, self.number, self.help)
        cures.addWidget(_cure_card(1, self._cure_title, self._cure, first_buttons), 1)
        second_buttons = (self.call_again, self.done)
        cures.addWidget(_cure_card(2, self._again_title, self._again, second_buttons), 1)
        happened = QHBoxLayout()
        happened.addWidget(Text("What happened", 15, 600))
        happened.addStretch()
        happened.addWidget(self.copy)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 16, 0)
        column.setSpacing(0)
        column.addWidget(self.lead)
        column.addSpacing(20)
        column.addWidget(Text("What to do", 15, 600))
        column.addSpacing(8)
        column.addLayout(cures)
        column.addSpacing(20)
        column.addLayout(happened)
        column.addWidget(self.steps)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(Scroll(content))

    def _show(self) -> None:
        story = self._live.failure
        if story is None:
            return
        self.lead.show_lead(story.noticed, story.explanation, story.symbol, story.tone)
        self._cure_title.setText(story.cure_title)
        self._cure.setText(story.cure)
        self._again_title.setText(story.again_title)
        self.prompts.setVisible(story.offered is Cure.PROMPTS)
        self.number.setVisible(story.offered is Cure.NUMBER)
        self.help.setVisible(story.link is not None)
        self.help.setToolTip(story.link or "")
        self.steps.show_rows(story.rows)
        self._show_again()

    def _show_again(self) -> None:
        reason = self._dialler.reason_for(self._live.number)
        story = self._live.failure
        urge = story is not None and story.urge_again
        self.call_again.set_kind(Kind.PRIMARY if urge else Kind.SECONDARY)
        self.call_again.setEnabled(not reason)
        self._again.setText(
            reason or "Number, prompt and settings are kept. Nothing has to be typed twice."
        )

    def _on_call_again(self) -> None:
        number = self._live.number
        if number is not None:
            self._dialler.call_number(number)

    def _on_number(self) -> None:
        number = self._live.number
        if number is not None:
            self.number_asked.emit(number)

    def _open_link(self) -> None:
        story = self._live.failure
        if story is not None and story.link is not None:
            QDesktopServices.openUrl(QUrl(story.link))

    def _copy(self) -> None:
        story = self._live.failure
        if story is not None:
            QGuiApplication.clipboard().setText(details(story))


def details(story: Failure) -> str:
    """The whole story as plain text, for a message to somebody who helps."""
    lines = [story.noticed, story.explanation, story.cure, f"({story.code})", ""]
    lines += [f"{row.time}  {row.state.value:8}{row.text}  {row.detail}" for row in story.rows]
    return "\n".join(line.rstrip() for line in lines)


def _cure_card(number: int, title: Text, text: Text, buttons: tuple[Button, ...]) -> Surface:
    made = card()
    head = QHBoxLayout()
    head.setSpacing(8)
    head.addWidget(NumberDisc(number))
    head.addWidget(title, 1)
    row = QHBoxLayout()
    row.setSpacing(8)
    for button in buttons:
        row.addWidget(button)
    row.addStretch()
    column = QVBoxLayout(made)
    column.setContentsMargins(16, 14, 16, 14)
    column.setSpacing(10)
    column.addLayout(head)
    column.addWidget(text, 1, Qt.AlignmentFlag.AlignTop)
    column.addLayout(row)
    return made
