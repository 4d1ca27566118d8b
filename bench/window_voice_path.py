"""Measures the voice path with the window on the screen beside the same without a window.

``python bench/window_voice_path.py [--calls 10] [--seconds 12] [--runs 3]``; needs Xvfb. Ten calls
are live, one is in focus: its levels, words and clock are drawn anew up to 30 times a second. The
load, what is measured and how it is to be read are those of ``voice_path.py``. Nothing here judges
a time.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT), str(ROOT / "tests")]

from load import systems  # noqa: E402
from load.systems import WINDOW, Load  # noqa: E402

from support.display import VirtualDisplay  # noqa: E402

Figures = dict[str, Any]
WITHOUT = "callconsole"
ROWS: dict[str, str] = {
    "caller to agent, p50 ms": "caller to agent/delay ms/p50",
    "caller to agent, p99 ms": "caller to agent/delay ms/p99",
    "caller to agent, max ms": "caller to agent/delay ms/max",
    "agent to caller, p50 ms": "agent to caller/delay ms/p50",
    "agent to caller, p99 ms": "agent to caller/delay ms/p99",
    "agent to caller, max ms": "agent to caller/delay ms/max",
    "frames late": "late",
    "frames lost": "lost",
    "barge-in to clear, p50 ms": "barge-in ms/p50",
    "CPU, s per call-minute": "CPU s per call-minute",
    "memory, MiB": "memory MiB",
    "repaints per s": "repaints per s",
    "most repaints in a second": "most repaints per s",
    "load late, p99 ms": "load late ms/p99",
    "others on the core, %": "others on the core",
}


def main() -> int:
    """Measure both in turns, and print them side by side."""
    options = _parser().parse_args()
    if options.niceness:
        os.setpriority(os.PRIO_PROCESS, 0, options.niceness)
    display = VirtualDisplay()
    os.environ["DISPLAY"] = display.start()
    os.environ["QT_QPA_PLATFORM"] = "xcb"
    try:
        results = list(_all(options))
    finally:
        display.stop()
    print(_table(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure the voice path with the window shown.")
    add = parser.add_argument
    add("--calls", type=int, default=10, help="calls at a time (10)")
    add("--seconds", type=float, default=12.0, help="length of the measured endless turn (12)")
    add("--burst-s", type=float, default=6.0, help="length of the turns in bursts (6)")
    add("--runs", type=int, default=3, help="medians are taken over so many (3)")
    add("--niceness", type=int, default=0, help="of system and load; below 0 needs privileges")
    add("--json", type=Path, help="write every figure of every run here")
    add("--profile", type=Path, help="folder for py-spy's raw profiles of the window")
    return parser


def _all(options: argparse.Namespace) -> Iterator[Figures]:
    load = Load(options.calls, options.seconds, options.burst_s, 20, 0.2)
    for run in range(options.runs):
        for system in (WITHOUT, WINDOW):
            print(f"{options.calls} calls, run {run + 1}: {system}", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory(prefix="callconsole-bench-") as folder:
                found = systems.measure(
                    system,
                    load,
                    Path(folder),
                    profile=_profile(options.profile, system),
                    # By itself the window cuts early and the server does not. The load's coded
                    # sound is taken for a caller who speaks, so that both have to leave it.
                    environment={"CALLCONSOLE_EARLY_BARGE_IN": "false"},
                )
            for problem in found["problems"]:
                print(f"  {problem}", file=sys.stderr)
            ways = (found["caller to agent"], found["agent to caller"])
            totals = {key: sum(way[key] for way in ways) for key in ("late", "lost")}
            yield {"system": system, "run": run + 1, **found, **totals}


def _profile(folder: Path | None, system: str) -> Path | None:
    if folder is None or system != WINDOW:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    return folder.absolute() / "window.txt"


def _table(results: list[Figures]) -> str:
    lines = [f"{'':<28}{'no window':>12}{'window':>12}{'ratio':>10}"]
    for title, path in ROWS.items():
        without, shown = (_median(results, system, path) for system in (WITHOUT, WINDOW))
        ratio = f"x{shown / without:.2f}" if without and shown is not None else ""
        lines.append(f"{title:<28}{_cell(without):>12}{_cell(shown):>12}{ratio:>10}")
    return "\n".join(lines)


def _median(results: list[Figures], system: str, path: str) -> float | None:
    found = [_at(result, path) for result in results if result["system"] == system]
    values = [value for value in found if value is not None]
    return median(values) if values else None


def _at(result: Figures, path: str) -> float | None:
    value: Any = result
    for key in path.split("/"):
        value = value.get(key) if isinstance(value, dict) else None
    return None if value is None else float(value)


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    raise SystemExit(main())
