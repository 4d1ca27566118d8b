"""Levels and peaks in dBFS."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.audio.meter import FLOOR_DBFS, Meter, level_dbfs


def sine(amplitude: float, count: int = 8000) -> np.ndarray:
    return np.rint(amplitude * np.sin(2 * np.pi * 100 * np.arange(count) / 8000)).astype(np.int16)


def full(value: int, count: int) -> np.ndarray:
    return np.full(count, value, np.int16)


@pytest.mark.parametrize(
    ("pcm", "dbfs"),
    [
        (sine(32767), -3.0106),
        (sine(3276.8), -23.0103),
        (full(-32768, 160), 0.0),
        (full(16384, 160), -6.0206),
        (full(328, 160), -39.9916),
        (full(1, 160), -90.0),
        (full(0, 160), -90.0),
        (full(0, 0), -90.0),
    ],
)
def test_level(pcm: np.ndarray, dbfs: float) -> None:
    assert level_dbfs(pcm) == pytest.approx(dbfs, abs=1e-3)


def test_the_level_is_that_of_everything_since_the_last_read() -> None:
    meter = Meter(8000)
    assert meter.read() == FLOOR_DBFS
    meter.add(full(0, 160))
    meter.add(full(16384, 160))
    assert meter.read() == pytest.approx(-6.0206 - 3.0103, abs=1e-3)
    assert meter.read() == FLOOR_DBFS
    meter.add(full(16384, 1))
    assert meter.read() == pytest.approx(-6.0206, abs=1e-3)


def test_the_peak_counts_both_signs() -> None:
    meter = Meter(8000)
    assert meter.peak_dbfs == FLOOR_DBFS
    meter.add(np.array([5, -32768, 100], np.int16))
    assert meter.peak_dbfs == 0.0


def test_the_peak_holds_then_falls() -> None:
    meter = Meter(8000)
    meter.add(full(16384, 1))
    meter.read()
    meter.add(full(0, 12000))
    assert meter.peak_dbfs == pytest.approx(-6.0206, abs=1e-3)
    meter.add(full(0, 8000))
    assert meter.peak_dbfs == pytest.approx(-18.0206, abs=1e-3)
    meter.add(full(0, 80000))
    assert meter.peak_dbfs == FLOOR_DBFS


def test_a_lower_peak_waits_for_the_old_one_to_fall_past_it() -> None:
    meter = Meter(8000)
    meter.add(full(16384, 1))
    meter.add(full(8192, 8000))
    assert meter.peak_dbfs == pytest.approx(-6.0206, abs=1e-3)
    meter.add(full(0, 8000))
    meter.add(full(8192, 160))
    assert meter.peak_dbfs == pytest.approx(-12.0412, abs=1e-3)


@given(st.lists(st.lists(st.integers(-32768, 32767), max_size=50), max_size=8))
def test_chunks_do_not_matter(chunks: list[list[int]]) -> None:
    pieces, whole = Meter(8000), Meter(8000)
    for chunk in chunks:
        pieces.add(np.array(chunk, np.int16))
    samples = np.array([sample for chunk in chunks for sample in chunk], np.int16)
    whole.add(samples)
    level = pieces.read()
    assert level == whole.read() == level_dbfs(samples)
    assert pieces.peak_dbfs == whole.peak_dbfs
    assert FLOOR_DBFS <= level <= 0
