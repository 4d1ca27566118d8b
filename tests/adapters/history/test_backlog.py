"""What waits to be written: newest states, bounded, and never without an ending."""

from __future__ import annotations

import pytest
from history_kit import T0, a_call, an_ended_call, sid

from callconsole.adapters.history import backlog as backlog_module
from callconsole.adapters.history.backlog import Backlog, Figures
from callconsole.domain.record import LoggedEvent, Note
from callconsole.domain.transcript import Speaker, Turn


def turn(number: int, text: str = "Hello") -> Turn:
    return Turn(number, Speaker.AGENT, text, 0.0)


def tick(number: int) -> LoggedEvent:
    return LoggedEvent(T0, "Tick", {"number": number})


def numbers(backlog: Backlog) -> list[int]:
    return [event.details["number"] for _, event in backlog.waiting.events]


def test_what_is_taken_is_gone() -> None:
    backlog = Backlog()
    assert not backlog.take()
    backlog.waiting.calls[sid()] = a_call()
    batch = backlog.take()
    assert batch.calls == {sid(): a_call()}
    assert batch
    assert not backlog.waiting


def test_what_is_put_back_is_older_than_what_came_meanwhile() -> None:
    backlog = Backlog()
    backlog.waiting.calls[sid()] = a_call()
    backlog.waiting.calls[sid(2)] = a_call(2)
    backlog.waiting.turns[sid(), 1] = turn(1, "Good")
    backlog.waiting.figures[sid()] = Figures({}, 0.0)
    backlog.waiting.events.append((sid(), tick(1)))
    batch = backlog.take()
    backlog.waiting.calls[sid()] = an_ended_call()
    backlog.waiting.turns[sid(), 1] = turn(1, "Good morning")
    backlog.waiting.figures[sid()] = Figures({"turns": 2}, 5.0)
    backlog.waiting.events.append((sid(), tick(2)))
    backlog.put_back(batch)
    assert backlog.waiting.calls == {sid(): an_ended_call(), sid(2): a_call(2)}
    assert backlog.waiting.turns[sid(), 1].text == "Good morning"
    assert backlog.waiting.figures[sid()].recorded_s == 5.0
    assert numbers(backlog) == [1, 2]


def test_it_stays_small_and_keeps_every_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog_module, "WAITING_LIMIT", 10)
    monkeypatch.setattr(backlog_module, "NOTES_LIMIT", 2)
    backlog = Backlog()
    waiting = backlog.waiting
    for number in range(100):
        waiting.calls[sid(number)] = an_ended_call(number)
        waiting.events.append((sid(number), tick(number)))
        waiting.notes.append((sid(number), Note(T0, str(number))))
        backlog.trim()
    assert numbers(backlog) == list(range(90, 100))
    assert [note.text for _, note in waiting.notes] == ["98", "99"]
    for number in range(12):
        waiting.turns[sid(), number] = turn(number)
        backlog.trim()
    assert not waiting.events
    assert [key[1] for key in waiting.turns] == list(range(2, 12))
    assert len(waiting.calls) == 100
    assert backlog.dropped == 90 + 98 + 12


def test_one_call_can_be_forgotten() -> None:
    backlog = Backlog()
    for number in (1, 2):
        backlog.waiting.calls[sid(number)] = a_call(number)
        backlog.waiting.turns[sid(number), 1] = turn(1)
        backlog.waiting.events.append((sid(number), tick(number)))
        backlog.waiting.notes.append((sid(number), Note(T0, "note")))
        backlog.waiting.figures[sid(number)] = Figures({}, 0.0)
    backlog.forget(sid(1))
    assert list(backlog.waiting.calls) == list(backlog.waiting.figures) == [sid(2)]
    assert numbers(backlog) == [2]
    assert list(backlog.waiting.turns) == [(sid(2), 1)]
    assert [call_sid for call_sid, _ in backlog.waiting.notes] == [sid(2)]
