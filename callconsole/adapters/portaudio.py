"""This computer's sound output through PortAudio, and a live call in the ear."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callconsole.audio.interpolate import Interpolator
from callconsole.audio.jitter import JitterBuffer
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.ports import Pcm16

LINE_HZ = 8000
USUAL_HZ = 48000
LATENCY_S = 0.1  # a thread that needs the GIL was seen 43 ms late; see `window.md` §9 on figures
PAUSE_S = 1.0
VOLUME_RAMP_S = 0.03

# A caller a little to the left and an agent a little to the right; the power stays the same.
_NEAR, _FAR = math.cos(math.pi / 8), math.sin(math.pi / 8)
_BALANCE = np.array([[_NEAR, _FAR], [_FAR, _NEAR]], np.float32) / 32768

Frames = NDArray[np.float32]


class PortAudioSpeaker:
    """The engine's `Speaker`: both sides of a call, played a tenth of a second late.

    `play` and the rest belong to one thread (the event loop's); PortAudio takes the sound in a
    thread of its own, which only copies.

    Args:
        volume: 0 (silent) to 1.
    """

    def __init__(self, volume: float = 1.0) -> None:
        self._volume = volume
        self._output: Output | None = None
        self._buffer = JitterBuffer(USUAL_HZ)
        self._rate = Interpolator(LINE_HZ, USUAL_HZ, channels=2)
        self._underruns = 0
        self._dry_seen = 0
        self._played_at_s = -math.inf

    @property
    def underruns(self) -> int:
        """Gaps that were heard since `start`; the silence after the last word is none."""
        return self._underruns

    @property
    def buffered_ms(self) -> float:
        """Sound that waits to be played, in ms, without what the device holds."""
        return self._buffer.buffered_ms

    def start(self) -> str:
        """Open the default output; return its name. Raises `ProblemError` where there is none."""
        self.stop()
        output = Output(self._volume)
        self._buffer = JitterBuffer(output.rate_hz)
        self._rate = Interpolator(LINE_HZ, output.rate_hz, channels=2)
        self._underruns = self._dry_seen = 0
        self._played_at_s = -math.inf
        output.start(self._buffer.read_into)
        self._output = output
        return output.name

    def play(self, caller: Pcm16, agent: Pcm16) -> None:
        """Queue both sides, equal length, int16, 8000 Hz; never blocks."""
        if self._output is None:
            return
        self._count_gap()
        sides = np.column_stack((caller, agent)).astype(np.float32)
        self._buffer.write(self._rate.process(np.clip(sides @ _BALANCE, -1, 1)))

    def flush(self) -> None:
        """Drop queued sound."""
        self._buffer.flush()
        self._rate.reset()
        self._played_at_s = -math.inf

    def set_volume(self, volume: float) -> None:
        """Set the loudness, 0 to 1, without a click."""
        self._volume = min(1.0, max(0.0, volume))
        if self._output is not None:
            self._output.volume = self._volume

    def stop(self) -> None:
        """Close the device; safe to call twice."""
        output, self._output = self._output, None
        if output is not None:
            output.close()

    def _count_gap(self) -> None:
        """A buffer that ran dry was a gap only if sound goes on soon after."""
        now_s = time.monotonic()
        dry = self._buffer.ran_dry
        if now_s - self._played_at_s < PAUSE_S:
            self._underruns += dry - self._dry_seen
        self._dry_seen = dry
        self._played_at_s = now_s


class Output:
    """One open stereo stream; opened by `__init__`, silent until `start`.

    Attributes:
        name: the device's name.
        rate_hz: the rate it runs at.
        volume: wanted loudness, reached smoothly.
        paused: fade out, then take no more sound; False goes on where it was.
        faults: exceptions in the callback, which have no other way out.
    """

    def __init__(self, volume: float) -> None:
        self._sounddevice = _library()
        self.name, self.rate_hz = _default_output(self._sounddevice)
        self.volume = volume
        self.paused = False
        self.faults = 0
        self._gain = volume
        self._step_limit = 1 / (self.rate_hz * VOLUME_RAMP_S)
        self._ramp = np.arange(1, self.rate_hz + 1, dtype=np.float32)[:, None]
        self._scratch = np.zeros((self.rate_hz, 1), np.float32)
        self._ending: JitterBuffer | None = None
        self._silence_left = 0
        self._stream: Any = None
        self._read_into: Callable[[Frames], None] = _silence

    def start(
        self, read_into: Callable[[Frames], None], ended: Callable[[], None] | None = None
    ) -> None:
        """Open the stream and let it run. Raises `ProblemError`."""
        self._read_into = read_into
        try:
            self._stream = self._sounddevice.OutputStream(
                samplerate=self.rate_hz,
                channels=2,
                dtype="float32",
                latency=LATENCY_S,
                callback=self._fill,
                finished_callback=ended,
                extra_settings=_host_settings(self._sounddevice),
            )
            _open.add(self)
            self._stream.start()
        except self._sounddevice.PortAudioError as error:
            self.close()
            raise ProblemError(_busy(self.name, error)) from None

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
        _open.discard(self)
        if stream is not None:
            stream.abort()
            stream.close()

    def _fill(self, out: Frames, count: int, _time: object, _status: object) -> None:
        """PortAudio's callback: always fills `out`, makes no array, waits for nothing."""
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


def probe() -> str:
    """Name of the default output, without playing. Raises `ProblemError` where there is none.

    The first call loads PortAudio, which may take a second: call it in a thread.
    """
    return _default_output(_library())[0]


# PortAudio ----------------------------------------------------------------------------------

_open: set[Output] = set()
_lock = threading.Lock()


def _library() -> Any:
    try:
        import sounddevice
    except (OSError, ImportError):
        raise ProblemError(_NO_LIBRARY) from None
    return sounddevice


def _default_output(sounddevice: Any) -> tuple[str, int]:
    """Name and rate in Hz of the default output, looked for again where there was none.

    PortAudio reads the list of devices once; to read it again it has to be started anew, which
    would stop every open stream.
    """
    with _lock:
        try:
            device = sounddevice.query_devices(kind="output")
        except (sounddevice.PortAudioError, ValueError):
            if _open:
                raise ProblemError(_NO_DEVICE) from None
            try:
                sounddevice._terminate()
                sounddevice._initialize()
                device = sounddevice.query_devices(kind="output")
            except (sounddevice.PortAudioError, ValueError):
                raise ProblemError(_NO_DEVICE) from None
    rate_hz = int(device["default_samplerate"])
    return str(device["name"]), rate_hz if rate_hz >= LINE_HZ else USUAL_HZ


def _host_settings(sounddevice: Any) -> Any:
    """Let Windows convert the rate: its shared mode takes no rate but its mixer's."""
    host = sounddevice.query_hostapis(sounddevice.query_devices(kind="output")["hostapi"])
    if "WASAPI" in host["name"]:
        return sounddevice.WasapiSettings(auto_convert=True)
    return None


def _silence(out: Frames) -> None:
    out.fill(0)


# What an operator reads ---------------------------------------------------------------------

_NO_LIBRARY = Problem(
    "sound.no_library",
    "This computer cannot play the call",
    "The sound library PortAudio is not installed.",
    "Install it (on Debian and Ubuntu: sudo apt install libportaudio2), then start again.",
)
_NO_DEVICE = Problem(
    "sound.no_device",
    "This computer cannot play the call",
    "No sound output was found.",
    "Connect a headset or loudspeaker, then press Check again.",
)


def _busy(name: str, error: Exception) -> Problem:
    reason = str(error.args[0]).partition(":")[2].strip() if error.args else ""
    return Problem(
        "sound.busy",
        "This computer cannot play the call",
        f"The sound output {name} could not be opened{f' ({reason})' if reason else ''}.",
        "Close other programs that use it, or choose another output in the system's settings.",
    )
