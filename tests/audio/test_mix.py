"""The stereo mix: places, balance and no click between two balances."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.audio.mix import StereoMix, balance_gains

NEAR, FAR = math.cos(math.pi / 8), math.sin(math.pi / 8)
CALLER = np.full(160, 16384, np.int16)
SILENCE = np.zeros(160, np.int16)


def test_the_caller_is_left_and_the_agent_right() -> None:
    mix = StereoMix()
    np.testing.assert_allclose(mix.process(CALLER, SILENCE), [[NEAR / 2, FAR / 2]] * 160, 1e-6)
    np.testing.assert_allclose(mix.process(SILENCE, CALLER), [[FAR / 2, NEAR / 2]] * 160, 1e-6)


@pytest.mark.parametrize(
    ("position", "gains"),
    [(-1, (1, 0)), (0, (1, 1)), (1, (0, 1)), (0.5, (math.sqrt(0.5), 1)), (-7, (1, 0)), (7, (0, 1))],
)
def test_balance(position: float, gains: tuple[float, float]) -> None:
    assert tuple(balance_gains(position)) == pytest.approx(gains, abs=1e-6)


def test_at_its_end_the_other_side_is_silent() -> None:
    mix = StereoMix()
    mix.set_balance(1)
    mix.process(SILENCE, SILENCE)
    assert not mix.process(CALLER, SILENCE).any()
    assert mix.process(SILENCE, CALLER).any()


def test_a_new_balance_does_not_click() -> None:
    mix = StereoMix()
    pieces = [mix.process(CALLER, SILENCE)]
    mix.set_balance(1)
    pieces += [mix.process(CALLER, SILENCE) for _ in range(2)]
    sound = np.concatenate(pieces)[:, 0]
    assert np.abs(np.diff(sound)).max() < 1.1 * NEAR / 2 / 159
    assert sound[-1] == 0


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_it_never_leaves_full_scale(first: float, then: float) -> None:
    mix = StereoMix()
    loud = np.full(160, -32768, np.int16)
    for position in (first, then):
        mix.set_balance(position)
        assert np.abs(mix.process(loud, loud)).max() <= 1
