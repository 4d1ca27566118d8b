"""A moment heard again and starred in the window, by mouse and by keyboard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from callconsole.domain.record import Recorded
from callconsole.domain.sound import SoundDevice, SoundDevices
from callconsole.ui import theme
from callconsole.ui.pages import PROMPTS
from callconsole.ui.transcript_list import TranscriptList
from callconsole.viewmodels.moments import NOT_RECORDED
from callconsole.viewmodels.transcript_model import TranscriptModel
from fakes.kept_records import TALK_SID
from fakes.scenes import NO_OUTPUT, Scene, history
from support.reading import until, words

OpenScene = Callable[..., Scene]
LEFT = Qt.MouseButton.LeftButton
PATH = "/data/call.wav"


async def settle() -> None:
    for _ in range(8):
        await asyncio.sleep(0)
    QApplication.sendPostedEvents()
    QApplication.processEvents()


@pytest.fixture
async def scene(qtbot: QtBot, open_scene: OpenScene) -> Scene:
    """A live call, 24 seconds of it recorded."""
    made = open_scene()
    sid = await made.talk()
    made.desk.so_far[sid] = Recorded(PATH, 24.0)
    await settle()
    return made


def lines_of(scene: Scene) -> TranscriptList:
    return scene.window.calls.call.transcript.lines


def row_of(model: TranscriptModel, part: str) -> int:
    return next(row for row in range(model.rowCount()) if part in model.line(row).turn.text)


def bubble(lines: TranscriptList, row: int) -> QPoint:
    lines.scrollTo(lines.model().index(row, 0))
    return lines.pointer.bubble_rect(row).center().toPoint()


def star(lines: TranscriptList, row: int) -> QPoint:
    lines.scrollTo(lines.model().index(row, 0))
    return lines.pointer.star_rect(row).center().toPoint()


def press(scene: Scene, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    target = scene.window.focusWidget() or scene.window
    QTest.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)


async def test_a_click_replays_a_live_moment_and_escape_leads_back(scene: Scene) -> None:
    page, lines = scene.window.calls.call, lines_of(scene)
    row = row_of(scene.models.live.transcript, "afternoon")
    QTest.mouseClick(lines.viewport(), LEFT, pos=bubble(lines, row))
    await settle()
    assert scene.player.told[-1] == ("play", PATH, 13.2, 1.0, 18.0)
    assert page.replay.isVisible()
    assert not page.transcript.title.isVisible()
    assert page.replay.title.text() == "Replaying 00:13"
    assert "Esc: back to live. The callee does not hear this." in words(page)
    assert "Paused while you hear a moment again." in words(scene.window)
    assert not lines.following
    scene.player.position_s = 15.0
    scene.models.playback.moved.emit()
    assert page.replay.title.text() == "Replaying 00:15"
    press(scene, Qt.Key.Key_Escape)
    assert scene.player.told[-1] == ("stop",)
    assert scene.desk.hung_up == []
    assert (page.replay.isVisible(), page.transcript.title.isVisible()) == (False, True)
    assert lines.following
    press(scene, Qt.Key.Key_Escape)
    assert scene.desk.hung_up == []


async def test_its_end_leads_back_only_who_followed_the_call(scene: Scene) -> None:
    scene.window.resize(994, 560)
    await settle()
    lines = lines_of(scene)
    row = row_of(scene.models.live.transcript, "afternoon")
    QTest.mouseClick(lines.viewport(), LEFT, pos=bubble(lines, row))
    await settle()
    scene.models.playback.finished()
    assert lines.following
    lines.verticalScrollBar().setValue(0)
    row = row_of(scene.models.live.transcript, "this is Ada")
    QTest.mouseClick(lines.viewport(), LEFT, pos=bubble(lines, row))
    await settle()
    scene.models.playback.finished()
    assert not lines.following


async def test_a_second_click_stops_it_and_so_does_the_bars_button(scene: Scene) -> None:
    page, lines = scene.window.calls.call, lines_of(scene)
    row = row_of(scene.models.live.transcript, "afternoon")
    QTest.mouseClick(lines.viewport(), LEFT, pos=bubble(lines, row))
    await settle()
    assert lines.pointer.tip_at(QPointF(bubble(lines, row))).endswith("Click to stop (Enter)")
    QTest.mouseClick(lines.viewport(), LEFT, pos=bubble(lines, row))
    assert not scene.models.moments.on
    QTest.mouseClick(lines.viewport(), LEFT, pos=bubble(lines, row))
    await settle()
    assert scene.models.moments.on
    QTest.mouseClick(page.replay.stop, LEFT)
    assert not scene.models.moments.on


async def test_a_double_click_plays_as_one_click_does(scene: Scene) -> None:
    lines = lines_of(scene)
    at = bubble(lines, row_of(scene.models.live.transcript, "afternoon"))
    QTest.mouseClick(lines.viewport(), LEFT, pos=at)
    QTest.mouseDClick(lines.viewport(), LEFT, pos=at)
    await settle()
    assert scene.models.moments.on


async def test_a_click_beside_a_bubble_or_with_a_key_plays_nothing(scene: Scene) -> None:
    lines = lines_of(scene)
    row = row_of(scene.models.live.transcript, "afternoon")
    at = bubble(lines, row)
    QTest.mouseClick(lines.viewport(), LEFT, pos=QPoint(20, at.y()))
    QTest.mouseClick(lines.viewport(), LEFT, Qt.KeyboardModifier.ControlModifier, at)
    await settle()
    assert scene.player.told == []


async def test_the_keyboard_goes_from_turn_to_turn_plays_stars_and_copies(scene: Scene) -> None:
    page, lines = scene.window.calls.call, lines_of(scene)
    model = scene.models.live.transcript
    lines.setFocus()
    press(scene, Qt.Key.Key_Up)
    assert lines.selected_rows() == [model.rowCount() - 1]
    press(scene, Qt.Key.Key_Up)
    row = row_of(model, "afternoon")
    assert lines.selected_rows() == [row]
    assert lines.viewport().rect().contains(lines.visualRect(model.index(row)))
    press(scene, Qt.Key.Key_Return)
    await settle()
    assert scene.player.told[-1] == ("play", PATH, 13.2, 1.0, 18.0)
    press(scene, Qt.Key.Key_Return)
    assert not scene.models.moments.on
    lines.go_to(row)
    press(scene, Qt.Key.Key_S)
    await settle()
    assert model.starred_rows() == [row]
    assert page.transcript.stars.text() == "Starred 1"
    press(scene, Qt.Key.Key_C)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("★ [00:13] ")
    assert "\n" not in copied
    press(scene, Qt.Key.Key_S)
    await settle()
    assert not page.transcript.stars.isVisible()


async def test_ctrl_d_stars_this_moment_while_somebody_types(scene: Scene) -> None:
    bar, model = scene.window.calls.call.bar, scene.models.live.transcript
    bar.focus_field()
    field = scene.window.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "Offer")
    press(scene, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    await settle()
    assert model.starred_rows() == [model.rowCount() - 1]
    assert field.text() == "Offer"
    scene.window.open_page(PROMPTS)
    await scene.desk.star_moment(scene.desk.live_sid, 5, starred=False)
    press(scene, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    await settle()
    assert model.starred_rows() == [model.rowCount() - 1]


async def test_no_field_keeps_ctrl_d_for_itself(scene: Scene) -> None:
    """On Linux Ctrl+D deletes in a field, which would claim the key before the window."""
    scene.window.calls.call.bar.focus_field()
    field = scene.window.focusWidget()
    assert field is not None
    claim = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier
    )
    claim.accept()
    QApplication.sendEvent(field, claim)
    assert not claim.isAccepted()


async def test_the_star_is_clicked_and_does_not_select(scene: Scene) -> None:
    lines, model = lines_of(scene), scene.models.live.transcript
    row = row_of(model, "afternoon")
    QTest.mouseMove(lines.viewport(), star(lines, row))
    QTest.mouseClick(lines.viewport(), LEFT, pos=star(lines, row))
    await settle()
    assert (model.starred_rows(), lines.selected_rows()) == ([row], [])
    assert scene.player.told == []
    QTest.mousePress(lines.viewport(), LEFT, pos=star(lines, row))
    QTest.mouseRelease(lines.viewport(), LEFT, pos=bubble(lines, row))
    await settle()
    assert (model.starred_rows(), scene.player.told) == ([row], [])
    QTest.mouseClick(lines.viewport(), LEFT, pos=star(lines, row))
    await settle()
    assert model.starred_rows() == []


async def test_stars_are_stepped_through_round_the_ends(scene: Scene) -> None:
    page, lines = scene.window.calls.call, lines_of(scene)
    for turn_id in (2, 4):
        await scene.desk.star_moment(scene.desk.live_sid, turn_id)
    await settle()
    first, second = scene.models.live.transcript.starred_rows()
    QTest.mouseClick(page.transcript.stars, LEFT)
    seen = [lines.selected_rows()]
    for key in (None, None, Qt.KeyboardModifier.ShiftModifier):
        press(scene, Qt.Key.Key_F4, key)
        seen.append(lines.selected_rows())
    assert seen == [[first], [second], [first], [second]]
    assert lines.hasFocus()
    assert page.transcript.stars.accessibleName() == "Starred moments: 2"


async def test_the_pointer_is_told_what_a_click_does(scene: Scene) -> None:
    lines, model = lines_of(scene), scene.models.live.transcript
    row = row_of(model, "afternoon")
    tip = lines.pointer.tip_at
    assert tip(QPointF(star(lines, row))) == "Star this moment (S)"
    assert tip(QPointF(bubble(lines, row))).endswith("Click to hear 00:13 again (Enter)")
    assert tip(QPointF(20, bubble(lines, row).y())) == ""
    # The screen tells of a moved pointer when it comes to it.
    QTest.mouseMove(lines.viewport(), bubble(lines, row))
    while lines.viewport().cursor().shape() is not Qt.CursorShape.PointingHandCursor:
        await settle()
    QTest.mouseMove(lines.viewport(), QPoint(20, bubble(lines, row).y()))
    while lines.viewport().cursor().shape() is not Qt.CursorShape.ArrowCursor:
        await settle()


async def test_without_a_recording_the_tip_says_why(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    scene.models.dialler.set_recording(False)
    await scene.talk()
    await settle()
    lines = lines_of(scene)
    at = bubble(lines, row_of(scene.models.live.transcript, "afternoon"))
    assert lines.pointer.tip_at(QPointF(at)).endswith(NOT_RECORDED)
    QTest.mouseClick(lines.viewport(), LEFT, pos=at)
    await settle()
    assert scene.player.told == []
    assert not scene.window.calls.call.replay.isVisible()


async def test_without_a_device_the_bar_says_why(scene: Scene) -> None:
    page, lines = scene.window.calls.call, lines_of(scene)
    scene.player.refusal = NO_OUTPUT
    at = bubble(lines, row_of(scene.models.live.transcript, "afternoon"))
    QTest.mouseClick(lines.viewport(), LEFT, pos=at)
    await settle()
    assert page.replay.title.text() == "There is no sound output"
    assert page.replay.accessibleName().endswith("Connect a headset, then try again.")
    QTest.mouseClick(page.replay.stop, LEFT)
    assert not page.replay.isVisible()


async def test_focus_does_not_wander_when_the_bar_goes(scene: Scene) -> None:
    page, lines = scene.window.calls.call, lines_of(scene)
    at = bubble(lines, row_of(scene.models.live.transcript, "afternoon"))
    QTest.mouseClick(lines.viewport(), LEFT, pos=at)
    await settle()
    page.replay.stop.setFocus(Qt.FocusReason.TabFocusReason)
    assert page.replay.stop.hasFocus()
    scene.models.playback.finished()
    assert lines.hasFocus()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_star_is_painted_beside_its_bubble(
    qtbot: QtBot, dressed: QApplication, open_scene: OpenScene, scheme: str
) -> None:
    theme.apply(dressed, scheme)
    scene = open_scene()
    await scene.talk()
    await settle()
    lines, row = lines_of(scene), row_of(scene.models.live.transcript, "afternoon")
    middle = star(lines, row)
    before = lines.viewport().grab().toImage().pixelColor(middle)
    await scene.desk.star_moment(scene.desk.live_sid, 4)
    await settle()
    after = lines.viewport().grab().toImage().pixelColor(middle)
    assert before == theme.colour("surface")
    assert after == theme.colour("warning")


async def test_a_kept_call_is_starred_in_the_history(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    await history(scene)
    await settle()
    record = scene.window.history.record
    lines, model = record.transcript.lines, scene.models.detail.transcript
    row = row_of(model, "Sorry")
    lines.setFocus()
    lines.go_to(row)
    press(scene, Qt.Key.Key_S)
    await until(scene.models.detail.changed, lambda: scene.models.detail.stars == (15.4,))
    scene.models.history.refresh()
    await until(scene.models.history.changed, lambda: scene.models.history.rows[0].starred)
    assert scene.models.history.rows[0].sid == TALK_SID
    assert scene.models.history.rows[0].spoken().endswith(", recorded, starred")
    wave = record.player.wave
    x = round(wave.x_of(15.4))
    assert wave.grab().toImage().pixelColor(x, 6) == theme.colour("warning")
    assert record.transcript.stars.text() == "Starred 1"


async def test_it_is_heard_on_the_device_that_was_chosen(scene: Scene) -> None:
    headset = SoundDevice("ALSA: headset", "Headset")
    scene.desk.sounds = SoundDevices((headset,), ())
    scene.models.listening.look_for_devices()
    await settle()
    scene.models.listening.choose_speaker(headset.id)
    assert scene.player.device == headset.id
