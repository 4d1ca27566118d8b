"""Buttons that draw themselves are drawn anew when the pointer comes and goes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from callconsole.ui.kit.button import Button, Kind


@pytest.mark.parametrize("kind", [Kind.SECONDARY, Kind.SUCCESS])
def test_the_pointer_is_seen_and_forgotten(qtbot: QtBot, kind: Kind) -> None:
    page = QWidget()
    page.resize(300, 200)
    button = Button("Call", kind, parent=page)
    button.move(20, 20)
    qtbot.addWidget(page)
    page.show()
    QTest.mouseMove(page, QPoint(280, 180))
    qtbot.waitUntil(lambda: not button.underMouse())
    away = button.grab().toImage()
    QTest.mouseMove(button, QPoint(10, 10))
    qtbot.waitUntil(button.underMouse)
    assert button.grab().toImage() != away
    QTest.mouseMove(page, QPoint(280, 180))
    qtbot.waitUntil(lambda: not button.underMouse())
    assert button.grab().toImage() == away
