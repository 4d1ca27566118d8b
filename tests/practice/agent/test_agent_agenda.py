from __future__ import annotations

from datetime import date

from callconsole.practice.agent.agenda import Agenda, Plan
from callconsole.practice.agent.declarations import Declaration
from callconsole.practice.agent.dialogue import Dialogue, Script
from callconsole.practice.agent.function_calls import FunctionAnswer
from callconsole.practice.agent.recognition import Heard
from callconsole.practice.agent.wishes import Wishes

NAMES = ("end_call", "press_keys", "transfer_call", "take_note", "schedule_callback")


def agenda() -> tuple[Agenda, Dialogue]:
    script = Script()
    dialogue = Dialogue(script)
    declared = [Declaration(name, blocking=False) for name in NAMES]
    return Agenda(dialogue, Wishes(declared, script, date(2026, 11, 26))), dialogue


def names(plan: Plan) -> tuple[list[str], str | None, list[str]]:
    return [wish.name for wish in plan.before], plan.line, [wish.name for wish in plan.after]


def test_a_turn_with_everything() -> None:
    plans, _ = agenda()
    plans.hear([Heard("person_callback", "", 0.0)])
    assert not plans.due
    assert names(plans.next()) == (["schedule_callback"], "agent_goodbye", ["end_call"])
    assert plans.next().empty


def test_what_was_heard_goes_before_what_was_asked_for() -> None:
    plans, _ = agenda()
    plans.told("Greet the caller.", None)
    plans.hear([Heard("person_move", "", 0.0)])
    assert plans.due
    assert names(plans.next()) == ([], "agent_offer", [])


def test_a_key_is_pressed_once_for_the_ear_and_the_instruction() -> None:
    plans, _ = agenda()
    plans.told("A phone menu answered.", None)
    plans.hear([Heard("menu_greeting", "", 0.0)])
    assert names(plans.next()) == (["press_keys"], None, [])


def test_what_is_owed_is_said_where_nothing_else_is_asked_for() -> None:
    plans, _ = agenda()
    plans.told("Are you there?", "agent_offer")
    assert plans.next().line == "agent_offer"


def test_a_demand_is_answered_except_at_a_menu() -> None:
    plans, _ = agenda()
    plans.demanded("Go on.")
    assert plans.next().line == "agent_greeting"
    plans.demanded("A phone menu answered.")
    assert names(plans.next()) == (["press_keys"], None, [])
    plans.demanded("The menu goes on.")
    assert not plans.due


def test_a_failed_transfer_is_told_unless_it_was_told_or_shall_not_be() -> None:
    failed = FunctionAnswer("1", "transfer_call", {"error": "busy"})
    loud, _ = agenda()
    loud.answered("transfer_call", failed)
    assert names(loud.next()) == ([], "agent_transfer_failed", ["take_note"])
    quiet, _ = agenda()
    quiet.answered("transfer_call", FunctionAnswer("1", "transfer_call", failed.response, "SILENT"))
    assert not quiet.due
    told, dialogue = agenda()
    dialogue.said("agent_transfer_failed")
    told.answered("transfer_call", failed)
    assert not told.due


def test_after_goodbye_nothing_is_called() -> None:
    plans, dialogue = agenda()
    dialogue.said("agent_goodbye")
    plans.hear([Heard("menu_greeting", "", 0.0), Heard("person_callback", "", 1.0)])
    assert plans.next().empty
