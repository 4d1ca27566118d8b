"""Labelled sounds for the onset detector: speech on many lines, and all that is not speech.

Everything is 8000 Hz int16 after μ-law, from fixed seeds. Speech comes from the practice clips,
or from espeak-ng where that is installed; the rest is synthesised.
"""

from __future__ import annotations

import io
import subprocess
import wave
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from callconsole.audio import mulaw, wavfile
from callconsole.audio.convert import resampled

Pcm16 = NDArray[np.int16]
Sound = NDArray[np.float64]
"""Shape (n,), 8000 Hz, full scale 1.0."""

RATE_HZ = 8000
HOP = 80
AGENT_DBFS = -18.0
CLIPS = Path(__file__).parents[2] / "resources" / "practice"

_TELEPHONE = butter(4, (250, 3450), "bandpass", fs=RATE_HZ, output="sos")
_CHEST = butter(4, (200, 1000), "bandpass", fs=RATE_HZ, output="sos")


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something said: samples of a scene at which it starts, becomes a voice, and ends."""

    start: int
    voiced: int
    end: int


@dataclass(frozen=True, slots=True)
class Scene:
    """A stretch of a call.

    Attributes:
        kind: what class of sound it stands for in the figures.
        caller: what the detector hears.
        agent: what the agent says meanwhile, as long; None where it is silent.
        said: what a detector should find; nothing else.
    """

    kind: str
    name: str
    caller: Pcm16
    agent: Pcm16 | None
    said: tuple[Utterance, ...] = ()


# Speech -------------------------------------------------------------------------------------


@cache
def spoken(voice: str, text: str) -> Sound:
    """A text by espeak-ng, from its first sound to its last."""
    command = ["espeak-ng", "-v", voice, "-s", "165", "--stdout", text]
    speech = subprocess.run(command, check=True, capture_output=True).stdout
    # espeak-ng does not know the length when it writes the header to a pipe.
    with wave.open(io.BytesIO(speech)) as wav:
        rate_hz = wav.getframerate()
    pcm = np.frombuffer(speech[44 : len(speech) // 2 * 2], "<i2")
    return _trimmed(resampled(pcm, rate_hz, RATE_HZ) / 32768)


@cache
def clip(clip_id: str) -> Sound:
    """One of the practice clips, from its first sound to its last."""
    pcm, rate_hz = wavfile.read(CLIPS / f"{clip_id}.wav")
    return _trimmed(resampled(pcm.reshape(-1), rate_hz, RATE_HZ) / 32768)


# Labelled sets are made of these, so that a new clip on the practice line changes no figure.
_CLIPS = {
    "callee": "person_hello person_move person_choose person_bye interrupter_hello interrupter_who "
    "interrupter_fine interrupter_bye voicemail_greeting wrong_hello wrong_number",
    "agent": "agent_greeting agent_who agent_offer agent_moved agent_confirmed agent_goodbye "
    "agent_sorry agent_again",
}


def clip_ids(role: str) -> list[str]:
    """Clips of one role, "agent" or "callee", that are speech."""
    return _CLIPS[role].split()


def agent_talk(seconds: float, first: int = 0) -> Sound:
    """The agent speaking on and on with short pauses, at `AGENT_DBFS`."""
    ids = clip_ids("agent")
    parts: list[Sound] = []
    for clip_id in cycle(ids[first % len(ids) :] + ids[: first % len(ids)]):
        parts += [at_level(clip(clip_id), AGENT_DBFS), np.zeros(RATE_HZ * 2 // 5)]
        if sum(map(len, parts)) >= seconds * RATE_HZ:
            return np.concatenate(parts)[: int(seconds * RATE_HZ)]
    raise AssertionError


def levels(sound: Sound) -> Sound:
    """RMS of every 10 ms, shape (n // 80,), full scale 1.0."""
    hops = sound[: len(sound) // HOP * HOP].reshape(-1, HOP)
    rms: Sound = np.sqrt(np.mean(hops**2, axis=1))
    return rms


def at_level(sound: Sound, dbfs: float) -> Sound:
    """Scaled so that the RMS of what lies within 20 dB of its loudest 10 ms is `dbfs`."""
    rms = levels(sound)
    active = rms[rms > 0.1 * rms.max()]
    return sound * (10 ** (dbfs / 20) / np.sqrt(np.mean(active**2)))


def _trimmed(sound: Sound) -> Sound:
    loud = np.flatnonzero(levels(sound) > 10 ** (-35 / 20) * levels(sound).max())
    return sound[loud[0] * HOP : (loud[-1] + 1) * HOP]


def labelled(sound: Sound, at: int) -> Utterance:
    """When clean speech that is put at sample `at` starts (30 dB below its top), and is voiced.

    A voice has its first harmonics between 200 and 1000 Hz; fricatives and breath have not.
    """
    rms, low = levels(sound), levels(sosfilt(_CHEST, sound))
    loud = np.flatnonzero(rms > 10 ** (-30 / 20) * rms.max())
    voiced = np.flatnonzero(low > 10 ** (-15 / 20) * low.max())
    return Utterance(at + loud[0] * HOP, at + voiced[0] * HOP, at + (loud[-1] + 1) * HOP)


# Not speech ---------------------------------------------------------------------------------


def rng_of(name: str) -> np.random.Generator:
    """A generator of its own for every name, the same on every machine."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def times_s(seconds: float) -> Sound:
    return np.arange(int(seconds * RATE_HZ)) / RATE_HZ


def noise(seconds: float, slope_db: float, rng: np.random.Generator) -> Sound:
    """Noise whose power falls by `slope_db` per octave: 0 white, 3 pink, 6 brown."""
    count = int(seconds * RATE_HZ)
    spectrum = np.fft.rfft(rng.normal(size=count))
    hz = np.maximum(np.fft.rfftfreq(count, 1 / RATE_HZ), 50.0)
    sound: Sound = np.fft.irfft(spectrum * hz ** (-slope_db / 6.02), count)
    return sound


def babble(seconds: float, voices: Sequence[Sound], rng: np.random.Generator) -> Sound:
    """Many people at once, each at a distance of its own."""
    total = np.zeros(int(seconds * RATE_HZ))
    for voice in voices:
        looped = np.resize(np.concatenate((voice, np.zeros(RATE_HZ // 4))), len(total))
        total += np.roll(at_level(looped, rng.uniform(-24, -18)), int(rng.integers(len(total))))
    return total


def hum(seconds: float, mains_hz: float, harmonics: Sequence[float]) -> Sound:
    """Mains hum: amplitudes of the mains frequency and its multiples."""
    t = times_s(seconds)
    partials = (
        a * np.sin(2 * np.pi * mains_hz * (n + 1) * t + n * n) for n, a in enumerate(harmonics)
    )
    return np.sum(list(partials), axis=0)


def tones(seconds: float, hz: Sequence[float], on_s: float, off_s: float) -> Sound:
    """Tones together, switched on and off, as in call progress."""
    t = times_s(seconds)
    switched = (t % (on_s + off_s)) < on_s
    return np.sum([np.sin(2 * np.pi * f * t) for f in hz], axis=0) * switched


def dtmf(seconds: float, digits: str, on_s: float, off_s: float) -> Sound:
    """Keys of a telephone (ITU-T Q.23)."""
    rows, columns, keys = (697, 770, 852, 941), (1209, 1336, 1477), "123456789*0#"
    t = times_s(seconds)
    sound = np.zeros(len(t))
    for n, digit in enumerate(digits * (1 + int(seconds / (on_s + off_s)) // len(digits))):
        at = n * (on_s + off_s)
        on = (t >= at) & (t < at + on_s)
        row, column = divmod(keys.index(digit), 3)
        both = np.sin(2 * np.pi * rows[row] * t) + np.sin(2 * np.pi * columns[column] * t)
        sound += both * on
    return sound


def bursts(
    seconds: float, length_s: tuple[float, float], gap_s: tuple[float, float], colour: float,
    rng: np.random.Generator,
) -> Sound:  # fmt: skip
    """Swells of noise: breath when long, knocks and clicks when short."""
    sound = np.zeros(int(seconds * RATE_HZ))
    at = int(rng.uniform(*gap_s) * RATE_HZ)
    while True:
        length = max(2, int(rng.uniform(*length_s) * RATE_HZ))
        if at + length > len(sound):
            return sound
        swell = noise(length / RATE_HZ + 0.01, colour, rng)[:length] * np.hanning(length + 2)[1:-1]
        sound[at : at + length] += swell / np.abs(swell).max() * rng.uniform(0.3, 1)
        at += length + int(rng.uniform(*gap_s) * RATE_HZ)


def music(
    seconds: float, bpm: float, partials: int, decay_s: float, rng: np.random.Generator,
    *, drums: bool = False, vibrato: float = 0.0,
) -> Sound:  # fmt: skip
    """Hold music: a chord on every second beat, a bass, a melody, and a drum if asked for."""
    beat_s = 60 / bpm
    sound = np.zeros(int(seconds * RATE_HZ) + 4 * RATE_HZ)
    chords = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))
    root_hz = 220.0 * 2 ** (rng.integers(-3, 4) / 12)

    def play(at_s: float, semitone: float, loud: float, long_s: float) -> None:
        t = times_s(long_s)
        wobble = vibrato * np.sin(2 * np.pi * 5.5 * t) / 5.5
        envelope = (
            np.minimum(t / 0.01, 1) * np.exp(-t / decay_s) * np.minimum((long_s - t) / 0.03, 1)
        )
        hz = root_hz * 2 ** (semitone / 12)
        note = np.sum(
            [
                0.6**n * np.sin(2 * np.pi * n * hz * (t + wobble))
                for n in range(1, partials + 1)
                if n * hz < 3800
            ],
            axis=0,
        )
        start = int(at_s * RATE_HZ)
        sound[start : start + len(t)] += loud * envelope * note

    for beat in range(int(seconds / beat_s)):
        chord = chords[beat // 4 % 4]
        if beat % 2 == 0:
            for semitone in chord:
                play(beat * beat_s, semitone, 0.5, 2 * beat_s)
        play(beat * beat_s, chord[0] - 12, 0.6, beat_s)
        for half in range(int(rng.integers(1, 3))):
            pitch = chord[int(rng.integers(3))] + 12
            play((beat + half / 2) * beat_s, pitch, 0.7, beat_s / 2)
        if drums:
            start, length = int(beat * beat_s * RATE_HZ), RATE_HZ // 20
            hit = rng.normal(size=length) * np.exp(-np.arange(length) / 80)
            sound[start : start + length] += 0.8 * hit
    return sound[: int(seconds * RATE_HZ)]


def with_level(sound: Sound, dbfs: float) -> Sound:
    """Scaled to an RMS of `dbfs` over the whole."""
    return sound * (10 ** (dbfs / 20) / np.sqrt(np.mean(sound**2)))


# The line -----------------------------------------------------------------------------------


def on_the_line(sound: Sound, *, filtered: bool = True) -> Pcm16:
    """What arrives: the telephone's band (unless it came later), saturated, through μ-law."""
    passed = sosfilt(_TELEPHONE, sound) if filtered else sound
    pcm = np.clip(np.rint(passed * 32768), -32768, 32767).astype(np.int16)
    return mulaw.decode(mulaw.encode(pcm))


def echo_of(agent: Sound, loss_db: float, delay_s: float, rng: np.random.Generator) -> Sound:
    """A telephone's echo: late, down by `loss_db`, smeared over 30 ms by a room."""
    room = rng.normal(size=240) * np.exp(-np.arange(240) / 50)
    room[0] = 3.0
    late = np.concatenate((np.zeros(int(delay_s * RATE_HZ)), agent))[: len(agent)]
    heard = np.convolve(late, room)[: len(agent)]
    return heard * (10 ** (-loss_db / 20) * np.sqrt(np.mean(agent**2) / np.mean(heard**2)))


def conversation(
    kind: str, name: str, voices: Iterable[Sound], dbfs: float,
    background: Callable[[float], Sound] | None = None, *, agent: bool = True,
    echo_loss_db: float | None = None,
) -> Scene:  # fmt: skip
    """Utterances one after the other, 1.4 to 2.6 s apart, over a background."""
    rng = rng_of(f"{kind}/{name}")
    parts: list[Sound] = []
    said: list[Utterance] = []
    at = 0
    for voice in voices:
        gap = np.zeros(int(rng.uniform(1.4, 2.6) * RATE_HZ))
        at += len(gap)
        speech = at_level(voice, dbfs)
        said.append(labelled(speech, at))
        at += len(speech)
        parts += [gap, speech]
    sound = np.concatenate([*parts, np.zeros(RATE_HZ)])
    seconds = len(sound) / RATE_HZ
    if background is not None:
        sound = sound + background(seconds + 0.01)[: len(sound)]
    talk = agent_talk(seconds, zlib.crc32(name.encode()))[: len(sound)] if agent else None
    if talk is not None and echo_loss_db is not None:
        sound = sound + echo_of(talk, echo_loss_db, float(rng.uniform(0.05, 0.4)), rng)
    heard = None if talk is None else on_the_line(talk)
    return Scene(kind, name, on_the_line(sound), heard, tuple(said))


def not_speech(
    kind: str, name: str, sound: Sound, *, filtered: bool = True, agent: bool = True
) -> Scene:
    """A sound in which nothing should be found, while the agent speaks."""
    heard = on_the_line(agent_talk(len(sound) / RATE_HZ)) if agent else None
    return Scene(kind, name, on_the_line(sound, filtered=filtered), heard)
