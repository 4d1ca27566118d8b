"""The number, the state and Hang up beside one another, at every width."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from callconsole.domain.call import EndedBy, Ending, Outcome
from fakes.scenes import Scene


@pytest.mark.parametrize("ended_by", [EndedBy.CALLER, EndedBy.AGENT, EndedBy.OPERATOR])
async def test_the_number_is_never_cut_by_its_state(
    qtbot: QtBot, open_scene: Callable[..., Scene], ended_by: EndedBy
) -> None:
    scene = open_scene()
    header = scene.window.calls.call.header
    sid = await scene.dial()
    scene.desk.answer(sid)
    scene.desk.end(sid, Ending(Outcome.COMPLETED, ended_by))
    state = header.pill
    for width in range(1100, 1500, 2):
        scene.window.resize(width, 800)
        QApplication.sendPostedEvents()
        assert header.name.width() >= header.name.sizeHint().width(), width
        assert state.width() >= state.sizeHint().width(), width
        assert state.mapTo(header, state.rect().topRight()).x() < header.clock.x(), width


async def test_the_state_moves_when_the_recording_mark_grows(
    qtbot: QtBot, open_scene: Callable[..., Scene]
) -> None:
    scene = open_scene()
    header = scene.window.calls.call.header
    sid = await scene.dial()
    scene.desk.answer(sid)
    scene.desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.AGENT))
    scene.window.resize(1300, 800)
    QApplication.sendPostedEvents()
    assert header.pill.y() < header.place.y()
    header.recording.show_state("Recorded for 90 days", "muted", "record")
    for _ in range(2):  # One to lay out, one for what the new place asks.
        QApplication.sendPostedEvents()
    assert header.name.width() >= header.name.sizeHint().width()
    assert header.pill.geometry().center().y() == header.place.geometry().center().y()
