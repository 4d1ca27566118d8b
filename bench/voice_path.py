"""Measures the voice path beside a floor and a naive baseline: delay, processor time, memory.

``python bench/voice_path.py [--quick] [--calls 1 10 25 50] [--json FILE]``; what is measured, and
how, stands in ``docs/performance.md``. Nothing here judges a time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from load import systems  # noqa: E402
from load.systems import SYSTEMS, Load  # noqa: E402

Figures = dict[str, Any]
OURS, NAIVE, FLOOR = SYSTEMS

FULL: Figures = {"calls": [1, 10, 25, 50], "seconds": 20.0, "burst_s": 8.0, "runs": 3}
QUICK: Figures = {"calls": [10], "seconds": 5.0, "burst_s": 4.0, "runs": 1}

Columns = dict[str, tuple[str, str]]
SOUND: Columns = {
    "up p50": ("caller to agent/delay ms/p50", "{:.2f}"),
    "up p99": ("caller to agent/delay ms/p99", "{:.1f}"),
    "down p50": ("agent to caller/delay ms/p50", "{:.2f}"),
    "down p99": ("agent to caller/delay ms/p99", "{:.1f}"),
    "late": ("late", "{:.0f}"),
    "lost": ("lost", "{:.0f}"),
    "CPU": ("CPU s per call-minute", "{:.2f}"),
    "CPU burst": ("CPU s per call-minute, bursts", "{:.2f}"),
    "MiB": ("memory MiB", "{:.0f}"),
}
TURNS: Columns = {
    "clear p50": ("barge-in ms/p50", "{:.2f}"),
    "clear p99": ("barge-in ms/p99", "{:.1f}"),
    "no clear": ("barge-ins unanswered", "{:.0f}"),
    "gaps": ("burst gaps", "{:.0f}"),
    "leaks": ("frames after clear", "{:.0f}"),
    "word p50": ("first word ms/p50", "{:.0f}"),
    "word max": ("first word ms/max", "{:.0f}"),
}
TRUST: Columns = {
    "load p50": ("load late ms/p50", "{:.1f}"),
    "load p99": ("load late ms/p99", "{:.1f}"),
    "load max": ("load late ms/max", "{:.1f}"),
    "load core": ("load CPU share", "{:.0%}"),
    "own core": ("CPU share of the core", "{:.0%}"),
    "others": ("others on the core", "{:.0%}"),
    "stolen": ("stolen by the host", "{:.1%}"),
}
TABLES = {
    "Delay added, ms; frames late and lost; CPU s per call-minute; memory": SOUND,
    "Barge-in, ms; gaps and leaks in bursts, frames; first word, ms": TURNS,
    "How far to trust it: lateness of the load, ms; who was on the cores": TRUST,
}
RATIOS = ("up p50", "up p99", "down p50", "down p99", "CPU", "CPU burst", "MiB", "clear p50")


def main() -> int:
    """Measure and print."""
    options = _parser().parse_args()
    usual = QUICK if options.quick else FULL
    for name, value in usual.items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.niceness:
        os.setpriority(os.PRIO_PROCESS, 0, options.niceness)  # inherited by every process
    results = list(_all(options))
    print(_report(results, options))
    if options.json:
        content = {"machine": _machine(), "options": vars(options), "results": results}
        options.json.write_text(json.dumps(content, indent=1, default=str) + "\n", "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure the voice path beside two baselines.")
    add = parser.add_argument
    add("--calls", type=int, nargs="+", help="calls at a time (1 10 25 50)")
    add("--seconds", type=float, help="length of the measured endless turn (20)")
    add("--burst-s", type=float, help="length of the turns in bursts, with barge-in (8)")
    add("--runs", type=int, help="medians are taken over so many (3)")
    add("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    add("--chunk-ms", type=int, choices=(20, 40, 80, 160), default=20,
        help="length of Gemini's audio messages in the endless turn")  # fmt: skip
    add("--dial-every-s", type=float, default=0.2, help="least time between two calls")
    add("--niceness", type=int, default=0, help="of system and load; below 0 needs privileges")
    add("--json", type=Path, help="write every figure of every run here")
    add("--profile", type=Path, help="folder for py-spy's raw profiles of callconsole")
    add("--env", nargs="+", default=[], metavar="NAME=VALUE", help="settings for callconsole")
    add("--quick", action="store_true", help="10 calls, 5 and 4 s, one run, if not said otherwise")
    return parser


def _all(options: argparse.Namespace) -> Iterator[Figures]:
    for calls in options.calls:
        load = Load(calls, options.seconds, options.burst_s, options.chunk_ms, options.dial_every_s)
        for index in range(options.runs):
            for system in options.systems:
                print(f"{calls} calls, run {index + 1}: {system}", file=sys.stderr, flush=True)
                found = _one(system, load, options)
                yield {"system": system, "calls": calls, "run": index + 1, **found}


def _one(system: str, load: Load, options: argparse.Namespace) -> Figures:
    profile, profiles = None, options.profile
    if profiles is not None and system == OURS:
        profiles.mkdir(parents=True, exist_ok=True)
        profile = profiles.absolute() / f"callconsole-{load.calls}.txt"
    with tempfile.TemporaryDirectory(prefix="callconsole-bench-") as folder:
        try:
            found = systems.measure(
                system,
                load,
                Path(folder),
                profile=profile,
                environment=_environment(options.env) if system == OURS else {},
            )
        except RuntimeError as error:
            print(f"  {error}", file=sys.stderr)
            return {"failed": str(error)}
    for problem in found["problems"]:
        print(f"  {problem}", file=sys.stderr)
    for key in ("late", "lost"):
        found[key] = sum(found[way][key] for way in ("caller to agent", "agent to caller"))
    return found


def _environment(settings: list[str]) -> dict[str, str]:
    return {name: value for name, _, value in (text.partition("=") for text in settings)}


def _report(results: list[Figures], options: argparse.Namespace) -> str:
    tables = [_table(title, columns, results, options) for title, columns in TABLES.items()]
    return "\n\n".join([_machine(), *tables])


def _table(
    title: str, columns: Columns, results: list[Figures], options: argparse.Namespace
) -> str:
    lines = [title, f"{'':<16}{'calls':>6}" + "".join(f"{name:>10}" for name in columns)]
    for calls in options.calls:
        rows = {s: _medians(results, s, calls, columns) for s in options.systems}
        for system, row in rows.items():
            lines.append(f"{system:<16}{calls:>6}" + _cells(row, columns))
        for other in (FLOOR, NAIVE):
            if columns is not TRUST and OURS in rows and other in rows:
                ratios = _ratios(rows[OURS], rows[other], columns)
                lines.append(f"{'  over ' + other:<22}" + ratios)
    return "\n".join(lines)


def _medians(
    results: list[Figures], system: str, calls: int, columns: Columns
) -> dict[str, float | None]:
    mine = [r for r in results if r["system"] == system and r["calls"] == calls]
    found = {name: [_at(result, path) for result in mine] for name, (path, _) in columns.items()}
    return {
        name: median(v for v in values if v is not None)
        if any(v is not None for v in values)
        else None
        for name, values in found.items()
    }


def _at(result: Figures, path: str) -> float | None:
    value: Any = result
    for key in path.split("/"):
        value = value.get(key) if isinstance(value, dict) else None
    return None if value is None else float(value)


def _cells(row: dict[str, float | None], columns: Columns) -> str:
    texts = []
    for name, (_, form) in columns.items():
        value = row[name]
        texts.append("-" if value is None else form.format(value))
    return "".join(f"{text:>10}" for text in texts)


def _ratios(ours: dict[str, float | None], other: dict[str, float | None], columns: Columns) -> str:
    texts = []
    for name in columns:
        mine, theirs = ours[name], other[name]
        texts.append(f"x{mine / theirs:.2f}" if name in RATIOS and mine and theirs else "")
    return "".join(f"{text:>10}" for text in texts)


def _machine() -> str:
    load = f", load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}{load}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
