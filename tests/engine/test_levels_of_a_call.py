"""Loudness is measured over as many frames as there were since the last time."""

import numpy as np
import pytest

from callconsole.audio.meter import level_dbfs
from callconsole.engine.level_meter import LEVELS_EVERY_MS, LevelMeter
from callconsole.engine.ports import Pcm16

FRAME_MS = 20


def frame(height: int) -> Pcm16:
    return np.full(FRAME_MS * 8, height, np.int16)


def test_each_side_is_measured_over_all_frames_since_the_last_time() -> None:
    meter = LevelMeter()
    heights = (100, 1000, 10_000)
    heard = [
        meter.hear(frame(height), frame(0), place * FRAME_MS)
        for place, height in enumerate(heights, 1)
    ]
    assert heard[:2] == [None, None]
    assert heard[2] is not None
    together = np.concatenate([frame(height) for height in heights])
    assert heard[2].caller_dbfs == pytest.approx(level_dbfs(together))
    assert heard[2].agent_dbfs == level_dbfs(frame(0))
    assert heard[2].over_ms == LEVELS_EVERY_MS
    loud = frame(20_000)
    assert meter.hear(loud, loud, LEVELS_EVERY_MS + FRAME_MS) is None
    # A stream that was away has a gap behind it.
    after = meter.hear(loud, loud, LEVELS_EVERY_MS + 1000)
    assert after is not None
    assert after.over_ms == 1000
    assert after.caller_dbfs == pytest.approx(level_dbfs(loud))
