"""Whom a call is passed on to: the prompt's people, any number, and what is wrong with it."""

import asyncio

import pytest

from callconsole.domain.abilities import TransferTarget
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.transfer_form import TransferForm
from fakes.desk import FakeDesk

DESK = TransferTarget("Front desk", "+14155550123")


@pytest.fixture
def form(models: Models) -> TransferForm:
    return models.transfer


async def settle() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


async def test_somebody_of_the_prompt_is_chosen_and_told(
    desk: FakeDesk, form: TransferForm
) -> None:
    desk.targets = (DESK,)
    assert form.targets == ()
    sid = await desk.talking()
    assert form.targets == (DESK,)
    assert (form.ready, form.chosen) == (False, None)
    form.choose(DESK)
    form.set_note("  Wants the afternoon. ")
    assert (form.number, form.chosen, form.ready) == ("+1 415-555-0123", DESK, True)
    assert form.send()
    await settle()
    assert desk.passed_on == [(sid, DESK.number, "Wants the afternoon.")]
    assert not form.send()
    assert len(desk.passed_on) == 1


@pytest.mark.parametrize(
    ("typed", "shown", "fault"),
    [
        ("911", "911", "Emergency numbers are not called from here."),
        ("9005550123", "(900) 555-0123", "Premium numbers are not called from here."),
        ("4155550101", "(415) 555-0101", "That is the number of this call."),
        ("41555", "415-55", "The number is too short."),
    ],
)
async def test_what_is_wrong_is_said_once_the_field_was_left(
    desk: FakeDesk, form: TransferForm, typed: str, shown: str, fault: str
) -> None:
    await desk.talking()
    form.edit(typed)
    assert (form.number, form.fault, form.ready) == (shown, "", False)
    form.check()
    assert form.fault == fault
    form.edit(typed)
    assert form.fault == ""
    assert not form.send()
    assert form.fault == fault
    assert desk.passed_on == []


async def test_an_empty_field_is_no_fault_and_no_number(desk: FakeDesk, form: TransferForm) -> None:
    await desk.talking()
    form.check()
    assert (form.fault, form.send()) == ("", False)


async def test_what_was_typed_stays_with_its_call(
    desk: FakeDesk, form: TransferForm, models: Models
) -> None:
    first = await desk.talking()
    form.edit("4155550123")
    form.set_note("First.")
    other = await desk.place_call("+14155550102")
    desk.ring(other.sid)
    desk.answer(other.sid)
    models.live.focus(other.sid)
    assert (form.number, form.note) == ("", "")
    models.live.focus(first)
    assert (form.number, form.note) == ("(415) 555-0123", "First.")
