"""The leveller: loudness of speech, silence left alone, and a ceiling without distortion."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.audio.leveller import CEILING_DBFS, LARGEST_GAIN_DB, TARGET_DBFS, Leveller

CEILING = 10 ** (CEILING_DBFS / 20) * 32767
FRAME = 160


def noise(seconds: float, dbfs: float, seed: int = 1) -> np.ndarray:
    samples = np.random.default_rng(seed).standard_normal(int(8000 * seconds))
    return (samples * 10 ** (dbfs / 20)).astype(np.float32)


def speech(seconds: float, dbfs: float, room_dbfs: float = -65) -> np.ndarray:
    """Syllables of a 150 Hz voice, four a second, with a pause after each six, in a room's noise.

    `dbfs` is the level within a syllable's middle.
    """
    times = np.arange(int(8000 * seconds)) / 8000
    voice = sum(np.sin(2 * np.pi * 150 * k * times + k * k) / k for k in range(1, 20))
    voice = voice / np.sqrt(np.mean(voice**2))
    syllables = np.sin(np.pi * ((times * 4) % 1)) ** 0.5
    speaking = (times % 2) < 1.5
    return (voice * syllables * speaking * 10 ** (dbfs / 20)).astype(np.float32) + noise(
        seconds, room_dbfs
    )


def levelled(leveller: Leveller, sound: np.ndarray) -> np.ndarray:
    whole = len(sound) // FRAME * FRAME
    return np.concatenate(
        [leveller.process(sound[at : at + FRAME]) for at in range(0, whole, FRAME)]
    )


def level(pcm: np.ndarray) -> float:
    """Of the frames in which somebody speaks."""
    frames = pcm[: len(pcm) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64) / 32767
    powers = np.mean(frames**2, axis=1)
    loud = powers[powers > powers.max() / 100]
    return 10 * math.log10(loud.mean())


@pytest.mark.parametrize("dbfs", [-36, -30, -20, -10, -6])
def test_speech_of_any_loudness_comes_out_alike(dbfs: float) -> None:
    out = levelled(Leveller(), speech(14, dbfs))
    assert level(out[-8000 * 4 :]) == pytest.approx(TARGET_DBFS, abs=2.5)


def test_it_adds_eighteen_db_at_most() -> None:
    leveller = Leveller()
    levelled(leveller, speech(20, -44, room_dbfs=-85))
    assert leveller.gain_db == pytest.approx(LARGEST_GAIN_DB, abs=0.1)


@pytest.mark.parametrize("dbfs", [-90, -65, -45])
def test_noise_alone_moves_nothing(dbfs: float) -> None:
    leveller = Leveller()
    levelled(leveller, noise(1, dbfs))
    before = leveller.gain_db
    levelled(leveller, noise(20, dbfs, seed=2))
    assert leveller.gain_db == before == 0


def test_a_pause_does_not_pump() -> None:
    leveller = Leveller()
    levelled(leveller, speech(10, -30))
    before = leveller.gain_db
    quiet = levelled(leveller, noise(8, -65, seed=3))
    assert leveller.gain_db == before
    halves = [level(part) for part in (quiet[8000:32000], quiet[32000:])]
    assert halves[0] == pytest.approx(halves[1], abs=0.3)


def test_a_shout_stays_below_the_ceiling_at_once() -> None:
    leveller = Leveller()
    levelled(leveller, speech(10, -38))
    times = np.arange(8000) / 8000
    shout = (0.9 * np.sin(2 * np.pi * 500 * times)).astype(np.float32)
    out = levelled(leveller, shout)
    assert np.abs(out).max() <= CEILING + 1
    power = np.abs(np.fft.rfft(out[1600:] * np.hanning(len(out) - 1600))) ** 2
    at = round(500 * (len(out) - 1600) / 8000)
    assert power[at - 20 : at + 21].sum() / power.sum() > 0.999, "turned down, not clipped"


def test_it_is_two_and_a_half_milliseconds_late() -> None:
    click = np.zeros(FRAME, np.float32)
    click[40] = 0.01
    assert int(np.argmax(Leveller().process(click))) == 60


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 2**32 - 1), st.booleans())
def test_no_peak_passes_the_ceiling(scales: list[float], seed: int, square: bool) -> None:
    leveller = Leveller()
    random = np.random.default_rng(seed)
    for scale in scales:
        samples = random.uniform(-1, 1, FRAME)
        frame = (np.sign(samples) if square else samples) * scale
        assert np.abs(leveller.process(frame.astype(np.float32)).astype(int)).max() <= CEILING + 1
