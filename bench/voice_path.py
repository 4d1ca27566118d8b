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

COLUMNS: dict[str, tuple[str, str]] = {
    "up p50": ("caller to agent/delay ms/p50", "{:.2f}"),
    "up p99": ("caller to agent/delay ms/p99", "{:.1f}"),
    "down p50": ("agent to caller/delay ms/p50", "{:.2f}"),
    "down p99": ("agent to caller/delay ms/p99", "{:.1f}"),
    "late": ("late", "{:.0f}"),
    "lost": ("lost", "{:.0f}"),
    "CPU": ("CPU s per call-minute", "{:.2f}"),
    "CPU b.": ("CPU s per call-minute, bursts", "{:.2f}"),
    "MiB": ("memory MiB", "{:.0f}"),
    "clear p50": ("barge-in ms/p50", "{:.2f}"),
    "clear p99": ("barge-in ms/p99", "{:.1f}"),
    "gaps": ("burst gaps", "{:.0f}"),
    "leaks": ("frames after clear", "{:.0f}"),
    "word": ("first word ms/p50", "{:.0f}"),
}
RATIOS = ("up p50", "up p99", "down p50", "down p99", "CPU", "CPU b.", "MiB", "clear p50")
NOISE = {
    "load late p99, ms": ("load late ms/p99", "{:.1f}"),
    "load late max, ms": ("load late ms/max", "{:.1f}"),
    "load's core": ("load CPU share", "{:.0%}"),
    "system's core": ("CPU share of the core", "{:.0%}"),
    "others on it": ("others on the core", "{:.0%}"),
    "stolen": ("stolen by the host", "{:.1%}"),
}


def main() -> int:
    """Measure and print."""
    options = _parser().parse_args()
    if options.quick:
        options.calls, options.seconds, options.runs, options.burst_s = [10], 5.0, 1, 4.0
    results = list(_all(options))
    print(_table(results, options))
    if options.json:
        content = {"machine": _machine(), "options": vars(options), "results": results}
        options.json.write_text(json.dumps(content, indent=1, default=str) + "\n", "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure the voice path beside two baselines.")
    add = parser.add_argument
    add("--calls", type=int, nargs="+", default=[1, 10, 25, 50], help="calls at a time")
    add("--seconds", type=float, default=20.0, help="length of the measured endless turn")
    add("--burst-s", type=float, default=8.0, help="length of the turns in bursts, with barge-in")
    add("--runs", type=int, default=3, help="medians are taken over so many")
    add("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    add("--chunk-ms", type=int, choices=(20, 40, 80, 160), default=20,
        help="length of Gemini's audio messages in the endless turn")  # fmt: skip
    add("--dial-every-s", type=float, default=0.2, help="least time between two calls")
    add("--json", type=Path, help="write every figure of every run here")
    add("--profile", type=Path, help="folder for py-spy's raw profiles of callconsole")
    add("--env", nargs="+", default=[], metavar="NAME=VALUE", help="settings for callconsole")
    add("--quick", action="store_true", help="ten calls, five seconds, one run")
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


def _table(results: list[Figures], options: argparse.Namespace) -> str:
    lines = [_machine(), ""]
    head = f"{'system':<22}{'calls':>6}" + "".join(f"{name:>10}" for name in COLUMNS)
    lines += [head, "-" * len(head)]
    for calls in options.calls:
        rows = {s: _medians(results, s, calls, COLUMNS) for s in options.systems}
        for system, row in rows.items():
            lines.append(f"{system:<22}{calls:>6}" + _cells(row, COLUMNS))
        for other in (FLOOR, NAIVE):
            if OURS in rows and other in rows:
                lines.append(
                    f"{'  ours / ' + other:<22}{calls:>6}" + _ratios(rows[OURS], rows[other])
                )
        lines.append("")
    head = f"{'trust':<22}{'calls':>6}" + "".join(f"{name:>20}" for name in NOISE)
    lines += [head, "-" * len(head)]
    for calls in options.calls:
        for system in options.systems:
            row = _medians(results, system, calls, NOISE)
            lines.append(f"{system:<22}{calls:>6}" + _cells(row, NOISE, 20))
    return "\n".join(lines)


def _medians(
    results: list[Figures], system: str, calls: int, columns: dict[str, tuple[str, str]]
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
    return value


def _cells(
    row: dict[str, float | None], columns: dict[str, tuple[str, str]], width: int = 10
) -> str:
    texts = []
    for name, (_, form) in columns.items():
        value = row[name]
        texts.append("-" if value is None else form.format(value))
    return "".join(f"{text:>{width}}" for text in texts)


def _ratios(ours: dict[str, float | None], other: dict[str, float | None]) -> str:
    texts = []
    for name in COLUMNS:
        mine, theirs = ours[name], other[name]
        known = name in RATIOS and mine is not None and theirs
        texts.append(f"x{mine / theirs:.2f}" if known and mine and theirs else "")
    return "".join(f"{text:>10}" for text in texts)


def _machine() -> str:
    load = f", load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}{load}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
