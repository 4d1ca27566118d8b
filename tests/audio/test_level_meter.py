"""Levels and peaks in dBFS."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.audio.meter import FLOOR_DBFS, level_dbfs


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


@given(st.lists(st.integers(-32768, 32767), max_size=200))
def test_any_level_lies_between_the_floor_and_full_scale(samples: list[int]) -> None:
    assert FLOOR_DBFS <= level_dbfs(np.array(samples, np.int16)) <= 0
