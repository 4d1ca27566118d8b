"""What the window remembers from one start to the next, in one small file.

The file is not meant to be edited; without it, or where it cannot be read, the window opens as it
does the first time. Device names stand in it, nothing that was said and no number.
"""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow

from callconsole.domain.sound import SoundDevice
from callconsole.ui import theme
from callconsole.ui.main_window import MainWindow
from callconsole.ui.zoom import USUAL, system_scale, zoom
from callconsole.viewmodels.guide import Guide
from callconsole.viewmodels.listening import Listening

logger = logging.getLogger(__name__)

FILE_NAME = "window.ini"
# As much of the window's top as one needs to take hold of it.
_GRIP = (96, 24)


class WindowMemory:
    """Reads the file before the window is made, and writes it when the window closes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def dress(self, app: QApplication, scheme: str | None = None) -> None:
        """Take the remembered zoom, and the colours of this scheme, as `theme.apply` does.

        Done before there are widgets, which are then made in the right size at once.
        """
        zoom.take(_number(self._read(), "zoom", USUAL), system_scale())
        theme.apply(app, scheme)

    def restore(self, window: MainWindow, listening: Listening, guide: Guide | None = None) -> None:
        """Put window, sound and guide back as they were."""
        kept = self._read()
        if guide is not None:
            dismissed = str(kept.value("guide/dismissed", "")).lower() == "true"
            guide.resume(str(kept.value("guide/step", "")), dismissed=dismissed)
        geometry = kept.value("geometry")
        if isinstance(geometry, QByteArray) and window.restoreGeometry(geometry):
            bring_into_view(window)
        window.open_page(_number(kept, "page", 0))
        if str(kept.value("drawer", "")).lower() == "true":
            window.first_painted.connect(window.calls.open_drawer)
        volume = _number(kept, "sound/volume", round(listening.volume * 100))
        listening.set_volume(min(max(volume, 0), 100) / 100)
        listening.set_balance(min(max(_number(kept, "sound/balance", 0), -100), 100) / 100)
        listening.recall_devices(_device(kept, "speaker"), _device(kept, "microphone"))

    def keep(self, window: MainWindow, listening: Listening, guide: Guide | None = None) -> None:
        """Write down how everything is now."""
        kept = self._read()
        if guide is not None:
            kept.setValue("guide/step", guide.step.value)
            kept.setValue("guide/dismissed", guide.dismissed)
        kept.setValue("geometry", window.saveGeometry())
        kept.setValue("page", window.page)
        kept.setValue("drawer", window.calls.drawer_open)
        kept.setValue("zoom", zoom.percent)
        kept.setValue("sound/volume", round(listening.volume * 100))
        kept.setValue("sound/balance", round(listening.balance * 100))
        for name, device in zip(("speaker", "microphone"), listening.devices, strict=True):
            kept.setValue(f"sound/{name}", device.id if device is not None else "")
            kept.setValue(f"sound/{name}_name", device.name if device is not None else "")
        kept.sync()
        if kept.status() is not QSettings.Status.NoError:
            logger.warning("the window's layout could not be kept")

    def _read(self) -> QSettings:
        kept = QSettings(str(self._path), QSettings.Format.IniFormat)
        kept.setFallbacksEnabled(False)
        if kept.status() is QSettings.Status.FormatError:
            logger.warning("the kept layout of the window is damaged; it is made anew")
            del kept
            self._path.unlink(missing_ok=True)
            kept = QSettings(str(self._path), QSettings.Format.IniFormat)
        return kept


def bring_into_view(window: QMainWindow) -> None:
    """Put a window onto the main screen where none shows enough of its top to take hold of it."""
    top = QRect(window.pos(), window.size())
    top.setHeight(_GRIP[1])
    for screen in QGuiApplication.screens():
        seen = screen.availableGeometry().intersected(top)
        if seen.width() >= _GRIP[0] and seen.height() >= _GRIP[1]:
            return
    room = QGuiApplication.primaryScreen().availableGeometry()
    window.resize(window.size().boundedTo(room.size()))
    frame = QRect(window.pos(), window.size())
    frame.moveCenter(room.center())
    window.move(frame.topLeft())


def _number(kept: QSettings, key: str, usual: int) -> int:
    """A whole number, or the usual one where something else stands there."""
    try:
        return int(str(kept.value(key, usual)))
    except ValueError:
        return usual


def _device(kept: QSettings, name: str) -> SoundDevice | None:
    found, words = str(kept.value(f"sound/{name}", "")), str(kept.value(f"sound/{name}_name", ""))
    return SoundDevice(found, words or found) if found else None
