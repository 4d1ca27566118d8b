from pytestqt.qtbot import QtBot

from callconsole.domain.answering import AnsweredBy, Weighing
from callconsole.domain.events import (
    AnswerJudged,
    AnswerWeighed,
    CallEvent,
    CallRinging,
    LevelsMeasured,
    Service,
    ServiceState,
    TurnChanged,
)
from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels.relay import Relay
from fakes.desk import SID, FakeDesk


def heard(relay: Relay) -> list[CallEvent]:
    events: list[CallEvent] = []
    relay.call_event.connect(events.append)
    return events


def test_levels_are_gathered_and_only_the_newest_is_passed_on(qtbot: QtBot) -> None:
    desk = FakeDesk()
    relay = Relay(desk)
    events = heard(relay)
    for level in (-40.0, -30.0, -20.0):
        desk.levels(SID, level, -60.0)
    assert events == []
    with qtbot.waitSignal(relay.call_event, timeout=20000):
        pass
    assert [event.caller_dbfs for event in events if isinstance(event, LevelsMeasured)] == [-20.0]
    relay.close()


def test_state_comes_at_once_and_after_what_waited(qtbot: QtBot) -> None:
    desk = FakeDesk()
    relay = Relay(desk)
    events = heard(relay)
    desk.put_turn(SID, Turn(1, Speaker.AGENT, "Hel", 0.0))
    desk.put_turn(SID, Turn(1, Speaker.AGENT, "Hello", 0.0))
    desk.put_turn(SID, Turn(2, Speaker.CALLER, "Hi", 1.0))
    desk.publish(CallRinging(call_sid=SID, at=desk.now))
    assert [type(event) for event in events] == [TurnChanged, TurnChanged, CallRinging]
    texts = [event.turn.text for event in events if isinstance(event, TurnChanged)]
    assert texts == ["Hello", "Hi"]
    relay.close()


def test_of_weighings_only_the_newest_comes_and_before_the_verdict(qtbot: QtBot) -> None:
    desk = FakeDesk()
    relay = Relay(desk)
    events = heard(relay)
    for elapsed_ms in (125, 250):
        weighing = Weighing(elapsed_ms)
        desk.publish(AnswerWeighed(call_sid=SID, at=desk.now, weighing=weighing))
    desk.judge(SID, AnsweredBy.PERSON, obeyed=False)
    assert [type(event) for event in events] == [AnswerWeighed, AnswerJudged]
    assert isinstance(events[0], AnswerWeighed)
    assert events[0].weighing.elapsed_ms == 250
    relay.close()


def test_a_final_turn_does_not_wait(qtbot: QtBot) -> None:
    desk = FakeDesk()
    relay = Relay(desk)
    events = heard(relay)
    desk.put_turn(SID, Turn(1, Speaker.AGENT, "Hello.", 0.0, final=True))
    assert len(events) == 1
    relay.close()


def test_services_come_at_once(qtbot: QtBot) -> None:
    desk = FakeDesk()
    relay = Relay(desk)
    with qtbot.waitSignal(relay.service_changed, timeout=20000) as blocker:
        desk.report(Service.AGENT, ServiceState.READY, "Live ready")
    assert blocker.args is not None
    assert blocker.args[0].detail == "Live ready"
    relay.close()


def test_closing_unsubscribes_and_stops(qtbot: QtBot) -> None:
    desk = FakeDesk()
    relay = Relay(desk)
    events = heard(relay)
    desk.levels(SID, -20.0, -20.0)
    relay.close()
    assert desk.listeners == 0
    relay.flush()
    assert events == []
