"""Several live calls: which one is shown, and that nothing of the others is lost."""

import asyncio
from datetime import UTC, datetime, timedelta

from pytestqt.qtbot import QtBot

from callconsole.domain.answering import AnsweredBy, Weighing
from callconsole.domain.call import EndedBy, Ending, Floor, Outcome
from callconsole.domain.dialling import Step
from callconsole.domain.events import AgentInterrupted, AgentLost, AgentStalled, TurnChanged
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels.live_call import Stage
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.urgency import LONG_SILENCE_S, Rank
from fakes.desk import FakeDesk, refused

PROBLEM = Problem("agent.lost", "The AI is gone", "It closed.", "Hang up.")
ONE, TWO, THREE = "+14155550101", "+14155550102", "+14155550103"
OVER = Ending(Outcome.COMPLETED, EndedBy.CALLER)


async def dial(models: Models, desk: FakeDesk, number: str, *, answered: bool = True) -> str:
    desk.now = datetime.now(UTC)
    assert models.dialler.call_number(number)
    await asyncio.sleep(0)
    sid = desk.live_sid
    if answered:
        desk.answer(sid)
    return sid


def shown(models: Models) -> str | None:
    return models.live.call.sid if models.live.call else None


async def test_what_happened_meanwhile_is_there(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    one = await dial(models, desk, ONE)
    desk.put_turn(one, Turn(1, Speaker.AGENT, "Hello", 0.4))
    before = models.live.transcript.as_text()
    two = await dial(models, desk, TWO)
    assert (shown(models), desk.focused) == (two, two)
    read_out: list[str] = []
    models.live.transcript.line_finished.connect(read_out.append)
    desk.put_turn(one, Turn(1, Speaker.AGENT, "Hello, this is", 0.4, True, True, 5))
    desk.publish(AgentInterrupted(call_sid=one, at=desk.now, turn_id=1, dropped_ms=900))
    desk.publish(AgentStalled(call_sid=one, at=desk.now, stall="no answer", remedy="nudged"))
    desk.reply(one, 700)
    desk.whisper(one, "Ask for the date.")
    assert "Hello" not in models.live.transcript.as_text()
    models.live.focus(one)
    assert (shown(models), desk.focused) == (one, one)
    text = models.live.transcript.as_text()
    for words in ("Hello, this is", "Ask for the date.", "AI stalled, no answer: nudged"):
        assert text.count(words) == 1
    assert text.count("Answered") == before.count("Answered") == 1
    assert models.live.figures.interruptions == 1
    assert models.live.figures.reply_s == 0.7
    assert read_out == []
    desk.put_turn(one, Turn(2, Speaker.CALLER, "Go on.", 5.0, True))
    assert len(read_out) == 1


async def test_the_answer_card_of_each_call_is_its_own(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    one = await dial(models, desk, ONE, answered=False)
    desk.pick_up(one)
    two = await dial(models, desk, TWO)
    assert not models.answer.open
    judged: list[str] = []
    models.answer.judged.connect(judged.append)
    desk.levels(one, -20.0, -90.0)
    desk.weigh(one, Weighing(900, {AnsweredBy.VOICEMAIL: 0.9, AnsweredBy.PERSON: 0.1}))
    models.relay.flush()
    models.live.focus(one)
    assert models.answer.open
    assert next(row for row in models.answer.rows if row.likeliest).share == 0.9
    assert models.answer.heard.now_ms == 900
    models.live.focus(two)
    desk.judge(one, AnsweredBy.VOICEMAIL)
    models.live.focus(one)
    assert models.answer.verdict is not None
    assert models.answer.verdict.answered_by is AnsweredBy.VOICEMAIL
    assert judged == []


async def test_drafts_notes_and_keys_stay_with_their_call(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    operator = models.operator
    one = await dial(models, desk, ONE)
    two = await dial(models, desk, TWO)
    operator.set_draft("for two")
    operator.set_note("note of two")
    operator.press_key("7")
    operator.press_key("8")
    models.live.focus(one)
    assert (operator.draft, operator.note, operator.keys) == ("", "", "")
    for _ in range(3):
        await asyncio.sleep(0)
    assert "".join(digits for sid, digits in desk.pressed if sid == two) == "78"
    models.live.focus(two)
    assert (operator.draft, operator.note, operator.keys) == ("for two", "note of two", "78")


async def test_a_call_from_elsewhere_waits_in_the_list(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    one = await dial(models, desk, ONE)
    two = (await desk.place_call(TWO)).sid
    assert (shown(models), desk.focused) == (one, one)
    assert [row.sid for row in models.lines.rows] == [one, two]
    models.lines.step(1)
    assert shown(models) == two
    models.lines.step(1)
    assert shown(models) == one
    models.lines.step(-1)
    assert shown(models) == two


async def test_while_the_operator_is_on_the_line_a_new_call_stays_behind(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    one = await dial(models, desk, ONE)
    models.operator.take_over()
    for _ in range(3):
        await asyncio.sleep(0)
    two = await dial(models, desk, TWO, answered=False)
    assert shown(models) == one
    models.live.focus(two)
    assert (desk.focused, desk.heard) == (two, one)
    models.operator.toggle_mute()
    assert (desk.calls[one].operator_muted, desk.calls[two].agent_muted) == (True, False)
    models.operator.toggle_mute()
    assert not desk.calls[one].operator_muted
    models.listening.set_on(True)
    assert [(row.heard, row.yours) for row in models.lines.rows] == [(True, True), (False, False)]
    models.live.focus(one)
    assert models.operator.taken_over
    desk.refusal = refused(PROBLEM, Step.CARRIER)
    models.dialler.call_number(THREE)
    await asyncio.sleep(0)
    assert (shown(models), models.live.stage) == (one, Stage.LIVE)
    assert models.dialler.problem == PROBLEM


async def test_a_call_that_ends_behind_is_remembered_and_the_shown_one_stays(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    one = await dial(models, desk, ONE)
    two = await dial(models, desk, TWO)
    desk.end(one, OVER)
    assert shown(models) == two
    assert [entry.sid for entry in models.recents.entries] == [one]
    assert models.dialler.last_number == TWO
    models.live.focus(one)
    assert shown(models) == two


async def test_leaving_an_ended_call_leads_to_one_that_lives(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    one = await dial(models, desk, ONE)
    two = await dial(models, desk, TWO)
    desk.end(two, OVER)
    assert (models.live.stage, desk.focused) == (Stage.ENDED, None)
    models.live.dismiss()
    assert (shown(models), desk.focused) == (one, one)


async def test_a_number_in_a_call_is_not_dialled_twice(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    one = await dial(models, desk, ONE)
    assert not models.dialler.call()
    assert models.dialler.problem is not None
    assert models.dialler.problem.title == "This number is already in a call"
    assert (shown(models), len(desk.orders)) == (one, 1)
    models.dialler.press("4")
    assert models.dialler.text == "4"


async def test_all_are_hung_up_even_one_that_has_no_name_yet(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    one = await dial(models, desk, ONE)
    desk.gate.clear()
    models.dialler.call_number(TWO)
    await asyncio.sleep(0)
    models.live.hang_up_all()
    desk.gate.set()
    for _ in range(4):
        await asyncio.sleep(0)
    assert sorted(desk.hung_up) == sorted([one, desk.live_sid])


async def test_a_hang_up_that_fails_is_said_in_its_call(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    async def refuse(_sid: str) -> None:
        raise ProblemError(PROBLEM)

    one = await dial(models, desk, ONE)
    desk.hang_up = refuse  # type: ignore[method-assign]
    models.live.hang_up()
    two = await dial(models, desk, TWO)
    await asyncio.sleep(0)
    assert PROBLEM.title not in models.live.transcript.as_text()
    models.live.focus(one)
    assert PROBLEM.title in models.live.transcript.as_text()
    assert models.live.can_hang_up
    assert two in models.live.live_views


async def test_the_worst_call_is_first(qtbot: QtBot, models: Models, desk: FakeDesk) -> None:
    desk.lines = 9
    names = ("ringing", "talking", "repeating", "silent", "menu", "deciding", "away", "stalled")
    sids = {}
    for place, name in enumerate(names):
        deciding = name in ("ringing", "deciding")
        sids[name] = await dial(models, desk, f"+1415555020{place}", answered=not deciding)
    desk.hand_floor(sids["talking"], Floor.AGENT)
    desk.hand_floor(sids["repeating"], Floor.AGENT)
    for number in (1, 2):
        again = Turn(number, Speaker.CALLER, "I want to cancel it.", number * 2.0, final=True)
        desk.publish(TurnChanged(call_sid=sids["repeating"], at=desk.now, turn=again))
    desk.pick_up(sids["deciding"])
    desk.judge(sids["menu"], AnsweredBy.MENU)
    desk.now = datetime.now(UTC) - timedelta(seconds=LONG_SILENCE_S + 3)
    desk.hand_floor(sids["silent"], Floor.NOBODY, 0)
    desk.now = datetime.now(UTC)
    desk.lose_sound(sids["away"])
    stalled = AgentStalled(call_sid=sids["stalled"], at=desk.now, stall="a tone", remedy="nudged")
    desk.publish(stalled)
    desk.call_in("CA" + "e" * 32)
    first, *rows = models.lines.rows
    assert [first.rank, *(row.rank for row in rows)] == list(Rank)
    assert [row.sid for row in rows] == [sids[name] for name in reversed(names)]
    assert models.lines.summary == "1 calling, 8 live, 2 stalled"
    desk.decline_incoming(first.sid)
    assert models.lines.summary == "8 live, 2 stalled"
    texts = {row.rank: row.state.text for row in models.lines.rows}
    assert texts[Rank.STALLED] == "AI stalled: a tone, 0 s"
    assert texts[Rank.SILENT].startswith("Nobody speaks, 15 s")
    desk.reply(sids["stalled"], 700)
    desk.publish(AgentLost(call_sid=sids["talking"], at=desk.now, problem=PROBLEM))
    assert models.lines.rows[0].state.text == PROBLEM.title
    assert models.lines.rows[0].spoken().startswith("+1 415-555-0201, The AI is gone, 00:0")
