"""A live call in the operator's ear: both sides, a tenth of a second late, without gaps."""

from __future__ import annotations

import math
import time

from callconsole.adapters.portaudio import devices
from callconsole.adapters.portaudio.output import Output
from callconsole.audio.drift import TARGET_MS, FillKeeper
from callconsole.audio.interpolate import Interpolator
from callconsole.audio.jitter import JitterBuffer
from callconsole.audio.mix import StereoMix
from callconsole.domain.problems import ProblemError
from callconsole.domain.sound import SoundDevice
from callconsole.engine.ports import Pcm16

LINE_HZ = 8000
USUAL_HZ = 48000
PAUSE_S = 1.0


class PortAudioSpeaker:
    """The engine's `Speaker`.

    `play` and the rest belong to one thread (the event loop's); `start`, `stop` and `devices` may
    run in another while nothing is played. PortAudio takes the sound in a thread of its own,
    which only copies.

    Args:
        volume: 0 (silent) to 1.
    """

    def __init__(self, volume: float = 1.0) -> None:
        self._volume = volume
        self._chosen: str | None = None
        self._output: Output | None = None
        self._mix = StereoMix()
        self._prepare(USUAL_HZ)

    @property
    def underruns(self) -> int:
        """Gaps that were heard since `start`; the silence after the last word is none."""
        return self._underruns

    @property
    def buffered_ms(self) -> float:
        """Sound that waits to be played, in ms, without what the device holds."""
        return self._buffer.buffered_ms

    @property
    def healthy(self) -> bool:
        """True while the device takes sound; to be asked at least once a second."""
        return self._output is not None and self._output.healthy

    @property
    def fallen_back(self) -> bool:
        """True where another device plays than the chosen one, which is not there."""
        return self._output is not None and self._chosen not in (None, self._output.id)

    def devices(self) -> list[SoundDevice]:
        """What can be chosen; takes a moment. Raises `ProblemError` without PortAudio."""
        return devices.connected("output")

    def choose(self, device: str | None) -> None:
        """Use this `SoundDevice.id`, None for the system's default, from the next `start` on."""
        self._chosen = device

    def start(self) -> str:
        """Open the chosen device, or the default one where it is missing; return its name.

        What plays already is closed first, so that PortAudio may look for devices anew; a chosen
        device that has stopped to take sound is passed over this time.

        Raises:
            ProblemError: nothing can be opened.
        """
        former = self._output
        stuck = former is not None and former.id == self._chosen and not former.healthy
        self.stop()
        self._output = self._opened_first((None,) if stuck else (self._chosen, None))
        return self._output.name

    def play(self, caller: Pcm16, agent: Pcm16) -> None:
        """Queue both sides, equal length, int16, 8000 Hz; never blocks."""
        if self._output is None:
            return
        self._count_gap()
        self._keep_filled(len(caller) / LINE_HZ)
        frames = self._mix.process(caller, agent)
        self._buffer.write(self._rate.process(frames, self._keeper.ratio))

    def flush(self) -> None:
        """Drop queued sound."""
        self._buffer.flush()
        self._rate.reset()
        self._keeper.paused()
        self._played_at_s = -math.inf

    def set_volume(self, volume: float) -> None:
        """Set the loudness, 0 to 1, without a click."""
        self._volume = min(1.0, max(0.0, volume))
        if self._output is not None:
            self._output.volume = self._volume

    def set_balance(self, position: float) -> None:
        """-1 is the caller alone, 0 both alike, 1 the agent alone; without a click."""
        self._mix.set_balance(position)

    def stop(self) -> None:
        """Close the device; safe to call twice."""
        output, self._output = self._output, None
        if output is not None:
            output.close()

    def _opened_first(self, wanted: tuple[str | None, ...]) -> Output:
        """The first of these devices that can be opened."""
        try:
            return self._opened(wanted[0])
        except ProblemError:
            if wanted[0] is None:
                raise
        return self._opened_first(wanted[1:])

    def _opened(self, device: str | None) -> Output:
        output = Output(self._volume, device)
        self._prepare(output.rate_hz)
        output.start(self._buffer.read_into)
        return output

    def _prepare(self, rate_hz: int) -> None:
        self._buffer = JitterBuffer(rate_hz, prime_ms=int(TARGET_MS), target_ms=int(TARGET_MS))
        self._rate = Interpolator(LINE_HZ, rate_hz, channels=2)
        self._keeper = FillKeeper()
        self._aimed_ms = TARGET_MS
        self._underruns = self._dry_seen = 0
        self._played_at_s = -math.inf

    def _count_gap(self) -> None:
        """A buffer that ran dry was a gap only if sound goes on soon after."""
        now_s = time.monotonic()
        dry = self._buffer.ran_dry
        if dry != self._dry_seen and now_s - self._played_at_s < PAUSE_S:
            self._underruns += dry - self._dry_seen
            self._keeper.ran_dry()
        self._dry_seen = dry
        self._played_at_s = now_s

    def _keep_filled(self, seconds: float) -> None:
        """Learn from the fill before a piece of this duration is written."""
        if self._buffer.playing:
            self._keeper.observe(self._buffer.buffered_ms + seconds * 1000 / 2, seconds)
        else:
            self._keeper.paused()
        if self._keeper.target_ms != self._aimed_ms:
            self._aimed_ms = self._keeper.target_ms
            self._buffer.aim(self._aimed_ms)
