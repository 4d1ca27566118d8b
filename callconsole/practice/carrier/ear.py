"""The callee's ear: tells speech from quiet by the energy of the audio that reaches it."""

from __future__ import annotations

import numpy as np

from callconsole.audio import mulaw
from callconsole.practice.carrier.playout import FRAME_MS

# espeak and telephone speech lie near -25 dBFS, pauses below -60 dBFS.
LOUD_DBFS = -40.0
# A pause inside a sentence; longer ones part two runs of speech.
PAUSE_MS = 400


def is_loud(frame: bytes) -> bool:
    """True where a mu-law frame is louder than -40 dBFS (RMS, full scale 32768)."""
    if frame.count(0xFF) == len(frame):
        return False
    samples = mulaw.decode(frame).astype(np.float64) / 32768
    return float(np.mean(samples**2)) > 10 ** (LOUD_DBFS / 10)


class Ear:
    """Keeps count of what was heard since `forget`, in ms.

    Attributes:
        speech_ms: loud frames altogether.
        run_ms: since the present run of speech began, pauses up to 400 ms included; 0 in quiet.
        quiet_ms: since the last loud frame.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start counting anew."""
        self.speech_ms = 0
        self.run_ms = 0
        self.quiet_ms = 0

    def hear(self, frame: bytes) -> None:
        """Take in one 20 ms mu-law frame."""
        if is_loud(frame):
            self.speech_ms += FRAME_MS
            self.run_ms += FRAME_MS
            self.quiet_ms = 0
            return
        self.quiet_ms += FRAME_MS
        if self.run_ms:
            self.run_ms = self.run_ms + FRAME_MS if self.quiet_ms <= PAUSE_MS else 0
