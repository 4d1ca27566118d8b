"""Answering machine detection: how long is the first utterance, and does a fax machine whistle?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callconsole.audio import mulaw
from callconsole.practice.carrier.ear import is_loud
from callconsole.practice.carrier.playout import BYTES_PER_S, FRAME_BYTES, FRAME_MS

_BEEP_HZ = 1000.0
_BEEP_MS = 200
# ITU-T T.30: a called fax machine answers with 2100 Hz, a calling one sends 1100 Hz.
_FAX_HZ = (2100.0, 1100.0)
_FAX_MS = 300
_TONE_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class AmdOrder:
    """What a call's order asks of the detection. Defaults and meanings are Twilio's.

    Attributes:
        until_end: wait for the end of a machine's greeting (``DetectMessageEnd``).
        in_background: the call goes on meanwhile (``AsyncAmd``).
        callback_url: where the verdict is posted, or empty.
        callback_method: POST or GET.
        timeout_ms: longest detection.
        speech_ms: a longer utterance is a machine's.
        speech_end_ms: silence that ends an utterance.
        silence_ms: initial silence after which nothing is known.
    """

    until_end: bool = False
    in_background: bool = False
    callback_url: str = ""
    callback_method: str = "POST"
    timeout_ms: int = 30000
    speech_ms: int = 2400
    speech_end_ms: int = 1200
    silence_ms: int = 5000


class MachineDetector:
    """Fed with the callee's 20 ms frames from the answer on.

    Attributes:
        elapsed_ms: audio heard so far.
    """

    def __init__(self, order: AmdOrder) -> None:
        self.elapsed_ms = 0
        self._order = order
        self._speech_ms = 0
        self._quiet_ms = 0
        self._beep_ms = 0
        self._fax_ms = 0
        self._machine = False

    def feed(self, frame: bytes) -> str | None:
        """Take in a frame; Twilio's ``AnsweredBy`` once it is decided, before that None."""
        self.elapsed_ms += FRAME_MS
        self._fax_ms = self._fax_ms + FRAME_MS if _is_tone(frame, *_FAX_HZ) else 0
        if self._fax_ms >= _FAX_MS:
            return "fax"
        if is_loud(frame):
            self._speech_ms += self._quiet_ms * bool(self._speech_ms) + FRAME_MS
            self._quiet_ms = 0
        else:
            self._quiet_ms += FRAME_MS
        if self._machine:
            return self._end_of_greeting(frame)
        return self._judge()

    def _judge(self) -> str | None:
        if not self._speech_ms:
            return "unknown" if self._quiet_ms >= self._order.silence_ms else self._timed_out()
        if self._speech_ms > self._order.speech_ms:
            if not self._order.until_end:
                return "machine_start"
            self._machine = True
            return None
        if self._quiet_ms >= self._order.speech_end_ms:
            return "human"
        return self._timed_out()

    def _end_of_greeting(self, frame: bytes) -> str | None:
        self._beep_ms = self._beep_ms + FRAME_MS if _is_tone(frame, _BEEP_HZ) else 0
        if self._beep_ms >= _BEEP_MS:
            return "machine_end_beep"
        if self._quiet_ms >= self._order.speech_end_ms:
            return "machine_end_silence"
        return "machine_end_other" if self._timed_out() else None

    def _timed_out(self) -> str | None:
        return "unknown" if self.elapsed_ms >= self._order.timeout_ms else None


def _is_tone(frame: bytes, *frequencies_hz: float) -> bool:
    """True where most of a loud frame's energy lies in one tone of these frequencies."""
    if not is_loud(frame) or len(frame) != FRAME_BYTES:
        return False
    samples = mulaw.decode(frame).astype(np.float64)
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    bins = [round(hertz * FRAME_BYTES / BYTES_PER_S) for hertz in frequencies_hz]
    return float(spectrum[bins].max() / spectrum.sum()) > _TONE_SHARE
