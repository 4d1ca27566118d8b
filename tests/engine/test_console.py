"""The façade: placing, answering, hanging up, stopping, and what the outside may do."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import EndedBy, Outcome, Phase
from callconsole.domain.dialling import DialError, Step, StepState
from callconsole.domain.events import Service, ServiceChanged, ServiceState
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.ports import (
    AgentTurnDone,
    AgentWords,
    AnswerVerdict,
    CarrierReport,
    CarrierStatus,
)
from fakes.engine import (
    FakeLine,
    FakeSpeaker,
)
from support.console_desk import NUMBER, Desk

pytestmark = pytest.mark.virtual_time

PROBLEM = Problem("agent.key_refused", "Gemini refused the key", "It is wrong.", "Change it.")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    yield made
    for call in made.console.live_calls():
        made.report(call, CarrierStatus.COMPLETED)
    await made.console.stop()


async def test_a_whole_call_from_dialling_to_its_recording(desk: Desk) -> None:
    call, line, served = await desk.answered()
    assert (call.to, call.from_number, call.phase) == (
        "+14155552671",
        "+16285550100",
        Phase.QUEUED,
    )
    line.say(np.full(8000, 3000, np.int16))
    desk.agent.sessions[0].does(AgentWords("Hello.", by_caller=False))
    await desk.until(lambda: "TurnChanged" in desk.names() and "LevelsMeasured" in desk.names())
    while not desk.agent.sessions[0].heard:
        await asyncio.sleep(0)
    line.hang_up()
    desk.report(call, CarrierStatus.COMPLETED, duration_s=1)
    await served
    await desk.until(lambda: "RecordingSaved" in desk.names())
    ended = desk.console.call(call.sid)
    assert ended is not None
    assert ended.ending is not None
    assert (ended.ending.outcome, ended.ending.by) == (Outcome.COMPLETED, EndedBy.CALLER)
    assert ended.recording is not None
    with wave.open(ended.recording) as file:
        assert file.getnframes() == 8000
    assert call.sid in ended.recording
    order = [name for name in desk.names() if name not in {"LevelsMeasured", "FloorChanged"}]
    assert order[:4] == ["CallQueued", "CallRinging", "CallAnswered", "StreamStarted"]
    assert desk.agent.sessions[0].closed


async def test_the_agent_knows_what_day_it_is(desk: Desk) -> None:
    await desk.console.place_call(NUMBER)
    local = desk.clock.now().astimezone()
    (brief,) = desk.agent.briefs
    assert f"{local.year} at {local:%H:%M}" in brief.facts
    assert brief.facts.startswith(f"The call begins on {local:%A} {local.day} {local:%B} ")


async def test_the_token_is_good_once_and_for_its_own_call(desk: Desk) -> None:
    call = await desk.console.place_call(NUMBER)
    token = desk.carrier.orders[0].stream_token
    assert not await desk.console.admit("CA" + "f" * 32, token)
    assert not await desk.console.admit(call.sid, "guess")
    assert not await desk.console.admit(call.sid, "gürtel")
    assert await desk.console.admit(call.sid, token)
    assert not await desk.console.admit(call.sid, token)
    fresh = desk.console.stream_token(call.sid)
    assert fresh is not None
    desk.report(call, CarrierStatus.NO_ANSWER)
    assert not await desk.console.admit(call.sid, fresh)
    assert desk.console.stream_token(call.sid) is None


async def test_a_stream_that_outruns_the_calls_name_waits_for_it(desk: Desk) -> None:
    desk.carrier.release.clear()
    placing = asyncio.create_task(desk.console.place_call(NUMBER))
    while not desk.carrier.orders:
        await asyncio.sleep(0)
    sid = f"CA{1:032x}"
    assert desk.console.knows(sid)
    admitted = asyncio.create_task(desk.console.admit(sid, desk.carrier.orders[0].stream_token))
    desk.console.carrier_reported(CarrierReport(sid, CarrierStatus.RINGING))
    await asyncio.sleep(0)
    desk.carrier.release.set()
    call = await placing
    assert await admitted
    now = desk.console.call(call.sid)
    assert now is not None
    assert now.phase is Phase.RINGING


@pytest.mark.parametrize(
    ("status", "sip_code", "outcome", "code"),
    [
        (CarrierStatus.BUSY, 486, Outcome.BUSY, "call.busy"),
        (CarrierStatus.BUSY, 603, Outcome.DECLINED, "call.declined"),
        (CarrierStatus.NO_ANSWER, 487, Outcome.NO_ANSWER, "call.no_answer"),
        (CarrierStatus.FAILED, 404, Outcome.FAILED, "call.unreachable"),
        (CarrierStatus.FAILED, 500, Outcome.FAILED, "call.failed"),
    ],
)
async def test_a_call_that_nobody_took_says_why_and_frees_the_agent(
    desk: Desk, status: CarrierStatus, sip_code: int, outcome: Outcome, code: str
) -> None:
    call = await desk.console.place_call(NUMBER)
    desk.report(call, status, sip_code=sip_code)
    ended = desk.console.call(call.sid)
    assert ended is not None
    assert ended.ending is not None
    assert ended.ending.problem is not None
    assert (ended.ending.outcome, ended.ending.problem.code) == (outcome, code)
    while not desk.agent.sessions[0].closed:
        await asyncio.sleep(0)
    desk.report(call, CarrierStatus.IN_PROGRESS)
    assert desk.console.call(call.sid) == ended


async def test_hanging_up_does_not_depend_on_the_carriers_interface(desk: Desk) -> None:
    call, line, served = await desk.answered()
    desk.carrier.end_fails = True
    hanging = asyncio.create_task(desk.console.hang_up(call.sid))
    await served
    assert line.closed
    assert desk.carrier.ended == [call.sid]
    desk.report(call, CarrierStatus.COMPLETED)
    await hanging
    ended = desk.console.call(call.sid)
    assert ended is not None
    assert ended.ending is not None
    assert (ended.ending.outcome, ended.ending.by) == (Outcome.COMPLETED, EndedBy.OPERATOR)


async def test_hanging_up_twice_is_one_hang_up(desk: Desk) -> None:
    call, _, served = await desk.answered()
    both = asyncio.gather(desk.console.hang_up(call.sid), desk.console.hang_up(call.sid))
    await served
    desk.report(call, CarrierStatus.COMPLETED)
    await both
    assert desk.carrier.ended == [call.sid]


async def test_hanging_up_while_it_rings_cancels(desk: Desk) -> None:
    call = await desk.console.place_call(NUMBER)
    hanging = asyncio.create_task(desk.console.hang_up(call.sid))
    while not desk.carrier.ended:
        await asyncio.sleep(0)
    desk.report(call, CarrierStatus.CANCELED)
    await hanging
    ended = desk.console.call(call.sid)
    assert ended is not None
    assert ended.ending is not None
    assert (ended.ending.outcome, ended.ending.by) == (Outcome.CANCELED, EndedBy.OPERATOR)


async def test_a_machine_is_hung_up_on(desk: Desk) -> None:
    call, line, served = await desk.answered()
    desk.console.answer_judged(AnswerVerdict(call.sid, AnsweredBy.VOICEMAIL, "machine_start"))
    await served
    desk.report(call, CarrierStatus.COMPLETED)
    ended = desk.console.call(call.sid)
    assert ended is not None
    assert ended.ending is not None
    assert (ended.ending.outcome, ended.ending.by) == (Outcome.VOICEMAIL, EndedBy.CONSOLE)
    assert ended.answered_by is AnsweredBy.VOICEMAIL
    assert line.count("audio") == 0
    assert desk.agent.sessions[0].texts == []


async def test_a_machine_verdict_in_a_conversation_is_only_shown(desk: Desk) -> None:
    call, _, _ = await desk.answered()
    for by_caller in (True, False, True, False):
        desk.agent.sessions[0].does(AgentWords("Well.", by_caller=by_caller), AgentTurnDone())
    await desk.until(lambda: len(desk.console.turns(call.sid)) == 4)
    desk.console.answer_judged(AnswerVerdict(call.sid, AnsweredBy.VOICEMAIL, "machine_start"))
    assert "AnswerJudged" in desk.names()
    now = desk.console.call(call.sid)
    assert now is not None
    assert now.live
    assert desk.carrier.ended == []


async def test_silence_after_the_answer_is_greeted(desk: Desk) -> None:
    _, line, _ = await desk.answered()
    line.say(np.zeros(800, np.int16))
    async with asyncio.timeout(5):
        await desk.agent.sessions[0].text_sent.wait()
    assert "Greet" in desk.agent.sessions[0].texts[0]


async def test_a_broken_agent_ends_the_call_and_says_so(desk: Desk) -> None:
    call, line, served = await desk.answered()
    desk.agent.sessions[0].breaks(PROBLEM)
    await served
    desk.report(call, CarrierStatus.COMPLETED)
    assert line.closed
    assert "AgentLost" in desk.names()
    ended = desk.console.call(call.sid)
    assert ended is not None
    assert ended.ending is not None
    assert ended.ending.problem == PROBLEM


def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on a lost stream and on a mute carrier at once."""
    monkeypatch.setattr("callconsole.engine.hanging_up.LAST_WORD_S", 0.05)
    monkeypatch.setattr("callconsole.engine.call_streams.REJOIN_S", 0.05)
    monkeypatch.setattr("callconsole.engine.call_streams.MISSED_AFTER_S", 0.01)


async def test_a_stream_that_drops_is_looked_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hurry(monkeypatch)
    call, line, served = await desk.answered()
    line.hang_up()
    await served
    await desk.until(lambda: "CallEnded" in desk.names())
    ended = desk.console.call(call.sid)
    assert ended is not None
    assert ended.ending is not None
    assert ended.ending.outcome is Outcome.COMPLETED


async def test_a_call_that_lost_its_sound_is_ended(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hurry(monkeypatch)
    desk.carrier.state = CarrierStatus.IN_PROGRESS
    call, line, served = await desk.answered()
    line.hang_up()
    await served
    await desk.until(lambda: "CallEnded" in desk.names())
    ended = desk.console.call(call.sid)
    assert ended is not None
    assert ended.ending is not None
    assert ended.ending.problem is not None
    assert ended.ending.problem.code == "call.stream_lost"
    assert desk.carrier.ended == [call.sid]


@pytest.mark.parametrize(
    ("to", "prompt", "step", "code"),
    [
        ("911", None, Step.NUMBER, "number.emergency"),
        (NUMBER, "nothing", Step.PROMPT, "prompt.missing"),
        (NUMBER, "blank", Step.PROMPT, "prompt.empty"),
    ],
)
async def test_a_refusal_names_its_step_and_reaches_nobody(
    desk: Desk, to: str, prompt: str | None, step: Step, code: str
) -> None:
    desk.prompts.texts["blank"] = " \n"
    with pytest.raises(DialError) as caught:
        await desk.console.place_call(to, prompt)
    assert caught.value.problem.code == code
    assert [result.step for result in caught.value.steps] == list(Step)
    failed = [r.step for r in caught.value.steps if r.state is StepState.FAILED]
    assert failed == [step]
    assert desk.carrier.orders == []


async def test_no_phone_rings_for_an_agent_that_cannot_speak(desk: Desk) -> None:
    desk.agent.refusal = PROBLEM
    seen = []
    with pytest.raises(DialError) as caught:
        await desk.console.place_call(NUMBER, on_step=seen.append)
    assert caught.value.problem == PROBLEM
    assert [r.step for r in seen] == [Step.NUMBER, Step.PROMPT, Step.TUNNEL, Step.AGENT]
    assert desk.carrier.orders == []


async def test_a_refusal_of_the_carrier_frees_the_agent_and_the_token(desk: Desk) -> None:
    desk.carrier.refusal = Problem("twilio.21219", "Not verified", "Trial.", "Verify it.")
    with pytest.raises(DialError):
        await desk.console.place_call(NUMBER)
    assert desk.agent.sessions[0].closed
    assert desk.console.live_calls() == []
    assert not await desk.console.admit(f"CA{1:032x}", desk.carrier.orders[0].stream_token)


async def test_a_failed_part_is_an_obstacle_and_a_failed_speaker_is_not(desk: Desk) -> None:
    def failed(service: Service) -> ServiceChanged:
        return ServiceChanged(
            service=service, state=ServiceState.FAILED, detail="no", problem=PROBLEM
        )

    desk.console.report_service(failed(Service.SOUND))
    assert desk.console.obstacles() == []
    assert desk.console.health()["status"] == "ok"
    desk.console.report_service(failed(Service.TUNNEL))
    assert desk.console.obstacles() == [PROBLEM]
    assert desk.console.health()["status"] == "not ready"
    with pytest.raises(DialError) as caught:
        await desk.console.place_call(NUMBER)
    assert caught.value.problem == PROBLEM


async def test_what_a_check_up_found_forbids_calls_until_the_line_changes(desk: Desk) -> None:
    found = Problem("twilio.no_balance", "The balance is used up", "0 USD.", "Add money.")
    desk.console.report_findings([found])
    assert desk.console.obstacles() == [found]
    with pytest.raises(DialError) as caught:
        await desk.console.place_call("+14155552671")
    assert caught.value.problem == found
    # Said once, also where the part itself says the same.
    desk.console.report_service(
        ServiceChanged(service=Service.CARRIER, state=ServiceState.FAILED, detail="", problem=found)
    )
    assert desk.console.obstacles() == [found]
    desk.console.report_service(
        ServiceChanged(service=Service.CARRIER, state=ServiceState.READY, detail="")
    )
    desk.console.report_findings([])
    assert desk.console.obstacles() == []
    desk.console.report_findings([found])
    desk.console.connect(None)
    assert found not in desk.console.obstacles()


async def test_stop_ends_live_calls_and_takes_no_new_ones(desk: Desk) -> None:
    call, line, served = await desk.answered()
    line.say(np.full(1600, 3000, np.int16))
    await desk.until(lambda: "LevelsMeasured" in desk.names())
    stopping = asyncio.create_task(desk.console.stop())
    await served
    desk.report(call, CarrierStatus.COMPLETED)
    await stopping
    assert "RecordingSaved" in desk.names()
    with pytest.raises(DialError):
        await desk.console.place_call(NUMBER)


async def test_stop_does_not_wait_for_a_carrier_that_says_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callconsole.engine.console.STOP_S", 0.05)
    call, line, served = await desk.answered()
    await desk.console.stop()
    await served
    ended = desk.console.call(call.sid)
    assert ended is not None
    assert ended.ending is not None
    assert (ended.ending.outcome, ended.ending.by) == (Outcome.COMPLETED, EndedBy.OPERATOR)
    assert line.closed
    assert desk.carrier.ended == [call.sid]
    desk.console.connect(None)


async def test_an_unknown_call_is_said_to_be_unknown(desk: Desk) -> None:
    with pytest.raises(ProblemError) as caught:
        await desk.console.hang_up("CA404")
    assert caught.value.problem.code == "call.unknown"
    line = FakeLine("CA404")
    await desk.console.serve_line(line)
    assert line.closed


async def test_the_world_does_not_change_under_a_call(desk: Desk) -> None:
    await desk.console.place_call(NUMBER)
    with pytest.raises(RuntimeError):
        desk.console.connect(None)


async def test_nothing_is_recorded_where_recording_is_off(desk: Desk) -> None:
    desk.console.set_recording(False)
    call, line, served = await desk.answered()
    line.say(np.full(1600, 3000, np.int16))
    line.hang_up()
    await served
    desk.report(call, CarrierStatus.COMPLETED)
    assert "RecordingSaved" not in desk.names()


async def test_listening_opens_the_device_for_the_call_and_closes_it_after(
    tmp_path: Path,
) -> None:
    speaker = FakeSpeaker()
    desk = Desk(tmp_path, speaker)
    desk.console.listen(True)
    desk.console.set_volume(0.4)
    assert not speaker.playing
    call, line, served = await desk.answered()
    await desk.until(lambda: Service.SOUND in desk.console.services())
    line.say(np.full(1600, 3000, np.int16))
    await desk.until(lambda: bool(speaker.played))
    assert (speaker.volume, speaker.playing) == (0.4, True)
    line.hang_up()
    await served
    desk.report(call, CarrierStatus.COMPLETED)
    await desk.console.stop()
    assert not speaker.playing


async def test_without_a_device_listening_says_why_and_the_call_goes_on(tmp_path: Path) -> None:
    problem = Problem("sound.no_device", "No sound device", "None found.", "Plug one in.")
    desk = Desk(tmp_path, FakeSpeaker(problem))
    desk.console.listen(True)
    call, line, served = await desk.answered()
    await desk.until(lambda: desk.console.listening_problem() is not None)
    assert desk.console.listening_problem() == problem
    now = desk.console.call(call.sid)
    assert now is not None
    assert now.live
    line.hang_up()
    await served
    desk.report(call, CarrierStatus.COMPLETED)
    await desk.console.stop()


async def test_every_call_is_listed_with_its_figures(desk: Desk) -> None:
    assert (desk.console.calls(), desk.console.figures("CA1")) == ([], None)
    first = await desk.console.place_call(NUMBER)
    desk.report(first, CarrierStatus.BUSY)
    second, line, served = await desk.answered()
    assert [call.sid for call in desk.console.calls()] == [first.sid, second.sid]
    desk.agent.sessions[1].does(AgentWords("Hello there.", by_caller=False))
    await desk.until(lambda: "TurnChanged" in desk.names())
    unanswered, figures = desk.console.figures(first.sid), desk.console.figures(second.sid)
    assert unanswered is not None
    assert figures is not None
    assert (unanswered["turns"]["agent"], figures["turns"]["agent"]) == (0, 1)
    line.hang_up()
    desk.report(second, CarrierStatus.COMPLETED)
    await served
    assert desk.console.figures(second.sid) is not None
    assert not any(call.live for call in desk.console.calls())
