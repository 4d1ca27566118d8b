"""Prints what the live resamplers do to sound, beside two baselines run in the same call.

``python bench/audio_figures.py [--json]``; what each row means stands in ``bench/README.md``.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import timeit
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import sound_measures as measure
from sound_measures import DOWN, UP, Direction

Value = float | int | bool | str
Figures = dict[str, Value]

TARGETS = {
    "SNR 200-3600 Hz, dB": ">= 80",
    "SNR 200-3400 Hz, gain counted, dB": ">= 80",
    "SNR after mu-law, dB": "the ideal's",
    "flatness 400-3300 Hz, dB": "<= 0.2",
    "gain at 3400 Hz, dB": "+-0.7",
    "gain at 1000 Hz, dB": "+-0.1",
    "worst image or alias, dB": "< -75",
    "delay of the sound, ms": "<= 2.5",
    "held back, mean, ms": "0",
    "held back, max, ms": "0",
    "click at 20 ms boundaries, dBFS": "none",
    "samples out less exact, 10 min": "0",
    "drift over 10 min, ms": "0",
}


def sound_figures(direction: Direction, system: str) -> Figures:
    """Everything but time."""
    passed = measure.passage(direction, system, measure.MANY_TONES_HZ)
    telephone = measure.passage(direction, system, measure.TELEPHONE_TONES_HZ)
    late_ms = measure.delay_ms(passed)
    gains = measure.gains_db(passed)
    flat = [gain for tone, gain in gains.items() if 400 <= tone <= 3300]
    figures: Figures = {"SNR 200-3600 Hz, dB": measure.snr_db(passed, late_ms)}
    for low, high in measure.BANDS_HZ:
        figures[f"  {low}-{high} Hz, dB"] = measure.snr_db(passed, late_ms, (low, high))
    figures["SNR 200-3400 Hz, gain counted, dB"] = measure.snr_db(
        telephone, late_ms, (200, 3400), count_gain=True
    )
    if direction is DOWN:
        ideal, ours = measure.coded_snr_db(direction, system)
        figures["SNR after mu-law, dB"] = ours
        figures["  of an ideal resampler, dB"] = ideal
    figures["flatness 400-3300 Hz, dB"] = max(flat) - min(flat)
    for tone in (400, 1000, 3300, 3400, 3600):
        figures[f"gain at {tone} Hz, dB"] = gains[tone]
    figures["worst image or alias, dB"] = measure.worst_spurious_db(direction, system)
    figures["click at 20 ms boundaries, dBFS"] = measure.boundary_error_dbfs(direction, system)
    return figures | endurance_figures(direction, system)


def endurance_figures(direction: Direction, system: str) -> Figures:
    """Ten simulated minutes."""
    lasted = measure.endurance(direction, system)
    exact = lasted.samples_in * direction.to_hz // direction.from_hz
    return {
        "delay of the sound, ms": lasted.delay_first_ms,
        "held back, mean, ms": lasted.held_ms_mean,
        "held back, max, ms": lasted.held_ms_max,
        "samples in, 10 min": lasted.samples_in,
        "samples out, 10 min": lasted.samples_out,
        "samples out less exact, 10 min": lasted.samples_out - exact,
        "tail at the end, samples": lasted.tail_samples,
        "drift over 10 min, ms": lasted.delay_last_ms - lasted.delay_first_ms,
    }


def call_costs_us(direction: Direction, rounds: int = 15, calls: int = 1000) -> dict[str, float]:
    """Median microseconds of one 20 ms call by system, the systems taking turns."""
    noise = np.random.default_rng(2).normal(0, 3000, direction.frame_samples)
    frame = np.rint(noise).astype(np.int16)
    running = {name: make() for name, make in direction.systems.items()}
    costs: dict[str, list[float]] = {name: [] for name in running}
    for _ in range(rounds):
        for name, resampler in running.items():
            spent_s = timeit.timeit(lambda r=resampler: r.process(frame), number=calls)
            costs[name].append(spent_s / calls * 1e6)
    return {name: median(values) for name, values in costs.items()}


def all_figures(direction: Direction) -> dict[str, Figures]:
    """Every figure by system."""
    costs = call_costs_us(direction)
    table = {}
    for system in direction.systems:
        table[system] = sound_figures(direction, system) | {
            "cost of a 20 ms call, us": costs[system],
            "  against callconsole's": costs[system] / costs["callconsole"],
        }
    return table


def _shown(value: Value) -> str:
    if isinstance(value, float):
        return "none" if value == float("-inf") else f"{value + 0.0:.3f}".replace("-0.000", "0.000")
    return str(value)


def print_table(direction: Direction, table: dict[str, Figures]) -> None:
    print(f"\n{direction.name}, {direction.from_hz} -> {direction.to_hz} Hz")
    print(f"{'':36}{'target':>12}" + "".join(f"{system:>14}" for system in table))
    for row in table["callconsole"]:
        cells = "".join(f"{_shown(figures[row]):>14}" for figures in table.values())
        print(f"{row:36}{TARGETS.get(row, ''):>12}{cells}")


def _finite(table: dict[str, Figures]) -> dict[str, Figures]:
    """The same with None for minus infinity, which JSON cannot say."""
    return {
        system: {row: None if value == float("-inf") else value for row, value in figures.items()}
        for system, figures in table.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    as_json = parser.parse_args().json
    tables = [(direction, all_figures(direction)) for direction in (UP, DOWN)]
    if as_json:
        machine = {"python": platform.python_version(), "numpy": np.__version__}
        named = {direction.name: _finite(table) for direction, table in tables}
        print(json.dumps({"machine": machine, "figures": named}, indent=2))
        return
    for direction, table in tables:
        print_table(direction, table)


if __name__ == "__main__":
    main()
