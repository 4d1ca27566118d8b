"""Both sides of a call as stereo, with the operator's balance between them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

# A caller a little to the left and an agent a little to the right; the power stays the same.
_NEAR, _FAR = math.cos(math.pi / 8), math.sin(math.pi / 8)
_PLACES = np.array([[_NEAR, _FAR], [_FAR, _NEAR]], np.float32) / 32768


class StereoMix:
    """Caller left of the centre, agent right of it; a new balance is reached over one piece."""

    def __init__(self) -> None:
        self._wanted = self._gains = np.ones(2, np.float32)

    def set_balance(self, position: float) -> None:
        """-1 is the caller alone, 0 both alike, 1 the agent alone."""
        self._wanted = balance_gains(position)

    def process(self, caller: NDArray[np.int16], agent: NDArray[np.int16]) -> NDArray[np.float32]:
        """Both sides, equal length n, int16, as shape (n, 2), float32, -1 to 1."""
        sides = np.column_stack((caller, agent)).astype(np.float32)
        if self._gains is not self._wanted:
            along = np.linspace(0, 1, len(sides), dtype=np.float32)[:, None]
            sides *= self._gains + along * (self._wanted - self._gains)
            self._gains = self._wanted
        else:
            sides *= self._gains
        return np.clip(sides @ _PLACES, -1, 1)


def balance_gains(position: float) -> NDArray[np.float32]:
    """Gain of caller and agent, shape (2,), for a balance of -1 to 1; beyond that, of its end."""
    inside = min(1.0, max(-1.0, position))
    quarter = math.pi / 2
    caller, agent = math.cos(max(0.0, inside) * quarter), math.cos(max(0.0, -inside) * quarter)
    # A side at its far end is silent, not 10⁻¹⁷ loud.
    return np.array((round(caller, 7), round(agent, 7)), np.float32)
