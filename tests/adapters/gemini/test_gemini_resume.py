from __future__ import annotations

from google.genai import types

from callconsole.adapters.gemini.resume import MARGIN_S, Handover, Retries

TURN_DONE = types.LiveServerMessage(server_content=types.LiveServerContent(turn_complete=True))
GO_AWAY = types.LiveServerMessage(go_away=types.LiveServerGoAway(time_left="30s"))


def handle(name: str | None, resumable: bool | None = True) -> types.LiveServerMessage:
    update = types.LiveServerSessionResumptionUpdate(new_handle=name, resumable=resumable)
    return types.LiveServerMessage(session_resumption_update=update)


def told(*messages: types.LiveServerMessage, now: float = 100.0) -> Handover:
    handover = Handover()
    for message in messages:
        handover.note(message, 30.0, now)
    return handover


def test_nothing_is_due_before_the_server_leaves() -> None:
    assert told(handle("h1"), TURN_DONE, handle("h2")).wait_s(500.0) is None


def test_nothing_is_due_without_a_handle() -> None:
    assert told(GO_AWAY, TURN_DONE).wait_s(1000.0) is None


def test_waits_for_the_last_moment_while_nothing_happens() -> None:
    handover = told(handle("h1"), GO_AWAY)
    assert handover.wait_s(100.0) == 30.0 - MARGIN_S
    assert handover.wait_s(128.0) == 0.0


def test_changes_after_a_turn_whose_handle_has_come() -> None:
    assert told(handle("h1"), GO_AWAY, TURN_DONE).wait_s(101.0) == 30.0 - MARGIN_S - 1.0
    done = told(handle("h1"), GO_AWAY, TURN_DONE, handle("h2"))
    assert (done.wait_s(101.0), done.handle) == (0.0, "h2")


def test_talk_after_the_handle_needs_a_newer_handle() -> None:
    speech = types.LiveServerMessage(
        server_content=types.LiveServerContent(output_transcription=types.Transcription(text="a"))
    )
    assert told(GO_AWAY, TURN_DONE, handle("h2"), speech).wait_s(100.0) == 30.0 - MARGIN_S


def test_only_resumable_handles_are_kept() -> None:
    assert told(handle("h1"), handle("h2", resumable=False), handle(None)).handle == "h1"


def test_the_earliest_deadline_counts() -> None:
    handover = told(handle("h1"), GO_AWAY)
    handover.note(GO_AWAY, 10.0, 100.0)
    handover.note(GO_AWAY, 60.0, 100.0)
    assert handover.wait_s(100.0) == 10.0 - MARGIN_S


def test_a_new_connection_begins_anew_with_the_handle() -> None:
    handover = told(handle("h1"), GO_AWAY)
    handover.moved()
    assert (handover.leaving, handover.handle, handover.wait_s(999.0)) == (False, "h1", None)


def test_tries_are_limited_in_a_row() -> None:
    retries = Retries((0.0, 0.5))
    assert [retries.next_delay_s() for _ in range(3)] == [0.0, 0.5, None]
    retries.lasted(9.9)
    assert retries.next_delay_s() is None
    retries.lasted(10.0)
    assert retries.next_delay_s() == 0.0
