import asyncio

import pytest
from pytestqt.qtbot import QtBot

from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.dialling import Step, StepState
from callconsole.domain.problems import Problem
from callconsole.viewmodels.dialler import DialFailure
from callconsole.viewmodels.models import Models
from fakes.desk import FakeDesk, FakePrompts, refused

PROBLEM = Problem("gemini.key", "Gemini refused the API key", "It is not valid.", "Put another.")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("4155552671", "(415) 555-2671"),
        ("tel:+14155552671", "+1 415-555-2671"),
        ("+442079460018", "+44 20 7946 0018"),
    ],
)
def test_numbers_are_written_as_their_country_does(models: Models, typed: str, shown: str) -> None:
    models.dialler.edit(typed)
    assert models.dialler.text == shown


def test_the_country_follows_a_whole_number(models: Models) -> None:
    models.dialler.edit("+442079460018")
    assert models.dialler.region == "GB"


def test_keys_and_backspace(models: Models) -> None:
    for key in "+1415":
        models.dialler.press(key)
    models.dialler.backspace()
    assert models.dialler.text == "+1 41"
    models.dialler.clear()
    assert models.dialler.text == ""


def test_nothing_is_said_about_an_empty_field_that_is_left(models: Models) -> None:
    models.dialler.leave()
    assert models.dialler.problem is None


def test_a_wrong_number_is_said_in_words_and_not_dialled(models: Models, desk: FakeDesk) -> None:
    models.dialler.edit("911")
    assert not models.dialler.call()
    assert models.dialler.problem is not None
    assert models.dialler.problem.title == "Emergency numbers are not called from here"
    assert desk.orders == []
    models.dialler.press("1")
    assert models.dialler.problem is None


async def test_call_places_one_call_with_number_and_prompt(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    models.dialler.choose_prompt("order_status")
    models.dialler.edit("4155550101")
    assert models.dialler.call()
    assert not models.dialler.call()  # a second press while dialling does nothing
    await asyncio.sleep(0)
    assert desk.orders == [("+14155550101", "order_status")]
    assert (models.dialler.reason, models.dialler.lines) == ("", "2 lines free")


async def test_no_call_is_placed_without_a_free_line(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    desk.lines = 1
    assert models.dialler.call_number("+14155550101")
    await asyncio.sleep(0)
    assert models.dialler.reason == "Every line is in use."
    assert not models.dialler.call_number("+14155550102")
    desk.end(desk.live_sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    assert (models.dialler.reason, models.dialler.lines) == ("", "")


async def test_steps_and_refusal_reach_the_listeners(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    desk.refusal = refused(PROBLEM, Step.AGENT)
    seen: list[DialFailure] = []
    models.dialler.failed.connect(seen.append)
    models.dialler.call_number("+14155550101")
    await asyncio.sleep(0)
    assert [failure.problem for failure in seen] == [PROBLEM]
    assert [step.state for step in seen[0].steps] == [
        StepState.OK, StepState.OK, StepState.OK, StepState.FAILED, StepState.NOT_STARTED,
    ]  # fmt: skip
    assert models.dialler.reason == ""


def test_obstacles_are_the_reason(models: Models, desk: FakeDesk) -> None:
    desk.blocked = [PROBLEM]
    assert models.dialler.reason == "Gemini refused the API key."
    assert not models.dialler.call_number("+14155550101")
    assert desk.orders == []


async def test_redial_fills_the_field_and_calls_nobody(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    models.dialler.call_number("+14155550101")
    await asyncio.sleep(0)
    models.dialler.clear()
    models.dialler.redial()
    assert models.dialler.text == "+1 415-555-0101"
    assert len(desk.orders) == 1


def test_the_phone_line_stays_shut_while_set_up_is_missing(qtbot: QtBot) -> None:
    chosen: list[str] = []
    models = Models(FakeDesk(), FakePrompts(), missing=[PROBLEM], choose_line=chosen.append)
    models.dialler.choose_line("phone")
    assert chosen == []
    assert "Gemini refused the API key" in models.dialler.phone_reason
    models.close()


def test_a_line_is_chosen_through_the_desk_s_owner(qtbot: QtBot) -> None:
    chosen: list[str] = []
    models = Models(FakeDesk(), FakePrompts(), choose_line=chosen.append)
    models.dialler.choose_line("phone")
    assert chosen == ["phone"]
    models.close()


def test_recording_is_told_to_the_desk(models: Models, desk: FakeDesk) -> None:
    assert desk.recording
    models.dialler.set_recording(False)
    assert not desk.recording


def test_saving_a_new_prompt_offers_it(models: Models) -> None:
    models.shelf.new("birthday")
    models.shelf.edit("Congratulate.")
    models.shelf.save()
    assert ("birthday", "Birthday") in models.dialler.prompts
