"""Zoom: its keys, its hint, and the size that the system's text asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from callconsole.ui.fitting import set_zoom
from callconsole.ui.zoom import STEPS, px, scale_of, zoom
from fakes.scenes import Scene

CTRL = Qt.KeyboardModifier.ControlModifier
OpenScene = Callable[..., Scene]


@pytest.fixture(autouse=True)
def usual(dressed: QApplication) -> Iterator[None]:
    yield
    set_zoom(dressed, 100, 1.0)


def test_the_keys_step_and_come_back(open_scene: OpenScene) -> None:
    window = open_scene().window
    hang_up = window.calls.call.header.hang_up
    QTest.keyClick(window, Qt.Key.Key_Plus, CTRL)
    assert (zoom.percent, window.zoom_hint.words.text()) == (110, "110 %")
    assert window.zoom_hint.isVisible()
    assert hang_up.height() == px(44) == 48
    QTest.keyClick(window, Qt.Key.Key_Minus, CTRL)
    QTest.keyClick(window, Qt.Key.Key_Minus, CTRL)
    assert zoom.percent == 90
    QTest.keyClick(window, Qt.Key.Key_0, CTRL)
    assert (zoom.percent, hang_up.height()) == (100, 44)
    window.zoom_hint.hide()


def test_the_last_step_stays(dressed: QApplication) -> None:
    set_zoom(dressed, 900)
    assert (zoom.percent, zoom.next_step(1)) == (STEPS[-1], STEPS[-1])
    set_zoom(dressed, 1)
    assert (zoom.percent, zoom.next_step(-1)) == (STEPS[0], STEPS[0])


def test_a_line_of_one_pixel_stays(dressed: QApplication) -> None:
    set_zoom(dressed, 80)
    assert (px(1), px(0), px(44)) == (1, 0, 35)


@pytest.mark.parametrize(
    ("pixels", "platform", "scale"),
    [(12, "win32", 1.0), (18, "win32", 1.5), (13, "darwin", 1.0), (15, "linux", 1.0),
     (20, "linux", 1.35), (90, "linux", 2.0), (8, "win32", 1.0)],
)  # fmt: skip
def test_larger_system_text_asks_for_a_larger_window(
    dressed: QApplication, pixels: int, platform: str, scale: float
) -> None:
    font = QFont()
    font.setPixelSize(pixels)
    assert scale_of(font, platform) == pytest.approx(scale)
