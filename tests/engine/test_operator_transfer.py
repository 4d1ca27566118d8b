"""The operator passes a call on: announced or at once, and nothing lost where nobody is reached."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from callconsole.audio import mulaw
from callconsole.domain import events
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.ports import (
    AgentAudio,
    AgentCutOff,
    AgentToolCall,
    AgentTurnDone,
    AnswerVerdict,
)
from fakes.engine import FakeLine
from support.bridge_rig import tone
from support.talk import COLLEAGUE, REFUSED, SAID, Talk, closed, hurry, opened

pytestmark = pytest.mark.virtual_time

VOICE = tone(200, 8000, 300.0, 9000)
NOTE = "Wants a refund for March."
OTHER = "+1 415 555 0188"


@pytest.fixture
async def talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    hurry(monkeypatch)
    made = await opened(tmp_path)
    made.carrier_hears(AnsweredBy.PERSON, "human")
    yield made
    await closed(made)


def of(talk: Talk, kind: type) -> list:
    return [event for event in talk.desk.events if isinstance(event, kind)]


def ordered(talk: Talk, to: str = COLLEAGUE.label, note: str = NOTE) -> asyncio.Task[None]:
    return asyncio.create_task(talk.desk.console.transfer_call(talk.sid, to, note))


async def left(talk: Talk) -> None:
    """The carrier has taken the call away from its stream."""
    talk.line.hang_up()
    await talk.served


def ended(talk: Talk, *, reached: bool) -> str | None:
    return talk.desk.console.transfer_ended(talk.sid, reached=reached, status="no-answer")


# With the agent on the line ---------------------------------------------------------------------


async def test_the_agent_announces_it_and_the_colleague_is_told_why(talk: Talk) -> None:
    order = ordered(talk)
    await talk.said(*SAID)
    assert talk.desk.carrier.transfers == []
    assert COLLEAGUE.label in talk.agent.texts[-1]
    talk.echo_all()
    await order
    assert talk.desk.carrier.transfers[0].to == COLLEAGUE.number
    assert talk.call.transferred_to == COLLEAGUE.number
    assert NOTE in talk.desk.console.transfer_answered(talk.sid)
    (acted,) = of(talk, events.OperatorActed)
    assert (acted.act, acted.detail) == ("asked to pass the call on", f"Front desk. {NOTE}")
    names = talk.desk.names()
    assert names.index("OperatorActed") < names.index("TransferBegan")
    await left(talk)
    assert ended(talk, reached=True) is None


async def test_what_the_agent_was_saying_is_cut_short_for_the_announcement(talk: Talk) -> None:
    await talk.said(AgentAudio(tone(3000, 24000)))
    order = ordered(talk)
    await asyncio.sleep(0)
    assert talk.line.sent[-1][0] == "clear"
    # A model that stops its turn by itself has not been spoken into.
    await talk.said(AgentCutOff(), AgentTurnDone(), *SAID)
    talk.echo_all()
    await order
    assert len(talk.desk.carrier.transfers) == 1


async def test_the_rest_of_an_older_turn_is_not_taken_for_the_announcement(talk: Talk) -> None:
    await talk.said(AgentAudio(tone(300, 24000)))
    order = ordered(talk)
    await asyncio.sleep(0)
    before = len(talk.line.audio())
    await talk.said(AgentAudio(tone(300, 24000)), AgentTurnDone())
    assert len(talk.line.audio()) == before
    await talk.said(*SAID)
    assert len(talk.line.audio()) - before >= 400 * 8
    talk.echo_all()
    await order


async def test_who_speaks_into_the_announcement_is_passed_on_all_the_same(talk: Talk) -> None:
    order = ordered(talk)
    await talk.said(AgentAudio(tone(900, 24000)), AgentCutOff(), AgentTurnDone())
    await order
    assert len(talk.desk.carrier.transfers) == 1


async def test_a_model_that_says_nothing_does_not_hold_it_up(talk: Talk) -> None:
    await ordered(talk)
    assert len(talk.desk.carrier.transfers) == 1


async def test_any_number_will_do_and_a_known_one_keeps_its_name(talk: Talk) -> None:
    await ordered(talk, OTHER, "")
    (began,) = of(talk, events.TransferBegan)
    assert (began.to, began.label) == ("+14155550188", "")
    await left(talk)
    token = ended(talk, reached=False)
    assert token is not None
    await talk.rejoin(token)
    await ordered(talk, COLLEAGUE.number, "")
    assert of(talk, events.TransferBegan)[-1].label == COLLEAGUE.label


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("911", "number.emergency"),
        ("+1 900 555 0123", "number.premium"),
        ("+1 415 555 2671", "number.callee"),
        ("Nobody we know", "number.invalid"),
        ("", "number.empty"),
    ],
)
async def test_whom_a_call_cannot_be_passed_on_to(talk: Talk, to: str, code: str) -> None:
    with pytest.raises(ProblemError) as refused:
        await ordered(talk, to)
    assert refused.value.problem.code == code
    assert (talk.desk.carrier.transfers, talk.agent.texts) == ([], [])


async def test_one_transfer_at_a_time_whoever_asks(talk: Talk) -> None:
    order = ordered(talk)
    await asyncio.sleep(0)
    with pytest.raises(ProblemError) as refused:
        await ordered(talk, OTHER)
    assert refused.value.problem.code == "call.passed_on"
    talk.agent.does(AgentToolCall("1", "transfer_call", {"to": COLLEAGUE.label}))
    await talk.said(*SAID)
    talk.echo_all()
    await order
    with pytest.raises(ProblemError):
        await ordered(talk, OTHER)
    assert len(talk.desk.carrier.transfers) == 1


async def test_nothing_is_passed_on_before_it_is_decided_who_answered(tmp_path: Path) -> None:
    talk = await opened(tmp_path)
    assert talk.call.deciding
    with pytest.raises(ProblemError) as refused:
        await ordered(talk)
    assert refused.value.problem.code == "call.not_decided"
    await closed(talk)


async def test_a_call_that_ends_in_the_announcement_is_not_passed_on(talk: Talk) -> None:
    order = ordered(talk)
    await asyncio.sleep(0)
    await talk.over()
    with pytest.raises(ProblemError):
        await order
    assert talk.desk.carrier.transfers == []


async def test_from_hold_it_is_announced_and_the_hold_is_over(talk: Talk) -> None:
    talk.desk.console.hold(talk.sid, True)
    order = ordered(talk)
    await asyncio.sleep(0)
    assert not talk.call.on_hold
    await talk.said(*SAID)
    talk.echo_all()
    await order
    assert not any("on hold" in text for text in talk.agent.texts)


async def test_refused_by_the_carrier_the_agent_goes_on_and_the_operator_knows(talk: Talk) -> None:
    talk.desk.carrier.update_refusal = REFUSED
    with pytest.raises(ProblemError) as refused:
        await ordered(talk)
    assert refused.value.problem is REFUSED
    assert "could not be passed on" in talk.agent.texts[-1]
    (over,) = of(talk, events.TransferEnded)
    assert (over.reached, over.reason) == (False, REFUSED.title)
    assert talk.call.transferred_to is None
    await talk.said(*SAID)
    assert talk.line.audio()


# With the operator on the line ------------------------------------------------------------------


async def on_the_line(talk: Talk) -> None:
    await talk.desk.console.take_over(talk.sid)
    talk.desk.microphone.say(VOICE)


async def until_open(talk: Talk, *, is_open: bool) -> None:
    while talk.desk.microphone.open is not is_open:
        await asyncio.sleep(0)


async def test_taken_over_it_goes_at_once_and_the_microphone_closes(talk: Talk) -> None:
    await on_the_line(talk)
    texts = list(talk.agent.texts)
    await ordered(talk)
    assert len(talk.desk.carrier.transfers) == 1
    assert talk.agent.texts == texts
    await until_open(talk, is_open=False)
    await left(talk)
    assert NOTE in talk.desk.console.transfer_answered(talk.sid)
    assert ended(talk, reached=True) is None
    await talk.over()
    await talk.desk.until(lambda: talk.desk.console.turns(talk.sid)[-1].final)


async def test_where_nobody_is_reached_the_operator_has_the_person_again(talk: Talk) -> None:
    await on_the_line(talk)
    await ordered(talk)
    await left(talk)
    await until_open(talk, is_open=False)
    texts = list(talk.agent.texts)
    token = ended(talk, reached=False)
    assert token is not None
    await until_open(talk, is_open=True)
    line = await talk.rejoin(token)
    assert talk.call.taken_over
    assert talk.call.transferred_to is None
    talk.desk.microphone.say(VOICE)
    assert line.audio() == mulaw.encode(VOICE)
    # The agent says nothing of it, and knows.
    assert talk.agent.texts == texts
    assert "could not" in talk.agent.told[-1]
    await talk.said(*SAID)
    assert line.audio() == mulaw.encode(VOICE)
    talk.desk.console.hand_back(talk.sid, "Call back tomorrow.")
    assert "Call back tomorrow." in talk.agent.texts[-1]


async def test_what_is_said_while_no_stream_is_there_is_not_heard_later(talk: Talk) -> None:
    await on_the_line(talk)
    await ordered(talk)
    await left(talk)
    token = ended(talk, reached=False)
    assert token is not None
    await until_open(talk, is_open=True)
    talk.desk.microphone.say(VOICE)
    line = await talk.rejoin(token)
    assert line.audio() == b""
    talk.desk.microphone.say(VOICE)
    assert line.audio() == mulaw.encode(VOICE)


async def test_an_operator_who_has_gone_elsewhere_leaves_the_person_to_the_agent(
    talk: Talk,
) -> None:
    await on_the_line(talk)
    await ordered(talk)
    await left(talk)
    agent = talk.agent
    other, line, served = await _another(talk)
    await talk.desk.console.take_over(other)
    token = ended(talk, reached=False)
    assert token is not None
    for _ in range(20):
        await asyncio.sleep(0)
    assert not talk.call.taken_over
    assert "Do not greet again" in agent.texts[-1]
    talk.desk.microphone.say(VOICE)
    assert line.audio() == mulaw.encode(VOICE)
    line.hang_up()
    await served


async def _another(talk: Talk) -> tuple[str, FakeLine, asyncio.Task[None]]:
    """A second call, decided and answered."""
    call = await talk.desk.console.place_call("+1 415 555 2672")
    line = FakeLine(call.sid)
    served = asyncio.create_task(talk.desk.console.serve_line(line))
    await talk.desk.until(lambda: talk.desk.names().count("StreamStarted") == 2)
    talk.desk.console.answer_judged(AnswerVerdict(call.sid, AnsweredBy.PERSON, "human"))
    return call.sid, line, served


async def test_refused_by_the_carrier_the_operator_stays_on_the_line(talk: Talk) -> None:
    talk.desk.carrier.update_refusal = REFUSED
    await on_the_line(talk)
    with pytest.raises(ProblemError):
        await ordered(talk)
    await until_open(talk, is_open=True)
    before = len(talk.line.audio())
    talk.desk.microphone.say(VOICE)
    assert len(talk.line.audio()) - before == len(VOICE)
    assert talk.call.taken_over


async def test_a_microphone_that_is_gone_by_then_leaves_the_person_to_the_agent(
    talk: Talk,
) -> None:
    await on_the_line(talk)
    await ordered(talk)
    await left(talk)
    await until_open(talk, is_open=False)
    talk.desk.microphone.problem = Problem("sound.no_device", "None", "None found.", "Plug in.")
    token = ended(talk, reached=False)
    assert token is not None
    line = await talk.rejoin(token)
    assert not talk.call.taken_over
    await talk.said(*SAID)
    assert np.abs(mulaw.decode(line.audio()).astype(int)).max() > 1000


async def test_while_it_is_passed_on_nothing_else_is_done_to_it(talk: Talk) -> None:
    await ordered(talk)
    console, sid = talk.desk.console, talk.sid
    with pytest.raises(ProblemError):
        await console.take_over(sid)
    for act in (console.mute_agent, console.mute_caller, console.hold):
        with pytest.raises(ProblemError) as refused:
            act(sid, True)
        assert refused.value.problem.code == "call.passed_on"
