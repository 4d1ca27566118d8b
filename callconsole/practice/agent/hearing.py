"""Find the caller's turns in the audio that arrives, by its energy and by its own clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from callconsole.practice.agent.protocol import INPUT_RATE_HZ, Pcm16
from callconsole.practice.agent.session_setup import Detection

FRAME_MS = 20
_FRAME_SAMPLES = INPUT_RATE_HZ * FRAME_MS // 1000
_PRE_ROLL_FRAMES = 15
_START_WINDOW_FRAMES = 15
_LONGEST_TURN_FRAMES = 60_000 // FRAME_MS

_SILENT_DBFS = -96.0
# The floor follows falling levels at once and rising ones slowly, so that a constant hum ends
# up below the threshold while speech, which pauses, does not.
_FLOOR_RISE_DB_PER_FRAME = 0.03
_ABOVE_FLOOR_DB = 9.0
_HIGHEST_THRESHOLD_DBFS = -28.0


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller has begun to speak; `offset_s` is in seconds of received audio."""

    offset_s: float


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The caller's turn is over.

    Attributes:
        offset_s: end of the speech, in seconds of received audio.
        pcm: the turn with a little before it, shape (n,), int16, 16000 Hz.
    """

    offset_s: float
    pcm: Pcm16


HearingEvent = SpeechStarted | SpeechEnded


class Hearing:
    """Turn detection over a stream of 16000 Hz audio.

    Time passes only as audio arrives: where none comes, a turn never ends.
    """

    def __init__(self, detection: Detection) -> None:
        self._start_dbfs = -42.0 if detection.start_high else -36.0
        self._end_dbfs = -42.0 if detection.end_high else -48.0
        least_voice_ms = 120 if detection.start_high else 180
        self._needed = _frames(max(detection.prefix_padding_ms, least_voice_ms))
        self._silence = max(1, _frames(detection.silence_ms))
        self._floor_dbfs = -60.0
        self._rest = np.zeros(0, np.int16)
        self._before: deque[Pcm16] = deque(maxlen=_PRE_ROLL_FRAMES + self._needed)
        self._recent: deque[bool] = deque(maxlen=max(_START_WINDOW_FRAMES, self._needed))
        self._turn: list[Pcm16] = []
        self._quiet_frames = 0
        self._frames_heard = 0

    @property
    def speaking(self) -> bool:
        """True between a start and an end."""
        return bool(self._turn)

    def feed(self, pcm: Pcm16) -> list[HearingEvent]:
        """Take in audio of any length; return what it completed."""
        joined = np.concatenate([self._rest, pcm])
        whole = len(joined) // _FRAME_SAMPLES * _FRAME_SAMPLES
        self._rest = joined[whole:]
        events: list[HearingEvent] = []
        for frame in joined[:whole].reshape(-1, _FRAME_SAMPLES):
            self._frames_heard += 1
            event = self._hear(frame)
            if event is not None:
                events.append(event)
        return events

    def end_turn(self) -> SpeechEnded | None:
        """End the turn now, as at the end of the stream; None where nobody speaks."""
        return self._finish() if self._turn else None

    def _hear(self, frame: Pcm16) -> HearingEvent | None:
        level = level_dbfs(frame)
        self._floor_dbfs = min(level, self._floor_dbfs + _FLOOR_RISE_DB_PER_FRAME)
        if self._turn:
            return self._hear_in_turn(frame, level)
        self._before.append(frame)
        self._recent.append(level > self._threshold(self._start_dbfs))
        if sum(self._recent) < self._needed:
            return None
        self._turn = list(self._before)
        self._quiet_frames = 0
        return SpeechStarted(self._seconds_before(self._needed))

    def _hear_in_turn(self, frame: Pcm16, level: float) -> SpeechEnded | None:
        self._turn.append(frame)
        loud = level > self._threshold(self._end_dbfs)
        self._quiet_frames = 0 if loud else self._quiet_frames + 1
        too_long = len(self._turn) >= _LONGEST_TURN_FRAMES
        return self._finish() if self._quiet_frames >= self._silence or too_long else None

    def _finish(self) -> SpeechEnded:
        pcm = np.concatenate(self._turn)
        ended = SpeechEnded(self._seconds_before(self._quiet_frames), pcm)
        self._turn = []
        self._before.clear()
        self._recent.clear()
        return ended

    def _seconds_before(self, frames: int) -> float:
        return (self._frames_heard - frames) * FRAME_MS / 1000

    def _threshold(self, base_dbfs: float) -> float:
        return min(max(base_dbfs, self._floor_dbfs + _ABOVE_FLOOR_DB), _HIGHEST_THRESHOLD_DBFS)


def level_dbfs(pcm: Pcm16) -> float:
    """RMS level of int16 samples in dB below full scale; -96 for silence."""
    if not len(pcm):
        return _SILENT_DBFS
    power = float(np.mean(np.square(pcm.astype(np.float64) / 32768.0)))
    return max(_SILENT_DBFS, 10.0 * float(np.log10(power))) if power > 0 else _SILENT_DBFS


def _frames(duration_ms: int) -> int:
    return -(-duration_ms // FRAME_MS)
