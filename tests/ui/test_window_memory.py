"""What the window remembers: it is closed, and made again from the file alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from callconsole.domain.sound import SoundDevice, SoundDevices
from callconsole.ui import theme
from callconsole.ui.fitting import set_zoom
from callconsole.ui.main_window import MainWindow
from callconsole.ui.pages import PROMPTS
from callconsole.ui.tokens import DARK, LIGHT
from callconsole.ui.window_memory import FILE_NAME, WindowMemory, bring_into_view
from callconsole.ui.zoom import USUAL, zoom
from fakes.scenes import Scene

OpenScene = Callable[..., Scene]
HEADSET = SoundDevice("usb:Headset", "Headset")
DESK = SoundDevice("usb:Desk", "Desk microphone")


@pytest.fixture
def memory(tmp_path: Path, dressed: QApplication) -> Iterator[WindowMemory]:
    yield WindowMemory(tmp_path)
    theme.notifier.chosen = ""
    set_zoom(dressed, USUAL, 1.0)
    theme.apply(dressed, "light")


def reopen(memory: WindowMemory, open_scene: OpenScene) -> Scene:
    """A new start: another window, which takes what the file holds."""
    scene = open_scene()
    memory.restore(scene.window, scene.models.listening)
    QApplication.processEvents()
    return scene


def test_size_place_and_page_come_back(memory: WindowMemory, open_scene: OpenScene) -> None:
    first = open_scene()
    first.window.setGeometry(40, 30, 1100, 600)
    first.window.open_page(PROMPTS)
    QApplication.processEvents()
    memory.keep(first.window, first.models.listening)
    again = reopen(memory, open_scene)
    # Qt keeps the width within the test's narrow screen.
    assert (again.window.geometry().top(), again.window.height()) == (30, 600)
    assert again.window.page == PROMPTS


def test_a_maximised_window_comes_back_maximised(
    memory: WindowMemory, open_scene: OpenScene
) -> None:
    first = open_scene()
    first.window.showMaximized()
    QApplication.processEvents()
    memory.keep(first.window, first.models.listening)
    assert reopen(memory, open_scene).window.isMaximized()


def test_the_drawer_comes_back_open(memory: WindowMemory, open_scene: OpenScene) -> None:
    first = open_scene()
    first.window.resize(1000, 640)
    QApplication.processEvents()
    first.window.calls.open_drawer()
    memory.keep(first.window, first.models.listening)
    scene = Scene()
    try:
        memory.restore(scene.window, scene.models.listening)
        painted: list[bool] = []
        scene.window.first_painted.connect(lambda: painted.append(True))
        scene.window.show()
        while not painted:
            QApplication.processEvents()
        assert scene.window.calls.drawer_open
    finally:
        scene.close()


def test_sound_comes_back_though_nothing_is_plugged_in(
    memory: WindowMemory, open_scene: OpenScene
) -> None:
    first = open_scene()
    listening = first.models.listening
    first.desk.devices = SoundDevices((HEADSET,), (DESK,))
    listening.recall_devices(HEADSET, DESK)
    listening.set_volume(0.35)
    listening.set_balance(-0.4)
    memory.keep(first.window, listening)
    again = reopen(memory, open_scene)
    heard = again.models.listening
    assert (heard.volume, heard.balance) == (0.35, -0.4)
    assert heard.devices == (HEADSET, DESK)
    assert (again.desk.speaker, again.desk.microphone) == (HEADSET.id, DESK.id)
    assert again.window.calls.side.listen.devices.speaker.currentText() == (
        "Headset (not connected)"
    )


def test_zoom_comes_back_and_the_settings_colours_are_taken(
    memory: WindowMemory, dressed: QApplication
) -> None:
    first = Scene()
    first.window.zoom_to(125)
    memory.keep(first.window, first.models.listening)
    first.close()
    set_zoom(dressed, USUAL)
    theme.apply(dressed, "light")
    memory.dress(dressed, "dark")
    assert (zoom.percent, theme.current()) == (125, DARK)


def test_the_environment_s_colours_are_taken_where_no_setting_is_given(
    memory: WindowMemory,
    dressed: QApplication,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theme.apply(dressed, "dark")
    monkeypatch.setenv(theme.SETTING, "light")
    memory.dress(dressed)
    assert theme.current() is LIGHT


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff\xfe not a file of ours", b"[General\ngeometry=1", b"page=ninety\nzoom=\n",
     b"geometry=@ByteArray(junk)\npage=77\nzoom=9000\n[sound]\nvolume=-3\nbalance=4000\n"],
)  # fmt: skip
def test_a_damaged_file_is_ignored_and_replaced(
    memory: WindowMemory,
    open_scene: OpenScene,
    dressed: QApplication,
    tmp_path: Path,
    content: bytes,
) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    memory.dress(dressed)
    scene = reopen(memory, open_scene)
    assert scene.window.page == 0
    assert 0 <= scene.models.listening.volume <= 1
    assert -1 <= scene.models.listening.balance <= 1
    memory.keep(scene.window, scene.models.listening)
    kept = QSettings(str(tmp_path / FILE_NAME), QSettings.Format.IniFormat)
    assert kept.status() is QSettings.Status.NoError
    assert str(kept.value("page")) == "0"


def test_a_window_from_a_screen_that_is_gone_is_brought_into_view(
    open_scene: OpenScene,
) -> None:
    window: MainWindow = open_scene().window
    window.move(9000, 7000)
    bring_into_view(window)
    screen = QGuiApplication.primaryScreen().availableGeometry()
    assert screen.intersects(QRect(window.pos(), window.size()))
    before = window.pos()
    bring_into_view(window)
    assert window.pos() == before
