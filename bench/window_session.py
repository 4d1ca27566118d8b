"""One start of the window and its first call, measured from inside; for `window_start.py`.

Prints one line of JSON: milliseconds from the process's start to the first paint and to a usable
line, and the longest stalls of the loop after the paint and in the first call.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from pathlib import Path

import psutil
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from callconsole.desktop import Desktop
from callconsole.settings import Settings
from callconsole.ui import theme

STEP_S = 0.005
CALLEE = "+14155550101"


def since_start_ms() -> float:
    return (time.time() - psutil.Process().create_time()) * 1000


class FirstPaint(QObject):
    """Notes when the window is painted for the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.at_ms: float | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self.at_ms is None:
            self.at_ms = since_start_ms()
        return False


async def worst_stall_ms(until: asyncio.Event) -> float:
    worst_s = 0.0
    while not until.is_set():
        before = time.monotonic()
        await asyncio.sleep(STEP_S)
        worst_s = max(worst_s, time.monotonic() - before - STEP_S)
    return worst_s * 1000


async def session(folder: Path) -> dict[str, float]:
    desktop = Desktop(Settings(_env_file=None, CALLCONSOLE_DATA_DIR=folder, server_port=0))
    paint = FirstPaint()
    desktop.window.installEventFilter(paint)
    running = asyncio.create_task(desktop.run())
    console, usable, talked = desktop.app.console, asyncio.Event(), asyncio.Event()

    def watch(event: object) -> None:
        if not console.obstacles():
            usable.set()
        if type(event).__name__ == "AgentReplied":
            talked.set()

    console.subscribe(watch)
    while paint.at_ms is None:
        await asyncio.sleep(STEP_S)
    found = {"painted_ms": paint.at_ms, "stall_ms": await worst_stall_ms(usable)}
    found["usable_ms"] = since_start_ms()
    await asyncio.sleep(1)
    desktop.models.dialler.call_number(CALLEE)
    found["call_stall_ms"] = await worst_stall_ms(talked)
    await console.hang_up(console.live_calls()[0].sid)
    desktop.window.close()
    await running
    return found


def main() -> None:
    qt = QApplication([])
    theme.apply(qt)
    with (
        tempfile.TemporaryDirectory() as data,
        asyncio.Runner(loop_factory=lambda: QEventLoop(qt)) as runner,
    ):
        print(json.dumps(runner.run(session(Path(data)))))


if __name__ == "__main__":
    main()
