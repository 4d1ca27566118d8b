"""The system under test with its window: the real desk on the screen, a call in focus.

Takes callconsole's settings from the environment, as `callconsole serve` does. Prints
``ready PORT``; at SIGTERM it closes the window and writes what it counted to the file that
``BENCH_COUNTS`` names.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from callconsole.desktop import Desktop
from callconsole.engine.world import PHONE
from callconsole.settings import Settings
from callconsole.ui import theme

COUNTS = "BENCH_COUNTS"


class Repaints(QObject):
    """Counts how often the window is drawn anew, second by second, while calls are live."""

    def __init__(self, desktop: Desktop) -> None:
        super().__init__()
        self._console = desktop.app.console
        self.in_second: dict[int, int] = {}
        desktop.window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """See each request to bring what has changed onto the screen."""
        if event.type() is QEvent.Type.UpdateRequest and self._console.live_calls():
            second = int(time.monotonic())
            self.in_second[second] = self.in_second.get(second, 0) + 1
        return False

    def figures(self) -> dict[str, float]:
        """Repaints a second: the median and the most, without the first and the last second."""
        whole = sorted(list(self.in_second.values())[1:-1])
        if not whole:
            return {"repaints per s": 0.0, "most repaints per s": 0.0}
        return {
            "repaints per s": float(whole[len(whole) // 2]),
            "most repaints per s": float(whole[-1]),
        }


async def _sit() -> dict[str, float]:
    desktop = Desktop(Settings(_env_file=None))
    repaints = Repaints(desktop)
    running = asyncio.create_task(desktop.run())
    board = desktop.models.checkup
    while not desktop.app.port or desktop.app.console.line != PHONE or not board.begun:
        await asyncio.sleep(0.05)
    # The load's public address is a name only; nothing from outside could find its way here.
    board.stop()
    desktop.app.console.report_findings([])
    print(f"ready {desktop.app.port}", flush=True)
    desktop.app.console.subscribe(lambda _event: _look_at_one(desktop))
    await running
    return repaints.figures()


def _look_at_one(desktop: Desktop) -> None:
    """Keep one live call in the middle of the window."""
    live = desktop.app.console.live_calls()
    if live and not desktop.models.live.live:
        desktop.models.live.focus(live[0].sid)


def main() -> None:
    qt = QApplication(sys.argv[:1])
    theme.apply(qt, "light")
    with asyncio.Runner(loop_factory=lambda: QEventLoop(qt)) as runner:
        found = runner.run(_sit())
    Path(os.environ[COUNTS]).write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main()
