"""The head of a prompt's file: round trips, what is no head, and what is said of a broken one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callconsole import paths
from callconsole.adapters.file_prompts import FilePrompts
from callconsole.adapters.prompt_head import HEAD_LINES, joined, parted
from callconsole.domain.abilities import MOST_TRANSFERS, USUAL, Abilities, Ability, TransferTarget
from callconsole.domain.problems import ProblemError
from callconsole.domain.prompt import Prompt

DESK = TransferTarget("Front desk", "+14155550117")
LONDON = TransferTarget("Büro London: Anna", "+442079460018")
SOME = Abilities(frozenset({Ability.END_CALL, Ability.TAKE_NOTE}), (DESK, LONDON))
HEAD = "---\nabilities: [end_call]\ntransfer:\n  Front desk: +14155550117\n---\n"

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80).map(
    lambda text: text.replace("\r", "")
) | st.from_regex(r"(-{2,4}|abilities: \[\]|transfer:|x: y|#|\n){0,8}", fullmatch=True)
LABELS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12) | (
    st.sampled_from(["---", "yes", "null", "1.5", "a: b", "'", '"', "- x", "{x}", "#", "? !", "~"])
)
TARGET_LISTS = st.lists(
    st.builds(TransferTarget, LABELS, st.sampled_from([DESK.number, LONDON.number])),
    max_size=5,
    unique_by=lambda target: target.label,
).map(tuple)
ABILITIES = st.builds(
    Abilities, st.frozensets(st.sampled_from(Ability)) | st.just(USUAL.allowed), TARGET_LISTS
)


def said(text: str) -> str:
    """What is said of a file with a broken head."""
    with pytest.raises(ProblemError) as error:
        parted(text)
    problem = error.value.problem
    assert problem.code == "prompt.head"
    assert problem.cure
    return problem.cause


@given(abilities=ABILITIES, text=TEXTS)
@example(USUAL, "---\nabilities: []\n---\nWords")
@example(USUAL, "---")
@example(USUAL, "\ufeff---\nabilities: []\n---\n")
def test_what_is_written_is_read_back(abilities: Abilities, text: str) -> None:
    assert parted(joined(abilities, text)) == (abilities, text)


@given(abilities=ABILITIES, text=TEXTS)
def test_a_file_keeps_both(tmp_path_factory: pytest.TempPathFactory, **given: object) -> None:
    abilities, text = given["abilities"], given["text"]
    assert isinstance(abilities, Abilities)
    assert isinstance(text, str)
    files = FilePrompts(tmp_path_factory.mktemp("prompts"), Path("none"))
    files.write(Prompt("a", text, abilities))
    bare = text if joined(abilities, text) != text else text.removeprefix("\ufeff")
    assert files.read("a") == Prompt("a", bare, abilities)


def test_what_is_usual_needs_no_head() -> None:
    assert joined(USUAL, "# Who you are\n") == "# Who you are\n"
    assert parted("# Who you are\n") == (USUAL, "# Who you are\n")


def test_a_head_is_plain_to_read() -> None:
    assert joined(SOME, "Words") == (
        "---\nabilities:\n- end_call\n- take_note\ntransfer:\n"
        "  Front desk: '+14155550117'\n  'Büro London: Anna': '+442079460018'\n---\nWords"
    )


def test_numbers_need_no_quotes_and_may_be_spaced() -> None:
    assert parted(HEAD + "Words\n") == (
        Abilities(frozenset({Ability.END_CALL}), (DESK,)),
        "Words\n",
    )
    spaced = HEAD.replace("+14155550117", "(415) 555-0117")
    assert parted(spaced)[0].transfers == (DESK,)


def test_a_head_may_say_half() -> None:
    assert parted("---\ntransfer: {Front desk: '+14155550117'}\n---\n") == (
        Abilities(USUAL.allowed, (DESK,)),
        "",
    )
    assert parted("---\nabilities: []\n---\nHi")[0] == Abilities(frozenset(), ())


@pytest.mark.parametrize(
    "text",
    [
        "---\nHello, this is Ada.\n---\nMore.\n",
        "---\n---\n",
        "---\n- a\n- b\n---\n",
        "---",
        "---\nabilities: [end_call]\nand no second line of dashes",
        "----\nabilities: [end_call]\n----\n",
        "---\nSay: *anything\n---\n",
        "---\n" + "words\n" * (HEAD_LINES + 1) + "---\n",
    ],
)
def test_a_drawn_line_at_the_top_is_no_head(text: str) -> None:
    assert parted(text) == (USUAL, text)


@pytest.mark.parametrize(
    ("head", "cause"),
    [
        ("abilities: [end_call, fly]", "Line 2 of the prompt's file: there is no ability “fly”."),
        ("abilities: [[end_call]]", "Line 2 of the prompt's file: there is no ability “a list”."),
        ("abilities: end_call", "Line 2 of the prompt's file: “abilities” is no list"),
        ("abilities: [end_call", "Line 3 of the prompt's file: it is not valid YAML."),
        ("\nability: [end_call]", "Line 3 of the prompt's file: “ability” is not known there."),
        ("abilities: []\nabilities: []", "Line 3 of the prompt's file: “abilities” stands there"),
        ("transfer: [a]", "Line 2 of the prompt's file: “transfer” is no list of names"),
        ("transfer:\n  Desk: 12", "Line 3 of the prompt's file: the number of “Desk”:"),
        ("transfer:\n  Desk: '911'", "Line 3 of the prompt's file: the number of “Desk”: emerg"),
        ("transfer:\n  Desk:\n    a: b", "Line 4 of the prompt's file: the number of “Desk”:"),
        ("transfer:\n  '': '+14155550117'", "Line 3 of the prompt's file: a name to pass"),
        ('transfer:\n  "a\\nb": "+14155550117"', "Line 3 of the prompt's file: a name to pass"),
        ("transfer:\n  A: 1\n  A: 2", "Line 3 of the prompt's file: the number of “A”"),
        ("? [a]\n: b", "Line 2 of the prompt's file: a name is missing."),
    ],
)
def test_a_broken_head_names_its_line(head: str, cause: str) -> None:
    assert said(f"---\n{head}\n---\nWords").startswith(cause)


def test_one_label_twice_is_refused_on_the_way_out() -> None:
    twice = Abilities(USUAL.allowed, (DESK, TransferTarget(DESK.label, LONDON.number)))
    with pytest.raises(ProblemError) as error:
        joined(twice, "Words")
    assert error.value.problem.code == "prompt.head"


@pytest.mark.parametrize(
    "head",
    [
        "abilities: &a [end_call]\ntransfer: *a",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nabilities: *c",
        "abilities: " + "[" * 20_000,
        "abilities: " + "{a: " * 5_000,
        "abilities: !!python/object/apply:os.system [true]",
        "abilities: !!python/name:os.system",
        "abilities: [end_call]\ntransfer: !!binary aaaa",
        "transfer:\n" + "\n".join(f"  a{n}: '+14155550117'" for n in range(MOST_TRANSFERS + 1)),
    ],
)
def test_hostile_yaml_is_refused(head: str) -> None:
    assert said(f"---\n{head}\n---\nWords").startswith("Line ")


@given(head=st.text(st.sampled_from("ab:-[]{}&*!|>'\"#,? \n\t\0\x85"), max_size=60))
def test_no_head_is_ever_lost_or_breaks(head: str) -> None:
    file = f"---\n{head}\n---\nWords"
    try:
        abilities, text = parted(file)
    except ProblemError as error:
        assert error.problem.code == "prompt.head"
    else:
        assert text in (file, "Words") or file.endswith(text)
        assert abilities == USUAL or text != file


def test_the_prompts_that_ship_allow_what_they_need() -> None:
    files = FilePrompts(Path("none"), paths.shipped("prompts"))
    for name in files.names():
        abilities = files.read(name).abilities
        assert abilities.allows(Ability.END_CALL)
        assert not abilities.allows(Ability.TRANSFER_CALL)
    assert files.read("appointment_reminder").abilities.allows(Ability.SCHEDULE_CALLBACK)
