"""The bindings that are installed do not lose references: Qt events leave the constants alone.

PySide6 6.12.0 on Python 3.11 drops a reference to `None`, `True` or `False` with what it handles,
and the program aborts when none is left. From Python 3.12 on they are immortal.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from importlib.metadata import version

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

ROUNDS = 3000
TOLERANCE = 300


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the fault is in Python 3.11 alone")
def test_pyside_is_older_than_the_fault() -> None:
    major, minor = version("PySide6_Essentials").split(".")[:2]
    assert (int(major), int(minor)) < (6, 12)


class Filter(QObject):
    """Lets everything pass, as a window's filters do."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return False


class Busy(QWidget):
    """Handles in Python what a widget of ours handles."""

    told = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.handled: Counter[str] = Counter()
        self.told.connect(self._on_told)

    def _on_told(self, _: object) -> None:
        self.handled["told"] += 1

    def event(self, event: QEvent) -> bool:
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.handled["key"] += 1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.handled["mouse"] += 1

    def paintEvent(self, event: QPaintEvent) -> None:
        self.handled["paint"] += 1
        painter = QPainter(self)
        painter.drawLine(QPoint(0, 0), QPoint(9, 9))
        painter.end()


def mouse_move() -> QMouseEvent:
    where, button = QPoint(5, 5).toPointF(), Qt.MouseButton.NoButton
    none = Qt.KeyboardModifier.NoModifier
    return QMouseEvent(QEvent.Type.MouseMove, where, where, button, button, none)


def references() -> list[int]:
    return [sys.getrefcount(constant) for constant in (None, True, False)]


def send_everything(widget: Busy, move: QMouseEvent) -> None:
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_5, none, "5"))
    QApplication.sendEvent(widget, move)
    widget.told.emit(None)
    widget.told.emit("words")
    widget.repaint()


@pytest.mark.limit(120)
async def test_events_leave_the_constants_where_they_were(qtbot: QtBot) -> None:
    widget, watcher, timer = Busy(), Filter(), QTimer()
    qtbot.addWidget(widget)
    widget.resize(40, 40)
    widget.setMouseTracking(True)
    widget.show()
    widget.installEventFilter(watcher)
    ticks = 0

    def on_tick() -> None:
        nonlocal ticks
        ticks += 1

    timer.timeout.connect(on_tick)
    timer.start(0)

    async def busy(rounds: int) -> None:
        # One event for all: to make one in Python adds a reference to None in 6.11.
        move = mouse_move()
        for _ in range(rounds):
            send_everything(widget, move)
            await asyncio.sleep(0)

    await busy(200)
    before, handled = references(), widget.handled.copy()
    await busy(ROUNDS)
    after = references()
    timer.stop()
    widget.removeEventFilter(watcher)
    assert widget.handled - handled == Counter(
        told=2 * ROUNDS, key=ROUNDS, mouse=ROUNDS, paint=ROUNDS
    )
    assert ticks > 100
    assert after == pytest.approx(before, abs=TOLERANCE)
