"""The figures of one call: exact from scripted events, and small however many there are."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from callconsole.domain import events
from callconsole.domain.call import Floor
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine.figures import REPLIES_KEPT, TURNS_KEPT, CallFigures

SID = "CA" + "0" * 32
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ABOUT: dict[str, Any] = {"call_sid": SID, "at": AT}


def figures_of(*happened: events.CallEvent) -> dict[str, Any]:
    figures = CallFigures()
    for event in happened:
        figures.take(event)
    return figures.as_json()


def replied(delay_ms: int, at: datetime = AT) -> events.AgentReplied:
    return events.AgentReplied(call_sid=SID, at=at, delay_ms=delay_ms)


def heard(delay_ms: int) -> events.AgentHeard:
    return events.AgentHeard(**ABOUT, delay_ms=delay_ms)


def levels(buffered_ms: int, round_trip_ms: int | None = None) -> events.LevelsMeasured:
    return events.LevelsMeasured(
        **ABOUT,
        caller_dbfs=-20.0,
        agent_dbfs=-90.0,
        buffered_ms=buffered_ms,
        round_trip_ms=round_trip_ms,
    )


def cut(dropped_ms: int) -> events.AgentInterrupted:
    return events.AgentInterrupted(**ABOUT, turn_id=1, dropped_ms=dropped_ms)


def said(
    number: int, text: str = "one two three", heard_chars: int | None = None
) -> events.TurnChanged:
    turn = Turn(number, Speaker.AGENT, text, 0.0, heard_chars=heard_chars)
    return events.TurnChanged(**ABOUT, turn=turn)


def test_before_anything_happened_nothing_is_measured() -> None:
    assert CallFigures().as_json() == {
        "replies": {
            "count": 0,
            "sent_median_ms": None,
            "heard_median_ms": None,
            "recent": [],
        },
        "turns": {"caller": 0, "agent": 0, "operator": 0, "system": 0},
        "interruptions": 0,
        "dropped_ms": 0,
        "unheard_words": 0,
        "queue": {"now_ms": 0, "longest_ms": 0},
        "round_trip": {"now_ms": None, "longest_ms": None},
        "gaps": {"count": 0, "sum_ms": 0, "longest_ms": 0},
        "stalls": {"by_kind": {}, "by_remedy": {}},
        "renewals": {"resumed": 0, "fresh": 0, "last_gap_ms": None, "longest_gap_ms": None},
        "tokens": {"text_in": 0, "audio_in": 0, "text_out": 0, "audio_out": 0},
        "cost": None,
        "last_event_at": None,
    }


def test_each_reply_has_the_time_it_was_sent_and_the_time_it_was_heard() -> None:
    later = AT + timedelta(seconds=7)
    replies = figures_of(
        replied(600), heard(680), replied(400, later), heard(470), replied(900), heard(1000)
    )["replies"]
    assert replies == {
        "count": 3,
        "sent_median_ms": 600,
        "heard_median_ms": 680,
        "recent": [
            {"at": "2026-11-22T09:30:00.000+00:00", "sent_ms": 600, "heard_ms": 680},
            {"at": "2026-11-22T09:30:07.000+00:00", "sent_ms": 400, "heard_ms": 470},
            {"at": "2026-11-22T09:30:00.000+00:00", "sent_ms": 900, "heard_ms": 1000},
        ],
    }


def test_a_reply_that_was_cut_off_unheard_stays_unheard() -> None:
    replies = figures_of(replied(600), cut(800), heard(5000), replied(500), heard(590))["replies"]
    assert [reply["heard_ms"] for reply in replies["recent"]] == [None, 590]
    assert (replies["sent_median_ms"], replies["heard_median_ms"]) == (550, 590)


def test_a_reply_is_heard_once() -> None:
    replies = figures_of(heard(1), replied(600), heard(680), heard(9000))["replies"]
    assert [reply["heard_ms"] for reply in replies["recent"]] == [680]


def test_interruptions_and_what_they_cost() -> None:
    figures = figures_of(
        said(1), cut(800), said(1, heard_chars=3), said(2), cut(1200), said(2, heard_chars=7)
    )
    assert (figures["interruptions"], figures["dropped_ms"]) == (2, 2000)
    assert figures["unheard_words"] == 3
    assert figures["turns"] == {"caller": 0, "agent": 2, "operator": 0, "system": 0}


def test_a_turn_that_grows_is_counted_once() -> None:
    caller = Turn(2, Speaker.CALLER, "Hello", 1.0)
    figures = figures_of(
        said(1, "Hel"), said(1, "Hello"), events.TurnChanged(**ABOUT, turn=caller), said(1, "Hello")
    )
    assert figures["turns"] == {"caller": 1, "agent": 1, "operator": 0, "system": 0}


def test_words_that_arrive_late_for_a_cut_turn_are_unheard_too() -> None:
    figures = figures_of(said(1, "one two", heard_chars=3), said(1, "one two three", heard_chars=3))
    assert figures["unheard_words"] == 2


def test_the_network_is_shown_as_it_was_last_known_and_at_its_worst() -> None:
    measured = (levels(0), levels(0, 84), levels(0, 310), levels(0, 90), levels(0))
    assert figures_of(*measured)["round_trip"] == {"now_ms": 90, "longest_ms": 310}


def test_the_queue_is_shown_as_it_is_and_as_it_was_at_most() -> None:
    assert figures_of(levels(300), levels(1480), levels(700))["queue"] == {
        "now_ms": 700,
        "longest_ms": 1480,
    }
    for emptied in (cut(1480), events.StreamStopped(**ABOUT)):
        assert figures_of(levels(1480), emptied)["queue"] == {"now_ms": 0, "longest_ms": 1480}


def test_stalls_and_renewals_are_counted_by_kind() -> None:
    figures = figures_of(
        events.AgentStalled(**ABOUT, stall="no answer", remedy="nudged"),
        events.AgentStalled(**ABOUT, stall="no answer", remedy="session resumed"),
        events.AgentRenewed(**ABOUT, fresh=False, reason="no answer", gap_ms=320),
        events.AgentStalled(**ABOUT, stall="a turn without sound", remedy="nudged"),
        events.AgentRenewed(**ABOUT, fresh=True, reason="connection lost", gap_ms=210),
    )
    assert figures["stalls"] == {
        "by_kind": {"no answer": 2, "a turn without sound": 1},
        "by_remedy": {"nudged": 2, "session resumed": 1},
    }
    assert figures["renewals"] == {
        "resumed": 1,
        "fresh": 1,
        "last_gap_ms": 210,
        "longest_gap_ms": 320,
    }


def test_the_last_event_tells_that_the_call_is_alive() -> None:
    later = AT + timedelta(seconds=61, milliseconds=5)
    floor = events.FloorChanged(call_sid=SID, at=later, floor=Floor.CALLER)
    assert figures_of(replied(1), floor)["last_event_at"] == "2026-11-22T09:31:01.005+00:00"


def test_an_endless_call_keeps_the_newest_replies_and_counts_the_rest() -> None:
    many = 5000
    figures = CallFigures()
    sizes = []
    for number in range(1, many + 1):
        for event in (replied(number), heard(number + 50), cut(10), said(number, "a b", 1)):
            figures.take(event)
        if number in (many // 10, many):
            sizes.append(len(pickle.dumps(figures)))
    told = figures.as_json()
    assert told["replies"]["count"] == many
    assert len(told["replies"]["recent"]) == REPLIES_KEPT
    assert told["replies"]["recent"][-1]["sent_ms"] == many
    assert told["replies"]["heard_median_ms"] == many - REPLIES_KEPT // 2 + 50
    assert (told["unheard_words"], told["dropped_ms"]) == (many, many * 10)
    assert sizes[1] < sizes[0] * 1.2


event_lists = st.lists(
    st.one_of(
        st.integers(0, 10**6).map(replied),
        st.integers(0, 10**6).map(heard),
        st.integers(0, 10**6).map(cut),
        st.integers(0, 10**6).map(levels),
        st.builds(said, st.integers(1, TURNS_KEPT), st.text(), st.none() | st.integers(0, 50)),
    ),
    max_size=60,
)


@given(event_lists)
def test_whatever_happens_the_figures_are_json_and_add_up(happened: list[events.CallEvent]) -> None:
    told = json.loads(json.dumps(figures_of(*happened)))
    cuts = [event for event in happened if isinstance(event, events.AgentInterrupted)]
    assert told["interruptions"] == len(cuts)
    assert told["dropped_ms"] == sum(event.dropped_ms for event in cuts)
    assert told["queue"]["now_ms"] <= told["queue"]["longest_ms"]
    last = {
        event.turn.id: event.turn.unheard_words
        for event in happened
        if isinstance(event, events.TurnChanged)
    }
    assert told["unheard_words"] == sum(last.values())
