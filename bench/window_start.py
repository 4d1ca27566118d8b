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
from pathlib import Path

SESSION = Path(__file__).with_name("window_session.py")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
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
        [sys.executable, str(SESSION)], env=env, capture_output=True, text=True, check=True
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


if __name__ == "__main__":
    sys.exit(main())
