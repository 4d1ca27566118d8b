"""The window used as a person uses it: click, type, read what is shown."""

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.dialling import Step
from callconsole.domain.events import Service, ServiceState
from callconsole.domain.problems import Problem
from callconsole.ui.pages import CALLS, PROMPTS
from callconsole.ui.window_title import NAME
from fakes.desk import refused
from fakes.scenes import DOWNLOADING, KEY_REFUSED, MISSING, NEEDS_NGROK, Scene
from support.reading import words
from support.settling import settle

OpenScene = Callable[..., Scene]
NO_SOUND = Problem("sound.none", "No sound device", "None was found.", "Plug one in.")
LEFT = Qt.MouseButton.LeftButton


async def test_a_call_is_read_from_ringing_to_its_recording(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    header = scene.window.calls.call.header
    sid = await scene.dial()
    scene.desk.ring(sid)
    assert header.pill.text() == "Ringing…"
    assert header.name.text() == "+1 415-555-0101"
    assert header.hang_up.isEnabled()
    assert "Their phone is ringing" in words(scene.window)
    assert scene.window.windowTitle().startswith("● 00:0")
    assert scene.window.windowTitle().endswith(" +1 415-555-0101")
    scene.desk.answer(sid)
    strip = scene.window.calls.call.strip
    assert strip.isVisible()
    scene.desk.levels(sid, -52.0, -11.0, 120)
    scene.models.relay.flush()
    assert (strip.callee.level_dbfs, strip.agent.level_dbfs) == (-52.0, -11.0)
    assert strip.buffered.value() == "120 ms"
    assert "\u221252 dB" in words(strip)
    scene.desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    assert header.pill.text() == "Call ended · callee hung up"
    assert not header.hang_up.isEnabled()
    assert scene.window.windowTitle() == NAME
    ended = scene.window.calls.call.ended
    assert ended.isVisible()
    assert not ended.play.isVisible()
    scene.desk.save_recording(sid, "/data/call.wav")
    assert ended.play.isVisible()
    QTest.mouseClick(ended.play, LEFT)
    assert scene.models.playback.path == "/data/call.wav"
    assert ended.play.accessibleName() == "Stop playing"


async def test_a_recording_that_cannot_be_played_says_so(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    sid = await scene.talk()
    scene.desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    scene.desk.save_recording(sid, "/data/call.wav")
    scene.player.refusal = NO_SOUND
    ended = scene.window.calls.call.ended
    QTest.mouseClick(ended.play, LEFT)
    await settle()
    assert "No sound device. None was found." in words(ended)
    assert ended.play.accessibleName() == "Play recording"


async def test_hang_up_stays_in_its_place(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    button = scene.window.calls.call.header.hang_up
    places = set()
    sid = await scene.dial()
    for change in (
        lambda: scene.desk.ring(sid),
        lambda: scene.desk.answer(sid),
        scene.models.live.hang_up,
        lambda: scene.desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.OPERATOR)),
    ):
        change()
        await settle()
        places.add((button.mapTo(scene.window, button.rect().topLeft()).toTuple(), button.width()))
    assert len(places) == 1
    assert scene.desk.hung_up == [sid]


async def test_a_practice_callee_is_one_click(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    card = scene.window.calls.idle.practice
    QTest.mouseClick(card.buttons[1], LEFT)
    await settle()
    assert [number for number, _prompt in scene.desk.orders] == ["+14155550102"]


async def test_the_failure_page_tells_the_story(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    scene.desk.refusal = refused(KEY_REFUSED, Step.AGENT)
    scene.models.dialler.call_number("+442079460018")
    await settle()
    page = scene.window.calls.call.failure
    read = words(page)
    assert "Their phone never rang" in read
    assert KEY_REFUSED.cure in read
    assert "AI session not opened" in read
    QTest.mouseClick(page.copy, LEFT)
    assert "gemini.key" in QGuiApplication.clipboard().text()
    scene.desk.refusal = None
    QTest.mouseClick(page.call_again, LEFT)
    await settle()
    assert len(scene.desk.orders) == 2
    assert scene.window.calls.call.header.pill.text() == "Dialling…"


async def test_missing_set_up_is_said_and_the_phone_line_shut(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene(missing=MISSING)
    banner = scene.window.banner
    assert banner.isVisible()
    assert banner.title().startswith("Real calls are not set up yet")
    segment = scene.window.calls.dial.line.segment("phone")
    assert not segment.isEnabled()
    assert "TWILIO_AUTH_TOKEN is missing" in segment.toolTip()
    banner.closed.emit()
    assert not banner.isVisible()


async def test_a_fault_shows_in_the_bar_and_the_banner(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    scene.desk.report(Service.AGENT, ServiceState.FAILED, "key refused", KEY_REFUSED)
    item = scene.window.top_bar.items[3]
    assert item.value() == "key refused"
    assert KEY_REFUSED.cure in item.toolTip()
    assert scene.window.banner.title() == KEY_REFUSED.title


async def test_an_address_is_shown_whole_where_there_is_room(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    address = "a-name-of-some-length-42.ngrok-free.app"
    scene.desk.report(Service.TUNNEL, ServiceState.READY, address)
    QApplication.processEvents()
    item = scene.window.top_bar.items[1]
    assert item.value() == address
    scene.window.resize(1100, 640)
    QApplication.processEvents()
    assert item.value() != address
    assert scene.window.top_bar.items[2].value() == "+1 628-555-0100"


async def test_a_download_is_told_of_and_no_warning(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    scene.desk.report(Service.TUNNEL, ServiceState.STARTING, "downloading", DOWNLOADING)
    notice = scene.models.services.notice()
    assert notice is not None
    assert (notice.title, notice.tone) == (DOWNLOADING.title, "accent")
    assert scene.window.banner.isVisible()
    assert "Downloading" in words(scene.window.calls.idle)


async def test_the_banner_asks_before_anything_is_downloaded(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    banner = scene.window.banner
    scene.desk.report(Service.TUNNEL, ServiceState.FAILED, "", NEEDS_NGROK)
    assert banner.action.text() == "Download"
    assert scene.asked == []
    banner.action.setFocus()
    QTest.keyClick(banner.action, Qt.Key.Key_Space)
    scene.desk.report(Service.TUNNEL, ServiceState.STARTING, "downloading", DOWNLOADING)
    assert banner.title() == DOWNLOADING.title
    assert banner.action.text() == "Cancel"
    QTest.mouseClick(banner.action, LEFT)
    assert scene.asked == ["download", "stop"]
    scene.desk.report(Service.AGENT, ServiceState.FAILED, "key refused", KEY_REFUSED)
    scene.desk.report(Service.TUNNEL, ServiceState.READY, "up")
    assert banner.title() == KEY_REFUSED.title
    assert not banner.action.isVisible()


async def test_listening_is_shut_with_its_reason(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    listen = scene.window.calls.side.listen
    assert listen.switch.isChecked()
    QTest.mouseClick(listen.switch, LEFT)
    assert not scene.desk.listening
    listen.volume.setValue(30)
    assert scene.desk.volume == pytest.approx(0.3)
    scene.desk.sound_problem = NO_SOUND
    scene.desk.report(Service.SOUND, ServiceState.FAILED, "none", NO_SOUND)
    assert not listen.switch.isEnabled()
    assert listen.caption.text() == "No sound device. Plug one in."


async def test_narrow_and_low_windows_fold(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    window, calls = scene.window, scene.window.calls
    assert calls.side.isVisible()
    assert calls.dial.options.isVisible()
    window.resize(QSize(1100, 640))
    await settle()
    assert not calls.side.isVisible()
    assert calls.dial.folded.isVisible()
    assert not calls.dial.options.isVisible()
    QTest.mouseClick(window.top_bar.drawer, LEFT)
    assert calls.side.isVisible()
    assert calls.side.geometry().right() <= calls.width()
    window.resize(QSize(1280, 800))
    await settle()
    assert calls.side.isVisible()
    assert calls.dial.options.isVisible()


async def test_the_drawer_s_button_leads_to_it_from_every_page(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    window = open_scene().window
    window.resize(QSize(1100, 640))
    window.open_page(PROMPTS)
    await settle()
    for _ in range(2):
        QTest.mouseClick(window.top_bar.drawer, LEFT)
        assert (window.page, window.calls.side.isVisible()) == (CALLS, True)
        window.open_page(PROMPTS)
    window.open_page(CALLS)
    QTest.mouseClick(window.top_bar.drawer, LEFT)
    assert not window.calls.side.isVisible()


async def test_the_focus_ring_follows_the_keyboard(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    window = scene.window
    number = window.calls.dial.number
    number.digits.setFocus()
    assert window.ring.target is number
    window.calls.dial.call.setFocus(Qt.FocusReason.TabFocusReason)
    assert window.ring.target is window.calls.dial.call


async def test_recents_put_the_number_back(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    sid = await scene.dial("+442079460018")
    scene.desk.end(sid, Ending(Outcome.NO_ANSWER, EndedBy.CARRIER))
    scene.models.live.dismiss()
    scene.models.dialler.clear()
    rows = scene.window.calls.idle.recents.rows()
    assert [row.call.outcome.text for row in rows] == ["No answer"]
    QTest.mouseClick(rows[0], LEFT)
    assert scene.window.calls.dial.number.text() == "+44 20 7946 0018"


async def test_a_long_state_leaves_the_number_its_room(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    header = scene.window.calls.call.header
    sid = await scene.dial()
    scene.desk.ring(sid)
    await settle()
    beside = header.name.geometry().center().y()
    assert header.pill.geometry().top() < beside < header.pill.geometry().bottom()
    scene.desk.answer(sid)
    scene.desk.end(sid, Ending(Outcome.VOICEMAIL, EndedBy.CONSOLE))
    await settle()
    assert header.pill.text() == "Voicemail · hung up, no message left"
    assert header.pill.geometry().top() >= header.name.geometry().bottom()
    assert header.name.width() >= header.name.sizeHint().width()


async def test_find_reaches_the_transcript_from_the_number(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    page = scene.window.calls
    find = QKeySequence(QKeySequence.StandardKey.Find)
    QTest.keySequence(scene.window, find)
    assert not page.call.transcript.find_bar.isVisibleTo(page)
    await scene.talk()
    page.dial.number.setFocus()
    QTest.keySequence(scene.window, find)
    assert page.call.transcript.find_bar.isVisible()


async def test_a_pressed_callee_leaves_the_focus_off_hang_up(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    calls = scene.window.calls
    tile = calls.idle.practice.buttons[0]
    tile.setFocus()
    QTest.mouseClick(tile, LEFT)
    await asyncio.sleep(0.02)
    assert calls.call.hasFocus()
    QTest.keyClick(calls.call, Qt.Key.Key_Space)
    assert scene.models.live.can_hang_up
    scene.desk.end(scene.desk.live_sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    calls.call.ended.done.setFocus()
    scene.models.live.dismiss()
    assert calls.dial.number.digits.hasFocus()
