"""The ring outlives the controls that it was drawn around."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from callconsole.ui.kit.focus_ring import FocusRing


class Desk(QWidget):
    """Two fields in boxes of their own, and a ring over both."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        self.boxes = [QWidget(), QWidget()]
        self.fields = []
        for box in self.boxes:
            field = QLineEdit()
            QVBoxLayout(box).addWidget(field)
            column.addWidget(box)
            self.fields.append(field)
        self.ring = FocusRing(self)


def desk_of(qtbot: QtBot) -> Desk:
    desk = Desk()
    qtbot.addWidget(desk)
    with qtbot.waitActive(desk):
        desk.show()
        desk.activateWindow()
    return desk


def delete_now(widget: QWidget) -> None:
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete)


def test_a_box_that_goes_with_the_focus_in_it(qtbot: QtBot) -> None:
    desk = desk_of(qtbot)
    desk.fields[0].setFocus()
    assert desk.ring.target is desk.fields[0]
    with qtbot.captureExceptions() as exceptions:
        delete_now(desk.boxes[0])
        desk.fields[1].setFocus()
    assert exceptions == []
    assert desk.ring.target is desk.fields[1]


def test_a_box_that_had_the_focus_before_takes_no_ring_with_it(qtbot: QtBot) -> None:
    desk = desk_of(qtbot)
    desk.fields[0].setFocus()
    desk.fields[1].setFocus()
    with qtbot.captureExceptions() as exceptions:
        delete_now(desk.boxes[0])
    assert exceptions == []
    assert desk.ring.target is desk.fields[1]
