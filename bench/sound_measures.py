"""How the sound of a resampler is measured: exact figures from periodic signals, no timing.

Every signal repeats once a second, so a Fourier transform over one settled second has 1 Hz bins
and no leakage, and an ideal resampler is known exactly: the same bins, later by the delay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import soxr
from numpy.typing import NDArray

from callconsole.audio import mulaw
from callconsole.audio.resample import Downsampler, Upsampler

Pcm16 = NDArray[np.int16]
FRAME_MS = 20
IN_BAND_HZ = (200, 3600)
# Steps of 37 Hz share no period with 20 ms frames: whatever repeats with the frames stands alone.
MANY_TONES_HZ = np.array(sorted({*range(203, 3600, 37), 200, 400, 1000, 3300, 3400, 3600}))
TELEPHONE_TONES_HZ = MANY_TONES_HZ[MANY_TONES_HZ <= 3400]
BANDS_HZ = ((200, 1000), (1000, 2000), (2000, 3000), (3000, 3400), (3400, 3600))


class Resampler(Protocol):
    """What is measured."""

    def process(self, pcm: Pcm16) -> Pcm16: ...

    def flush(self) -> Pcm16: ...


class LinearPerFrame:
    """Baseline: straight lines between samples, each frame on its own, as first bridges do it."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._step = from_hz / to_hz

    def process(self, pcm: Pcm16) -> Pcm16:
        at = np.arange(round(len(pcm) / self._step)) * self._step
        return np.interp(at, np.arange(len(pcm)), pcm).astype(np.int16)

    def flush(self) -> Pcm16:
        return np.zeros(0, np.int16)


class SoxrStream:
    """Baseline: soxr's stream at its best quality."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="int16", quality="VHQ")

    def process(self, pcm: Pcm16) -> Pcm16:
        return self._stream.resample_chunk(pcm)

    def flush(self) -> Pcm16:
        return self._stream.resample_chunk(np.zeros(0, np.int16), last=True)


@dataclass(frozen=True, slots=True)
class Direction:
    """One way through the bridge, and the systems that can take it."""

    name: str
    from_hz: int
    to_hz: int
    systems: dict[str, Callable[[], Resampler]] = field(repr=False)

    @property
    def frame_samples(self) -> int:
        return self.from_hz * FRAME_MS // 1000

    @property
    def stopped_hz(self) -> tuple[int, int]:
        """Where input tones may leave nothing in the band, and output may hold nothing."""
        return 8000 - IN_BAND_HZ[1], max(self.from_hz, self.to_hz) // 2


def _systems(
    ours: Callable[[], Resampler], from_hz: int, to_hz: int
) -> dict[str, Callable[[], Resampler]]:
    return {
        "callconsole": ours,
        "linear": lambda: LinearPerFrame(from_hz, to_hz),
        "soxr VHQ": lambda: SoxrStream(from_hz, to_hz),
    }


UP = Direction("up: phone to agent", 8000, 16000, _systems(Upsampler, 8000, 16000))
DOWN = Direction("down: agent to phone", 24000, 8000, _systems(Downsampler, 24000, 8000))


def tones(frequencies_hz: NDArray[np.int64], rate_hz: int, peak: float = 0.9) -> Pcm16:
    """One second of equally loud sines of whole Hz, random phases, shape (rate_hz,)."""
    spectrum = np.zeros(rate_hz // 2 + 1, np.complex128)
    phases = np.random.default_rng(1).uniform(0, 2 * np.pi, len(frequencies_hz))
    spectrum[frequencies_hz] = np.exp(1j * phases)
    sound = np.fft.irfft(spectrum, rate_hz)
    return np.rint(sound * peak * 32767 / np.abs(sound).max()).astype(np.int16)


def in_frames(resampler: Resampler, pcm: Pcm16, frame_samples: int) -> Pcm16:
    """All output, the tail included, of a sound fed in frames."""
    frames = [
        resampler.process(pcm[at : at + frame_samples]) for at in range(0, len(pcm), frame_samples)
    ]
    return np.concatenate([*frames, resampler.flush()])


@dataclass(frozen=True, slots=True)
class Passage:
    """Bins of one settled second before and after; amplitude 1.0 is a sine at full scale.

    `before` and `after` have shape (rate / 2 + 1,); `frequencies_hz` are the tones sent; `sound`
    is the second itself.
    """

    frequencies_hz: NDArray[np.int64]
    before: NDArray[np.complex128]
    after: NDArray[np.complex128]
    sound: Pcm16


def _passage(frequencies_hz: NDArray[np.int64], period: Pcm16, settled: Pcm16) -> Passage:
    return Passage(frequencies_hz, _bins(period), _bins(settled), settled)


def passage(direction: Direction, system: str, frequencies_hz: NDArray[np.int64]) -> Passage:
    """Send three seconds of tones in 20 ms frames and look at the second one."""
    period = tones(frequencies_hz, direction.from_hz)
    resampler = direction.systems[system]()
    sound = in_frames(resampler, np.tile(period, 3), direction.frame_samples)
    return _passage(frequencies_hz, period, sound[direction.to_hz : 2 * direction.to_hz])


def _bins(second: NDArray[np.generic]) -> NDArray[np.complex128]:
    bins = np.fft.rfft(second) / (len(second) / 2 * 32768)
    bins[[0, -1]] /= 2
    return bins


def delay_ms(passed: Passage) -> float:
    """Group delay of the settled sound, from the slope of its phase; up to 10 ms."""
    chosen = passed.frequencies_hz[passed.frequencies_hz <= 3400]
    phase = np.unwrap(np.angle(passed.after[chosen] / passed.before[chosen]))
    return float(-np.polyfit(chosen, phase, 1)[0] / (2 * np.pi) * 1000)


def _ideal(passed: Passage, late_ms: float, upto: int) -> NDArray[np.complex128]:
    bins = np.arange(upto)
    return passed.before[:upto] * np.exp(-2j * np.pi * bins * late_ms / 1000)


def snr_db(
    passed: Passage,
    late_ms: float,
    band_hz: tuple[int, int] = IN_BAND_HZ,
    *,
    count_gain: bool = False,
) -> float:
    """Signal to everything in the band that an ideal resampler would not have put there.

    A tone's own gain is flatness, which has a figure of its own; with `count_gain` it counts as
    an error here too.
    """
    low, high = band_hz
    ideal = _ideal(passed, late_ms, high + 1)
    error = passed.after[: high + 1] - ideal
    if not count_gain:
        error[passed.frequencies_hz[passed.frequencies_hz <= high]] = 0
    signal, noise = np.abs(ideal[low:]) ** 2, np.abs(error[low:]) ** 2
    return float(10 * np.log10(signal.sum() / noise.sum()))


def gains_db(passed: Passage) -> dict[int, float]:
    """Gain at each tone."""
    at = passed.frequencies_hz
    values = 20 * np.log10(np.abs(passed.after[at]) / np.abs(passed.before[at]))
    return dict(zip(at.tolist(), values.tolist(), strict=True))


def image_db(direction: Direction, system: str, frequency_hz: int) -> float:
    """Loudest thing above 4400 Hz that a tone in the band leaves, against the tone (up)."""
    passed = passage(direction, system, np.array([frequency_hz]))
    loudest = np.abs(passed.after[direction.stopped_hz[0] :]).max()
    return float(20 * np.log10(loudest / np.abs(passed.before[frequency_hz])))


def alias_db(direction: Direction, system: str, frequency_hz: int) -> float:
    """Loudest thing that a tone above 4000 Hz leaves in the output, against the tone (down)."""
    passed = passage(direction, system, np.array([frequency_hz]))
    loudest = np.abs(passed.after).max()
    return float(20 * np.log10(max(loudest, 1e-10) / np.abs(passed.before[frequency_hz])))


def worst_spurious_db(direction: Direction, system: str, step_hz: int = 23) -> float:
    """The worst image of tones of 200-3600 Hz (up), or alias of tones of 4400-11999 Hz (down)."""
    if direction.to_hz > direction.from_hz:
        low, high = IN_BAND_HZ
        return max(image_db(direction, system, tone) for tone in (*range(low, high, step_hz), high))
    low, high = direction.stopped_hz
    return max(alias_db(direction, system, tone) for tone in (*range(low, high, step_hz), high - 1))


def coded_snr_db(direction: Direction, system: str) -> tuple[float, float]:
    """In-band SNR after μ-law, every error counted: of an ideal resampler, and of `system`.

    The tones end at 3400 Hz, where telephony does.
    """
    passed = passage(direction, system, TELEPHONE_TONES_HZ)
    bins = _ideal(passed, delay_ms(passed), 4001)
    ideal = np.fft.irfft(bins * 4000 * 32768, 8000)
    return _coded_error_db(ideal, ideal), _coded_error_db(passed.sound, ideal)


def _coded_error_db(sound: NDArray[np.generic], ideal: NDArray[np.float64]) -> float:
    coded = mulaw.decode(mulaw.encode(np.rint(sound).astype(np.int16)))
    band = slice(IN_BAND_HZ[0], IN_BAND_HZ[1] + 1)
    signal, noise = _bins(ideal)[band], _bins(coded - ideal)[band]
    return float(10 * np.log10((np.abs(signal) ** 2).sum() / (np.abs(noise) ** 2).sum()))


def boundary_error_dbfs(direction: Direction, system: str) -> float:
    """Largest sample by which 20 ms frames differ from one piece; -inf where bit for bit equal."""
    sound = np.tile(tones(MANY_TONES_HZ, direction.from_hz), 2)
    framed = in_frames(direction.systems[system](), sound, direction.frame_samples)
    whole = in_frames(direction.systems[system](), sound, len(sound))
    shared = min(len(framed), len(whole))
    largest = np.abs(framed[:shared].astype(np.int32) - whole[:shared]).max()
    return float(20 * np.log10(largest / 32768)) if largest else float("-inf")


@dataclass(frozen=True, slots=True)
class Endurance:
    """What ten simulated minutes leave: sample counts, sound held back, delay first and last."""

    samples_in: int
    samples_out: int
    tail_samples: int
    held_ms_mean: float
    held_ms_max: float
    delay_first_ms: float
    delay_last_ms: float


def endurance(direction: Direction, system: str, seconds: int = 600) -> Endurance:
    """Feed a call of this many seconds in 20 ms frames."""
    frequencies = TELEPHONE_TONES_HZ
    period = tones(frequencies, direction.from_hz)
    frames = period.reshape(-1, direction.frame_samples)
    resampler = direction.systems[system]()
    output: list[Pcm16] = []
    held_ms = np.empty(seconds * len(frames))
    given = 0
    for index in range(len(held_ms)):
        output.append(resampler.process(frames[index % len(frames)]))
        given += len(output[-1])
        held_ms[index] = (index + 1) * FRAME_MS - given * 1000 / direction.to_hz
    tail = resampler.flush()
    sound = np.concatenate([*output, tail])
    second = direction.to_hz
    late = [
        delay_ms(_passage(frequencies, period, sound[start : start + second]))
        for start in (second, (seconds - 2) * second)
    ]
    return Endurance(
        samples_in=seconds * direction.from_hz,
        samples_out=given,
        tail_samples=len(tail),
        held_ms_mean=float(held_ms.mean()),
        held_ms_max=float(held_ms.max()),
        delay_first_ms=late[0],
        delay_last_ms=late[1],
    )
