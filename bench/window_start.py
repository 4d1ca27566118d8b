"""How long a start takes: process to first paint, to a usable line, and the longest loop stall.

Each run is a process of its own; the first paint is the window's first paint event, seen from
the process's own start. Run `python bench/window_start.py [--runs 5]`. It asserts nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

CHILD = "--child"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(CHILD, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child()
    rows = [one_run() for _ in range(options.runs + 1)][1:]
    bare = [bare_qt() for _ in range(options.runs)]
    print(f"{'':34}{'median':>10}{'worst':>10}")
    for key, title in (
        ("painted_ms", "process start to first paint, ms"),
        ("usable_ms", "process start to usable line, ms"),
        ("stall_ms", "longest loop stall after paint, ms"),
        ("call_stall_ms", "longest loop stall, first call, ms"),
    ):
        values = [row[key] for row in rows]
        print(f"{title:34}{statistics.median(values):10.0f}{max(values):10.0f}")
    ratio = statistics.median([row["painted_ms"] for row in rows]) / statistics.median(bare)
    print(
        f"{'bare PySide6 window beside it, ms':34}{statistics.median(bare):10.0f}{max(bare):10.0f}"
    )
    print(f"first paint against the bare window: {ratio:.1f} times")
    return 0


def one_run() -> dict[str, float]:
    env = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    out = subprocess.run(
        [sys.executable, __file__, CHILD], env=env, capture_output=True, text=True, check=True
    )
    return json.loads(out.stdout.splitlines()[-1])


def bare_qt() -> float:
    program = (
        "import psutil, time; from PySide6.QtWidgets import QApplication, QWidget\n"
        "class W(QWidget):\n"
        "    def paintEvent(self, e):\n"
        "        print((time.time() - psutil.Process().create_time()) * 1000); app.quit()\n"
        "app = QApplication([]); w = W(); w.resize(1280, 800); w.show(); app.exec()"
    )
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    out = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    )
    return float(out.stdout.split()[-1])


def child() -> int:
    import asyncio
    import time
    from pathlib import Path

    import psutil
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    from callconsole.desktop import Desktop
    from callconsole.settings import Settings
    from callconsole.ui import theme

    born = psutil.Process().create_time()
    found: dict[str, float] = {}

    class FirstPaint(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and "painted_ms" not in found:
                found["painted_ms"] = (time.time() - born) * 1000
            return False

    async def worst_stall(until: asyncio.Event) -> float:
        worst, step = 0.0, 0.005
        while not until.is_set():
            before = time.monotonic()
            await asyncio.sleep(step)
            worst = max(worst, time.monotonic() - before - step)
        return worst * 1000

    async def session() -> None:
        with tempfile.TemporaryDirectory() as data:
            desktop = Desktop(
                Settings(_env_file=None, CALLCONSOLE_DATA_DIR=Path(data), server_port=0)
            )
            filter_ = FirstPaint()
            desktop.window.installEventFilter(filter_)
            running = asyncio.create_task(desktop.run())
            console, usable, talked = desktop.app.console, asyncio.Event(), asyncio.Event()

            def watch(event: object) -> None:
                if not console.obstacles():
                    usable.set()
                if type(event).__name__ == "AgentReplied":
                    talked.set()

            console.subscribe(watch)
            while "painted_ms" not in found:
                await asyncio.sleep(0.005)
            found["stall_ms"] = await worst_stall(usable)
            found["usable_ms"] = (time.time() - born) * 1000
            await asyncio.sleep(1)
            desktop.models.dialler.call_number("+14155550101")
            found["call_stall_ms"] = await worst_stall(talked)
            await console.hang_up(console.live_calls()[0].sid)
            desktop.window.close()
            await running

    qt = QApplication([])
    theme.apply(qt)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(qt)) as runner:
        runner.run(session())
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
