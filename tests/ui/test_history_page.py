"""The History page used as a person uses it: keys, clicks, what is read."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.ui.history_page import HistoryPage
from callconsole.ui.pages import CALLS, HISTORY
from callconsole.viewmodels.call_sound import Sound
from fakes.kept_records import TALK_SID, kept_records
from fakes.scenes import HISTORY_LOCKED, Scene, history, measured
from support.reading import until, words

OpenScene = Callable[..., Scene]
LEFT = Qt.MouseButton.LeftButton


async def settle() -> None:
    for _ in range(8):
        await asyncio.sleep(0)
    QApplication.sendPostedEvents()


@pytest.fixture
async def scene(qtbot: QtBot, open_scene: OpenScene) -> Scene:
    made = open_scene()
    await history(made)
    await settle()
    return made


def page(scene: Scene) -> HistoryPage:
    return scene.window.history


async def test_the_rail_and_its_key_open_it(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    QTest.keyClick(scene.window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    await settle()
    assert scene.window.page == HISTORY
    assert "No calls yet" in words(scene.window)
    assert "Calls that you place or take appear here." in words(scene.window)
    assert page(scene).list.search.hasFocus()
    QTest.mouseClick(scene.window.rail.item(CALLS), LEFT)
    QTest.mouseClick(scene.window.rail.item(HISTORY), LEFT)
    assert scene.window.page == HISTORY


async def test_arrows_choose_a_call_and_enter_goes_to_its_player(scene: Scene) -> None:
    rows, record = page(scene).list.rows, page(scene).record
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_Down)
    await measured(scene)
    assert record.name.text() == "+1 415-555-0106"
    assert record.pill.text() == "Voicemail"
    assert any("The recording is gone" in said for said in words(record))
    QTest.keyClick(rows, Qt.Key.Key_Up)
    await measured(scene)
    assert record.name.text() == "+1 415-555-2671"
    QTest.keyClick(rows, Qt.Key.Key_Return)
    assert record.player.play.hasFocus()


async def test_space_and_arrows_play_wherever_nobody_types(scene: Scene) -> None:
    lists, record = page(scene).list, page(scene).record
    lists.rows.setFocus()
    QTest.keyClick(lists.rows, Qt.Key.Key_Space)
    await settle()
    assert scene.player.told[-1][0] == "play"
    assert record.player.play.accessibleName() == "Pause"
    QTest.keyClick(lists.rows, Qt.Key.Key_Right)
    assert scene.player.told[-1] == ("seek", 5.0)
    QTest.keyClick(record.transcript.lines, Qt.Key.Key_Left)
    assert scene.player.told[-1] == ("seek", 0.0)
    QTest.keyClick(record.transcript.lines, Qt.Key.Key_Space)
    assert scene.player.told[-1] == ("pause",)
    lists.search.setFocus()
    QTest.keyClicks(lists.search, "4 5")
    assert lists.search.text() == "4 5"
    assert scene.player.told[-1] == ("pause",)
    record.more.setFocus()
    QTest.keyClick(record.again, Qt.Key.Key_Right)
    assert scene.player.told[-1] == ("seek", 5.0)


async def test_the_keys_are_left_alone_on_other_pages(scene: Scene) -> None:
    scene.window.open_page(CALLS)
    told = list(scene.player.told)
    QTest.keyClick(scene.window, Qt.Key.Key_Space)
    QTest.keyClick(scene.window, Qt.Key.Key_Right)
    assert scene.player.told == told


async def test_the_wave_the_steps_and_the_speed_are_clicked(scene: Scene) -> None:
    player = page(scene).record.player
    at = QPoint(round(player.wave.x_of(24.0)), 30)
    QTest.mouseClick(player.wave, LEFT, pos=at)
    assert scene.models.detail.position_s == pytest.approx(24.0, abs=0.1)
    assert player.clock.text() in ("00:23", "00:24")
    assert player.total.text() == "/ 00:48"
    QTest.mouseClick(player.forth, LEFT)
    QTest.mouseClick(player.back, LEFT)
    QTest.mouseClick(player.back, LEFT)
    assert scene.models.detail.position_s == pytest.approx(19.0, abs=0.1)
    QTest.mouseClick(player.speed, LEFT)
    assert player.speed.text() == "1.25 ×"  # noqa: RUF001
    QTest.mouseClick(player.play, LEFT)
    await settle()
    name, path, at_s, speed = scene.player.told[-1]
    assert (name, Path(str(path)).name, speed) == ("play", "talk.wav", 1.25)
    assert at_s == pytest.approx(19.0, abs=0.1)
    QTest.mousePress(player.wave, LEFT, pos=at)
    QTest.mouseMove(player.wave, QPoint(round(player.wave.x_of(40.0)), 30))
    QTest.mouseRelease(player.wave, LEFT)


async def test_clicking_a_bubble_plays_that_second(scene: Scene) -> None:
    lines = page(scene).record.transcript.lines
    model = scene.models.detail.transcript
    (row,) = [r for r in range(model.rowCount()) if "Sorry" in model.line(r).turn.text]
    lines.scrollTo(model.index(row))
    QTest.mouseClick(lines.viewport(), LEFT, pos=lines.visualRect(model.index(row)).center())
    await settle()
    assert scene.player.told[-1][2] == 15.4
    scene.models.playback.moved.emit()
    assert model.playing_row == row
    scene.player.position_s = 46.0
    scene.models.playback.moved.emit()
    shown = lines.viewport().rect()
    assert shown.intersects(lines.visualRect(model.index(model.playing_row)))


async def test_a_new_page_begins_at_its_top(scene: Scene) -> None:
    assert page(scene).record.transcript.lines.verticalScrollBar().value() == 0


async def test_search_filters_and_prompt_narrow_the_list(scene: Scene) -> None:
    lists, calls = page(scene).list, scene.models.history
    QTest.mouseClick(lists.filters[next(f for f in lists.filters if f == "Voicemail")], LEFT)
    await settle()
    assert lists.rows.count() == 1
    QTest.mouseClick(lists.filters[next(f for f in lists.filters if f == "All")], LEFT)
    lists.prompt.setCurrentIndex(lists.prompt.findText("Order status"))
    lists.prompt.activated.emit(lists.prompt.currentIndex())
    await settle()
    assert lists.rows.count() == 3
    lists.search.setFocus()
    QTest.keyClicks(lists.search, "0800")
    await until(calls.changed, lambda: not calls.rows)
    assert "No call matches “0800”." in words(lists)
    QTest.mouseClick(lists.blank.button, LEFT)
    await settle()
    assert (lists.rows.count(), lists.search.text()) == (11, "")
    assert lists.prompt.currentText() == "Any prompt"


async def test_the_filters_are_reached_by_keyboard(scene: Scene) -> None:
    filters = list(page(scene).list.filters.values())
    filters[0].setFocus()
    told = list(scene.player.told)
    QTest.keyClick(filters[0], Qt.Key.Key_Right)
    await settle()
    assert scene.models.history.wanted.filter == "Today"
    assert filters[1].hasFocus()
    assert scene.player.told == told


async def test_enter_on_a_line_plays_it(scene: Scene) -> None:
    lines = page(scene).record.transcript.lines
    lines.setFocus()
    lines.setCurrentIndex(scene.models.detail.transcript.index(3))
    QTest.keyClick(lines, Qt.Key.Key_Return)
    await settle()
    assert scene.player.told[-1][2] == 6.2


async def test_a_refresh_keeps_the_selection(scene: Scene) -> None:
    lists = page(scene).list
    lists.rows.setCurrentRow(3)
    chosen = scene.models.history.selected
    sid = (await scene.desk.place_call("+14155550103", "survey_short")).sid
    await until(scene.models.history.changed, lambda: lists.rows.count() == 12)
    assert scene.models.history.selected == chosen
    assert lists.rows.currentRow() == 4
    scene.desk.end(sid, Ending(Outcome.BUSY, EndedBy.CARRIER))
    await until(
        scene.models.history.changed, lambda: scene.models.history.rows[0].outcome.text == "Busy"
    )
    assert lists.rows.currentRow() == 4


async def test_deleting_asks_on_the_page(scene: Scene) -> None:
    record = page(scene).record
    recording = Path(scene.folder.name) / "talk.wav"
    record.delete_action.trigger()
    assert record.confirm.isVisible()
    assert record.keep_button.hasFocus()
    QTest.mouseClick(record.keep_button, LEFT)
    assert not record.confirm.isVisible()
    assert TALK_SID in scene.desk.records
    record.delete_action.trigger()
    QTest.mouseClick(record.delete_button, LEFT)
    await settle()
    assert TALK_SID not in scene.desk.records
    assert not recording.exists()
    assert page(scene).list.rows.count() == 10
    assert record.name.text() == "+1 415-555-0106"
    assert page(scene).list.rows.hasFocus()


async def test_the_rows_know_delete_and_find(scene: Scene) -> None:
    calls, record = page(scene).list, page(scene).record
    calls.rows.setFocus()
    QTest.keyClick(calls.rows, Qt.Key.Key_Delete)
    assert record.confirm.isVisible()
    QTest.mouseClick(record.keep_button, LEFT)
    calls.rows.setFocus()
    QTest.keySequence(scene.window, QKeySequence(QKeySequence.StandardKey.Find))
    assert calls.search.hasFocus()


async def test_the_transcript_is_copied_and_the_file_is_shown(scene: Scene) -> None:
    record = page(scene).record

    class Opener(QObject):
        opened: QUrl | None = None

        @Slot(QUrl)
        def open(self, url: QUrl) -> None:
            self.opened = url

    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, "open")
    try:
        record.file_action.trigger()
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert opener.opened is not None
    assert Path(opener.opened.toLocalFile()) == Path(scene.folder.name)
    record.copy_action.trigger()
    assert "[00:06] Callee: Yes, speaking." in QGuiApplication.clipboard().text()
    QTest.mouseClick(record.more, LEFT)
    assert record.menu.isVisible()
    record.menu.close()


async def test_call_again_dials_the_number(scene: Scene) -> None:
    QTest.mouseClick(page(scene).record.again, LEFT)
    await settle()
    assert scene.desk.orders[-1][0] == "+14155552671"
    assert scene.window.page == CALLS


async def test_a_history_that_cannot_be_read_can_be_tried_again(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    for record in kept_records(scene.desk.now, Path(scene.folder.name)):
        scene.desk.keep(record)
    scene.desk.history_problem = HISTORY_LOCKED
    scene.window.pages.open_call(TALK_SID)
    await settle()
    assert words(page(scene)).count("The history cannot be read") == 2
    scene.desk.history_problem = None
    QTest.mouseClick(page(scene).list.blank.button, LEFT)
    await measured(scene)
    assert page(scene).list.rows.count() == 11
    assert page(scene).record.name.text() == "+1 415-555-2671"


async def test_an_ended_call_and_a_recent_one_open_there(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    sid = await scene.talk()
    scene.desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    QTest.mouseClick(scene.window.calls.call.ended.open, LEFT)
    await until(scene.models.detail.sound_changed, lambda: scene.models.detail.sound != Sound())
    assert (scene.window.page, scene.models.detail.sid) == (HISTORY, sid)
    scene.window.open_page(CALLS)
    scene.models.live.dismiss()
    scene.models.history.select(None)
    row = scene.window.calls.idle.recents.rows()[0]
    QTest.mouseClick(row.open, LEFT)
    assert (scene.window.page, scene.models.history.selected) == (HISTORY, sid)
    scene.window.open_page(CALLS)
    scene.models.history.select(None)
    # QTest leaves the button down.
    QTest.mouseDClick(row, LEFT, pos=QPoint(40, 20))
    QTest.mouseRelease(row, LEFT, pos=QPoint(40, 20))
    assert (scene.window.page, scene.models.history.selected) == (HISTORY, sid)
    await settle()


async def test_a_live_call_cannot_be_deleted(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    sid = await scene.talk()
    scene.window.pages.open_call(sid)
    await measured(scene)
    record = page(scene).record
    assert not record.delete_action.isEnabled()
    assert not record.again.isEnabled()
    assert record.pill.text() == "AI is speaking"
    assert "The recording can be played once the call is over." in words(record)
