"""A listener's buffer under clocks that differ: ten minutes without a gap, a drop or a click."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.audio.drift import LARGEST_TARGET_MS, LIMIT, TARGET_MS, FillKeeper
from callconsole.audio.interpolate import Interpolator
from callconsole.audio.jitter import JitterBuffer

RATE_HZ = 8000
BLOCK_S = 0.025
FRAME_S = 0.02


@dataclass
class Heard:
    """What a simulated listening came to.

    Attributes:
        fills_ms: sound that waited, halfway through each frame.
        ratios: how fast each frame was played.
        sound: left channel, from the first block on.
    """

    buffer: JitterBuffer
    keeper: FillKeeper
    fills_ms: np.ndarray
    ratios: np.ndarray
    sound: np.ndarray


def listened(
    seconds: float, drift_ppm: float, *, late_s: np.ndarray | None = None, hz: float = 0.0
) -> Heard:
    """Frames come by the phone's clock, blocks are taken by a card that runs `drift_ppm` fast."""
    buffer = JitterBuffer(RATE_HZ, prime_ms=int(TARGET_MS), target_ms=int(TARGET_MS))
    keeper, stream = FillKeeper(), Interpolator(8000, RATE_HZ, channels=2)
    count = int(seconds / FRAME_S)
    due_s = np.arange(count) * FRAME_S + (0 if late_s is None else late_s[:count])
    wave = np.sin(2 * np.pi * hz * np.arange(160 * count) / 8000).astype(np.float32) / 2
    frames = np.column_stack((wave, wave)).reshape(count, 160, 2)
    period_s, taken_s = BLOCK_S / (1 + drift_ppm * 1e-6), 0.0
    heard, fills, ratios = [], [], []
    for frame, now_s in zip(frames, np.maximum.accumulate(due_s), strict=True):
        while taken_s <= now_s:
            out = np.empty((int(RATE_HZ * BLOCK_S), 2), np.float32)
            buffer.read_into(out)
            heard.append(out[:, 0])
            taken_s += period_s
        if buffer.playing:
            keeper.observe(buffer.buffered_ms + FRAME_S * 500, FRAME_S)
        buffer.write(stream.process(frame, keeper.ratio))
        fills.append(buffer.buffered_ms - FRAME_S * 500)
        ratios.append(keeper.ratio)
    joined = np.concatenate(heard)
    return Heard(buffer, keeper, np.array(fills), np.array(ratios), joined)


@pytest.mark.parametrize("drift_ppm", [-300, 300])
def test_ten_minutes_of_drift_neither_empty_nor_overfill_it(drift_ppm: int) -> None:
    heard = listened(600, drift_ppm)
    settled = heard.fills_ms[500:]
    assert (heard.buffer.ran_dry, heard.buffer.drops) == (0, 0)
    assert settled.min() > TARGET_MS - 25
    assert settled.max() < TARGET_MS + 25
    assert settled.mean() == pytest.approx(TARGET_MS, abs=2)
    assert (heard.ratios[5000:].mean() - 1) * 1e6 == pytest.approx(drift_ppm, abs=30)
    assert np.abs(heard.ratios - 1).max() < LIMIT


def test_uneven_arrival_costs_no_sound() -> None:
    late_s = np.random.default_rng(1).uniform(0, 0.06, 3000)
    heard = listened(60, 200, late_s=late_s)
    assert (heard.buffer.ran_dry, heard.buffer.drops) == (0, 0)


def test_a_tone_through_drift_has_no_click_and_keeps_its_pitch() -> None:
    hz = 1000
    heard = listened(60, 300, hz=hz)
    sound = heard.sound[RATE_HZ:]
    steepest = 0.5 * 2 * np.pi * hz / RATE_HZ
    assert np.abs(np.diff(sound)).max() < 1.01 * steepest
    assert np.abs(np.diff(sound, 2)).max() < 1.02 * steepest * 2 * np.pi * hz / RATE_HZ
    second = sound[-RATE_HZ:] * np.hanning(RATE_HZ)
    power = np.abs(np.fft.rfft(second)) ** 2
    assert int(np.argmax(power)) == hz
    assert power[hz - 10 : hz + 11].sum() / power.sum() > 1 - 1e-6


def test_a_gap_makes_it_keep_more_and_calm_brings_it_back() -> None:
    keeper = FillKeeper()
    keeper.ran_dry()
    keeper.ran_dry()
    assert keeper.target_ms == TARGET_MS + 40
    for _ in range(20):
        keeper.ran_dry()
    assert keeper.target_ms == LARGEST_TARGET_MS
    for _ in range(int(31 / FRAME_S)):
        keeper.observe(keeper.target_ms, FRAME_S)
    assert keeper.target_ms == LARGEST_TARGET_MS - 5
    for _ in range(int(1200 / FRAME_S)):
        keeper.observe(keeper.target_ms, FRAME_S)
    assert keeper.target_ms == TARGET_MS


def test_it_stays_where_the_fill_came_near_to_nothing() -> None:
    keeper = FillKeeper()
    keeper.ran_dry()
    for number in range(int(120 / FRAME_S)):
        keeper.observe(20 if number % 500 == 0 else keeper.target_ms, FRAME_S)
    assert keeper.target_ms == TARGET_MS + 20


def test_a_pause_does_not_forget_the_drift() -> None:
    keeper = listened(120, 300).keeper
    before = keeper.ratio
    keeper.paused()
    keeper.observe(keeper.target_ms, FRAME_S)
    assert keeper.ratio == pytest.approx(before, abs=3e-5)


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=200), st.floats(0.01, 1))
def test_it_never_plays_audibly_faster_or_slower(fills_ms: list[float], seconds: float) -> None:
    keeper = FillKeeper()
    for fill_ms in fills_ms:
        before = keeper.ratio
        keeper.observe(fill_ms, seconds)
        assert abs(keeper.ratio - 1) <= LIMIT + 1e-12
        assert abs(keeper.ratio - before) <= 0.001 * seconds + 1e-12
