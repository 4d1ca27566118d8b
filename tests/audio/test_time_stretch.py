"""Speech at another speed: length, pitch, no clicks, whatever the pieces."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from callconsole.audio.stretch import TimeStretch

RATE_HZ = 8000
Frames = NDArray[np.float32]


def tone(hz: float, seconds: float, peak: float = 0.5) -> Frames:
    times = np.arange(round(RATE_HZ * seconds)) / RATE_HZ
    wave = peak * np.sin(2 * np.pi * hz * times)
    return np.column_stack((wave, np.zeros_like(wave))).astype(np.float32)


def stretched(frames: Frames, speed: float, piece: int = 1600) -> Frames:
    stretch = TimeStretch(RATE_HZ, 2, speed)
    parts = [stretch.process(frames[at : at + piece]) for at in range(0, len(frames), piece)]
    return np.concatenate([*parts, stretch.finish()])


def loudest_hz(wave: Frames) -> float:
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 8 * len(wave)))
    return float(np.argmax(spectrum)) * RATE_HZ / (8 * len(wave))


@pytest.mark.parametrize("speed", [0.5, 1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("hz", [85.0, 220.0, 440.0, 1000.0])
def test_a_tone_keeps_its_pitch_and_never_clicks(speed: float, hz: float) -> None:
    out = stretched(tone(hz, 3.0), speed)
    assert len(out) == round(3 * RATE_HZ / speed)
    middle = out[1600:-1600, 0]
    assert loudest_hz(middle) == pytest.approx(hz, abs=1.5)
    steepest = 0.5 * 2 * np.sin(np.pi * hz / RATE_HZ)
    assert np.abs(np.diff(middle)).max() < 1.1 * steepest
    envelope = np.abs(middle[: len(middle) // 400 * 400].reshape(-1, 400)).max(axis=1)
    assert envelope.min() > 0.42
    assert envelope.max() < 0.53
    assert not out[:, 1].any()


@given(speed=st.floats(0.5, 3.0), pieces=st.lists(st.integers(0, 900), max_size=12))
def test_pieces_make_no_difference(speed: float, pieces: list[int]) -> None:
    noise = np.random.default_rng(7).normal(0, 0.1, (sum(pieces), 2)).astype(np.float32)
    stretch = TimeStretch(RATE_HZ, 2, speed)
    cuts = np.cumsum([0, *pieces])
    parts = [stretch.process(noise[a:b]) for a, b in itertools.pairwise(cuts)]
    out = np.concatenate([*parts, stretch.finish()])
    whole = stretched(noise, speed, piece=max(1, len(noise)))
    assert len(out) == round(len(noise) / speed)
    assert np.array_equal(out, whole)
    assert np.isfinite(out).all()


def test_silence_and_loud_sound_keep_their_places() -> None:
    frames = np.concatenate((tone(300, 1.0) * 0, tone(300, 1.0), tone(300, 1.0) * 0))
    loud = np.abs(stretched(frames, 2.0)[:, 0]) > 0.1
    first, last = np.flatnonzero(loud)[[0, -1]]
    assert first == pytest.approx(RATE_HZ / 2, abs=0.03 * RATE_HZ)
    assert last == pytest.approx(RATE_HZ, abs=0.03 * RATE_HZ)


def test_at_its_own_speed_nothing_is_changed() -> None:
    frames = tone(440, 0.5)
    assert np.array_equal(stretched(frames, 1.0), frames)


def test_a_speed_must_go_forward() -> None:
    with pytest.raises(ValueError, match="not above 0"):
        TimeStretch(RATE_HZ, 2, 0)
