"""The speaker's interpolator: exact counts, a flat pass band, no images, pieces do not matter."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.audio.interpolate import Interpolator

RATES = [8000, 16000, 22050, 44100, 48000, 96000]


def tone(hz: float, seconds: float = 1.0) -> np.ndarray:
    times = np.arange(round(8000 * seconds)) / 8000
    wave = np.sin(2 * np.pi * hz * times).astype(np.float32)
    return np.column_stack((wave, -wave))


@pytest.mark.parametrize("rate_hz", RATES)
def test_every_second_of_the_line_is_a_second_of_the_speaker(rate_hz: int) -> None:
    stream = Interpolator(8000, rate_hz, channels=2)
    pieces = [len(stream.process(np.zeros((160, 2), np.float32))) for _ in range(500)]
    assert sum(pieces) == 10 * rate_hz
    assert max(pieces) - min(pieces) <= 1


@given(
    pieces=st.lists(st.integers(0, 400), max_size=12),
    rate_hz=st.sampled_from(RATES),
)
def test_pieces_do_not_change_the_sound(pieces: list[int], rate_hz: int) -> None:
    sound = np.random.default_rng(1).uniform(-1, 1, (sum(pieces), 2)).astype(np.float32)
    whole = Interpolator(8000, rate_hz, channels=2).process(sound)
    stream = Interpolator(8000, rate_hz, channels=2)
    ends = np.cumsum([0, *pieces])
    parts = [stream.process(sound[a:b]) for a, b in pairwise(ends)]
    joined = np.concatenate(parts) if parts else np.zeros((0, 2), np.float32)
    assert len(whole) == math.ceil(len(sound) * rate_hz / 8000)
    np.testing.assert_allclose(joined, whole, atol=1e-6)


@pytest.mark.parametrize("rate_hz", [44100, 48000])
@pytest.mark.parametrize("hz", [300.0, 1004.0, 2000.0, 3400.0])
def test_a_tone_keeps_its_level_and_has_no_images(rate_hz: int, hz: float) -> None:
    out = Interpolator(8000, rate_hz, channels=2).process(tone(hz, 1.2))[rate_hz // 10 :][
        :rate_hz, 0
    ]
    spectrum = np.abs(np.fft.rfft(out * np.blackman(len(out)))) / (0.42 * len(out) / 2)
    bins_hz = np.fft.rfftfreq(len(out), 1 / rate_hz)
    near = np.abs(bins_hz - hz) < 20
    assert 20 * np.log10(spectrum[near].max()) == pytest.approx(0, abs=0.1)
    assert 20 * np.log10(spectrum[~near].max()) < -65


def test_it_is_two_milliseconds_late() -> None:
    click = np.zeros((400, 1), np.float32)
    click[100] = 1
    out = Interpolator(8000, 48000, channels=1).process(click)
    assert int(np.argmax(out)) == (100 + 16) * 6


def test_reset_forgets() -> None:
    stream = Interpolator(8000, 48000, channels=2)
    stream.process(tone(440, 0.1))
    stream.reset()
    assert not stream.process(np.zeros((160, 2), np.float32)).any()


def test_it_does_not_go_down() -> None:
    with pytest.raises(ValueError, match="below"):
        Interpolator(48000, 8000, channels=2)


def test_a_ratio_makes_more_or_fewer_of_the_same_sound() -> None:
    stream = Interpolator(8000, 48000, channels=2)
    sound = np.concatenate([stream.process(piece, 1.001) for piece in np.split(tone(1000), 50)])
    assert len(sound) == pytest.approx(48048, abs=1)
    out = sound[4800:][:38438, 0]
    spectrum = np.abs(np.fft.rfft(out * np.blackman(len(out)))) ** 2
    bins_hz = np.fft.rfftfreq(len(out), 1 / 48000)
    near = np.abs(bins_hz - 1000 / 1.001) < 10
    assert 10 * np.log10(spectrum[~near].sum() / spectrum[near].sum()) < -65


def test_a_changing_ratio_does_not_click() -> None:
    stream = Interpolator(8000, 48000, channels=2)
    ratios = 1 + 0.005 * np.sin(np.arange(50))
    pieces = np.split(tone(1000), 50)
    sound = np.concatenate(
        [stream.process(piece, ratio) for piece, ratio in zip(pieces, ratios, strict=True)]
    )[4800:, 0]
    turn = 2 * np.pi * 1000 / 48000 * 1.006
    assert np.abs(np.diff(sound)).max() < 1.001 * turn
    assert np.abs(np.diff(sound, 2)).max() < 1.01 * turn**2
