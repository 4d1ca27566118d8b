"""The prompt shelf: drafts, saving, and files that others change meanwhile."""

from __future__ import annotations

import pytest

from callconsole.domain.abilities import (
    MOST_TRANSFERS,
    USUAL,
    Abilities,
    Ability,
    TransferTarget,
)
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt
from callconsole.viewmodels.prompt_draft import TargetDraft
from callconsole.viewmodels.prompt_shelf import PromptEntry, PromptShelf
from fakes.engine import FakePrompts

pytestmark = pytest.mark.usefixtures("qapp")

DESK = TransferTarget("Desk", "+14155550117")
FULL = Problem(code="prompt.not_saved", title="Not saved", cause="No space.", cure="Make space.")


class Shelf:
    """A shelf with what it said."""

    def __init__(self, **prompts: str) -> None:
        self.prompts = FakePrompts(**prompts)
        self.shelf = PromptShelf(self.prompts)
        self.problems: list[str] = []
        self.dirty: list[bool] = []
        self.saved: list[str] = []
        self.shown: list[str] = []
        self.shelf.failed.connect(lambda problem: self.problems.append(problem.code))
        self.shelf.dirty_changed.connect(self.dirty.append)
        self.shelf.saved.connect(self.saved.append)
        self.shelf.current_changed.connect(self.shown.append)
        self.shelf.refresh()


def test_it_opens_the_first_prompt_and_knows_what_changed() -> None:
    it = Shelf(b="Be", a="Ah")
    assert (it.shelf.current, it.shelf.text, it.shelf.names) == ("a", "Ah", ["a", "b"])
    it.shelf.edit("Ah!")
    it.shelf.edit("Ah")
    assert it.dirty == [True, False]
    assert it.shown == ["a"]


def test_switching_keeps_each_draft() -> None:
    it = Shelf(a="Ah", b="Be")
    it.shelf.edit("Ah, mine")
    it.shelf.open("b")
    it.shelf.edit("Be, mine")
    it.shelf.open("a")
    assert it.shelf.text == "Ah, mine"
    assert it.shelf.unsaved == ["a", "b"]
    assert it.shelf.entries == [PromptEntry("a", "A", True), PromptEntry("b", "B", True)]
    assert it.prompts.texts == {"a": "Ah", "b": "Be"}


def test_save_writes_and_is_said() -> None:
    it = Shelf(a="Ah")
    it.shelf.edit("Oh")
    assert it.shelf.save()
    assert it.prompts.texts == {"a": "Oh"}
    assert (it.saved, it.dirty, it.shelf.unsaved) == (["a"], [True, False], [])


def test_a_failed_save_keeps_the_text_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    it = Shelf(a="Ah")
    it.shelf.edit("Oh")

    def refuse(_prompt: Prompt) -> None:
        raise ProblemError(FULL)

    monkeypatch.setattr(it.prompts, "write", refuse)
    assert not it.shelf.save()
    assert (it.problems, it.shelf.text, it.shelf.dirty) == (["prompt.not_saved"], "Oh", True)


def test_revert_shows_the_file_again() -> None:
    it = Shelf(a="Ah")
    it.shelf.edit("Oh")
    assert it.shelf.revert()
    assert (it.shelf.text, it.dirty, it.shown) == ("Ah", [True, False], ["a", "a"])


def test_a_file_changed_outside_is_not_overwritten_unasked() -> None:
    it = Shelf(a="Ah")
    it.shelf.edit("Mine")
    it.prompts.texts["a"] = "Theirs"
    assert not it.shelf.save()
    assert it.problems == ["prompt.changed_outside"]
    assert (it.shelf.conflict, it.shelf.text, it.prompts.texts["a"]) == (True, "Mine", "Theirs")
    assert it.shelf.save(overwrite=True)
    assert (it.shelf.conflict, it.prompts.texts["a"]) == (False, "Mine")


def test_the_files_text_can_be_taken_instead() -> None:
    it = Shelf(a="Ah")
    it.shelf.edit("Mine")
    it.prompts.texts["a"] = "Theirs"
    it.shelf.refresh()
    assert it.shelf.conflict
    it.shelf.revert()
    assert (it.shelf.text, it.shelf.conflict, it.shelf.dirty) == ("Theirs", False, False)


def test_a_change_outside_is_taken_over_where_nothing_was_typed() -> None:
    it = Shelf(a="Ah")
    it.prompts.texts["a"] = "Theirs"
    it.shelf.refresh()
    assert (it.shelf.text, it.shelf.dirty, it.shown) == ("Theirs", False, ["a", "a"])


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    it = Shelf(a="Ah")
    it.shelf.edit("Oh")
    it.prompts.texts["a"] = "Oh"
    assert it.shelf.save()
    assert it.problems == []


def test_a_file_deleted_outside_leaves_the_draft_and_can_be_saved() -> None:
    it = Shelf(a="Ah", b="Be")
    it.shelf.edit("Mine")
    del it.prompts.texts["a"]
    it.shelf.refresh()
    assert it.shelf.names == ["a", "b"]
    assert not it.shelf.revert()
    assert (it.shelf.text, it.problems) == ("Mine", ["prompt.missing"])
    assert it.shelf.save()
    assert it.prompts.texts["a"] == "Mine"


def test_a_clean_prompt_that_vanishes_gives_way_to_the_next() -> None:
    it = Shelf(a="Ah", b="Be")
    del it.prompts.texts["a"]
    it.shelf.refresh()
    assert (it.shelf.current, it.shelf.names) == ("b", ["b"])


def test_a_new_prompt_exists_once_it_is_saved() -> None:
    it = Shelf(a="Ah")
    assert it.shelf.new("  Delivery  window ")
    assert (it.shelf.current, it.shelf.title) == ("Delivery_window", "Delivery window")
    assert (it.shelf.is_new, it.shelf.dirty) == (True, True)
    assert "Delivery_window" not in it.prompts.texts
    it.shelf.edit("Say when.")
    assert it.shelf.save()
    assert it.prompts.texts["Delivery_window"] == "Say when."
    assert not it.shelf.is_new


def test_a_new_prompt_that_is_reverted_is_gone() -> None:
    it = Shelf(a="Ah")
    it.shelf.new("b")
    it.shelf.revert()
    assert (it.shelf.current, it.shelf.names, it.shelf.dirty) == ("a", ["a"], False)


@pytest.mark.parametrize("name", ["a", "A", " a "])
def test_a_name_that_is_taken_is_refused(name: str) -> None:
    it = Shelf(a="Ah")
    it.shelf.edit("Mine")
    assert not it.shelf.new(name)
    assert (it.problems, it.shelf.text) == (["prompt.exists"], "Mine")


def test_a_prompt_that_cannot_be_read_leaves_the_open_one_open() -> None:
    it = Shelf(a="Ah")
    assert not it.shelf.open("z")
    assert (it.shelf.current, it.problems) == ("a", ["prompt.missing"])


def test_a_list_that_cannot_be_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    it = Shelf(a="Ah")

    def refuse() -> list[str]:
        raise ProblemError(FULL)

    monkeypatch.setattr(it.prompts, "names", refuse)
    it.shelf.refresh()
    assert (it.problems, it.shelf.names) == (["prompt.not_saved"], ["a"])


def test_counts_and_variables() -> None:
    it = Shelf(a="Call {{name}} at {{ time }}, {{name}}.")
    assert it.shelf.variables == ["name", "time"]
    assert it.shelf.estimated_tokens == 10


def test_without_prompts_nothing_is_open() -> None:
    it = Shelf(a="Ah")
    it.prompts.texts.clear()
    it.shelf.refresh()
    assert (it.shelf.current, it.shelf.text, it.shelf.entries) == ("", "", [])
    assert not it.shelf.save()
    assert not it.shelf.revert()
    it.shelf.edit("lost?")
    assert it.shelf.text == ""


def test_what_is_allowed_is_part_of_the_prompt() -> None:
    it = Shelf(a="Ah", b="Be")
    it.shelf.allow(Ability.PRESS_KEYS, False)
    assert (it.dirty, it.shelf.unsaved) == ([True], ["a"])
    it.shelf.allow(Ability.PRESS_KEYS, True)
    assert it.dirty == [True, False]
    it.shelf.allow(Ability.END_CALL, False)
    it.shelf.set_targets((TargetDraft(" Desk ", "(415) 555-0117"), TargetDraft()))
    it.shelf.open("b")
    assert it.shelf.abilities == USUAL
    it.shelf.open("a")
    assert it.shelf.save()
    assert it.prompts.abilities["a"] == Abilities(USUAL.allowed - {Ability.END_CALL}, (DESK,))
    assert (it.shelf.dirty, it.prompts.texts["a"]) == (False, "Ah")


def test_a_target_that_is_wrong_is_not_saved_and_not_lost() -> None:
    it = Shelf(a="Ah")
    it.shelf.set_targets((TargetDraft("Desk", "12"),))
    assert not it.shelf.save()
    assert it.problems == ["prompt.target"]
    assert it.shelf.targets == (TargetDraft("Desk", "12"),)
    assert it.prompts.abilities == {}
    assert it.shelf.revert()
    assert it.shelf.targets == ()


def test_abilities_changed_on_the_disk_show_up_or_are_a_conflict() -> None:
    it = Shelf(a="Ah")
    it.prompts.abilities["a"] = Abilities(frozenset({Ability.TAKE_NOTE}), (DESK,))
    it.shelf.refresh()
    assert it.shown == ["a", "a"]
    assert it.shelf.targets == (TargetDraft("Desk", "+1 415-555-0117"),)
    it.shelf.edit("Oh")
    it.prompts.abilities["a"] = USUAL
    assert not it.shelf.save()
    assert it.shelf.conflict
    assert it.shelf.save(overwrite=True)
    assert it.prompts.abilities["a"].transfers == (DESK,)


def test_a_list_of_targets_has_an_end() -> None:
    it = Shelf(a="Ah")
    it.shelf.set_targets((TargetDraft(),) * (MOST_TRANSFERS - 1))
    assert it.shelf.can_add_target
    it.shelf.set_targets((TargetDraft(),) * MOST_TRANSFERS)
    assert not it.shelf.can_add_target


def test_nothing_open_allows_nothing_new() -> None:
    it = Shelf(a="Ah")
    it.prompts.texts.clear()
    it.shelf.refresh()
    it.shelf.allow(Ability.END_CALL, False)
    it.shelf.set_targets((TargetDraft("Desk", "1"),))
    assert (it.shelf.abilities, it.shelf.targets, it.shelf.target_faults) == (USUAL, (), [])
