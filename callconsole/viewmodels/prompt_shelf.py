"""The prompts as an operator works on them: one open, each with what is not yet saved."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from callconsole.domain.abilities import MOST_TRANSFERS, USUAL, Abilities, Ability
from callconsole.domain.problems import ProblemError
from callconsole.domain.prompt import Prompt
from callconsole.engine.ports import Prompts
from callconsole.viewmodels.prompt_draft import (
    Draft,
    TargetDraft,
    TargetFault,
    draft_of,
    new_draft,
    tidied,
)
from callconsole.viewmodels.prompt_files import PromptFiles, changed_outside

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")

# A rule of thumb for English: a token is about four characters.
_CHARS_PER_TOKEN = 4


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
        current_changed(str): another prompt is open ("" for none), or the open one was
            replaced from outside the page. Read `text`, `allowed` and `targets` again.
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

    def __init__(self, prompts: Prompts, region: str = "US", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files = PromptFiles(prompts)
        self._region = region
        self._drafts: dict[str, Draft] = {}
        self._current = ""
        self._dirty = False
        self._conflict = False

    # What is shown ----------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """Saved prompts and new ones not saved yet, in reading order."""
        unsaved = [name for name, draft in self._drafts.items() if draft.dirty]
        return sorted(
            {*self._files.names, *unsaved}, key=lambda name: Prompt(name, "").title.casefold()
        )

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
    def abilities(self) -> Abilities:
        """What the open prompt allows, as it stands on the page."""
        draft = self._drafts.get(self._current)
        return draft.abilities if draft else USUAL

    @property
    def targets(self) -> tuple[TargetDraft, ...]:
        """Whom calls may be passed on to, as typed."""
        draft = self._drafts.get(self._current)
        return draft.targets if draft else ()

    @property
    def target_faults(self) -> list[TargetFault | None]:
        """What is wrong with each target, or None."""
        draft = self._drafts.get(self._current)
        return draft.faults if draft else []

    @property
    def can_add_target(self) -> bool:
        """False where the list is as long as it may be."""
        return len(self.targets) < MOST_TRANSFERS

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
            self._drafts[name] = draft_of(read, self._region)
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

    def allow(self, ability: Ability, on: bool) -> None:
        """Let the open prompt's agent do this, or no longer."""
        draft = self._drafts.get(self._current)
        if draft is not None:
            draft.allowed = draft.allowed | {ability} if on else draft.allowed - {ability}
            self._judge()

    def set_targets(self, targets: tuple[TargetDraft, ...]) -> None:
        """Take whom calls may be passed on to, as typed."""
        draft = self._drafts.get(self._current)
        if draft is not None:
            draft.targets = targets
            self._judge()

    def tidied(self, number: str) -> str:
        """A target's number as people read it, once it is one; else as typed."""
        return tidied(number, self._region)

    def save(self, *, overwrite: bool = False) -> bool:
        """Write the open prompt. Where its file was changed meanwhile, ask first by `failed`
        and `conflict_changed`; `overwrite` is the answer "keep mine"."""
        draft = self._drafts.get(self._current)
        if draft is None:
            return False
        if not overwrite and self._changed_outside():
            self._set_conflict(True)
            self.failed.emit(changed_outside(self.title))
            return False
        try:
            prompt = draft.prompt(self._current)
            self._files.write(prompt)
        except ProblemError as error:
            self.failed.emit(error.problem)
            return False
        draft.base = prompt
        self._set_conflict(False)
        self._judge()
        self._list_again()
        self.saved.emit(self._current)
        return True

    def revert(self) -> bool:
        """Give up the open draft and show the file again; a prompt never saved is put away."""
        if not self._current:
            return False
        if self.is_new and self._current not in self._files.names:
            del self._drafts[self._current]
            self._leave()
            return True
        read = self._read(self._current)
        if read is None:
            return False
        self._drafts[self._current] = draft_of(read, self._region)
        self._set_conflict(False)
        self._judge()
        self.current_changed.emit(self._current)
        return True

    def new(self, name: str) -> bool:
        """Start an empty prompt under `name`, with spaces as underscores; on disk once saved."""
        plain = re.sub(r"\s+", "_", name.strip())
        problem = self._files.why_not_new(plain, self.names)
        if problem is not None:
            self.failed.emit(problem)
            return False
        self._drafts[plain] = new_draft(self._region)
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
        elif self._current not in self._files.names:
            del self._drafts[self._current]
            self._leave()
        else:
            self._reload(draft)

    # Inside -----------------------------------------------------------------------------

    def _reload(self, draft: Draft) -> None:
        read = self._read(self._current)
        if read is not None and read != draft.base:
            self._drafts[self._current] = draft_of(read, self._region)
            self.current_changed.emit(self._current)

    def _read(self, name: str) -> Prompt | None:
        try:
            return self._files.read(name)
        except ProblemError as error:
            self.failed.emit(error.problem)
            return None

    def _changed_outside(self) -> bool:
        draft = self._drafts[self._current]
        disk = self._files.held(self._current)
        mine = Prompt(self._current, draft.text, draft.abilities)
        return disk is not None and disk not in (draft.base, mine)

    def _list_again(self) -> None:
        try:
            others = self._files.look_again()
        except ProblemError as error:
            self.failed.emit(error.problem)
            return
        if others:
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
