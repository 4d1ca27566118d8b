from __future__ import annotations

from google.genai import types

from callconsole.adapters.gemini.resume import (
    MARGIN_S,
    NO_ANSWER_S,
    NO_HANDLE_S,
    QUIET_S,
    Handover,
    Lifetime,
    Retries,
)
from callconsole.engine.ports import ConnectionSpan

TURN_DONE = types.LiveServerMessage(server_content=types.LiveServerContent(turn_complete=True))
SPEECH = types.LiveServerMessage(
    server_content=types.LiveServerContent(output_transcription=types.Transcription(text="a"))
)
CALLER = types.LiveServerMessage(
    server_content=types.LiveServerContent(input_transcription=types.Transcription(text="a"))
)
GO_AWAY = types.LiveServerMessage(go_away=types.LiveServerGoAway(time_left="30s"))


def handle(name: str | None, resumable: bool | None = True) -> types.LiveServerMessage:
    update = types.LiveServerSessionResumptionUpdate(new_handle=name, resumable=resumable)
    return types.LiveServerMessage(session_resumption_update=update)


def told(*messages: types.LiveServerMessage, now: float = 100.0) -> Handover:
    """A connection made at 50 s that got all these messages at `now`, 30 s left where told."""
    handover = Handover(50.0)
    for message in messages:
        handover.note(message, 30.0, now)
    return handover


def test_a_young_connection_stays() -> None:
    handover = told(handle("h1"), TURN_DONE, handle("h2"))
    assert (handover.leaving(589.9), handover.due(589.9), handover.wait_s(589.0)) == (
        False,
        False,
        1.0,
    )


def test_by_its_age_it_is_left_in_silence() -> None:
    handover = told(handle("h1"), TURN_DONE, handle("h2"))
    assert not handover.due(590.0 + NO_ANSWER_S - 0.1)
    assert handover.due(590.0 + NO_ANSWER_S)
    assert handover.quiet(590.0 + NO_ANSWER_S)


def test_by_its_age_it_is_left_after_a_turn() -> None:
    handover = told(handle("h1"))
    handover.note(SPEECH, 0.0, 591.0)
    assert not handover.due(596.0)
    handover.note(TURN_DONE, 0.0, 597.0)
    assert not handover.due(597.0)
    handover.note(handle("h2"), 0.0, 597.0)
    assert handover.due(597.0)


def test_a_caller_who_speaks_is_not_cut() -> None:
    handover = told(handle("h1"), GO_AWAY, TURN_DONE, handle("h2"))
    handover.caller_spoke(101.0)
    assert not handover.due(101.0 + NO_ANSWER_S - 0.1)
    assert handover.due(101.0 + NO_ANSWER_S)


def test_what_was_heard_long_before_says_nothing_of_now() -> None:
    handover = told(handle("h1"), CALLER, TURN_DONE, handle("h2"))
    assert not handover.due(590.0)
    assert handover.due(590.0 + NO_ANSWER_S)


def test_an_answered_caller_waits_no_longer_than_a_breath() -> None:
    handover = told(handle("h1"), GO_AWAY)
    handover.note(CALLER, 0.0, 101.0)
    handover.note(TURN_DONE, 0.0, 101.1)
    handover.note(handle("h2"), 0.0, 101.1)
    assert not handover.due(101.0 + QUIET_S - 0.01)
    assert handover.due(101.0 + QUIET_S + 0.01)


def test_at_the_last_moment_whatever_goes_on() -> None:
    handover = told(handle("h1"), GO_AWAY, SPEECH)
    assert not handover.due(130.0 - MARGIN_S - 0.1)
    assert handover.due(130.0 - MARGIN_S)
    assert not handover.quiet(130.0 - MARGIN_S)


def test_talk_after_the_handle_needs_a_newer_handle() -> None:
    handover = told(GO_AWAY, TURN_DONE, handle("h2"), SPEECH, TURN_DONE)
    assert not handover.due(110.0)
    handover.note(handle("h3"), 0.0, 110.0)
    assert (handover.due(110.0), handover.handle) == (True, "h3")


def test_without_a_handle_it_stays_until_the_end_is_near() -> None:
    handover = told(GO_AWAY)
    assert not handover.due(130.0 - NO_HANDLE_S - 0.1)
    assert handover.due(130.0 - NO_HANDLE_S)


def test_only_resumable_handles_are_kept() -> None:
    assert told(handle("h1"), handle("h2", resumable=False), handle(None)).handle == "h1"


def test_the_earliest_deadline_counts() -> None:
    handover = told(GO_AWAY, SPEECH)
    handover.note(GO_AWAY, 10.0, 100.0)
    handover.note(GO_AWAY, 60.0, 100.0)
    assert handover.at_last_moment(110.0 - MARGIN_S)
    late = Handover(0.0, Lifetime(5.0, 10.0))
    late.note(GO_AWAY, 60.0, 1.0)
    assert late.at_last_moment(7.0)


def test_tries_are_limited_in_a_row() -> None:
    retries = Retries((0.0, 0.5))
    assert [retries.next_delay_s() for _ in range(3)] == [0.0, 0.5, None]
    retries.lasted(9.9)
    assert retries.next_delay_s() is None
    retries.lasted(10.0)
    assert retries.next_delay_s() == 0.0


def test_when_it_is_to_be_left_is_known_from_the_start_and_moves_with_the_servers_word() -> None:
    assert told().span == ConnectionSpan(50.0, 590.0, 650.0 - MARGIN_S)
    assert told(GO_AWAY, now=200.0).span == ConnectionSpan(50.0, 200.0, 230.0 - MARGIN_S)
    late = told(GO_AWAY, now=640.0).span
    assert late == ConnectionSpan(50.0, 590.0, 650.0 - MARGIN_S)
    short = Handover(50.0, Lifetime(rotate_after_s=540.0, limit_s=100.0)).span
    assert short == ConnectionSpan(50.0, 147.0, 147.0)
