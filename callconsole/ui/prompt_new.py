"""The field in which a new prompt gets its name."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.domain.problems import Problem
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.line_field import LineField
from callconsole.ui.kit.text import Text
from callconsole.viewmodels.prompt_shelf import PromptShelf


class NewName(QWidget):
    """A field for a new prompt's name, with what is wrong with it below.

    Signals:
        done(bool): True where the prompt was made, False where the operator gave up.
    """

    done = Signal(bool)

    def __init__(self, shelf: PromptShelf) -> None:
        super().__init__()
        self._shelf = shelf
        self.field = LineField("Name of the new prompt", "Name, then Enter")
        self.create_button = Button("Create", Kind.SECONDARY)
        self.problem = Text("", 12, 400, "danger", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.create_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.problem)
        self.create_button.clicked.connect(self._make)
        self.field.returnPressed.connect(self._make)
        self.field.textEdited.connect(self._on_typed)
        self.hide()

    def begin(self) -> None:
        """Appear empty, with the keyboard."""
        self.field.clear()
        self._on_typed()
        self.show()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives up."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave(False)
        else:
            super().keyPressEvent(event)

    def _make(self) -> None:
        name = self.field.text()
        if not name.strip():
            self._say("A prompt needs a name.")
            return
        refused: list[str] = []

        def note(problem: Problem) -> None:
            refused.append(f"{problem.title}. {problem.cure}")

        self._shelf.failed.connect(note)
        made = self._shelf.new(name)
        self._shelf.failed.disconnect(note)
        if made:
            self._leave(True)
        else:
            self._say(refused[0])

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.show()
        self.field.set_wrong(True)

    def _on_typed(self) -> None:
        self.problem.hide()
        self.field.set_wrong(False)

    def _leave(self, made: bool) -> None:
        self.hide()
        self.done.emit(made)
