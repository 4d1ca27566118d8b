"""What a screen reader says by itself: states and finished lines, and nothing that only ticks."""

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from callconsole.domain.transcript import Speaker, Turn
from callconsole.ui.announce import announce
from fakes.scenes import CONVERSATION, Scene

OpenScene = Callable[..., Scene]


async def settle() -> None:
    for _ in range(6):
        await asyncio.sleep(0)
    QApplication.sendPostedEvents()


async def test_a_call_is_told_by_its_states_and_its_finished_lines(
    qtbot: QtBot, open_scene: OpenScene, heard: list[str]
) -> None:
    scene = open_scene()
    await scene.talk()
    spoken = "\n".join(heard)
    assert all(text in spoken for _speaker, text, _at in CONVERSATION[:4])
    assert CONVERSATION[4][1] not in spoken  # it is not finished
    assert "AI is speaking" in heard


async def test_clocks_meters_and_partial_words_are_not_read_out(
    qtbot: QtBot, open_scene: OpenScene, heard: list[str]
) -> None:
    scene = open_scene()
    sid = await scene.talk()
    heard.clear()
    desk = scene.desk
    for second in range(5):
        desk.levels(sid, -30.0 - second, -12.0, 80 + second)
        desk.spend(sid)
        desk.put_turn(sid, Turn(5, Speaker.AGENT, CONVERSATION[4][1] + " day" * second, 18.0))
        scene.models.live.clock_changed.emit(f"00:2{second}")
        scene.models.relay.flush()
    assert heard == []


async def test_taking_over_and_a_caller_are_told_at_once(
    qtbot: QtBot, open_scene: OpenScene, heard: list[str]
) -> None:
    scene = open_scene()
    await scene.talk()
    heard.clear()
    scene.models.operator.take_over()
    await settle()
    assert "You are on the line" in heard
    heard.clear()
    scene.desk.call_in("CA" + "a" * 32)
    await settle()
    assert [words for words in heard if "+1 415-555-0131" in words]


def test_nothing_is_sent_where_no_screen_reader_runs(
    dressed: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[QAccessibleEvent] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", sent.append)
    monkeypatch.setattr(QAccessible, "isActive", lambda: False)
    label = QLabel("Hello")
    qtbot.addWidget(label)
    announce(label, "Hello")
    assert sent == []
