"""People to pass calls on to, as typed: what is wrong with them, and what is kept."""

import pytest

from callconsole.domain.abilities import LABEL_CHARS, USUAL, Abilities, TransferTarget
from callconsole.domain.prompt import Prompt
from callconsole.viewmodels.prompt_draft import Draft, TargetDraft, draft_of, new_draft, tidied

GOOD = TargetDraft("Desk", "(415) 555-0117")


def with_targets(*targets: TargetDraft) -> Draft:
    draft = draft_of(Prompt("a", "Ah"), "US")
    draft.targets = targets
    return draft


@pytest.mark.parametrize(
    ("target", "fault", "in_label"),
    [
        (TargetDraft("", "415 555 0117"), "Give a name, as the AI should say it.", True),
        (TargetDraft("x" * (LABEL_CHARS + 1), "1"), "Use at most 60 letters for the name.", True),
        (TargetDraft("a\tb", "1"), "Use at most 60 letters for the name.", True),
        (TargetDraft(" desk ", "1"), "This name is on the list already.", True),
        (TargetDraft("Ann", ""), "No number.", False),
        (TargetDraft("Ann", "12"), "The number is too short.", False),
        (TargetDraft("Ann", "911"), "Emergency numbers are not called from here.", False),
    ],
)
def test_each_fault_is_said_where_it_is(target: TargetDraft, fault: str, in_label: bool) -> None:
    draft = with_targets(GOOD, target)
    first, second = draft.faults
    assert first is None
    assert second is not None
    assert (second.text, second.in_label) == (fault, in_label)
    assert draft.dirty
    assert [to.label for to in draft.abilities.transfers] == ["Desk"]


def test_blank_rows_are_no_change() -> None:
    draft = with_targets(TargetDraft("  ", ""), TargetDraft())
    assert not draft.dirty
    assert draft.prompt("a") == Prompt("a", "Ah")


def test_a_saved_prompt_opens_as_it_was_saved() -> None:
    to = TransferTarget("Büro", "+442079460018")
    draft = draft_of(Prompt("a", "Ah", Abilities(USUAL.allowed, (to,))), "GB")
    assert draft.targets == (TargetDraft("Büro", "+44 20 7946 0018"),)
    assert not draft.dirty
    draft.targets = (TargetDraft("Büro", "020 7946 0018"),)
    assert not draft.dirty
    assert new_draft("GB").dirty


def test_numbers_are_tidied_once_they_are_numbers() -> None:
    assert tidied("020 7946 0018", "GB") == "+44 20 7946 0018"
    assert tidied("020 79", "GB") == "020 79"
