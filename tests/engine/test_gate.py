"""Nothing is heard before it may be, nothing of it is lost, and nothing of it leaks after a cut."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from callconsole.engine.gate import Gate, Hold
from callconsole.engine.ports import (
    AgentAudio,
    AgentCutOff,
    AgentEvent,
    AgentGenerated,
    AgentRecovered,
    AgentTurnDone,
    AgentWords,
)

HELLO = AgentWords("Hello?", by_caller=True)


def audio(duration_ms: int = 100) -> AgentAudio:
    return AgentAudio(np.zeros(24 * duration_ms, np.int16))


def shut_gate() -> tuple[Gate, list[AgentEvent]]:
    heard: list[AgentEvent] = []
    gate = Gate(heard.append)
    gate.shut(Hold.UNDECIDED)
    return gate, heard


def test_what_is_said_waits_and_comes_in_its_order() -> None:
    gate, heard = shut_gate()
    said = [AgentWords("Good day.", by_caller=False), audio(), AgentGenerated(), AgentTurnDone()]
    for event in said:
        gate.take(event)
    assert (heard, gate.held_ms) == ([], 100)
    gate.release(Hold.UNDECIDED)
    assert heard == said
    assert gate.open


def test_the_callers_words_and_news_pass_at_once() -> None:
    gate, heard = shut_gate()
    renewed = AgentRecovered(fresh=False, reason="connection lost", gap_ms=20)
    gate.take(audio())
    gate.take(HELLO)
    gate.take(renewed)
    assert heard == [HELLO, renewed]


def test_every_reason_has_to_go() -> None:
    gate, heard = shut_gate()
    gate.shut(Hold.NO_LINE)
    gate.take(audio())
    gate.release(Hold.UNDECIDED)
    assert heard == []
    gate.release(Hold.NO_LINE)
    assert len(heard) == 1


def test_a_caller_who_speaks_again_voids_what_was_held() -> None:
    gate, heard = shut_gate()
    gate.take(audio())
    gate.take(AgentCutOff())
    gate.take(audio())  # late audio of the cut turn
    gate.take(AgentTurnDone())
    again = audio(40)
    gate.take(again)
    gate.release(Hold.UNDECIDED)
    assert [event for event in heard if isinstance(event, AgentAudio)] == [again]


def test_a_dropped_turn_does_not_come_back_in_its_second_half() -> None:
    gate, heard = shut_gate()
    gate.take(audio())
    assert gate.drop() == 100
    gate.release(Hold.UNDECIDED)
    gate.take(audio())
    gate.take(AgentTurnDone())
    name = audio(40)
    gate.take(name)
    assert [event for event in heard if isinstance(event, AgentAudio)] == [name]


def test_a_turn_that_was_heard_in_part_ends_though_its_end_is_dropped() -> None:
    heard: list[AgentEvent] = []
    gate = Gate(heard.append)
    gate.take(audio())
    gate.shut(Hold.NO_LINE)
    for event in (audio(), AgentTurnDone(), audio(), AgentTurnDone(), audio()):
        gate.take(event)
    gate.shut(Hold.ON_HOLD)
    gate.drop()
    gate.drop()
    assert heard[1:] == [AgentTurnDone()]
    gate.take(AgentTurnDone())
    gate.release(Hold.NO_LINE)
    gate.release(Hold.ON_HOLD)
    gate.take(name := audio(40))
    assert heard[-1] is name


def test_the_end_of_a_turn_passes_where_nobody_waits_for_it_and_a_cut_does_not() -> None:
    gate = Gate((heard := []).append)
    gate.take(audio())
    gate.shut(Hold.TAKEN_OVER)
    gate.take(AgentCutOff())
    gate.take(AgentTurnDone())
    assert heard[1:] == [AgentTurnDone()]
    gate.take(audio())
    gate.release(Hold.TAKEN_OVER)
    gate.take(audio())
    gate.take(AgentTurnDone())
    assert heard[1:] == [AgentTurnDone(), AgentTurnDone()]


def test_a_dropped_whole_turn_takes_nothing_of_the_next() -> None:
    gate, heard = shut_gate()
    gate.take(audio())
    gate.take(AgentTurnDone())
    gate.drop()
    gate.release(Hold.UNDECIDED)
    gate.take(audio(40))
    assert len(heard) == 1


@given(st.lists(st.sampled_from(["audio", "done", "shut", "open"]), max_size=60))
def test_without_cuts_everything_said_is_heard_once_and_in_order(steps: list[str]) -> None:
    heard: list[AgentEvent] = []
    gate = Gate(heard.append)
    said: list[AgentEvent] = []
    for step in steps:
        if step == "shut":
            gate.shut(Hold.UNDECIDED)
        elif step == "open":
            gate.release(Hold.UNDECIDED)
        else:
            event = audio(20) if step == "audio" else AgentTurnDone()
            said.append(event)
            gate.take(event)
    gate.release(Hold.UNDECIDED)
    assert [id(event) for event in heard] == [id(event) for event in said]
