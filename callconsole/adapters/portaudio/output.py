"""One open stereo output: takes sound in PortAudio's thread and makes it as loud as is wanted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callconsole.adapters.portaudio import devices, library
from callconsole.audio.jitter import JitterBuffer
from callconsole.domain.problems import Problem, ProblemError

LATENCY_S = 0.1  # a thread that needs the GIL was seen 43 ms late; see `window.md` §9 on figures
VOLUME_RAMP_S = 0.03
STALL_S = 2.5  # a sink that nobody hears may take its sound in steps of two seconds

Frames = NDArray[np.float32]


class Output:
    """One stereo stream; found by `__init__`, opened by `start`.

    Attributes:
        id: the device's `SoundDevice.id`.
        name: its name.
        rate_hz: the rate it runs at.
        volume: wanted loudness, reached smoothly.
        paused: fade out, then take no more sound; False goes on where it was.
        faults: exceptions in the callback, which have no other way out.
    """

    def __init__(self, volume: float, device: str | None = None) -> None:
        self._sounddevice = library.load()
        self._place = devices.find("output", device)
        self.id, self.name, self.rate_hz = self._place.id, self._place.name, self._place.rate_hz
        self.volume = volume
        self.paused = False
        self.faults = 0
        self._gain = volume
        self._step_limit = 1 / (self.rate_hz * VOLUME_RAMP_S)
        self._ramp = np.arange(1, self.rate_hz + 1, dtype=np.float32)[:, None]
        self._scratch = np.zeros((self.rate_hz, 1), np.float32)
        self._ending: JitterBuffer | None = None
        self._silence_left = 0
        self._blocks = self._blocks_seen = 0
        self._seen_at_s = 0.0
        self._stream: Any = None
        self._read_into: Callable[[Frames], None] = _silence

    def start(
        self, read_into: Callable[[Frames], None], ended: Callable[[], None] | None = None
    ) -> None:
        """Open the stream and let it run. Raises `ProblemError`."""
        self._read_into = read_into
        self._seen_at_s = time.monotonic()
        try:
            with library.lock:
                self._stream = self._sounddevice.OutputStream(
                    samplerate=self.rate_hz,
                    device=self._place.index,
                    channels=2,
                    dtype="float32",
                    latency=LATENCY_S,
                    callback=self._fill,
                    finished_callback=ended,
                    extra_settings=devices.host_settings(self._sounddevice, self._place),
                )
                library.opened(self._stream)
                self._stream.start()
        except self._sounddevice.PortAudioError as error:
            self.close()
            raise ProblemError(_busy(self.name, error)) from None

    @property
    def healthy(self) -> bool:
        """False where the stream has ended or the device has taken nothing for a while.

        To be asked at least once a second.
        """
        now_s, blocks = time.monotonic(), self._blocks
        if blocks != self._blocks_seen:
            self._blocks_seen, self._seen_at_s = blocks, now_s
        running = self._stream is not None and bool(self._stream.active)
        return running and now_s - self._seen_at_s < STALL_S

    def end_when_dry(self, buffer: JitterBuffer) -> None:
        """Let the stream end by itself when the buffer has been played.

        Silence follows for as long as the device holds sound back; or its end would be cut off.
        """
        self._silence_left = int(self.rate_hz * (self.latency_s + LATENCY_S))
        self._ending = buffer

    def go_on(self) -> bool:
        """Take `end_when_dry` back; False where the stream has ended already."""
        self._ending = None
        return self._stream is not None and bool(self._stream.active)

    @property
    def latency_s(self) -> float:
        """Seconds of sound that the device holds between taking it and letting it be heard."""
        return float(self._stream.latency) if self._stream is not None else 0.0

    def close(self) -> None:
        """Close the stream at once; safe to call twice."""
        stream, self._stream = self._stream, None
        if stream is not None:
            library.close(stream)

    def _fill(self, out: Frames, count: int, _time: object, _status: object) -> None:
        """PortAudio's callback: always fills `out`, makes no array, waits for nothing."""
        self._blocks += 1
        if self.paused and self._gain == 0:
            out.fill(0)
            return
        try:
            self._read_into(out)
            self._apply_volume(out, count)
        except Exception:
            out.fill(0)
            self.faults += 1
        if self._ending is not None and self._ending.buffered_ms == 0:
            self._silence_left -= count
            if self._silence_left <= 0:
                raise self._sounddevice.CallbackStop

    def _apply_volume(self, out: Frames, count: int) -> None:
        gain, wanted = self._gain, 0.0 if self.paused else self.volume
        if gain == wanted == 1.0:
            return
        limit = count * self._step_limit
        reached = min(max(wanted, gain - limit), gain + limit)
        gains = self._scratch[:count]
        np.multiply(self._ramp[:count], (reached - gain) / count, out=gains)
        gains += gain
        out *= gains
        self._gain = reached


def _silence(out: Frames) -> None:
    out.fill(0)


def _busy(name: str, error: Exception) -> Problem:
    return Problem(
        "sound.busy",
        "This computer cannot play the call",
        f"The sound output {name} could not be opened{library.reason(error)}.",
        "Close other programs that use it, or choose another output.",
    )
