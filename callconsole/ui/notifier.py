"""Tells an operator who looks elsewhere what happens in the calls: message, sound, taskbar."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from callconsole.viewmodels.alerts import Alert, Alerts

SHOWN_MS = 8000
RING_MS = 3000


class Notifier(QObject):
    """Speaks only while the window is not the active one; a broken call sounds all the same.

    Args:
        tray: shows the messages; None where the desktop has no such place.
        beep: makes the short sound.

    Signals:
        opened(str): a message was pressed; SID of its call.
    """

    opened = Signal(str)

    def __init__(
        self,
        window: QWidget,
        alerts: Alerts,
        tray: QSystemTrayIcon | None,
        beep: Callable[[], None] = QApplication.beep,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._tray = tray
        self._beep = beep
        self._last_sid = ""
        self._ringing = QTimer(self, interval=RING_MS)
        self._ringing.timeout.connect(beep)
        alerts.raised.connect(self._on_raised)
        if tray is not None:
            tray.messageClicked.connect(self._on_message_clicked)

    def ring(self, on: bool) -> None:
        """Somebody calls: sound again and again until the call is taken or over."""
        if not on:
            self._ringing.stop()
        elif not self._ringing.isActive():
            self._ringing.start()

    def _on_raised(self, alert: Alert) -> None:
        away = not self._window.isActiveWindow()
        if away or alert.urgent:
            self._beep()
        if away:
            QApplication.alert(self._window)
            self._show(alert)

    def _show(self, alert: Alert) -> None:
        if self._tray is None:
            return
        kinds = QSystemTrayIcon.MessageIcon
        kind = kinds.Warning if alert.urgent else kinds.Information
        self._last_sid = alert.call_sid
        # Without its icon a tray shows no message.
        self._tray.show()
        self._tray.showMessage(alert.title, alert.text, kind, SHOWN_MS)

    def _on_message_clicked(self) -> None:
        self._window.raise_()
        self._window.activateWindow()
        self.opened.emit(self._last_sid)


def system_tray(window: QWidget) -> QSystemTrayIcon | None:
    """This desktop's tray with the window's icon, or None where it has none."""
    if not QSystemTrayIcon.isSystemTrayAvailable():
        return None
    return QSystemTrayIcon(window.windowIcon(), window)
