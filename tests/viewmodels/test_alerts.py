"""What is told to an operator who looks elsewhere, and that it is told once."""

import asyncio

from pytestqt.qtbot import QtBot

from callconsole.domain.answering import AnsweredBy, Weighing
from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.events import AbilityUsed, AgentLost, AgentStalled, TransferEnded
from callconsole.domain.problems import Problem
from callconsole.viewmodels.alerts import UNDECIDED_MS, Alert
from callconsole.viewmodels.models import Models
from fakes.desk import FakeDesk

GONE = Problem("agent.lost", "The AI is gone", "It closed.", "Hang up.")


async def test_each_alert_is_raised_once(qtbot: QtBot, models: Models, desk: FakeDesk) -> None:
    raised: list[Alert] = []
    models.alerts.raised.connect(raised.append)
    models.dialler.call_number("+14155550101")
    await asyncio.sleep(0)
    sid = desk.live_sid
    desk.ring(sid)
    desk.pick_up(sid)
    for elapsed_ms in (900, UNDECIDED_MS, UNDECIDED_MS + 125):
        desk.weigh(sid, Weighing(elapsed_ms, {AnsweredBy.PERSON: 0.5}))
        models.relay.flush()
    stalled = AgentStalled(call_sid=sid, at=desk.now, stall="no answer", remedy="nudged")
    desk.publish(stalled)
    desk.publish(stalled)
    desk.reply(sid, 700)
    desk.publish(stalled)
    asked = AbilityUsed(
        call_sid=sid, at=desk.now, ability="transfer_call", outcome="nobody", done=False
    )
    desk.publish(asked)
    unreached = TransferEnded(
        call_sid=sid, at=desk.now, to="+14155550117", reached=False, reason="busy"
    )
    desk.publish(unreached)
    desk.publish(AgentLost(call_sid=sid, at=desk.now, problem=GONE))
    desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    assert [(alert.text, alert.urgent) for alert in raised] == [
        ("Answered.", False),
        ("Who answered is not decided: your word counts.", False),
        ("The AI has stalled: no answer.", True),
        ("The AI has stalled: no answer.", True),
        ("They ask for somebody, and the AI cannot pass them on.", False),
        ("Nobody was reached: the AI has the call again.", False),
        ("The AI is gone.", True),
        ("Spoke: the call is over.", False),
    ]
    assert {(alert.title, alert.call_sid) for alert in raised} == {("+1 415-555-0101", sid)}
