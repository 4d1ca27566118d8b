"""The prompts as an operator works on them: one open, each with what is not yet saved."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt
from callconsole.engine.ports import Prompts

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")

# A rule of thumb for English: a token is about four characters.
_CHARS_PER_TOKEN = 4


@dataclass(slots=True)
class _Draft:
    """Text in work; `base` is what the file held when it was last read, None if there was none."""

    text: str
    base: str | None

    @property
    def dirty(self) -> bool:
        return self.base is None or self.text != self.base


@dataclass(frozen=True, slots=True)
class PromptEntry:
    """One row of the prompt list."""

    name: str
    title: str
    edited: bool


class PromptShelf(QObject):
    """Open, edit, save. What was typed stays, whatever else is opened or happens on the disk.

    Signals:
        names_changed(): the list, or the "edited" mark of one of its rows, is another.
        current_changed(str): another prompt is open ("" for none), or the open one's text was
            replaced from outside the editor. Read `text` again.
        dirty_changed(bool): whether the open prompt differs from its file.
        saved(str): the prompt of this name is on the disk.
        conflict_changed(bool): whether the open prompt's file was changed by somebody else
            under an unsaved draft.
        failed(Problem): something did not work; nothing typed was lost.
    """

    names_changed = Signal()
    current_changed = Signal(str)
    dirty_changed = Signal(bool)
    saved = Signal(str)
    conflict_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, prompts: Prompts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._prompts = prompts
        self._names: list[str] = []
        self._drafts: dict[str, _Draft] = {}
        self._current = ""
        self._dirty = False
        self._conflict = False

    # What is shown ----------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """Saved prompts and new ones not saved yet, in reading order."""
        unsaved = [name for name, draft in self._drafts.items() if draft.dirty]
        return sorted({*self._names, *unsaved}, key=lambda name: Prompt(name, "").title.casefold())

    @property
    def entries(self) -> list[PromptEntry]:
        """The list's rows."""
        unsaved = set(self.unsaved)
        return [PromptEntry(n, Prompt(n, "").title, n in unsaved) for n in self.names]

    @property
    def unsaved(self) -> list[str]:
        """Names with text that is not on the disk; ask before the program closes."""
        return sorted(name for name, draft in self._drafts.items() if draft.dirty)

    @property
    def current(self) -> str:
        """Name of the open prompt, or ""."""
        return self._current

    @property
    def title(self) -> str:
        """The open prompt's name as a person reads it."""
        return Prompt(self._current, "").title

    @property
    def text(self) -> str:
        """The open prompt as it stands in the editor."""
        draft = self._drafts.get(self._current)
        return draft.text if draft else ""

    @property
    def dirty(self) -> bool:
        """True where the open prompt differs from its file."""
        return self._dirty

    @property
    def is_new(self) -> bool:
        """True where the open prompt was never saved."""
        draft = self._drafts.get(self._current)
        return draft is not None and draft.base is None

    @property
    def conflict(self) -> bool:
        """True where somebody else changed the file under an unsaved draft."""
        return self._conflict

    @property
    def estimated_tokens(self) -> int:
        """Tokens of the open prompt, from its length: four characters each."""
        return math.ceil(len(self.text) / _CHARS_PER_TOKEN)

    @property
    def variables(self) -> list[str]:
        """Names in ``{{ }}``, each once, in order of first use."""
        return list(dict.fromkeys(VARIABLE.findall(self.text)))

    # What the operator does -------------------------------------------------------------

    def open(self, name: str) -> bool:
        """Open a prompt; its draft, if it has one. False and `failed` where it cannot be read."""
        draft = self._drafts.get(name)
        if draft is None or not draft.dirty:
            read = self._read(name)
            if read is None:
                return False
            self._drafts[name] = _Draft(read.text, read.text)
        self._current = name
        self._set_conflict(self._changed_outside())
        self._judge()
        self.current_changed.emit(name)
        return True

    def edit(self, text: str) -> None:
        """Take what the editor holds now."""
        draft = self._drafts.get(self._current)
        if draft is None or draft.text == text:
            return
        draft.text = text
        self._judge()

    def save(self, *, overwrite: bool = False) -> bool:
        """Write the open prompt. Where its file was changed meanwhile, ask first by `failed`
        and `conflict_changed`; `overwrite` is the answer "keep mine"."""
        draft = self._drafts.get(self._current)
        if draft is None:
            return False
        if not overwrite and self._changed_outside():
            self._set_conflict(True)
            self.failed.emit(_changed_problem(self.title))
            return False
        try:
            self._prompts.write(Prompt(self._current, draft.text))
        except ProblemError as error:
            self.failed.emit(error.problem)
            return False
        draft.base = draft.text
        self._set_conflict(False)
        self._judge()
        self._list_again()
        self.saved.emit(self._current)
        return True

    def revert(self) -> bool:
        """Give up the open draft and show the file again; a prompt never saved is put away."""
        if not self._current:
            return False
        if self.is_new and self._current not in self._names:
            del self._drafts[self._current]
            self._leave()
            return True
        read = self._read(self._current)
        if read is None:
            return False
        self._drafts[self._current] = _Draft(read.text, read.text)
        self._set_conflict(False)
        self._judge()
        self.current_changed.emit(self._current)
        return True

    def new(self, name: str) -> bool:
        """Start an empty prompt under `name`, with spaces as underscores; on disk once saved."""
        plain = re.sub(r"\s+", "_", name.strip())
        problem = self._why_not_new(plain)
        if problem is not None:
            self.failed.emit(problem)
            return False
        self._drafts[plain] = _Draft("", None)
        self.names_changed.emit()
        return self.open(plain)

    def refresh(self) -> None:
        """Look at the disk again, as when the page is shown or the window comes to the front."""
        self._list_again()
        draft = self._drafts.get(self._current)
        if draft is None:
            if self.names:
                self.open(self.names[0])
        elif draft.dirty:
            self._set_conflict(self._changed_outside())
        elif self._current not in self._names:
            del self._drafts[self._current]
            self._leave()
        else:
            self._reload(draft)

    # Inside -----------------------------------------------------------------------------

    def _reload(self, draft: _Draft) -> None:
        read = self._read(self._current)
        if read is not None and read.text != draft.base:
            self._drafts[self._current] = _Draft(read.text, read.text)
            self.current_changed.emit(self._current)

    def _read(self, name: str) -> Prompt | None:
        try:
            return self._prompts.read(name)
        except ProblemError as error:
            self.failed.emit(error.problem)
            return None

    def _on_disk(self, name: str) -> str | None:
        """The file's text, or None where there is none that can be read."""
        try:
            return self._prompts.read(name).text
        except ProblemError:
            return None

    def _changed_outside(self) -> bool:
        draft = self._drafts[self._current]
        disk = self._on_disk(self._current)
        return disk is not None and disk not in (draft.base, draft.text)

    def _why_not_new(self, name: str) -> Problem | None:
        taken = next((n for n in self.names if n.casefold() == name.casefold()), None)
        if taken is None:
            try:
                taken = self._prompts.read(name).name
            except ProblemError as error:
                # "Missing" is the answer that makes the name free.
                return None if error.problem.code == "prompt.missing" else error.problem
        return Problem(
            code="prompt.exists",
            title="There is a prompt of this name",
            cause=f"“{Prompt(taken, '').title}” is on the list already.",
            cure="Choose another name, or open that prompt and change it.",
        )

    def _list_again(self) -> None:
        try:
            names = self._prompts.names()
        except ProblemError as error:
            self.failed.emit(error.problem)
            return
        if names != self._names:
            self._names = names
            self.names_changed.emit()

    def _leave(self) -> None:
        """Go from a prompt that is gone to the first one left."""
        self._current = ""
        self._set_conflict(False)
        self._judge()
        self.names_changed.emit()
        if not (self.names and self.open(self.names[0])):
            self.current_changed.emit("")

    def _judge(self) -> None:
        draft = self._drafts.get(self._current)
        dirty = draft is not None and draft.dirty
        if dirty != self._dirty:
            self._dirty = dirty
            self.dirty_changed.emit(dirty)
            self.names_changed.emit()

    def _set_conflict(self, conflict: bool) -> None:
        if conflict != self._conflict:
            self._conflict = conflict
            self.conflict_changed.emit(conflict)


def _changed_problem(title: str) -> Problem:
    return Problem(
        code="prompt.changed_outside",
        title="The file was changed meanwhile",
        cause=f"Somebody saved “{title}” while you were writing, so it was not overwritten.",
        cure="Keep your text, or take the text of the file.",
    )
