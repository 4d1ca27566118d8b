"""How fast the practice agent thinks and speaks."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Times of a reply.

    Attributes:
        think_ms: from the end of the caller's turn to the first audio.
        speed: audio generated per time that it plays; `math.inf` sends all at once.
        chunk_ms: lengths of the audio pieces, repeated in this order (160 to 240 ms were
            seen from the real service).
        call_grace_ms: how long realtime input may still arrive after a blocking function call,
            as it was on its way; later it closes the session.
        waits_for_playback: the turn is complete only when its audio would have been played.
    """

    think_ms: float = 350.0
    speed: float = 4.0
    chunk_ms: tuple[int, ...] = (160, 200, 240, 200)
    call_grace_ms: float = 500.0
    waits_for_playback: bool = True


USUAL_PACE = Pace()
AT_ONCE = Pace(think_ms=0.0, speed=math.inf, waits_for_playback=False)
