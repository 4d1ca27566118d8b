"""Stepping into a call by keyboard alone, and what the window shows of it."""

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from callconsole.domain.abilities import TransferTarget
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.events import TransferAnswered
from callconsole.engine.refusals import SILENT_MICROPHONE
from callconsole.ui import theme
from callconsole.ui.operator_bar import OperatorBar
from callconsole.ui.pages import CALLS, HISTORY, PROMPTS
from callconsole.viewmodels import operator as operator_module
from fakes.scenes import NO_MICROPHONE, WEIGHING, Scene

OpenScene = Callable[..., Scene]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


def bar_of(scene: Scene) -> OperatorBar:
    return scene.window.calls.call.bar


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(focused(), key, modifier)


async def settle() -> None:
    for _ in range(6):
        await asyncio.sleep(0)
    QApplication.sendPostedEvents()


async def talking(open_scene: OpenScene) -> tuple[Scene, str]:
    """A call under way, the focus in its transcript."""
    scene = open_scene()
    sid = await scene.talk()
    scene.window.calls.call.transcript.setFocus()
    return scene, sid


async def test_the_bar_is_there_from_the_verdict_to_the_end(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    sid = await scene.decide(WEIGHING)
    bar = bar_of(scene)
    assert not bar.isVisible()
    scene.desk.judge(sid, AnsweredBy.PERSON)
    assert bar.isVisible()
    assert bar.height() == 112
    bar.focus_field()
    scene.desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    assert not bar.isVisible()
    assert focused() is scene.window.calls.call.transcript.lines


async def test_a_whisper_and_a_sentence_by_keyboard(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene, sid = await talking(open_scene)
    bar = bar_of(scene)
    assert not bar.whisper.isEnabled()
    press(Key.Key_T, CTRL)
    assert focused() is bar.tell.edit
    assert scene.window.ring.target is bar.tell
    QTest.keyClicks(focused(), "Offer 3:15 now.")
    assert bar.whisper.isEnabled()
    press(Key.Key_Return)
    assert scene.desk.whispered == [(sid, "Offer 3:15 now.")]
    assert bar.tell.edit.text() == ""
    QTest.keyClicks(focused(), "One moment.")
    press(Key.Key_Return, SHIFT)
    assert scene.desk.asked_to_say == [(sid, "One moment.")]
    press(Key.Key_Escape)
    assert focused() is scene.window.calls.call.transcript.lines
    assert scene.desk.hung_up == []


async def test_a_saved_phrase_is_put_into_the_field(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene, _sid = await talking(open_scene)
    bar = bar_of(scene)
    bar.focus_field()
    QTest.keyClicks(focused(), "Rock & roll")
    press(Key.Key_Return)
    press(Key.Key_Down)
    assert bar.phrase_menu.isVisible()
    QTest.keyClick(bar.phrase_menu, Key.Key_Return)
    assert not bar.phrase_menu.isVisible()
    assert bar.tell.edit.text() == "Rock & roll"
    assert len(scene.desk.whispered) == 1


async def test_space_takes_over_and_hands_back(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene, sid = await talking(open_scene)
    page, bar = scene.window.calls.call, bar_of(scene)
    press(Key.Key_Space)
    await settle()
    assert page.band.isVisible()
    assert page.header.pill.text() == "You are on the line"
    assert (bar.hand_back.isVisible(), bar.take_over.isVisible()) == (True, False)
    assert scene.window.calls.side.on_the_line.isVisible()
    assert scene.window.calls.side.listen.caption.text() == "Both ways while you are on the line."
    assert page.strip.agent.accessibleName() == "Level of your voice"
    press(Key.Key_T, CTRL)
    assert focused() is bar.note.edit
    QTest.keyClicks(focused(), "Agreed on 3:15.")
    press(Key.Key_Space)
    assert bar.note.edit.text() == "Agreed on 3:15. "
    press(Key.Key_Space, CTRL)
    assert scene.desk.handed_back == [(sid, "Agreed on 3:15.")]
    assert not page.band.isVisible()
    assert not scene.window.calls.side.on_the_line.isVisible()
    assert bar.note.edit.text() == ""
    assert focused() is bar.take_over


async def test_the_focus_stays_on_the_button_while_the_microphone_opens(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene, _sid = await talking(open_scene)
    bar = bar_of(scene)
    scene.desk.microphone_open.clear()
    bar.take_over.setFocus()
    width = bar.take_over.width()
    press(Key.Key_Space)
    await settle()
    assert (focused(), bar.take_over.text()) == (bar.take_over, "Opening…")
    assert bar.take_over.width() == width
    press(Key.Key_Return)
    scene.desk.microphone_open.set()
    await settle()
    assert focused() is bar.hand_back
    assert scene.desk.handed_back == []


async def test_space_on_the_answer_card_means_i_speak_myself(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    await scene.decide(WEIGHING)
    page = scene.window.calls.call
    page.answer.setFocus()
    press(Key.Key_Space)
    await settle()
    assert not page.answer.isVisible()
    assert page.band.isVisible()
    assert not bar_of(scene).hold.isVisible()


async def test_enter_in_the_note_hands_back(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene, sid = await talking(open_scene)
    press(Key.Key_Space)
    await settle()
    bar_of(scene).focus_field()
    QTest.keyClicks(focused(), "Agreed.")
    press(Key.Key_Return)
    assert scene.desk.handed_back == [(sid, "Agreed.")]


async def test_a_held_key_talks_while_it_is_held(
    qtbot: QtBot, open_scene: OpenScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, _sid = await talking(open_scene)
    now_s = [5.0]
    monkeypatch.setattr(operator_module, "monotonic", lambda: now_s[0])
    where = focused()
    QTest.keyPress(where, Key.Key_Space)
    await settle()
    assert scene.models.operator.taken_over
    now_s[0] += 0.6
    QTest.keyRelease(where, Key.Key_Space)
    assert not scene.models.operator.taken_over
    # Ctrl may go up first, and the window may lose the keyboard meanwhile.
    QTest.keyPress(where, Key.Key_Space, CTRL)
    await settle()
    now_s[0] += 0.6
    QTest.keyRelease(where, Key.Key_Space)
    assert len(scene.desk.handed_back) == 2
    # However short the press was: nobody will see the key go up.
    QTest.keyPress(where, Key.Key_Space)
    await settle()
    now_s[0] += 0.1
    QApplication.sendEvent(scene.window, _deactivation())
    assert not scene.models.operator.taken_over
    QTest.keyRelease(where, Key.Key_Space)
    assert not scene.models.operator.taken_over


async def test_a_menu_over_the_window_does_not_keep_the_microphone_open(
    qtbot: QtBot, open_scene: OpenScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, _sid = await talking(open_scene)
    now_s = [5.0]
    monkeypatch.setattr(operator_module, "monotonic", lambda: now_s[0])
    bar = bar_of(scene)
    QTest.keyPress(focused(), Key.Key_Space)
    await settle()
    now_s[0] += 0.6
    bar.more.click()
    assert bar.more_menu.isVisible()
    QTest.keyRelease(bar.more_menu, Key.Key_Space)
    assert not scene.models.operator.taken_over
    assert not scene.models.operator.caller_muted
    bar.more_menu.close()


def _deactivation() -> QEvent:
    return QEvent(QEvent.Type.WindowDeactivate)


async def test_space_belongs_to_what_has_the_focus(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene, _sid = await talking(open_scene)
    bar = bar_of(scene)
    bar.focus_field()
    press(Key.Key_A)
    press(Key.Key_Space)
    assert bar.tell.edit.text() == "a "
    bar.hold.setFocus()
    press(Key.Key_Space)
    assert scene.models.operator.on_hold
    bar.take_over.setFocus()
    press(Key.Key_Space)
    await settle()
    assert scene.models.operator.taken_over


async def test_the_keycap_names_the_key_that_works_now(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene, _sid = await talking(open_scene)
    bar = bar_of(scene)
    width = bar.take_over.width()
    bare = bar.take_over.grab().toImage()
    bar.focus_field()
    assert bar.take_over.grab().toImage() != bare
    assert bar.take_over.width() == width
    scene.window.calls.call.transcript.setFocus()
    assert bar.take_over.grab().toImage() == bare


async def test_taking_over_from_another_page_shows_the_call(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene, _sid = await talking(open_scene)
    window = scene.window
    window.open_page(HISTORY)
    press(Key.Key_Space)
    await settle()
    assert not scene.models.operator.taken_over
    window.open_page(PROMPTS)
    press(Key.Key_Space, CTRL)
    await settle()
    assert scene.models.operator.taken_over
    assert window.page == CALLS


async def test_mute_hold_and_more_by_keyboard(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene, _sid = await talking(open_scene)
    bar, pill = bar_of(scene), scene.window.calls.call.header.pill
    press(Key.Key_M, CTRL)
    assert (pill.text(), bar.mute.text()) == ("AI muted", "Unmute AI")
    press(Key.Key_P, CTRL)
    assert (pill.text(), bar.hold.text()) == ("On hold", "Resume")
    press(Key.Key_P, CTRL)
    press(Key.Key_M, CTRL)
    assert (pill.text(), bar.mute.text(), bar.hold.text()) == ("AI is speaking", "Mute AI", "Hold")
    bar.more.setFocus()
    press(Key.Key_Return)
    assert bar.more_menu.isVisible()
    QTest.keyClick(bar.more_menu, Key.Key_Return)
    assert scene.models.operator.caller_muted
    press(Key.Key_M, CTRL | SHIFT)
    assert not scene.models.operator.caller_muted


async def test_the_keypad_sends_what_is_typed_and_closes_before_escape_hangs_up(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene, _sid = await talking(open_scene)
    page = scene.window.calls.call
    typed = scene.window.calls.dial.number.text()
    press(Key.Key_K, CTRL | SHIFT)
    assert page.keypad.isVisible()
    assert page.keypad.isAncestorOf(focused())
    for key in (Key.Key_4, Key.Key_2, Key.Key_NumberSign):
        press(key)
        await settle()
    press(Key.Key_Right)
    press(Key.Key_Space)
    await settle()
    assert "".join(digits for _call, digits in scene.desk.pressed) == "42#2"
    assert page.keypad.sent.text() == "4 2 # 2"
    assert scene.window.calls.dial.number.text() == typed
    press(Key.Key_Escape)
    assert not page.keypad.isVisible()
    assert focused() is bar_of(scene).keypad
    page.toggle_keypad()
    page.transcript.setFocus()
    press(Key.Key_Escape)
    assert not page.keypad.isVisible()
    assert scene.desk.hung_up == []
    press(Key.Key_9)
    assert scene.window.calls.dial.number.text() != typed


@pytest.mark.parametrize("name", ["keypad", "transfer"])
async def test_a_popover_stays_inside_a_low_window_and_goes_with_the_call(
    qtbot: QtBot, open_scene: OpenScene, name: str
) -> None:
    scene, sid = await talking(open_scene)
    scene.desk.targets = tuple(
        TransferTarget(f"Colleague {index}", f"+141555501{index}") for index in range(10, 18)
    )
    scene.window.resize(QSize(994, 560))
    await settle()
    page = scene.window.calls.call
    popover = {"keypad": page.keypad, "transfer": page.transfer}[name]
    press(Key.Key_K if name == "keypad" else Key.Key_T, CTRL | SHIFT)
    assert popover.isVisible()
    assert page.rect().contains(popover.geometry())
    scene.desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    assert not popover.isVisible()


async def test_a_refusal_stands_in_the_bar_until_something_works(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene, _sid = await talking(open_scene)
    bar = bar_of(scene)
    scene.desk.step_in_problem = NO_MICROPHONE
    press(Key.Key_Space)
    await settle()
    assert bar.problem.isVisible()
    assert bar.problem.text() == "There is no microphone. Plug one in, then take over again."
    assert bar.take_over.text() == "Take over"
    assert QApplication.activeModalWidget() is None
    bar.focus_field()
    QTest.keyClicks(focused(), "Slow")
    assert not bar.problem.isVisible()


async def test_the_centre_is_framed_while_on_the_line(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene, _sid = await talking(open_scene)
    page = scene.window.calls.call

    def edge() -> QColor:
        ground = page.window().grab().toImage()
        left = page.mapTo(scene.window, page.rect().topLeft()).x()
        return ground.pixelColor(left + 1, scene.window.height() // 2)

    assert edge() == theme.colour("surface")
    press(Key.Key_Space)
    await settle()
    assert edge() == theme.colour("accent")


async def test_the_meter_follows_the_microphone(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene, _sid = await talking(open_scene)
    bar = bar_of(scene)
    press(Key.Key_Space)
    await settle()
    assert bar.microphone.level_dbfs == -14.0
    assert bar.decibels.text() == "\u221214 dB"
    press(Key.Key_Space)
    assert bar.microphone.level_dbfs == -60.0
    assert bar.mute.isVisible()


async def test_every_tool_can_be_reached_with_tab(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene, _sid = await talking(open_scene)
    bar = bar_of(scene)
    bar.focus_field()
    QTest.keyClicks(focused(), "Slow down.")
    reached = [focused()]
    for _ in range(9):
        press(Key.Key_Tab)
        reached.append(focused())
    assert reached == [
        bar.tell.edit, bar.phrases, bar.whisper, bar.say, bar.take_over, bar.mute, bar.hold,
        bar.keypad, bar.transfer, bar.more,
    ]  # fmt: skip


# Transfer ---------------------------------------------------------------------------------------

DESK = TransferTarget("Front desk", "+14155550123")


async def test_a_call_is_passed_on_by_keyboard(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene, sid = await talking(open_scene)
    scene.desk.targets = (DESK,)
    popover, bar = scene.window.calls.call.transfer, bar_of(scene)
    press(Key.Key_T, CTRL | SHIFT)
    assert popover.isVisible()
    assert focused() is popover.rows[0]
    assert not popover.send.isEnabled()
    assert popover.how.text() == "The AI tells the callee first."
    press(Key.Key_Return)
    assert popover.number.text() == "+1 415-555-0123"
    assert focused() is popover.note
    QTest.keyClicks(focused(), "Wants the afternoon.")
    scene.desk.announced.clear()
    press(Key.Key_Return)
    await settle()
    assert scene.desk.passed_on == [(sid, DESK.number, "Wants the afternoon.")]
    assert not popover.isVisible()
    assert (focused(), bar.transfer.words()) == (bar.transfer, "Passing on…")
    press(Key.Key_T, CTRL | SHIFT)
    assert not popover.isVisible()
    scene.desk.announced.set()
    await settle()
    pill = scene.window.calls.call.header.pill
    assert pill.text() == "Passing on to Front desk"
    assert not bar.isVisible()
    scene.desk.publish(TransferAnswered(call_sid=sid, at=scene.desk.now, to=DESK.number))
    assert pill.text() == "Transferred to Front desk"


async def test_any_number_can_be_typed_and_a_wrong_one_is_said(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene, sid = await talking(open_scene)
    popover = scene.window.calls.call.transfer
    dialled = scene.window.calls.dial.number.text()
    press(Key.Key_T, CTRL | SHIFT)
    assert focused() is popover.number
    QTest.keyClicks(focused(), "911")
    press(Key.Key_Return)
    assert popover.isVisible()
    assert popover.fault.text() == "Emergency numbers are not called from here."
    popover.number.selectAll()
    QTest.keyClicks(focused(), "4155550188")
    assert not popover.fault.isVisible()
    assert popover.number.text() == "(415) 555-0188"
    press(Key.Key_Return)
    await settle()
    assert scene.desk.passed_on == [(sid, "+14155550188", "")]
    assert scene.window.calls.dial.number.text() == dialled


async def test_escape_closes_the_form_and_not_the_call(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene, _sid = await talking(open_scene)
    page = scene.window.calls.call
    press(Key.Key_T, CTRL | SHIFT)
    QTest.keyClicks(focused(), "415")
    press(Key.Key_Escape)
    assert not page.transfer.isVisible()
    assert focused() is bar_of(scene).transfer
    page.toggle_transfer()
    assert page.transfer.number.text() == "415"
    page.toggle_keypad()
    assert (page.transfer.isVisible(), page.keypad.isVisible()) == (False, True)
    page.toggle_transfer()
    assert (page.transfer.isVisible(), page.keypad.isVisible()) == (True, False)
    page.transcript.setFocus()
    press(Key.Key_Escape)
    assert not page.transfer.isVisible()
    assert scene.desk.hung_up == []


async def test_what_the_carrier_refuses_stands_in_the_bar(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene, _sid = await talking(open_scene)
    scene.desk.targets = (DESK,)
    scene.desk.step_in_problem = NO_MICROPHONE
    page, bar = scene.window.calls.call, bar_of(scene)
    page.toggle_transfer()
    page.transfer.rows[0].click()
    press(Key.Key_Return)
    await settle()
    assert bar.problem.isVisible()
    assert bar.problem.text() == "There is no microphone. Plug one in, then take over again."
    assert bar.transfer.words() == "Transfer"
    page.toggle_transfer()
    assert page.transfer.number.text() == "+1 415-555-0123"


async def test_an_operator_on_the_line_passes_on_at_once_and_is_back_where_nobody_answers(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene, sid = await talking(open_scene)
    scene.desk.targets = (DESK,)
    page = scene.window.calls.call
    press(Key.Key_Space)
    await settle()
    page.toggle_transfer()
    assert page.transfer.how.text() == "The callee is passed on at once: say so first."
    page.transfer.rows[0].click()
    press(Key.Key_Return)
    await settle()
    assert not page.band.isVisible()
    assert page.header.pill.text() == "Passing on to Front desk"
    scene.desk.come_back(sid)
    assert page.band.isVisible()
    assert bar_of(scene).hand_back.isVisible()


# Muting oneself ---------------------------------------------------------------------------------


async def test_muted_is_said_loudly_and_nothing_is_seen_to_be_sent(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene, _sid = await talking(open_scene)
    page, bar = scene.window.calls.call, bar_of(scene)
    assert not bar.mute_me.isVisible()
    press(Key.Key_Space)
    await settle()
    assert (bar.mute_me.isVisible(), bar.mute.isVisible()) == (True, False)
    press(Key.Key_M, CTRL)
    assert page.band.title.text() == "You are muted"
    assert page.header.pill.text() == "You are muted"
    assert page.band.sentence.text() == "The callee hears silence. Press Ctrl M to speak again."
    assert bar.mute_me.words() == "Unmute me"
    assert scene.window.calls.side.on_the_line.you.words.text() == "muted"
    scene.models.operator.level_changed.emit(scene.desk.microphone_dbfs())
    assert (bar.microphone.level_dbfs, bar.decibels.text()) == (-60.0, "silent")
    corner = page.band.grab().toImage().pixelColor(page.band.width() // 2, 6)
    assert corner == theme.colour("warning_soft")
    press(Key.Key_M, CTRL)
    assert page.band.title.text() == "You are on the line"
    press(Key.Key_M, CTRL)
    press(Key.Key_Space)
    await settle()
    press(Key.Key_Space)
    await settle()
    assert page.band.title.text() == "You are on the line"


async def test_a_microphone_without_sound_is_said_loudly(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene, _sid = await talking(open_scene)
    press(Key.Key_Space)
    await settle()
    scene.desk.microphone_trouble = SILENT_MICROPHONE
    async with asyncio.timeout(30):
        while not scene.models.operator.unheard:
            await asyncio.sleep(0.01)
    band = scene.window.calls.call.band
    assert band.title.text() == "Nobody hears you"
    assert "hears silence" in band.sentence.text()
    assert bar_of(scene).problem.text().startswith("Your microphone gives no sound.")
    assert scene.window.calls.side.on_the_line.you.words.text() == "not heard"
    assert scene.window.calls.side.on_the_line.callee.words.text() == "hears silence"


@pytest.mark.parametrize("width", [994, 1100, 1280])
async def test_every_tool_is_there_at_every_width_with_its_name(
    qtbot: QtBot, open_scene: OpenScene, width: int
) -> None:
    scene, _sid = await talking(open_scene)
    bar = bar_of(scene)
    for _ in range(2):
        scene.window.resize(QSize(width, 640))
        await settle()
        tools = [
            t for t in (bar.mute, bar.mute_me, bar.hold, bar.keypad, bar.transfer) if t.isVisible()
        ]
        assert all(bar.rect().contains(tool.geometry()) for tool in tools)
        assert all(tool.accessibleName() == tool.words() for tool in tools)
        assert all(tool.text() in ("", tool.words()) for tool in tools)
        assert not bar.more.geometry().intersects(tools[-1].geometry())
        press(Key.Key_Space)
        await settle()
