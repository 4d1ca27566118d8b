"""The prompts page: choose a prompt on the left, write it in the middle, save it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import (
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QWidget

from callconsole.domain.problems import Problem
from callconsole.ui import icons, theme
from callconsole.ui.abilities_panel import AbilitiesPanel
from callconsole.ui.fitting import set_margins
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.head import head
from callconsole.ui.kit.measure import PROSE_WIDTH, measured
from callconsole.ui.kit.pill import Pill
from callconsole.ui.kit.shortcut import shortcut_inside
from callconsole.ui.kit.surfaces import Hairline, panel
from callconsole.ui.kit.text import Elided
from callconsole.ui.prompt_band import PromptBand
from callconsole.ui.prompt_editor import PromptEditor
from callconsole.ui.prompt_list import PromptList
from callconsole.ui.tokens import SIDE_WIDTH
from callconsole.ui.zoom import px
from callconsole.viewmodels.prompt_shelf import PromptShelf

SAVED_MS = 2500
DRAWER_BELOW_WIDTH = 1180
CHANGED_CODE = "prompt.changed_outside"


class PromptsPage(QWidget):
    """Everything about prompts that an operator can do. Ctrl+S saves, Ctrl+N makes a new one."""

    def __init__(self, shelf: PromptShelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._shown = ""
        self._filling = False
        self._narrow = False
        self.list = PromptList(shelf)
        self.editor = PromptEditor()
        self.abilities = AbilitiesPanel(shelf, self)
        self.title = Elided("", 20, 600)
        self.pill = Pill()
        self.counts = Elided("", 13, 400, "muted", tabular=True)
        self.revert_button = Button("Revert", Kind.GHOST, icon="arrow-counter-clockwise")
        self.save_button = Button("Save", Kind.PRIMARY, icon="floppy-disk", key="Ctrl S")
        self.abilities_button = Button("Abilities", Kind.SECONDARY, icon="sliders-horizontal")
        self.undo_button = Button("Undo", Kind.GHOST, icon="arrow-u-up-left", height=32)
        self.redo_button = Button("Redo", Kind.GHOST, icon="arrow-u-up-right", height=32)
        self.hint = Elided("", 12, 500, "muted")
        self.empty_band = PromptBand("warning")
        self.conflict_band = PromptBand("warning")
        self.problem_band = PromptBand("danger")
        self._saved = QTimer(self, singleShot=True, interval=SAVED_MS)
        self._build()
        self._listen()
        shelf.refresh()
        self._show_current()

    # Qt's own doors ---------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the disk again each time the page comes to the front."""
        super().showEvent(event)
        self._shelf.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Look at the disk again when the window does, as after work in another editor."""
        super().changeEvent(event)
        if (
            event.type() == QEvent.Type.ActivationChange
            and self.isVisible()
            and self.isActiveWindow()
        ):
            self._shelf.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the right panel a drawer where the editor needs its room."""
        super().resizeEvent(event)
        narrow = self.width() < px(DRAWER_BELOW_WIDTH)
        if narrow != self._narrow:
            self._narrow = narrow
            if narrow:
                self._row.removeWidget(self.abilities)
            else:
                self._row.addWidget(self.abilities)
            set_margins(self._row, 0, 0, 8 if narrow else 0, 8)
            self.abilities.setVisible(not narrow)
            self.abilities.float_above(narrow)
            self.abilities_button.setVisible(narrow)
        self._place_drawer()

    def toggle_drawer(self) -> None:
        """Open or close the drawer on narrow windows."""
        if self._narrow:
            self.abilities.setVisible(self.abilities.isHidden())
            self._place_drawer()
            self.abilities.raise_()

    def _place_drawer(self) -> None:
        if self._narrow:
            top = self.editor.mapTo(self, self.editor.rect().topLeft()).y()
            left = self.width() - px(SIDE_WIDTH) - px(16)
            self.abilities.setGeometry(left, top, px(SIDE_WIDTH), self.height() - top - px(16))

    # Building ---------------------------------------------------------------------------

    def _build(self) -> None:
        surface = panel()
        column = measured(surface, PROSE_WIDTH)
        column.setContentsMargins(20, 20, 20, 12)
        column.setSpacing(12)
        buttons = (self.revert_button, self.abilities_button, self.save_button)
        column.addLayout(head(self.title, self.pill, self.counts, *buttons))
        column.addWidget(Hairline())
        for band in (self.problem_band, self.conflict_band, self.empty_band):
            column.addWidget(band)
        column.addWidget(self.editor, 1)
        column.addWidget(Hairline())
        column.addLayout(self._foot())
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 8)
        self._row.setSpacing(0)
        self._row.addWidget(self.list)
        self._row.addWidget(surface, 1)
        self._row.addWidget(self.abilities)
        self.abilities_button.hide()
        take, keep = "Take the file's text", "Keep mine and save"
        self.take_button = self.conflict_band.add_answer(take, self._shelf.revert)
        self.keep_button = self.conflict_band.add_answer(keep, self._overwrite)
        self.problem_band.add_answer("Close", self.problem_band.hide)

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(_InfoSymbol())
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.undo_button)
        foot.addWidget(self.redo_button)
        return foot

    def _listen(self) -> None:
        shelf, editor = self._shelf, self.editor
        shelf.current_changed.connect(self._show_current)
        shelf.dirty_changed.connect(self._write_state)
        shelf.conflict_changed.connect(self._on_conflict)
        shelf.saved.connect(self._on_saved)
        shelf.failed.connect(self._on_failed)
        editor.textChanged.connect(self._on_typed)
        editor.document().undoAvailable.connect(self.undo_button.setEnabled)
        editor.document().redoAvailable.connect(self.redo_button.setEnabled)
        self.undo_button.clicked.connect(editor.undo)
        self.redo_button.clicked.connect(editor.redo)
        self.save_button.clicked.connect(self.save)
        self.abilities_button.clicked.connect(self.toggle_drawer)
        self.revert_button.clicked.connect(shelf.revert)
        self._saved.timeout.connect(self._write_state)
        shortcut_inside(self, QKeySequence.StandardKey.Save, self.save)
        shortcut_inside(self, QKeySequence.StandardKey.New, self.list.ask_name)

    # What happens -----------------------------------------------------------------------

    def save(self) -> None:
        """Save the open prompt where it differs from its file."""
        if self._shelf.dirty:
            self._shelf.save()

    def _overwrite(self) -> None:
        self._shelf.save(overwrite=True)

    def _show_current(self) -> None:
        self._filling = True
        if self._shelf.current != self._shown:
            self._shown = self._shelf.current
            self.editor.show_text(self._shelf.text)
            self.problem_band.hide()
            self._saved.stop()
        elif self._shelf.text != self.editor.text():
            self.editor.replace_text(self._shelf.text)
        self._filling = False
        self.abilities.show_prompt()
        self.title.setText(self._shelf.title or "No prompt")
        self.editor.setEnabled(bool(self._shown))
        document = self.editor.document()
        self.undo_button.setEnabled(document.isUndoAvailable())
        self.redo_button.setEnabled(document.isRedoAvailable())
        if self._shelf.is_new:
            self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self._on_conflict(self._shelf.conflict)
        self._write_state()

    def _on_typed(self) -> None:
        if not self._filling:
            self._shelf.edit(self.editor.text())
            self._write_state()

    def _on_saved(self) -> None:
        self.problem_band.hide()
        self._saved.start()
        self._write_state()

    def _on_conflict(self, conflict: bool) -> None:
        if conflict:
            self.conflict_band.say(
                "The file was changed meanwhile",
                "Somebody saved this prompt while you were writing. Your text is safe here.",
            )
        else:
            self.conflict_band.hide()

    def _on_failed(self, problem: Problem) -> None:
        # The name field and the conflict's own band say these themselves.
        if problem.code == CHANGED_CODE or self.list.new_name.isVisible():
            return
        self.problem_band.say(problem.title, f"{problem.cause} {problem.cure}")

    def _write_state(self) -> None:
        shelf = self._shelf
        self.counts.setText(self._counts() if shelf.current else "")
        self.save_button.setEnabled(shelf.dirty)
        self.revert_button.setVisible(shelf.dirty)
        self._write_pill()
        self.hint.setText(self._hint())
        if shelf.current and not shelf.text.strip():
            self.empty_band.say("This prompt is empty", "A call cannot start with it.")
        else:
            self.empty_band.hide()

    def _write_pill(self) -> None:
        self.pill.setVisible(self._shelf.dirty or self._saved.isActive())
        if self._shelf.dirty:
            self.pill.show_state("Draft, not saved", "warning", "circle-fill")
        else:
            self.pill.show_state("Saved", "success", "check-circle-fill")

    def _counts(self) -> str:
        characters, tokens = len(self._shelf.text), self._shelf.estimated_tokens
        return (
            f"{characters:,} character{'s' if characters != 1 else ''}, "
            f"≈ {tokens:,} token{'s' if tokens != 1 else ''}"
        )

    def _hint(self) -> str:
        if not self._shelf.current:
            return "Make a prompt with New."
        if self._shelf.variables:
            name = "{{" + self._shelf.variables[0] + "}}"
            return f"Calls send {name} just as it stands. Fill it in."
        if self._shelf.dirty:
            return "Calls still use the saved text. Save, and the next call uses this."
        return "The next call uses it."


class _InfoSymbol(QWidget):
    """The small sign before the hint."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(16, 16)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        icons.paint(QPainter(self), "info", theme.current().muted, 0, 0, 16)
