import asyncio
import math
from dataclasses import replace
from datetime import timedelta

from pytestqt.qtbot import QtBot

from callconsole.domain.answering import AnsweredBy, Weighing
from callconsole.domain.call import EndedBy, Ending, Floor, Outcome
from callconsole.domain.dialling import Step
from callconsole.domain.events import (
    AgentInterrupted,
    AgentLost,
    AgentRenewed,
    AgentStalled,
    KeyReceived,
    StreamStarted,
    StreamStopped,
)
from callconsole.domain.problems import Problem
from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels.live_call import Stage
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.progress import RowState, progress_rows
from fakes.desk import FakeDesk, refused

PROBLEM = Problem("twilio.21219", "The number is not verified", "A trial calls verified numbers.",
                  "Verify it in the Twilio console.", "https://twilio.com/x")  # fmt: skip


async def dialled(models: Models, desk: FakeDesk, number: str = "+14155550101") -> str:
    models.dialler.call_number(number)
    await asyncio.sleep(0)
    return desk.live_sid


def lines(models: Models) -> list[str]:
    model = models.live.transcript
    return [model.line(row).turn.text for row in range(model.rowCount())]


async def test_a_whole_call_passes_every_stage(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    live = models.live
    assert live.stage is Stage.IDLE
    desk.gate.clear()
    models.dialler.call_number("+14155550101")
    assert live.stage is Stage.DIALLING
    assert live.headline.text == "Dialling…"
    desk.gate.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    sid = desk.live_sid
    assert live.stage is Stage.LIVE
    desk.ring(sid)
    assert live.headline.text == "Ringing…"
    desk.answer(sid)
    assert live.answered
    desk.put_turn(sid, Turn(1, Speaker.AGENT, "Hello.", 0.4, final=True))
    desk.hand_floor(sid, Floor.AGENT)
    assert live.headline.text == "AI is speaking"
    desk.now += timedelta(seconds=8)
    desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    assert live.stage is Stage.ENDED
    assert live.clock == "00:09"
    assert lines(models) == [
        "Answered",
        "A person answered · speech",
        "Hello.",
        "Call ended · callee hung up",
    ]
    desk.save_recording(sid, "/data/call.wav")
    assert live.call is not None
    assert live.call.recording == "/data/call.wav"
    assert [entry.outcome.text for entry in models.recents.entries] == ["Spoke"]
    live.dismiss()
    assert live.stage is Stage.IDLE


async def test_a_call_from_elsewhere_is_shown_too(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    await desk.place_call("+14155550102")
    assert models.live.stage is Stage.LIVE
    assert models.live.number == "+14155550102"
    assert models.dialler.lines == "2 lines free"


async def test_hanging_up_twice_is_one_action(qtbot: QtBot, models: Models, desk: FakeDesk) -> None:
    sid = await dialled(models, desk)
    models.live.hang_up()
    models.live.hang_up()
    await asyncio.sleep(0)
    assert desk.hung_up == [sid]
    assert models.live.headline.text == "Hanging up…"


async def test_hanging_up_before_the_carrier_named_the_call(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    desk.gate.clear()
    models.dialler.call_number("+14155550101")
    await asyncio.sleep(0)
    models.live.hang_up()
    assert desk.hung_up == []
    desk.gate.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert desk.hung_up == [desk.live_sid]


async def test_a_refused_dialling_tells_its_story(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    desk.refusal = refused(PROBLEM, Step.CARRIER)
    models.dialler.call_number("+14155550101")
    await asyncio.sleep(0)
    story = models.live.failure
    assert models.live.stage is Stage.FAILED
    assert story is not None
    assert story.noticed == "Their phone never rang"
    assert story.cure == PROBLEM.cure
    assert story.link == PROBLEM.link
    assert story.rows[-1].text == "Not taken by the phone company"
    assert story.rows[-1].state is RowState.FAILED
    assert [entry.outcome.text for entry in models.recents.entries] == ["Not placed"]


async def test_a_busy_line_is_a_failure_with_all_steps(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    sid = await dialled(models, desk)
    desk.end(sid, Ending(Outcome.BUSY, EndedBy.CARRIER, PROBLEM))
    story = models.live.failure
    assert story is not None
    assert story.noticed == "Their line was busy"
    assert [row.text for row in story.rows][-2:] == ["Call handed to the phone company", "Busy"]


async def test_cancelling_a_ringing_call_is_no_failure(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    sid = await dialled(models, desk)
    desk.ring(sid)
    desk.end(sid, Ending(Outcome.CANCELED, EndedBy.OPERATOR))
    assert models.live.stage is Stage.ENDED
    assert models.live.headline.text == "Cancelled"


async def test_reply_times_and_interruptions(qtbot: QtBot, models: Models, desk: FakeDesk) -> None:
    sid = await dialled(models, desk)
    live = models.live.figures
    desk.answer(sid)
    assert live.reply_s is None
    for delay_ms in (700, 900):
        desk.reply(sid, delay_ms)
    assert live.reply_s is not None
    assert math.isclose(live.reply_s, 0.9)
    assert live.reply_median_s is not None
    assert math.isclose(live.reply_median_s, 0.8)
    desk.publish(AgentInterrupted(call_sid=sid, at=desk.now, turn_id=1, dropped_ms=900))
    desk.put_turn(sid, Turn(1, Speaker.AGENT, "one two three four", 0.0, True, True, 7))
    assert (live.interruptions, live.unheard_words) == (1, 2)


async def test_voicemail_and_a_lost_agent_leave_lines(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    sid = await dialled(models, desk)
    desk.answer(sid, AnsweredBy.VOICEMAIL)
    desk.publish(AgentLost(call_sid=sid, at=desk.now, problem=PROBLEM))
    assert lines(models) == ["Answered", "Voicemail answered · speech", PROBLEM.title]
    assert models.live.trouble == PROBLEM


async def test_the_next_call_begins_afresh(qtbot: QtBot, models: Models, desk: FakeDesk) -> None:
    sid = await dialled(models, desk)
    desk.answer(sid)
    desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    await dialled(models, desk, "+14155550102")
    assert models.live.stage is Stage.LIVE
    assert models.live.number == "+14155550102"
    assert lines(models) == []


async def test_progress_names_what_runs_now(qtbot: QtBot, models: Models, desk: FakeDesk) -> None:
    rows = progress_rows([], None)
    assert [row.state for row in rows].count(RowState.RUNNING) == 1
    assert rows[0].text == "Checking the number"
    sid = await dialled(models, desk)
    desk.ring(sid)
    last = progress_rows(models.live.steps, models.live.call)[-1]
    assert (last.text, last.state) == ("Their phone rings", RowState.RUNNING)


async def test_a_stall_is_shown_until_an_answer_is_heard(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    sid = await dialled(models, desk)
    desk.answer(sid)
    stalled = AgentStalled(call_sid=sid, at=desk.now, stall="no answer", remedy="nudged")
    desk.publish(stalled)
    assert models.live.stall == "AI stalled: no answer"
    renewed = AgentRenewed(call_sid=sid, at=desk.now, fresh=True, reason="no answer", gap_ms=90)
    desk.publish(renewed)
    desk.reply(sid, 800)
    assert models.live.stall == ""
    assert lines(models)[-2:] == [
        "AI stalled, no answer: nudged",
        "A new AI session goes on after 90 ms (no answer)",
    ]


async def test_what_happens_beside_words_leaves_lines(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    sid = await dialled(models, desk)
    desk.pick_up(sid)
    desk.weigh(sid, Weighing(900, {AnsweredBy.PERSON: 1.0}))
    desk.judge(sid, AnsweredBy.PERSON)
    desk.publish(StreamStopped(call_sid=sid, at=desk.now))
    desk.calls[sid] = replace(desk.calls[sid], away=True)
    desk.publish(KeyReceived(call_sid=sid, at=desk.now, digit="1"))
    assert models.live.headline.text == "Reconnecting the sound…"
    assert not models.live.sound
    desk.calls[sid] = replace(desk.calls[sid], away=False)
    desk.publish(StreamStarted(call_sid=sid, at=desk.now, stream_sid="MZ2", gap_ms=900))
    assert models.live.sound
    assert lines(models) == [
        "Answered",
        "A person answered · Short greeting, then a pause",
        "The callee pressed 1",
        "The sound was away for 0.9 s",
    ]


async def test_weighings_tell_only_of_a_call_that_changed(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    sid = await dialled(models, desk)
    desk.ring(sid)
    desk.pick_up(sid)
    told: list[bool] = []
    models.live.changed.connect(lambda: told.append(True))
    desk.weigh(sid, Weighing(125))
    models.relay.flush()
    assert told == []
    desk.calls[sid] = replace(desk.calls[sid], floor=Floor.CALLER)
    desk.weigh(sid, Weighing(250))
    models.relay.flush()
    assert told == [True]


async def test_a_failed_call_in_which_somebody_spoke_keeps_its_transcript(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    sid = await dialled(models, desk)
    desk.pick_up(sid)
    desk.judge(sid, AnsweredBy.PERSON)
    desk.put_turn(sid, Turn(1, Speaker.CALLER, "Hello?", 0.4, final=True))
    desk.end(sid, Ending(Outcome.FAILED, EndedBy.CARRIER, PROBLEM))
    assert models.live.stage is Stage.ENDED


async def test_a_message_left_on_a_voicemail_is_not_denied(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    sid = await dialled(models, desk)
    desk.answer(sid, AnsweredBy.VOICEMAIL)
    desk.put_turn(sid, Turn(1, Speaker.AGENT, "Hello", 0.4, True, True, 0))
    assert desk.calls[sid].live
    heard = Turn(1, Speaker.AGENT, "Hello, this is", 0.4, True, True, 5)
    ending = Ending(Outcome.VOICEMAIL, EndedBy.CONSOLE)
    desk.put_turn(sid, heard)
    desk.end(sid, ending)
    assert models.live.headline.text == "Voicemail · hung up"
