"""Closing the window: at once, or after a question where calls live."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.dialling import Step
from fakes.desk import refused
from fakes.scenes import KEY_REFUSED, Scene
from support.settling import settle

OpenScene = Callable[..., Scene]
OVER = Ending(Outcome.COMPLETED, EndedBy.CALLER)


def answer(box: QMessageBox, text: str) -> None:
    button = next(button for button in box.buttons() if text in button.text())
    button.click()


async def test_closing_asks_while_a_call_lives(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    window = scene.window
    closed: list[bool] = []
    window.closed.connect(lambda: closed.append(True))
    sid = await scene.dial()
    window.close()
    assert window.closing.question is not None
    assert "A call is in progress" in window.closing.question.text()
    answer(window.closing.question, "Keep open")
    assert (window.closing.question, closed, scene.desk.hung_up) == (None, [], [])
    window.close()
    assert window.closing.question is not None
    answer(window.closing.question, "End call and close")
    await settle()
    assert scene.desk.hung_up == [sid]
    scene.desk.end(sid, Ending(Outcome.CANCELED, EndedBy.OPERATOR))
    assert closed == [True]


async def test_closing_an_idle_window_just_closes(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    with qtbot.waitSignal(scene.window.closed, timeout=20000):
        scene.window.close()


async def test_closing_says_how_many_calls_it_ends(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    closed: list[bool] = []
    scene.window.closed.connect(lambda: closed.append(True))
    sids = [await scene.dial(f"+1415555010{last}") for last in range(1, 4)]
    assert scene.models.dialler.reason == "Every line is in use."
    scene.window.close()
    box = scene.window.closing.question
    assert box is not None
    assert box.text() == "3 calls are in progress. Closing ends them all."
    next(button for button in box.buttons() if "End 3 calls" in button.text()).click()
    await settle()
    assert scene.desk.hung_up == sids
    for sid in sids:
        assert closed == []
        scene.desk.end(sid, OVER)
    assert closed == [True]


async def test_closing_does_not_wait_for_a_dialling_that_fails(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    closed: list[bool] = []
    scene.window.closed.connect(lambda: closed.append(True))
    scene.desk.gate.clear()
    field = scene.window.calls.dial.number.digits
    QTest.keyClicks(field, "4155550101")
    QTest.keyClick(field, Qt.Key.Key_Return)
    await settle()
    scene.window.close()
    assert scene.window.closing.question is not None
    next(b for b in scene.window.closing.question.buttons() if "End call" in b.text()).click()
    assert closed == []
    other = QWidget()  # or Qt ends the loop with the last window
    qtbot.addWidget(other)
    other.show()
    scene.desk.refusal = refused(KEY_REFUSED, Step.CARRIER)
    scene.desk.gate.set()
    await settle()
    assert closed == [True]
