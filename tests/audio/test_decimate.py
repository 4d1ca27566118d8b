"""A microphone's rate to 8000 Hz: counts, pass band, aliases, delay, pieces."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.audio.decimate import Decimator

RATES = [8000, 16000, 22050, 32000, 44100, 48000, 96000]


def tone(hz: float, rate_hz: int) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(rate_hz) / rate_hz).astype(np.float32)


def gain_db(hz: float, rate_hz: int) -> float:
    out = Decimator(rate_hz).process(tone(hz, rate_hz))[400:-400]
    return 10 * math.log10(2 * float(np.mean(out**2)) + 1e-20)


@pytest.mark.parametrize("rate_hz", RATES)
def test_a_second_is_a_second(rate_hz: int) -> None:
    stream = Decimator(rate_hz)
    sizes = [len(stream.process(np.zeros(rate_hz // 100, np.float32))) for _ in range(100)]
    assert sum(sizes) == math.ceil(rate_hz // 100 * 100 * 8000 / rate_hz)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("hz", [200, 1000, 3000, 3400])
def test_speech_passes_unchanged(rate_hz: int, hz: float) -> None:
    assert gain_db(hz, rate_hz) == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("rate_hz", [rate for rate in RATES if rate > 16000])
@pytest.mark.parametrize("hz", [4500, 5000, 7900, 10000])
def test_nothing_folds_into_the_band(rate_hz: int, hz: float) -> None:
    assert gain_db(hz, rate_hz) < -75


@pytest.mark.parametrize("rate_hz", RATES)
def test_it_is_less_than_three_milliseconds_late(rate_hz: int) -> None:
    click = np.zeros(rate_hz // 10, np.float32)
    click[rate_hz // 20] = 1
    out = Decimator(rate_hz).process(click)
    late_s = int(np.argmax(np.abs(out))) / 8000 - (rate_hz // 20) / rate_hz
    assert 0.002 < late_s < 0.003


@given(st.lists(st.integers(0, 1500), max_size=10), st.sampled_from(RATES))
def test_pieces_do_not_change_the_sound(pieces: list[int], rate_hz: int) -> None:
    sound = np.random.default_rng(1).uniform(-1, 1, sum(pieces)).astype(np.float32)
    whole = Decimator(rate_hz).process(sound)
    stream = Decimator(rate_hz)
    parts = [stream.process(sound[a:b]) for a, b in pairwise(np.cumsum([0, *pieces]))]
    joined = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    np.testing.assert_allclose(joined, whole, atol=1e-5)


def test_reset_forgets() -> None:
    stream = Decimator(48000)
    stream.process(tone(440, 48000))
    stream.reset()
    assert not stream.process(np.zeros(960, np.float32)).any()


def test_it_does_not_go_up() -> None:
    with pytest.raises(ValueError, match="below"):
        Decimator(4000)
