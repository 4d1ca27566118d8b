from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.practice.agent.declarations import Declaration
from callconsole.practice.agent.dialogue import Script
from callconsole.practice.agent.function_calls import FunctionAnswer
from callconsole.practice.agent.recognition import Heard
from callconsole.practice.agent.wishes import Wish, Wishes

EVERYTHING = [
    Declaration(name, blocking=False)
    for name in ("end_call", "press_keys", "transfer_call", "take_note", "schedule_callback")
]


def wishes(*declared: Declaration) -> Wishes:
    return Wishes(declared or EVERYTHING, Script(), date(2026, 12, 31))


def heard(clip_id: str) -> list[Heard]:
    return [Heard(clip_id, "", 0.0)]


def names(found: tuple[Wish, ...]) -> list[str]:
    return [wish.name for wish in found]


@pytest.mark.parametrize(
    ("clip_id", "expected"),
    [
        ("menu_greeting", ["press_keys"]),
        ("menu_again", ["press_keys"]),
        ("person_callback", ["schedule_callback"]),
        ("person_hello", []),
    ],
)
def test_what_the_caller_asks_for(clip_id: str, expected: list[str]) -> None:
    assert names(wishes().on_hearing(heard(clip_id))) == expected


@pytest.mark.parametrize(
    ("line", "before", "after"),
    [
        ("agent_moved", ["take_note"], []),
        ("agent_transfer", [], ["transfer_call"]),
        ("agent_transfer_failed", [], ["take_note"]),
        ("agent_goodbye", [], ["end_call"]),
        ("agent_sorry", [], ["end_call"]),
        ("agent_greeting", [], []),
    ],
)
def test_what_goes_with_a_line(line: str, before: list[str], after: list[str]) -> None:
    assert names(wishes().before(line)) == before
    assert names(wishes().after(line)) == after


def test_nothing_is_called_that_was_not_declared() -> None:
    able = wishes(Declaration("end_call", blocking=False))
    assert able.on_hearing(heard("menu_greeting")) == ()
    assert able.on_text("A menu answered.") == ()
    assert able.before("agent_moved") == ()
    assert able.suit("agent_transfer") == "agent_transfer_failed"


def test_a_key_that_was_pressed_in_vain_is_pressed_once_more_when_told() -> None:
    able = wishes()
    able.on_hearing(heard("menu_greeting"))
    assert able.on_text("A menu answered.") == ()
    failed = FunctionAnswer("1", "press_keys", {"error": "not now"})
    assert able.taken("press_keys", failed) is None
    assert names(able.on_text("A menu answered.")) == ["press_keys"]


def test_a_failed_transfer_is_told_once() -> None:
    able = wishes()
    failed = FunctionAnswer("1", "transfer_call", {"error": "busy"})
    assert able.taken("transfer_call", failed) == "agent_transfer_failed"
    assert able.taken("transfer_call", failed) is None
    assert able.taken("end_call", FunctionAnswer("2", "end_call", {"error": "no"})) is None


def test_a_callback_is_tomorrow_even_at_the_end_of_a_year() -> None:
    (wish,) = wishes().on_hearing(heard("person_callback"))
    declared = Declaration("schedule_callback", False, {"at": {"type": "STRING"}}, ("at",))
    assert wish.arguments(declared) == {"at": "2027-01-01T10:00:00"}


KINDS = {"STRING": str, "INTEGER": int, "NUMBER": float, "BOOLEAN": bool, "ARRAY": list}
PROPERTIES = st.dictionaries(
    st.sampled_from(["to", "digits", "text", "n"]),
    st.sampled_from(sorted(KINDS)).map(lambda kind: {"type": kind})
    | st.just({"type": "STRING", "enum": ["Front desk", "Doctor"]}),
    max_size=4,
)


@given(PROPERTIES, st.data())
def test_arguments_are_as_declared(
    properties: dict[str, dict[str, object]], data: st.DataObject
) -> None:
    required = tuple(name for name in properties if data.draw(st.booleans()))
    wish = Wish("take_note", "some words", {"digits": "1"} if "digits" not in properties else {})
    arguments = wish.arguments(Declaration("take_note", False, dict(properties), required))
    assert set(required) <= arguments.keys() <= properties.keys()
    for name, value in arguments.items():
        schema = properties[name]
        assert isinstance(value, KINDS[str(schema["type"])])
        assert value in schema.get("enum", [value])
