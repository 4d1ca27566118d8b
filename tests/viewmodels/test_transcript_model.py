"""The transcript's rows: order, replacement, text, search, and what a screen reader gets."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels.clock_text import clock_text
from callconsole.viewmodels.transcript_line import Line, LineKind, Match
from callconsole.viewmodels.transcript_model import TranscriptModel, TranscriptRole

pytestmark = pytest.mark.usefixtures("qapp")

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


def said(turn_id: int, text: str, offset_s: float = 0.0, **more: object) -> Turn:
    return Turn(turn_id, Speaker.AGENT, text, offset_s, **more)  # type: ignore[arg-type]


def texts(model: TranscriptModel) -> list[str]:
    return [model.line(row).turn.text for row in range(model.rowCount())]


def test_a_turn_grows_in_its_row_and_one_row_is_told_of() -> None:
    model = TranscriptModel()
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda top, bottom: changed.append((top.row(), bottom.row())))
    model.put(said(1, "Hello", 0.0, final=True))
    model.put(said(2, "I am", 1.0))
    model.put(said(2, "I am Ada", 1.0))
    model.put(said(2, "I am Ada", 1.0))
    assert texts(model) == ["Hello", "I am Ada"]
    assert changed == [(1, 1)]


def test_lines_stand_by_audio_time_whatever_order_they_come_in() -> None:
    model = TranscriptModel()
    for turn_id, offset_s in ((1, 5.0), (2, 2.0), (3, 9.0), (4, 2.0)):
        model.put(said(turn_id, str(turn_id), offset_s))
    assert texts(model) == ["2", "4", "1", "3"]
    model.put(said(1, "one", 5.0))
    assert texts(model) == ["2", "4", "one", "3"]


def test_a_turn_whose_time_is_corrected_moves() -> None:
    model = TranscriptModel()
    QAbstractItemModelTester(model, FATAL, model)
    for turn_id in (1, 2, 3):
        model.put(said(turn_id, str(turn_id), float(turn_id)))
    moved: list[tuple[int, int]] = []
    model.rowsMoved.connect(lambda _p, first, _l, _d, to: moved.append((first, to)))
    model.put(said(1, "1", 9.0))
    assert texts(model) == ["2", "3", "1"]
    model.put(said(1, "1", 0.5))
    assert texts(model) == ["1", "2", "3"]
    assert moved == [(0, 3), (2, 0)]


@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.floats(0, 9, width=16), st.text(max_size=3)), max_size=25
    )
)
def test_any_snapshots_in_any_order_end_sorted_with_the_last_of_each(
    puts: list[tuple[int, float, str]],
) -> None:
    model = TranscriptModel()
    QAbstractItemModelTester(model, FATAL, model)
    for turn_id, offset_s, text in puts:
        model.put(said(turn_id, text, offset_s))
    turns = [model.line(row).turn for row in range(model.rowCount())]
    last = {turn_id: (offset_s, text) for turn_id, offset_s, text in puts}
    assert {turn.id: (turn.offset_s, turn.text) for turn in turns} == last
    assert [turn.offset_s for turn in turns] == sorted(turn.offset_s for turn in turns)


def test_notes_stand_among_the_turns_and_never_replace_one_another() -> None:
    model = TranscriptModel()
    model.put(said(1, "Hello", 3.0))
    model.note("Answered", 1.0, "user")
    model.note("Keys 1 2", 4.0)
    assert texts(model) == ["Answered", "Hello", "Keys 1 2"]
    assert model.line(0).kind is LineKind.SYSTEM
    assert model.line(0).icon == "user"


def test_a_system_turn_is_a_system_line() -> None:
    model = TranscriptModel()
    model.put(Turn(1, Speaker.SYSTEM, "Line quality is poor", 61, final=True))
    assert model.as_text() == "[01:01] Line quality is poor"


def test_clear_leaves_nothing_and_ids_start_anew() -> None:
    model = TranscriptModel()
    model.put(said(1, "old", final=True))
    model.clear()
    assert model.rowCount() == 0
    finished: list[str] = []
    model.line_finished.connect(finished.append)
    model.put(said(1, "new", 0.0, final=True))
    assert texts(model) == ["new"]
    assert finished == ["AI, 00:00: new"]


@pytest.mark.parametrize(
    ("text", "heard", "tag", "struck_from"),
    [
        ("one two three", 4, "interrupted, 2 words unheard", 4),
        ("one two", 4, "interrupted, 1 word unheard", 4),
        ("one  two", 3, "interrupted, 1 word unheard", 5),
        ("one two", 7, "interrupted", None),
        ("one two ", 7, "interrupted", None),
        ("one two", 99, "interrupted", None),
        ("one two", 0, "interrupted, 2 words unheard", 0),
        ("one two", None, "interrupted", None),
    ],
)
def test_what_was_never_heard_is_said(
    text: str, heard: int | None, tag: str, struck_from: int | None
) -> None:
    line = Line(said(1, text, 0.0, final=True, interrupted=True, heard_chars=heard), "AI")
    assert line.tag == tag
    assert line.struck_from == struck_from


def test_a_turn_that_is_still_playing_is_not_struck_through() -> None:
    line = Line(said(1, "one two", heard_chars=3), "AI")
    assert (line.tag, line.struck_from) == ("", None)


def test_the_text_for_the_clipboard_has_times_names_and_cuts() -> None:
    model = TranscriptModel()
    model.set_names("Jordan", "Ada")
    model.note("Answered", 0.4)
    model.put(said(1, "Hello you", 2.0, final=True, interrupted=True, heard_chars=5))
    model.put(Turn(2, Speaker.CALLER, "Yes?", 3601.0))
    assert model.as_text() == (
        "[00:00] Answered\n[00:02] Ada: Hello you (interrupted, 1 word unheard)\n"
        "[1:00:01] Jordan: Yes? …"
    )
    assert model.as_text([2, 0]) == "[00:00] Answered\n[1:00:01] Jordan: Yes? …"


def test_names_change_on_lines_already_there_and_sizes_stay() -> None:
    model = TranscriptModel()
    model.put(said(1, "Hello"))
    roles: list[list[int]] = []
    model.dataChanged.connect(lambda _top, _bottom, which: roles.append(which))
    model.set_names("Jordan", "Ada")
    model.set_names("Jordan", "Ada")
    assert model.line(0).name == "Ada"
    assert roles == [[TranscriptRole.LOOK]]


def test_search_finds_without_regard_to_case_and_follows_growth() -> None:
    model = TranscriptModel()
    told: list[None] = []
    model.search_changed.connect(lambda: told.append(None))
    model.put(said(1, "Tuesday or (tuesday)", 0.0))
    model.search("tuesday")
    assert model.matches() == [Match(0, 0, 7), Match(0, 12, 7)]
    model.put(said(2, "No, TUESDAY", 1.0))
    model.put(said(1, "Monday", 0.0))
    assert model.matches() == [Match(1, 4, 7)]
    assert len(told) == 3
    model.search("(")
    assert model.matches() == []
    model.search("")
    assert len(told) == 5


def test_a_screen_reader_hears_each_final_line_once() -> None:
    model = TranscriptModel()
    finished: list[str] = []
    model.line_finished.connect(finished.append)
    model.put(said(1, "I am", 62.0))
    model.put(said(1, "I am Ada", 62.0, final=True))
    cut = said(1, "I am Ada", 62.0, final=True, interrupted=True, heard_chars=4)
    model.put(cut)
    model.note("Hung up", 70.0)
    assert finished == ["AI, 01:02: I am Ada", "Hung up"]
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(0).data(role) == "AI, 01:02, interrupted, 1 word unheard: I am Ada"


def test_the_wall_clock_is_given_on_hover_once_the_start_is_known() -> None:
    model = TranscriptModel()
    model.put(said(1, "Hello", 65.0))
    tip = Qt.ItemDataRole.ToolTipRole
    assert model.index(0).data(tip) is None
    start = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    model.set_started_at(start)
    expected = datetime(2026, 11, 22, 9, 1, 5, tzinfo=UTC).astimezone().strftime("%H:%M:%S")
    assert model.index(0).data(tip) == expected


def test_rows_have_no_children_and_outside_there_is_nothing() -> None:
    model = TranscriptModel()
    model.put(said(1, "Hello"))
    assert model.rowCount(model.index(0)) == 0
    assert model.data(QModelIndex()) is None
    assert isinstance(model.index(0).data(TranscriptRole.LINE), Line)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "00:00"), (59.99, "00:59"), (3599, "59:59"), (3600, "1:00:00"), (-1, "00:00")],
)
def test_call_times(seconds: float, shown: str) -> None:
    assert clock_text(seconds) == shown


def test_a_kept_call_is_loaded_without_being_announced() -> None:
    model = TranscriptModel()
    QAbstractItemModelTester(model, FATAL, model)
    announced: list[str] = []
    resets: list[bool] = []
    model.line_finished.connect(announced.append)
    model.modelReset.connect(lambda: resets.append(True))
    model.put(said(9, "of another call"))
    announced.clear()
    turns = [said(1, "Hello", 1.0, final=True), said(2, "Goodbye", 8.0, final=True)]
    notes = [("Answered", 0.0, "phone-call"), ("Note taken", 5.0, "note-pencil")]
    model.load(turns, notes)
    assert texts(model) == ["Answered", "Hello", "Note taken", "Goodbye"]
    assert (announced, model.line(2).icon) == ([], "note-pencil")
    model.load(turns, notes)
    assert resets == [True]
    model.put(said(2, "Goodbye then", 8.0, final=True))
    model.note("Call ended", 9.0)
    assert texts(model)[3:] == ["Goodbye then", "Call ended"]
    assert announced == ["Call ended"]


def test_the_line_at_a_second_is_the_one_spoken_last() -> None:
    model = TranscriptModel()
    model.load(
        [said(1, "Hello", 1.0, final=True), said(2, "Goodbye", 8.0, final=True)],
        [("Answered", 0.0, ""), ("Note taken", 5.0, "")],
    )
    rows = [model.row_at(at_s) for at_s in (0.5, 1.0, 6.0, 8.0, 99.0)]
    assert rows == [None, 1, 1, 3, 3]


def test_one_line_at_most_is_playing() -> None:
    model = TranscriptModel()
    QAbstractItemModelTester(model, FATAL, model)
    for turn_id in (1, 2):
        model.put(said(turn_id, "Hello", float(turn_id), final=True, interrupted=True))
    changed: list[int] = []
    model.dataChanged.connect(lambda top, _bottom, _roles: changed.append(top.row()))
    model.set_playing(0)
    model.set_playing(0)
    model.set_playing(1)
    assert (changed, model.playing_row) == ([0, 0, 1], 1)
    assert [model.line(row).sign[0] for row in (0, 1)] == ["interrupted", "playing"]
    model.put(said(2, "Hello there", 2.0, final=True))
    assert model.line(1).playing
    model.set_playing(None)
    assert model.playing_row is None
    assert not model.line(1).playing


def test_a_star_marks_one_row_also_before_it_is_there() -> None:
    model = TranscriptModel()
    looks: list[tuple[int, list[int]]] = []
    told: list[int] = []
    model.dataChanged.connect(lambda top, _b, roles: looks.append((top.row(), list(roles))))
    model.stars_changed.connect(lambda: told.append(len(model.starred_rows())))
    model.set_star(2, True)
    for turn_id in (3, 1, 2):
        model.put(said(turn_id, str(turn_id), float(turn_id)))
    assert model.starred_rows() == [1]
    model.set_star(3, True)
    model.set_star(3, True)
    assert model.starred_rows() == [1, 2]
    assert looks == [(2, [TranscriptRole.LOOK])]
    assert model.line(2).spoken() == "AI, 00:03, starred: 3"
    model.put(said(3, "three", 3.0, final=True))
    model.set_names("Jordan", "Ada")
    model.search("three")
    assert model.as_text([2]) == "★ [00:03] Ada: three"
    model.set_star(2, False)
    assert model.starred_rows() == [2]
    model.clear()
    assert model.starred_rows() == []
    assert told == [0, 2, 1, 0]


def test_a_turn_ends_where_other_words_begin() -> None:
    model = TranscriptModel()
    for turn_id, offset_s in ((1, 1.0), (2, 1.0), (3, 4.0)):
        model.put(said(turn_id, str(turn_id), offset_s))
    model.note("A note", 2.0)
    model.whisper(1, "A whisper", 3.0)
    assert [model.end_s(row) for row in range(5)] == [4.0, 4.0, 4.0, 4.0, None]
