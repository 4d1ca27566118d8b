"""The operator's hand: what can be done when, the talk key, keys in order, and refusals."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.problems import Problem
from callconsole.engine import refusals
from callconsole.viewmodels import operator as operator_module
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.operator import HOLD_TO_TALK_S, Operator
from fakes.desk import FakeDesk

NO_MICROPHONE = Problem("microphone.none", "No microphone", "There is none.", "Plug one in.")


class Clock:
    """Monotonic seconds that a test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(operator_module, "monotonic", made)
    return made


@pytest.fixture
def operator(models: Models) -> Operator:
    return models.operator


async def settle() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


async def test_there_is_nothing_to_step_into_before_it_is_decided_who_answered(
    desk: FakeDesk, operator: Operator
) -> None:
    call = await desk.place_call("+14155550101")
    desk.ring(call.sid)
    assert not operator.open
    desk.pick_up(call.sid)
    assert not operator.open
    assert not operator.whisper("Slow down.")
    operator.press_key("1")
    await settle()
    assert (desk.whispered, desk.pressed) == ([], [])
    desk.judge(call.sid, AnsweredBy.PERSON)
    assert operator.open
    desk.calls[call.sid] = replace(desk.calls[call.sid], transferred_to="+14155550117")
    desk.floor(call.sid, desk.calls[call.sid].floor)
    assert not operator.open
    desk.end(call.sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    assert not operator.open


async def test_the_talk_key_works_from_the_answer_on(desk: FakeDesk, operator: Operator) -> None:
    call = await desk.place_call("+14155550101")
    desk.ring(call.sid)
    operator.press_talk()
    await settle()
    assert not desk.calls[call.sid].taken_over
    desk.pick_up(call.sid)
    operator.press_talk()
    await settle()
    assert operator.taken_over
    assert operator.open


async def test_phrases_used_come_first_and_only_once(desk: FakeDesk, operator: Operator) -> None:
    sid = await desk.talking()
    usual = operator.phrases
    assert "Slow down." in usual
    assert operator.whisper("  Offer 3:15. ")
    assert operator.say("One moment.")
    assert operator.whisper("Slow down.")
    assert operator.whisper("Offer 3:15.")
    assert not operator.whisper("   ")
    assert desk.whispered == [(sid, "Offer 3:15."), (sid, "Slow down."), (sid, "Offer 3:15.")]
    assert desk.asked_to_say == [(sid, "One moment.")]
    assert operator.phrases[:3] == ["Offer 3:15.", "Slow down.", "One moment."]
    assert operator.phrases[3:] == [phrase for phrase in usual if phrase != "Slow down."]
    for number in range(12):
        operator.whisper(f"Number {number}")
    assert operator.phrases[0] == "Number 11"
    assert operator.phrases[9:11] == ["Number 2", usual[0]]


async def test_a_short_press_toggles(desk: FakeDesk, operator: Operator, clock: Clock) -> None:
    sid = await desk.talking()
    operator.press_talk()
    assert operator.taking_over
    clock.now_s += HOLD_TO_TALK_S - 0.05
    operator.release_talk()
    await settle()
    assert operator.taken_over
    assert not operator.taking_over
    operator.set_note(" Agreed: 3:15. ")
    operator.press_talk()
    operator.release_talk()
    assert desk.handed_back == [(sid, "Agreed: 3:15.")]
    assert (operator.taken_over, operator.note) == (False, "")


async def test_a_long_press_talks_while_it_lasts(
    desk: FakeDesk, operator: Operator, clock: Clock
) -> None:
    await desk.talking()
    operator.press_talk()
    await settle()
    assert operator.taken_over
    clock.now_s += HOLD_TO_TALK_S
    operator.release_talk()
    assert not operator.taken_over
    assert len(desk.handed_back) == 1


async def test_a_long_press_that_ends_before_the_microphone_is_open_leaves_nobody_on_the_line(
    desk: FakeDesk, operator: Operator, clock: Clock
) -> None:
    await desk.talking()
    desk.microphone_open.clear()
    operator.press_talk()
    await settle()
    clock.now_s += 1.0
    operator.release_talk()
    assert desk.handed_back == []
    desk.microphone_open.set()
    await settle()
    assert len(desk.handed_back) == 1
    assert not operator.taken_over


@pytest.mark.parametrize("opens", ["before", "after"])
async def test_a_held_key_that_goes_up_hands_its_own_call_back_whichever_is_shown(
    desk: FakeDesk, models: Models, clock: Clock, opens: str
) -> None:
    operator = models.operator
    one = await desk.talking()
    two = (await desk.place_call("+14155550102")).sid
    desk.answer(two)
    models.live.focus(one)
    if opens == "after":
        desk.microphone_open.clear()
    operator.press_talk()
    await settle()
    models.live.focus(two)
    clock.now_s += 1.0
    operator.release_talk()
    desk.microphone_open.set()
    await settle()
    assert [sid for sid, _note in desk.handed_back] == [one]
    assert not desk.calls[one].taken_over
    assert not desk.calls[two].taken_over


async def test_no_microphone_is_said_and_the_agent_goes_on(
    desk: FakeDesk, operator: Operator, clock: Clock
) -> None:
    sid = await desk.talking()
    desk.step_in_problem = NO_MICROPHONE
    operator.press_talk()
    await settle()
    clock.now_s += 1.0
    operator.release_talk()
    assert not operator.taken_over
    assert not operator.taking_over
    assert operator.problem_text == "No microphone. Plug one in."
    operator.toggle_hold()
    assert operator.problem is NO_MICROPHONE
    desk.step_in_problem = None
    operator.toggle_hold()
    assert operator.problem is None
    assert desk.calls[sid].on_hold


async def test_mutings_go_to_and_fro(desk: FakeDesk, operator: Operator) -> None:
    await desk.talking()
    for _ in range(2):
        operator.toggle_agent_mute()
        operator.toggle_caller_mute()
        operator.toggle_hold()
        states = {operator.agent_muted, operator.caller_muted, operator.on_hold}
        assert len(states) == 1
    assert states == {False}


async def test_the_mute_key_means_whoever_speaks(desk: FakeDesk, operator: Operator) -> None:
    sid = await desk.talking()
    operator.toggle_mute()
    assert (operator.agent_muted, operator.muted) == (True, False)
    operator.toggle_mute()
    operator.take_over()
    await settle()
    operator.toggle_mute()
    assert (operator.agent_muted, operator.muted) == (False, True)
    assert desk.microphone_dbfs() == -90.0
    operator.hand_back()
    assert not desk.calls[sid].operator_muted
    operator.take_over()
    await settle()
    assert not operator.muted


async def test_passing_on_is_seen_until_the_carrier_does_it(
    desk: FakeDesk, operator: Operator
) -> None:
    sid = await desk.talking()
    desk.announced.clear()
    operator.set_transfer("+1 415-555-0123", "Wants the afternoon.")
    operator.pass_on("+14155550123", "Wants the afternoon.")
    operator.pass_on("+14155550188", "")
    await settle()
    assert desk.passed_on == [(sid, "+14155550123", "Wants the afternoon.")]
    assert (operator.passing_on, operator.can_pass_on, operator.open) == (True, False, True)
    desk.announced.set()
    await settle()
    assert (operator.passing_on, operator.open) == (False, False)
    assert (operator.transfer_to, operator.transfer_note) == ("", "")
    desk.come_back(sid)
    assert operator.can_pass_on


async def test_a_transfer_that_is_refused_keeps_what_was_typed(
    desk: FakeDesk, operator: Operator
) -> None:
    await desk.talking()
    desk.step_in_problem = NO_MICROPHONE
    operator.set_transfer("+1 415-555-0123", "Wants the afternoon.")
    operator.pass_on("+14155550123", "Wants the afternoon.")
    await settle()
    assert operator.problem is NO_MICROPHONE
    assert operator.can_pass_on
    assert operator.transfer_note == "Wants the afternoon."


async def test_who_comes_back_to_an_operator_finds_them_on_the_line(
    desk: FakeDesk, operator: Operator
) -> None:
    sid = await desk.talking()
    operator.take_over()
    await settle()
    operator.set_note("Agreed.")
    operator.pass_on("+14155550123", "")
    await settle()
    assert not operator.taken_over
    desk.come_back(sid)
    assert operator.taken_over
    assert operator.note == "Agreed."
    operator.close()


async def test_keys_are_sent_in_their_order(desk: FakeDesk, operator: Operator) -> None:
    sid = await desk.talking()
    for key in "41+5#":
        operator.press_key(key)
    assert operator.keys == "415#"
    await settle()
    assert "".join(digits for _sid, digits in desk.pressed) == "415#"
    assert {pressed for pressed, _digits in desk.pressed} == {sid}
    desk.step_in_problem = NO_MICROPHONE
    operator.press_key("9")
    await settle()
    assert operator.problem is NO_MICROPHONE
    desk.step_in_problem = None
    operator.press_key("0")
    await settle()
    assert desk.pressed[-1] == (sid, "0")
    assert operator.problem is None


async def test_the_clock_and_the_meter_run_while_on_the_line(
    desk: FakeDesk, operator: Operator
) -> None:
    sid = await desk.talking()
    levels: list[float] = []
    clocks: list[str] = []
    operator.level_changed.connect(levels.append)
    operator.clock_changed.connect(clocks.append)
    operator.take_over()
    await settle()
    assert (levels[:1], clocks) == ([-14.0], ["00:00"])
    desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    heard = len(levels)
    operator.close()
    await settle()
    assert len(levels) == heard
    assert not operator.taken_over


async def test_a_microphone_that_gives_no_sound_is_said_while_it_does(
    desk: FakeDesk, operator: Operator
) -> None:
    async def until(true: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not true():
                await asyncio.sleep(0.01)

    await desk.talking()
    operator.take_over()
    await settle()
    assert not operator.unheard
    desk.microphone_trouble = NO_MICROPHONE
    await until(lambda: operator.unheard)
    assert operator.problem_text == "No microphone. Plug one in."
    operator.toggle_mute()
    assert (operator.problem, operator.unheard) == (None, True)
    desk.microphone_trouble = refusals.other_microphone("default")
    await until(lambda: not operator.unheard)
    assert operator.problem_text.startswith("You speak through default.")
    desk.microphone_trouble = None
    await until(lambda: operator.problem is None)
    operator.close()


async def test_another_call_begins_anew(desk: FakeDesk, operator: Operator) -> None:
    sid = await desk.talking()
    operator.set_note("Agreed.")
    operator.press_key("1")
    await settle()
    desk.step_in_problem = NO_MICROPHONE
    operator.toggle_hold()
    desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    await desk.talking()
    assert (operator.note, operator.keys, operator.problem) == ("", "", None)
