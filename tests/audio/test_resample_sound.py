"""The live filters' sound, by the measures that the bench prints."""

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

BOTH = pytest.mark.parametrize("way", ["UP", "DOWN"])
OURS = "callconsole"


@BOTH
def test_noise_in_the_band_is_80_db_down(measure: ModuleType, way: str) -> None:
    passed = measure.passage(getattr(measure, way), OURS, measure.MANY_TONES_HZ)
    late_ms = measure.delay_ms(passed)
    assert measure.snr_db(passed, late_ms) >= 88
    for band in measure.BANDS_HZ:
        assert measure.snr_db(passed, late_ms, band) >= 88


@BOTH
def test_against_an_ideal_resampler_80_db_with_every_error_counted(
    measure: ModuleType, way: str
) -> None:
    passed = measure.passage(getattr(measure, way), OURS, measure.TELEPHONE_TONES_HZ)
    late_ms = measure.delay_ms(passed)
    assert measure.snr_db(passed, late_ms, (200, 3400), count_gain=True) >= 80


@BOTH
def test_flat_to_3400_hz(measure: ModuleType, way: str) -> None:
    gains = measure.gains_db(measure.passage(getattr(measure, way), OURS, measure.MANY_TONES_HZ))
    band = [gain for tone, gain in gains.items() if 400 <= tone <= 3300]
    assert max(band) - min(band) < 0.01
    assert abs(gains[1000]) < 0.01
    assert abs(gains[3400]) < 0.02
    assert abs(gains[3600]) < 0.7


@BOTH
def test_images_and_aliases_are_75_db_down(measure: ModuleType, way: str) -> None:
    assert measure.worst_spurious_db(getattr(measure, way), OURS) < -78


@BOTH
def test_the_sound_is_as_late_as_stated_and_no_later_than_2_5_ms(
    measure: ModuleType, way: str
) -> None:
    direction = getattr(measure, way)
    passed = measure.passage(direction, OURS, measure.MANY_TONES_HZ)
    stated_ms = direction.systems[OURS]().group_delay_ms
    assert measure.delay_ms(passed) == pytest.approx(stated_ms, abs=1e-5)
    assert stated_ms <= 2.5


@BOTH
def test_no_click_where_frames_meet(measure: ModuleType, way: str) -> None:
    assert measure.boundary_error_dbfs(getattr(measure, way), OURS) == -np.inf


def test_after_coding_only_the_codec_is_heard(measure: ModuleType) -> None:
    ideal, ours = measure.coded_snr_db(measure.DOWN, OURS)
    assert ideal == pytest.approx(38.1, abs=0.5)
    assert ours == pytest.approx(ideal, abs=0.05)


@BOTH
def test_ten_minutes_lose_and_gain_nothing(measure: ModuleType, way: str) -> None:
    direction = getattr(measure, way)
    lasted = measure.endurance(direction, OURS)
    assert lasted.samples_in == 600 * direction.from_hz
    assert lasted.samples_out == 600 * direction.to_hz
    assert lasted.held_ms_max == 0
    assert lasted.delay_last_ms == pytest.approx(lasted.delay_first_ms, abs=1e-9)


def test_the_measures_tell_a_bad_resampler(measure: ModuleType) -> None:
    passed = measure.passage(measure.UP, "linear", measure.MANY_TONES_HZ)
    assert measure.snr_db(passed, measure.delay_ms(passed)) < 40
    assert measure.gains_db(passed)[3400] < -3
    assert measure.image_db(measure.UP, "linear", 3000) > -15
    assert measure.boundary_error_dbfs(measure.UP, "linear") > -20
    assert measure.alias_db(measure.DOWN, "linear", 5200) == pytest.approx(0, abs=0.1)


def test_soxr_has_the_sound_but_holds_it_back(measure: ModuleType) -> None:
    lasted = measure.endurance(measure.DOWN, "soxr VHQ", seconds=20)
    assert lasted.held_ms_max > 100
    passed = measure.passage(measure.DOWN, "soxr VHQ", measure.MANY_TONES_HZ)
    assert measure.snr_db(passed, measure.delay_ms(passed)) > 80


def test_the_bench_prints_every_figure_for_every_system() -> None:
    bench = Path(__file__).parents[2] / "bench" / "audio_figures.py"
    run = subprocess.run([sys.executable, bench, "--json"], check=True, capture_output=True)
    figures = json.loads(run.stdout)["figures"]
    assert list(figures) == ["up: phone to agent", "down: agent to phone"]
    for systems in figures.values():
        assert list(systems) == ["callconsole", "linear", "soxr VHQ"]
        assert len({tuple(rows) for rows in systems.values()}) == 1
        ours = systems["callconsole"]
        assert ours["click at 20 ms boundaries, dBFS"] is None
        assert ours["samples out less exact, 10 min"] == 0
        assert ours["cost of a 20 ms call, us"] > 0
