"""The transcript as its reader uses it: following, finding, copying, hearing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from callconsole.domain.transcript import Speaker, Turn
from callconsole.ui import theme
from callconsole.ui.bubble_layout import row_height
from callconsole.ui.tokens import DARK, LIGHT
from callconsole.ui.transcript_view import EMPTY, TranscriptView
from callconsole.viewmodels.transcript_model import TranscriptModel

# The offscreen platform says this for any window whose least size changes.

WORDS = "Could we move it to the afternoon, maybe after three o'clock? " * 3


class Reader:
    """A view with a model, shown, and hands to use it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.model = TranscriptModel()
        self.view = TranscriptView(self.model)
        self.view.resize(660, 420)
        qtbot.addWidget(self.view)
        self.view.show()
        qtbot.waitExposed(self.view)
        self.view.lines.setFocus()

    def fill(self, count: int, first: int = 1) -> None:
        for turn_id in range(first, first + count):
            speaker = Speaker.AGENT if turn_id % 2 else Speaker.CALLER
            self.model.put(Turn(turn_id, speaker, f"{turn_id} {WORDS}", turn_id, final=True))
        self.settle()

    def settle(self) -> None:
        QApplication.processEvents()
        QApplication.processEvents()

    @property
    def at_end(self) -> bool:
        bar = self.view.lines.verticalScrollBar()
        return bar.value() == bar.maximum()

    def press(self, key: Qt.Key, modifier: object = Qt.KeyboardModifier.NoModifier) -> None:
        target = QApplication.focusWidget() or self.view.lines
        self.qtbot.keyClick(target, key, modifier)  # type: ignore[arg-type]
        self.settle()

    def scroll_up(self) -> None:
        self.view.lines.verticalScrollBar().setValue(0)
        self.settle()


@pytest.fixture
def reader(qtbot: QtBot, qapp: QApplication) -> Reader:
    theme.apply(qapp, "light")
    return Reader(qtbot)


def test_before_the_first_line_it_says_what_will_come(reader: Reader) -> None:
    assert reader.view.empty.isVisible()
    assert reader.view.empty.text() == EMPTY
    assert not reader.view.copy_button.isEnabled()
    reader.view.set_empty_text("Calling…")
    assert reader.view.empty.text() == "Calling…"
    reader.fill(1)
    assert reader.view.lines.isVisible()
    assert not reader.view.empty.isVisible()
    reader.model.clear()
    assert reader.view.empty.isVisible()


def test_it_follows_the_newest_line_also_while_it_grows(reader: Reader) -> None:
    reader.fill(12)
    assert reader.at_end
    for count in range(1, 6):
        reader.model.put(Turn(13, Speaker.AGENT, WORDS * count, 13))
        reader.settle()
        assert reader.at_end
    reader.view.resize(500, 300)
    reader.settle()
    assert reader.at_end
    assert not reader.view.pill.isVisible()


def test_scrolled_up_it_stays_and_counts_what_is_new(reader: Reader) -> None:
    reader.fill(12)
    reader.scroll_up()
    assert reader.view.pill.text() == "Jump to live"
    reader.fill(1, first=13)
    assert reader.view.pill.text() == "1 new line · jump to live"
    reader.fill(1, first=14)
    assert reader.view.pill.text() == "2 new lines · jump to live"
    assert reader.view.lines.verticalScrollBar().value() == 0
    reader.view.set_live(False)
    assert reader.view.pill.text() == "2 new lines · jump to the end"
    reader.qtbot.mouseClick(reader.view.pill, Qt.MouseButton.LeftButton)
    reader.settle()
    assert reader.at_end
    assert not reader.view.pill.isVisible()
    assert reader.view.lines.unread == 0


def test_the_end_key_goes_back_to_live(reader: Reader) -> None:
    reader.fill(12)
    reader.press(Qt.Key.Key_Home)
    assert not reader.view.lines.following
    reader.press(Qt.Key.Key_End)
    assert reader.at_end
    assert reader.view.lines.following


def test_near_the_end_it_still_follows(reader: Reader) -> None:
    reader.fill(12)
    bar = reader.view.lines.verticalScrollBar()
    bar.setValue(bar.maximum() - 24)
    assert reader.view.lines.following
    bar.setValue(bar.maximum() - 25)
    assert not reader.view.lines.following


def test_a_selected_line_holds_the_view(reader: Reader) -> None:
    reader.fill(12)
    lines = reader.view.lines
    place = lines.visualRect(reader.model.index(11)).center()
    reader.qtbot.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    before = lines.verticalScrollBar().value()
    reader.fill(3, first=13)
    assert lines.verticalScrollBar().value() == before
    assert reader.view.pill.text() == "3 new lines · jump to live"


def test_a_narrower_window_keeps_the_line_at_the_top(reader: Reader) -> None:
    reader.fill(400)
    lines = reader.view.lines
    lines.verticalScrollBar().setValue(lines.verticalHeader().sectionPosition(120) + 5)
    reader.view.resize(420, 420)
    reader.qtbot.waitUntil(lambda: lines.fitted)
    reader.settle()
    assert lines.rowAt(0) == 120
    assert lines.rowViewportPosition(120) == -5


def test_lines_that_come_while_others_are_fitted_are_high_enough(reader: Reader) -> None:
    reader.fill(600)
    reader.view.resize(420, 420)
    for turn_id in range(601, 640):
        reader.model.put(Turn(turn_id, Speaker.AGENT, WORDS, turn_id % 7, final=True))
    lines = reader.view.lines
    reader.qtbot.waitUntil(lambda: lines.fitted)
    heights = [lines.rowHeight(row) for row in range(reader.model.rowCount())]
    lines.refit()
    reader.qtbot.waitUntil(lambda: lines.fitted)
    assert [lines.rowHeight(row) for row in range(reader.model.rowCount())] == heights
    expected = [row_height(reader.model.line(row), lines.viewport().width()) for row in range(639)]
    assert heights == expected


def test_marks_stand_at_their_words_behind_symbols_of_two_units(reader: Reader) -> None:
    text = "👋👋 See you Tuesday 👍 at three."
    cut = Turn(1, Speaker.AGENT, text, 1.0, True, True, heard_chars=text.index(" at three"))
    reader.model.put(cut)
    reader.model.search("tuesday")
    reader.settle()
    line, lines = reader.model.line(0), reader.view.lines
    delegate = lines.itemDelegate()
    laid = delegate.layout_of(line, lines.viewport().width())
    units = laid.text.text().encode("utf-16-le")
    marked = [
        units[2 * mark.start : 2 * (mark.start + mark.length)].decode("utf-16-le").strip()
        for mark in delegate._marks(line, laid, 0, theme.current())
    ]
    assert marked == ["at three.", "Tuesday"]


def test_find_marks_counts_and_steps_round(reader: Reader) -> None:
    for turn_id, text in ((1, "Tuesday or Tuesday"), (2, "No"), (3, "On tuesday then")):
        reader.model.put(Turn(turn_id, Speaker.CALLER, text, turn_id, final=True))
    reader.view.setFocus()
    reader.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    bar = reader.view.find_bar
    assert bar.isVisible()
    reader.qtbot.keyClicks(bar.field, "tuesday")
    assert bar.count.text() == "3 of 3"
    seen = []
    for key, shift in (
        (Qt.Key.Key_F3, False),
        (Qt.Key.Key_F3, False),
        (Qt.Key.Key_F3, True),
        (Qt.Key.Key_Return, True),
    ):
        modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        reader.press(key, modifier)
        seen.append(bar.count.text())
    assert seen == ["1 of 3", "2 of 3", "1 of 3", "3 of 3"]
    reader.qtbot.keyClicks(bar.field, "x")
    assert bar.count.text() == "Not found"
    assert not bar.next.isEnabled()
    reader.press(Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert reader.model.matches() == []


def test_find_brings_the_place_into_view_and_end_leads_back(reader: Reader) -> None:
    reader.fill(30)
    reader.model.put(Turn(1, Speaker.AGENT, "A needle", 1.0, final=True))
    reader.view.open_find()
    reader.qtbot.keyClicks(reader.view.find_bar.field, "needle")
    reader.settle()
    assert reader.view.lines.visualRect(reader.model.index(0)).top() >= 0
    assert not reader.view.lines.following
    reader.fill(1, first=31)
    assert not reader.at_end


def test_copy_takes_all_or_what_is_selected(reader: Reader) -> None:
    reader.view.set_names("Jordan", "Ada")
    reader.model.put(Turn(1, Speaker.AGENT, "Hello", 2.0, final=True))
    reader.model.put(Turn(2, Speaker.CALLER, "Yes?", 4.0, final=True))
    reader.qtbot.mouseClick(reader.view.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "[00:02] Ada: Hello\n[00:04] Jordan: Yes?"
    assert reader.view.copy_button.toolTip() == "Copied 2 lines"
    reader.view.lines.setFocus()
    reader.view.lines.selectRow(1)
    reader.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "[00:04] Jordan: Yes?"


def test_final_lines_are_announced_and_partial_ones_are_not(
    heard: list[str], reader: Reader
) -> None:
    reader.model.put(Turn(1, Speaker.AGENT, "I am", 2.0))
    reader.model.put(Turn(1, Speaker.AGENT, "I am Ada", 2.0, final=True))
    assert heard == ["AI, 00:02: I am Ada"]


def test_digits_and_space_are_left_to_the_window(reader: Reader) -> None:
    reader.fill(3)
    passed: list[str] = []
    reader.view.keyPressEvent = lambda event: passed.append(event.text())
    for key in (Qt.Key.Key_1, Qt.Key.Key_Space, Qt.Key.Key_NumberSign):
        reader.press(key)
    assert passed == ["1", " ", "#"]


def test_every_icon_button_is_named_and_28_square(reader: Reader) -> None:
    reader.view.open_find()
    bar = reader.view.find_bar
    named = [bar.previous, bar.next, bar.close_button, reader.view.copy_button]
    assert [b.accessibleName() for b in named] == [
        "Previous match",
        "Next match",
        "Close find",
        "Copy the transcript",
    ]
    reader.settle()
    assert {(b.width(), b.height()) for b in named} == {(28, 28)}


@pytest.mark.parametrize(("scheme", "tokens"), [("light", LIGHT), ("dark", DARK)])
def test_bubbles_stand_left_and_right_in_their_tones(
    qtbot: QtBot, qapp: QApplication, scheme: str, tokens: object
) -> None:
    reader = Reader(qtbot)
    theme.apply(qapp, scheme)
    reader.model.put(Turn(1, Speaker.AGENT, "Hello", 2.0, final=True))
    reader.model.put(Turn(2, Speaker.CALLER, "Yes?", 4.0, final=True))
    reader.settle()
    lines = reader.view.lines
    picture = lines.viewport().grab().toImage()

    def colour(row: int, x: int) -> QColor:
        middle = lines.visualRect(reader.model.index(row)).topLeft() + QPoint(x, 5)
        return picture.pixelColor(middle)

    right = lines.viewport().width() - 14
    assert colour(0, 14) == QColor(tokens.ai_soft)  # type: ignore[attr-defined]
    assert colour(0, right) == QColor(tokens.surface)  # type: ignore[attr-defined]
    assert colour(1, right) == QColor(tokens.callee_soft)  # type: ignore[attr-defined]
    assert colour(1, 14) == QColor(tokens.surface)  # type: ignore[attr-defined]
