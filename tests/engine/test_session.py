"""A call's life as a person meets it: the gate, keys, transfers, lost streams, the polite end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from callconsole.domain import events
from callconsole.domain.answering import AnsweredBy, GateMode, JudgedBy, Undecided
from callconsole.domain.call import EndedBy, Outcome
from callconsole.domain.dialling import DialError, Step
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.ports import (
    AgentAudio,
    AgentGenerated,
    AgentTurnDone,
    AgentWords,
    AnswerVerdict,
    CarrierStatus,
    Detection,
    PlacedCall,
)
from callconsole.engine.world import Habits, Opening
from support.bridge_rig import tone
from support.console_desk import NUMBER, Desk
from support.talk import COLLEAGUE, REFUSED, SAID, Talk, closed, hurry, opened

pytestmark = pytest.mark.virtual_time


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    made = await opened(tmp_path)
    yield made
    await closed(made)


# The gate ---------------------------------------------------------------------------------------


async def test_nothing_is_heard_before_a_person_is_there(talk: Talk) -> None:
    assert talk.call.deciding
    await talk.said(*SAID)
    assert talk.line.audio() == b""
    talk.carrier_hears(AnsweredBy.PERSON, "human")
    assert len(talk.line.audio()) >= 400 * 8
    assert (talk.call.deciding, talk.call.answered_by) == (False, AnsweredBy.PERSON)
    assert talk.call.judged_by is JudgedBy.CARRIER


@pytest.mark.parametrize("detail", ["machine_start", "fax"])
async def test_a_machine_never_hears_a_word(talk: Talk, detail: str) -> None:
    await talk.said(*SAID)
    answered_by = AnsweredBy.FAX if detail == "fax" else AnsweredBy.VOICEMAIL
    talk.carrier_hears(answered_by, detail)
    await talk.event("CallEnded")
    assert talk.line.audio() == b""
    assert talk.line.closed
    assert talk.desk.carrier.ended == [talk.sid]
    assert (talk.ending.outcome, talk.ending.by) == (Outcome.VOICEMAIL, EndedBy.CONSOLE)


async def test_a_screening_is_told_who_calls(talk: Talk) -> None:
    await talk.said(SAID[0])  # a greeting meant for a person
    talk.desk.console.judge_answer(talk.sid, AnsweredBy.SCREENING)
    assert "screening" in talk.agent.texts[-1]
    await talk.said(*SAID[1:])
    assert talk.line.audio() == b""
    await talk.said(*SAID)
    assert len(talk.line.audio()) >= 400 * 8


async def test_a_menu_is_answered_with_keys(talk: Talk) -> None:
    talk.desk.console.judge_answer(talk.sid, AnsweredBy.MENU)
    assert "press the key" in talk.agent.texts[-1]
    assert talk.call.answered_by is AnsweredBy.MENU
    acted = [e for e in talk.desk.events if isinstance(e, events.OperatorActed)]
    assert [(e.act, e.detail) for e in acted] == [("said: a menu answered", "")]


async def test_the_operator_hangs_up_on_a_voicemail(talk: Talk) -> None:
    talk.desk.console.judge_answer(talk.sid, AnsweredBy.VOICEMAIL)
    await talk.event("CallEnded")
    assert (talk.ending.outcome, talk.ending.by) == (Outcome.VOICEMAIL, EndedBy.OPERATOR)


async def test_silence_is_greeted_once_the_limit_has_passed(talk: Talk) -> None:
    talk.line.say(np.zeros(8000 * 9, np.int16))
    await talk.event("AnswerJudged")
    assert talk.call.answered_by is AnsweredBy.UNKNOWN
    assert "Greet" in talk.agent.texts[0]
    await talk.said(*SAID)
    assert talk.line.audio()


async def test_or_the_call_is_ended_where_the_setting_says_so(tmp_path: Path) -> None:
    talk = await opened(tmp_path, undecided=Undecided.HANG_UP)
    talk.line.say(np.zeros(8000 * 9, np.int16))
    await talk.event("CallEnded")
    assert talk.ending.problem is not None
    assert talk.ending.problem.code == "call.undecided"
    await closed(talk)


async def test_a_prepared_greeting_waits_for_the_person(tmp_path: Path) -> None:
    talk = await opened(tmp_path, opening=Opening.GREET)
    assert talk.agent.texts
    await talk.said(*SAID)
    assert talk.line.audio() == b""
    talk.carrier_hears(AnsweredBy.PERSON, "human")
    assert len(talk.line.audio()) >= 400 * 8
    await closed(talk)


async def test_strict_the_carrier_decides_before_any_stream(tmp_path: Path) -> None:
    desk = Desk(tmp_path, habits=Habits("appointment_reminder", gate=GateMode.STRICT))
    call = await desk.console.place_call(NUMBER)
    assert desk.carrier.orders[0].detection is Detection.BLOCKING
    machine = AnswerVerdict(call.sid, AnsweredBy.VOICEMAIL, "machine_start")
    assert desk.console.call_answered(call.sid, machine) is None
    desk.report(call, CarrierStatus.COMPLETED)
    await desk.until(lambda: "CallEnded" in desk.names())
    second = await desk.console.place_call("+1 415 555 2672")
    person = AnswerVerdict(second.sid, AnsweredBy.PERSON, "human")
    token = desk.console.call_answered(second.sid, person)
    assert token is not None
    assert await desk.console.admit(second.sid, token)
    desk.report(second, CarrierStatus.COMPLETED)
    await desk.console.stop()


# Streams ----------------------------------------------------------------------------------------


async def test_a_dropped_stream_comes_back_and_the_sentence_goes_on(talk: Talk) -> None:
    talk.carrier_hears(AnsweredBy.PERSON, "human")
    await talk.said(AgentAudio(tone(3000, 24000)), AgentGenerated())
    token = talk.desk.console.stream_ended(talk.sid)
    assert token is not None
    talk.line.hang_up()
    await talk.event("StreamMissed")
    assert talk.call.away
    await talk.said(AgentTurnDone(), AgentWords("I am still here.", by_caller=False))
    line = await talk.rejoin(token)
    assert not talk.call.away
    played_ms = (len(talk.line.audio()) + len(line.audio())) / 8
    assert len(line.audio()) > 0
    assert played_ms >= 1500
    started = [e for e in talk.desk.events if isinstance(e, events.StreamStarted)]
    assert [e.gap_ms is None for e in started] == [True, False]
    assert not talk.agent.closed
    line.say(np.zeros(800, np.int16))
    line.hang_up()
    await talk.over()
    await talk.event("RecordingSaved")
    assert talk.desk.names().count("RecordingStarted") == 1


async def test_a_stream_that_does_not_come_back_ends_the_call(talk: Talk) -> None:
    talk.desk.carrier.state = CarrierStatus.IN_PROGRESS
    talk.line.hang_up()
    await talk.event("CallEnded")
    assert talk.ending.problem is not None
    assert talk.ending.problem.code == "call.stream_lost"
    assert talk.desk.carrier.fetches == 1


async def test_a_new_stream_replaces_one_that_does_not_know_that_it_is_dead(talk: Talk) -> None:
    first = talk.line
    token = talk.desk.console.stream_token(talk.sid)
    assert token is not None
    line = await talk.rejoin(token)
    assert first.closed
    talk.carrier_hears(AnsweredBy.PERSON, "human")
    await talk.said(*SAID)
    assert line.audio()


async def test_a_stream_that_breaks_again_and_again_is_given_up(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callconsole.engine.call_streams.RETURNS_AT_MOST", 2)
    line = talk.line
    for _ in range(2):
        token = talk.desk.console.stream_ended(talk.sid)
        assert token is not None
        line.hang_up()
        line = await talk.rejoin(token)
    assert talk.desk.console.stream_ended(talk.sid) is None
    await talk.over()
    assert talk.ending.outcome is Outcome.FAILED


async def test_after_a_hang_up_no_stream_is_opened_again(talk: Talk) -> None:
    hanging_up = asyncio.create_task(talk.desk.console.hang_up(talk.sid))
    await asyncio.sleep(0)
    assert talk.desk.console.stream_ended(talk.sid) is None
    await talk.over()
    await hanging_up


# What the agent does ----------------------------------------------------------------------------


async def test_keys_go_out_and_the_conversation_goes_on_over_a_new_stream(talk: Talk) -> None:
    talk.carrier_hears(AnsweredBy.PERSON, "human")
    talk.tool("press_keys", digits="1#")
    await talk.event("KeysPressed")
    ((digits, token),) = talk.desk.carrier.keys
    assert digits == "1#"
    talk.line.hang_up()
    line = await talk.rejoin(token)
    await talk.said(*SAID)
    assert line.audio()
    assert next(r for _, r, _ in talk.agent.results)["status"].startswith("Pressed")


async def test_refused_keys_leave_the_stream_as_it_was(talk: Talk) -> None:
    talk.desk.carrier.update_refusal = REFUSED
    with pytest.raises(ProblemError):
        await talk.desk.console.press_keys(talk.sid, "1")
    assert "KeysPressed" not in talk.desk.names()
    talk.carrier_hears(AnsweredBy.PERSON, "human")
    await talk.said(*SAID)
    assert talk.line.audio()


async def test_keys_of_which_nobody_knows_whether_they_went_out_may_bring_a_new_stream(
    talk: Talk,
) -> None:
    doubt = Problem("twilio.timeout.perhaps_done", "No answer", "It took too long.", "Wait.")
    talk.desk.carrier.update_refusal = doubt
    known = set(talk.desk.carrier.tokens)
    with pytest.raises(ProblemError):
        await talk.desk.console.press_keys(talk.sid, "1")
    (token,) = set(talk.desk.carrier.tokens) - known
    line = await talk.rejoin(token)
    talk.carrier_hears(AnsweredBy.PERSON, "human")
    await talk.said(*SAID)
    assert line.audio()


async def test_the_polite_end(talk: Talk) -> None:
    talk.carrier_hears(AnsweredBy.PERSON, "human")
    await talk.said(AgentAudio(tone(400, 24000)))
    talk.tool("end_call", reason="done")
    await talk.event("FarewellBegan")
    assert talk.desk.carrier.ended == []
    await talk.said(AgentAudio(tone(200, 24000)), AgentGenerated(), AgentTurnDone())
    assert talk.desk.carrier.ended == []
    talk.echo_all()
    await talk.desk.until(lambda: bool(talk.desk.carrier.ended) or talk.call.ending is not None)
    await talk.over()
    assert (talk.ending.outcome, talk.ending.by) == (Outcome.COMPLETED, EndedBy.AGENT)
    assert len(talk.line.audio()) >= 600 * 8
    while not talk.agent.closed:
        await asyncio.sleep(0)


async def test_the_callee_who_hangs_up_into_the_farewell_ends_it(talk: Talk) -> None:
    talk.carrier_hears(AnsweredBy.PERSON, "human")
    await talk.said(AgentAudio(tone(3000, 24000)))
    talk.tool("end_call")
    await talk.event("FarewellBegan")
    talk.line.hang_up()
    await talk.over()
    assert talk.ending.by is EndedBy.CALLER
    while not talk.agent.closed:
        await asyncio.sleep(0)


async def test_a_transfer_is_announced_then_made(talk: Talk) -> None:
    talk.carrier_hears(AnsweredBy.PERSON, "human")
    await talk.said(*SAID)
    talk.tool("transfer_call", to="Front desk", reason="Wants a refund.")
    talk.echo_all()
    await talk.desk.carrier.transferred.wait()
    assert talk.desk.carrier.transfers[0].to == COLLEAGUE.number
    talk.line.hang_up()
    assert "Wants a refund." in talk.desk.console.transfer_answered(talk.sid)
    assert talk.call.transferred_to == COLLEAGUE.number
    ended = talk.desk.console.transfer_ended(talk.sid, reached=True, status="completed")
    assert ended is None
    await talk.over()
    assert talk.ending.outcome is Outcome.COMPLETED
    while not talk.agent.closed:
        await asyncio.sleep(0)


async def test_a_colleague_who_hangs_up_before_they_are_joined_leaves_the_agent(
    talk: Talk,
) -> None:
    talk.carrier_hears(AnsweredBy.PERSON, "human")
    await talk.said(*SAID)
    talk.tool("transfer_call", to="Front desk")
    talk.echo_all()
    await talk.desk.carrier.transferred.wait()
    talk.line.hang_up()
    await talk.served
    talk.desk.console.transfer_answered(talk.sid)
    token = talk.desk.console.transfer_ended(talk.sid, reached=False, status="completed")
    assert token is not None
    line = await talk.rejoin(token)
    await talk.said(*SAID)
    assert line.audio()


async def test_the_carriers_time_limit_is_told_from_a_callee_who_hangs_up(tmp_path: Path) -> None:
    talk = await opened(tmp_path, time_limit_s=60)
    talk.desk.clock.wall += timedelta(seconds=59)
    await talk.over()
    assert talk.ending.by is EndedBy.CARRIER
    assert talk.ending.problem is not None
    assert talk.ending.problem.code == "call.time_limit"
    await closed(talk)


async def test_keys_of_ours_are_no_lost_streams(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callconsole.engine.call_streams.RETURNS_AT_MOST", 1)
    line = talk.line
    for _ in range(3):
        await talk.desk.console.press_keys(talk.sid, "1")
        line.hang_up()
        line = await talk.rejoin(talk.desk.carrier.keys[-1][1])
    assert talk.desk.console.stream_ended(talk.sid) is not None


async def test_a_transfer_that_reaches_nobody_comes_back_to_the_agent(talk: Talk) -> None:
    talk.carrier_hears(AnsweredBy.PERSON, "human")
    await talk.said(*SAID)
    talk.tool("transfer_call", to="Front desk")
    talk.echo_all()
    await talk.desk.carrier.transferred.wait()
    talk.line.hang_up()
    await talk.served
    token = talk.desk.console.transfer_ended(talk.sid, reached=False, status="no-answer")
    assert token is not None
    assert "could not be reached" in talk.agent.texts[-1]
    line = await talk.rejoin(token)
    assert talk.call.transferred_to is None
    await talk.said(*SAID)
    assert line.audio()


async def test_a_transfer_that_took_place_unanswered_is_none_that_failed(talk: Talk) -> None:
    doubt = Problem("twilio.timeout.perhaps_done", "No answer", "It took too long.", "Wait.")
    talk.desk.carrier.update_refusal = doubt
    talk.carrier_hears(AnsweredBy.PERSON, "human")
    await talk.said(*SAID)
    talk.tool("transfer_call", to="Front desk")
    talk.echo_all()
    await talk.event("TransferBegan")
    talk.line.hang_up()
    await talk.served
    assert talk.desk.console.transfer_answered(talk.sid)
    assert talk.call.transferred_to == COLLEAGUE.number
    assert "TransferEnded" not in talk.desk.names()


async def test_a_refused_transfer_is_told_to_the_agent(talk: Talk) -> None:
    talk.carrier_hears(AnsweredBy.PERSON, "human")
    talk.desk.carrier.update_refusal = REFUSED
    await talk.said(*SAID)
    talk.tool("transfer_call", to="Front desk")
    talk.echo_all()
    await talk.event("TransferEnded")
    assert "could not be passed on" in talk.agent.texts[-1]
    assert talk.call.transferred_to is None


async def test_a_key_of_the_person_is_told_to_the_agent(talk: Talk) -> None:
    talk.line.press("5")
    await talk.event("KeyReceived")
    assert "key 5" in talk.agent.texts[-1]


# Before dialling --------------------------------------------------------------------------------


async def test_a_number_is_in_one_call_at_a_time(talk: Talk) -> None:
    with pytest.raises(DialError) as refused:
        await talk.desk.console.place_call("+1 (415) 555-2671")
    assert refused.value.problem.code == "call.already"
    assert refused.value.steps[0].step is Step.NUMBER
    assert len(talk.desk.carrier.orders) == 1


async def test_two_presses_are_one_call(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.carrier.release.clear()
    first = asyncio.create_task(desk.console.place_call(NUMBER))
    while not desk.carrier.orders:
        await asyncio.sleep(0)
    with pytest.raises(DialError):
        await desk.console.place_call(NUMBER)
    desk.carrier.release.set()
    call = await first
    assert len(desk.carrier.orders) == 1
    desk.report(call, CarrierStatus.COMPLETED)
    await desk.console.stop()


async def test_there_is_a_limit_to_live_calls(tmp_path: Path) -> None:
    talk = await opened(tmp_path, max_calls=1)
    with pytest.raises(DialError) as refused:
        await talk.desk.console.place_call("+1 415 555 2672")
    assert refused.value.problem.code == "call.limit"
    await talk.over()
    again = await talk.desk.console.place_call("+1 415 555 2672")
    talk.desk.report(again, CarrierStatus.COMPLETED)
    await closed(talk)


async def test_a_doubtful_order_is_looked_up_before_anybody_dials_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    carrier = desk.carrier
    carrier.refusal = Problem("twilio.timeout.perhaps_placed", "No answer", "Too late.", "Look.")
    with pytest.raises(DialError):
        await desk.console.place_call(NUMBER)
    carrier.refusal, carrier.search_fails = None, True
    with pytest.raises(DialError) as blind:
        await desk.console.place_call(NUMBER)
    carrier.search_fails = False
    carrier.found = PlacedCall("CA" + "f" * 32, CarrierStatus.RINGING, "+16285550100")
    with pytest.raises(DialError) as found:
        await desk.console.place_call(NUMBER)
    codes = [blind.value.problem.code, found.value.problem.code]
    assert codes == ["call.in_doubt", "call.found_and_ended"]
    assert carrier.ended == ["CA" + "f" * 32]
    assert len(carrier.orders) == 1
    call = await desk.console.place_call(NUMBER)
    assert len(carrier.orders) == 2
    desk.report(call, CarrierStatus.COMPLETED)
    await desk.console.stop()
