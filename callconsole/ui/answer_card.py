"""The centre while it is decided who answered: one question, one key for each answer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.announce import announce
from callconsole.ui.answer_rows import Choices, EvidenceList
from callconsole.ui.dial_keys import is_editor
from callconsole.ui.fitting import fix_to_text
from callconsole.ui.heard_wave import HeardWave
from callconsole.ui.kit.banner import IconMark
from callconsole.ui.kit.bar import Bar
from callconsole.ui.kit.surfaces import Hairline, Scroll, Surface, card
from callconsole.ui.kit.text import Elided, Text
from callconsole.ui.zoom import px
from callconsole.viewmodels.answer_card import AnswerCard

EVERYWHERE = "Alt"
"""With this key the digits work for the whole call, whatever has the focus."""
TIGHT_BELOW_HEIGHT = 500
NOTE = (
    f"They hear silence until you or the timer decide. {EVERYWHERE} and the same digit "
    "correct it later."
)


class AnswerCardView(QWidget):
    """Shows the answer card; it may have the focus itself, so that the bare digits work."""

    ring_hidden = True

    def __init__(self, answer: AnswerCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer = answer
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Who answered?")
        self.question = Text("", 20, 600)
        self.sentence = Elided("", 13, 400, "muted", tabular=True)
        self.countdown = Text("", 20, 600, "accent", tabular=True)
        self.caption = Text("", 12, 400, "muted")
        self.progress = Bar("Time until it is decided", 4)
        self.choices = Choices(EVERYWHERE)
        self.wave = HeardWave()
        self.elapsed = Text("", 12, 400, "muted", tabular=True)
        self.evidence = EvidenceList()
        self._note = _note()
        self._lay_out()
        self.choices.chosen.connect(answer.choose)
        answer.changed.connect(self._show)
        answer.heard_changed.connect(self._show_heard)
        answer.judged.connect(self._on_judged)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)
        self._show()

    def _lay_out(self) -> None:
        ground = card()
        inside = QVBoxLayout(ground)
        inside.setContentsMargins(20, 16, 1, 8)  # the scroll bar floats in the right margin
        inside.setSpacing(0)
        upper = QVBoxLayout()
        upper.setContentsMargins(0, 0, 19, 0)
        upper.setSpacing(0)
        upper.addLayout(self._head())
        upper.addSpacing(12)
        upper.addWidget(self.progress)
        upper.addSpacing(16)
        upper.addWidget(self.choices)
        upper.addSpacing(12)
        upper.addWidget(Hairline())
        lower = Scroll(self._heard())
        lower.setMinimumHeight(40)
        inside.addLayout(upper)
        inside.addWidget(lower, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 16, 0)
        column.setSpacing(12)
        column.addWidget(ground, 1)
        column.addWidget(self._note)

    def _head(self) -> QHBoxLayout:
        for text in (self.countdown, self.caption):
            text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        fix_to_text(self.countdown, "Listening", fixed=False)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.question)
        words.addWidget(self.sentence)
        timer = QVBoxLayout()
        timer.setSpacing(2)
        timer.addWidget(self.countdown)
        timer.addWidget(self.caption)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addLayout(words, 1)
        head.addLayout(timer)
        return head

    def _heard(self) -> QWidget:
        content = QWidget()
        title = QHBoxLayout()
        title.addWidget(Text("What was heard", 13, 600))
        title.addStretch()
        title.addWidget(self.elapsed)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 12, 19, 0)
        column.setSpacing(0)
        column.addLayout(title)
        column.addSpacing(6)
        column.addWidget(self.wave)
        column.addSpacing(8)
        column.addWidget(self.evidence)
        column.addStretch(1)
        return content

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take less room in a low window."""
        super().resizeEvent(event)
        tight = self.height() < px(TIGHT_BELOW_HEIGHT)
        self.choices.tighten(tight)
        self._note.setVisible(not tight)
        self.wave.set_wave_height(44 if tight else 76)

    def _show(self) -> None:
        answer = self._answer
        if not answer.open:
            return
        self.question.setText(answer.question)
        self.sentence.setText(answer.sentence)
        self.countdown.setText(answer.countdown)
        self.caption.setText(answer.caption)
        self.progress.show_share(answer.fraction)
        self.choices.show_rows(answer.rows)
        self.evidence.show_rows(answer.evidence)
        self._show_heard()

    def _show_heard(self) -> None:
        self.wave.show_heard(self._answer.heard)
        self.elapsed.setText(f"{self._answer.elapsed} since the answer")

    def _on_judged(self, sentence: str) -> None:
        announce(self.window(), sentence, politely=True)

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        self.choices.show_keys(not is_editor(new))


def _note() -> Surface:
    made = Surface("sunken")
    row = QHBoxLayout(made)
    row.setContentsMargins(12, 8, 12, 8)
    row.setSpacing(8)
    row.addWidget(IconMark("info", "muted", 16))
    row.addWidget(Elided(NOTE, 13, 400, "muted"), 1)
    return made
