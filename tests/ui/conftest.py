"""Windows over a fake desk, dressed and taken down again."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from callconsole.ui import fonts, theme
from fakes.scenes import Scene


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application in our light theme."""
    fonts.forget()
    theme.apply(qapp, "light")
    yield qapp
    fonts.forget()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a screen reader is told, while one runs."""
    told: list[str] = []

    def keep(event: QAccessibleEvent) -> None:
        told.append(event.message())  # type: ignore[attr-defined]

    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", keep)
    return told


@pytest.fixture
def open_scene(qtbot: QtBot, dressed: QApplication) -> Iterator[Callable[..., Scene]]:
    """Make a scene, show its window, and close it after the test."""
    made: list[Scene] = []

    def build(**given: object) -> Scene:
        scene = Scene(**given)  # type: ignore[arg-type]
        made.append(scene)
        scene.window.show()
        scene.window.activateWindow()
        QApplication.processEvents()
        return scene

    yield build
    for scene in made:
        scene.close()
