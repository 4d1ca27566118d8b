"""What the guide's steps have in common on the screen: fields, result, where the caret goes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from callconsole.ui.guide_field import GuideField
from callconsole.ui.guide_result import GuideResult
from callconsole.viewmodels.guide_step import GuideStep

READING_WIDTH = 736


class GuideBody(QWidget):
    """A column that a step fills; `content` is laid out from the top.

    Signals:
        forward_asked: Enter in a field of a step that is done.
        button_asked: Enter in a field where the main button has the last word.
    """

    forward_asked = Signal()
    button_asked = Signal()

    def __init__(self, step: GuideStep) -> None:
        super().__init__()
        self.setMaximumWidth(READING_WIDTH)
        self.step = step
        self.fields: dict[str, GuideField] = {}
        self.result = GuideResult()
        self.content = QVBoxLayout(self)
        self.content.setContentsMargins(0, 4, 16, 8)
        self.content.setSpacing(12)

    def finish(self) -> None:
        """Everything is laid out: follow the step from now on."""
        self.content.addStretch(1)
        self.step.changed.connect(self.show_step)
        self.show_step()

    def add_field(self, name: str, hint: str = "", more: str = "") -> GuideField:
        """A field for one setting; Enter in it checks the step."""
        field = GuideField(self.step, name, hint, more)
        field.edit.returnPressed.connect(self.on_enter)
        self.fields[name] = field
        return field

    def on_enter(self) -> None:
        """Enter in a field: the next empty one, or the check."""
        empty = next((f for f in self.fields.values() if f.isVisible() and f.wants_focus), None)
        if empty is not None and self.step.lacks:
            empty.focus_field()
        elif self.step.done:
            self.forward_asked.emit()
        elif not self.step.checking:
            self.step.check()
            wrong = (
                f for name, f in self.fields.items() if f.isVisible() and self.step.wrong(name)
            )
            for field in wrong:
                field.focus_field()
                break

    def show_step(self) -> None:
        """Show how the step stands now."""
        self.show_result()

    def show_result(self) -> None:
        """Say what the check has come to."""
        step = self.step
        if step.waiting:
            self.result.tell("This works. It is saved once you have answered above.")
        elif step.checking:
            self.result.turn(self.checking_words)
        elif step.problem is not None:
            problem = step.problem
            line = f"{problem.cause} {problem.cure}".strip()
            self.result.bad(problem.title, line, problem.link or "")
        elif step.done and step.found:
            self.result.good(step.found)
        else:
            self.result.hide()

    @property
    def checking_words(self) -> str:
        """What is going on while the check runs."""
        return "Checking…"

    @property
    def chooses(self) -> bool:
        """True where only a choice is left."""
        return False

    def choices(self) -> list[QWidget]:
        """What is chosen from."""
        return []

    def has_caret(self) -> bool:
        """True while somebody types or chooses here."""
        held = [*(field.edit for field in self.fields.values()), *self.choices()]
        return any(widget.hasFocus() for widget in held)

    def focus_first(self) -> bool:
        """Put the caret where something has to be typed; False where nothing has."""
        for field in self.fields.values():
            if field.isVisible() and field.wants_focus:
                field.focus_field()
                return True
        return False
