"""Who calls: rows, answers, and what the lists and headlines say of such calls."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from callconsole.domain.call import Call, EndedBy, Ending, Floor, Outcome
from callconsole.domain.incoming import Answerer
from callconsole.domain.problems import Problem
from callconsole.domain.record import CallRecord, LoggedEvent
from callconsole.viewmodels import call_facts, headline
from callconsole.viewmodels.alerts import Alert
from callconsole.viewmodels.history_rows import row
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.urgency import Rank
from fakes.desk import START, FakeDesk

ONE, TWO = "CA" + "a" * 32, "CA" + "b" * 32
MISSED = Ending(Outcome.MISSED, EndedBy.CALLER)
OVER = Ending(Outcome.COMPLETED, EndedBy.CALLER)


async def settle() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


def ended_call(models: Models, desk: FakeDesk, ending: Ending, number: str = "") -> Call:
    desk.end(desk.call_in(ONE, number), ending)
    return desk.calls[ONE]


async def test_it_rings_and_the_centre_stays_as_it_is(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    desk.now = datetime.now(UTC)
    desk.call_in(ONE)
    desk.call_in(TWO, "")
    first, second = models.incoming.rows
    assert (first.sid, first.name) == (ONE, "+1 415-555-0131")
    assert first.line.startswith("Incoming call · San Francisco, CA · 00:0")
    assert second.name == "Number withheld"
    assert models.live.call is None
    assert desk.focused is None
    assert [row.rank for row in models.lines.rows] == [Rank.INCOMING, Rank.INCOMING]
    assert (models.lines.summary, models.lines.stalled) == ("2 calling", 0)
    models.lines.step(1)
    models.live.focus(ONE)
    assert models.live.call is None


async def test_the_ai_answers_with_the_chosen_prompt_and_the_call_is_shown(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    models.dialler.choose_prompt("survey_short")
    desk.call_in(ONE)
    models.incoming.answer(Answerer.AGENT)
    assert models.incoming.rows[0].answering
    assert not models.incoming.waiting
    models.incoming.answer(Answerer.OPERATOR)  # it is too late for another answer
    await settle()
    assert (desk.taken, desk.taken_with) == ([(ONE, Answerer.AGENT)], ["survey_short"])
    desk.pick_up_caller(ONE)
    assert models.incoming.rows == []
    assert models.live.call is not None
    assert (models.live.call.sid, desk.focused) == (ONE, ONE)
    assert models.live.party is not None
    assert models.live.party.short == "Caller"
    assert models.operator.callee == "the caller"


async def test_whom_the_operator_speaks_to_stays_in_the_centre(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    desk.call_in(ONE)
    models.incoming.answer(Answerer.OPERATOR)
    await settle()
    desk.pick_up_caller(ONE)
    desk.call_in(TWO)
    models.incoming.answer(Answerer.AGENT)
    await settle()
    desk.pick_up_caller(TWO)
    assert models.live.call is not None
    assert models.live.call.sid == ONE


async def test_a_call_that_a_program_answers_is_shown_where_nothing_else_is(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    desk.call_in(ONE)
    desk.pick_up_caller(ONE)
    assert models.live.call is not None
    desk.call_in(TWO)
    desk.pick_up_caller(TWO)
    assert models.live.call.sid == ONE


async def test_what_stands_in_the_way_is_said_and_it_rings_on(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    desk.untakeable = Problem("sound.none", "There is no microphone", "", "Plug one in.")
    desk.call_in(ONE)
    models.incoming.answer(Answerer.OPERATOR)
    await settle()
    (told,) = models.incoming.rows
    assert (told.trouble, told.line) == (True, "There is no microphone. Plug one in.")
    assert models.incoming.waiting
    desk.untakeable = None
    models.incoming.answer(Answerer.AGENT)
    await settle()
    assert desk.taken == [(ONE, Answerer.AGENT)]


async def test_decline_takes_the_one_that_waits_longest(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    desk.call_in(ONE)
    desk.call_in(TWO)
    models.incoming.decline()
    assert [row.sid for row in models.incoming.rows] == [TWO]
    models.incoming.decline(TWO)
    models.incoming.decline()
    assert models.incoming.rows == []
    recent = models.recents.entries
    assert [entry.outcome.text for entry in recent] == ["You declined", "You declined"]
    assert {(entry.icon, entry.tone) for entry in recent} == {("phone-incoming", "muted")}


async def test_what_an_operator_elsewhere_is_told(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    told: list[Alert] = []
    models.alerts.raised.connect(told.append)
    desk.end(desk.call_in(ONE), MISSED)
    desk.decline_incoming(desk.call_in(TWO))
    full = Problem("call.incoming_full", "Every line was in use", "", "")
    desk.end(desk.call_in("CA3"), Ending(Outcome.BUSY, EndedBy.CONSOLE, full))
    assert [(alert.text, alert.urgent) for alert in told] == [
        ("Calls you.", True),
        ("Called you, and nobody answered.", False),
        ("Calls you.", True),
        ("Calls you.", True),
        ("Called you. Every line was in use.", False),
    ]
    assert {alert.title for alert in told} == {"+1 415-555-0131"}


@pytest.mark.parametrize(
    ("ending", "words", "tone"),
    [
        (MISSED, "Missed", "danger"),
        (Ending(Outcome.MISSED, EndedBy.CONSOLE), "Missed", "danger"),
        (Ending(Outcome.BUSY, EndedBy.CONSOLE), "Missed", "danger"),
        (Ending(Outcome.DECLINED, EndedBy.OPERATOR), "You declined", "muted"),
    ],
)
async def test_the_history_says_what_became_of_it(
    qtbot: QtBot, models: Models, desk: FakeDesk, ending: Ending, words: str, tone: str
) -> None:
    call = ended_call(models, desk, ending)
    line = row(call, models.parties.of(call), desk.now)
    assert (line.outcome.text, line.icon, line.tone) == (words, "phone-incoming", tone)
    assert (line.title, line.prompt) == ("Number withheld", "Incoming call")


async def test_headlines_speak_of_the_caller(qtbot: QtBot, models: Models, desk: FakeDesk) -> None:
    desk.call_in(ONE)
    assert headline.headline(desk.calls[ONE]).text == "Calls you"
    desk.pick_up_caller(ONE)
    speaking = replace(desk.calls[ONE], floor=Floor.CALLER)
    assert headline.headline(speaking).text == "Caller is speaking"
    desk.end(ONE, OVER)
    assert headline.headline(desk.calls[ONE]).text == "Call ended · caller hung up"


async def test_the_record_says_who_answered(qtbot: QtBot, models: Models, desk: FakeDesk) -> None:
    desk.call_in(ONE)
    desk.pick_up_caller(ONE)
    desk.end(ONE, OVER)
    call = desk.calls[ONE]

    def said(act: str) -> dict[str, str]:
        acted = LoggedEvent(START, "OperatorActed", {"act": act})
        figures = call_facts.figures(CallRecord(call, events=(acted,)), call)
        return {figure.caption: figure.value for figure in figures}

    assert said("answered")["Answered by"] == "You"
    assert said("had the AI answer")["Answered by"] == "The AI"
    assert said("answered")["Ended by"] == "Caller"
