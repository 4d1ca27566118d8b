"""The scenes that the onset detector is measured on: who speaks on what line, and what else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from support.onset_sounds import (
    AGENT_DBFS,
    Scene,
    Sound,
    agent_talk,
    babble,
    bursts,
    clip,
    clip_ids,
    conversation,
    dtmf,
    echo_of,
    hum,
    music,
    noise,
    not_speech,
    on_the_line,
    rng_of,
    tones,
    with_level,
)

SPEECH_DBFS = (-12, -18, -24, -30, -36)
ODD_HUM = (1.0, 0.1, 0.6, 0.05, 0.4, 0.03, 0.25, 0.02, 0.15)
RECTIFIED_HUM = (0.1, 1.0, 0.05, 0.6, 0.03, 0.45, 0.02, 0.3, 0.02, 0.2, 0.0, 0.15)


def _noise_at(dbfs: float, slope_db: float, name: str) -> Callable[[float], Sound]:
    return lambda s: with_level(noise(s, slope_db, rng_of(name)), dbfs)


def crowd(seconds: float, dbfs: float, name: str) -> Sound:
    """Babble of all practice voices, each of them several times."""
    voices = [clip(c) for c in clip_ids("callee") + clip_ids("agent")]
    return with_level(babble(seconds, voices, rng_of(name)), dbfs)


def backgrounds(speech_dbfs: float) -> dict[str, Callable[[float], Sound]]:
    """What may lie under speech of this level, by class."""
    return {
        "in white noise, 20 dB": _noise_at(speech_dbfs - 20, 0, "w20"),
        "in white noise, 10 dB": _noise_at(speech_dbfs - 10, 0, "w10"),
        "in pink noise, 10 dB": _noise_at(speech_dbfs - 10, 3, "p10"),
        "in pink noise, 5 dB": _noise_at(speech_dbfs - 5, 3, "p5"),
        "in babble, 15 dB": partial(crowd, dbfs=speech_dbfs - 15, name="b15"),
        "in hum, 10 dB": lambda s: with_level(hum(s, 50, ODD_HUM), speech_dbfs - 10),
    }


def speech(voices: Sequence[tuple[str, Sequence[Sound]]], echoes: bool = True) -> Iterator[Scene]:
    """Every voice at every level on a quiet line, and at -24 dBFS on bad ones.

    Args:
        voices: for each voice its name and what it says, one utterance after the other.
        echoes: with the agent's echo too.
    """
    quiet = _noise_at(-65, 0, "quiet line")
    for name, words in voices:
        for dbfs in SPEECH_DBFS:
            yield conversation(f"at {dbfs} dBFS", name, words, dbfs, quiet)
        yield conversation("agent silent", name, words, -24, quiet, agent=False)
        for kind, background in backgrounds(-24).items():
            yield conversation(kind, name, words, -24, background)
        if echoes:
            for loss_db in (30, 20):
                kind = f"over echo of -{loss_db} dB"
                yield conversation(kind, name, words, -24, quiet, echo_loss_db=loss_db)


def sounds(seconds: float, take: str = "") -> Iterator[Scene]:
    """Everything that is no speech of the caller's, `seconds` of each; another take, other dice."""
    steady = partial(not_speech, filtered=False)
    half = np.zeros(int(seconds * 4000))

    def late(sound: Sound) -> Sound:
        return np.concatenate((half, sound[len(half) :]))

    yield steady("silence", "zeros", np.zeros(int(seconds * 8000)))
    for dbfs in (-55, -40, -28):
        for colour, slope_db in (("white", 0.0), ("pink", 3.0), ("brown", 6.0)):
            made = with_level(noise(seconds, slope_db, rng_of(take + colour)), dbfs)
            yield steady("noise", f"{colour} {dbfs}", made)
            yield steady("noise", f"{colour} {dbfs}, sudden", late(made))
    for mains_hz in (50, 60):
        for shape, partials in (("odd", ODD_HUM), ("rectified", RECTIFIED_HUM)):
            for dbfs in (-40, -25):
                made = with_level(hum(seconds, mains_hz, partials), dbfs)
                floor = with_level(noise(seconds, 0, rng_of(take + "hum")), -60)
                yield steady("hum", f"{mains_hz} {shape} {dbfs}", made + floor)
                yield steady("hum", f"{mains_hz} {shape} {dbfs}, sudden", late(made) + floor)
    for on_s, off_s in ((0.08, 0.08), (0.2, 0.3), (0.5, 1.0)):
        made = dtmf(seconds, "159*0#72846", on_s, off_s)
        yield not_speech("keys and tones", f"keys {on_s}", with_level(made, -18))
    for hz, on_s, off_s in (
        ((440.0, 480.0), 2.0, 4.0), ((425.0,), 1.0, 4.0), ((480.0, 620.0), 0.5, 0.5),
        ((425.0,), 0.25, 0.25), ((350.0, 440.0), 9.0, 0.1), ((1000.0,), 0.5, 2.0),
        ((1400.0,), 0.4, 1.5), ((950.0, 1400.0, 1800.0), 0.33, 1.0),
    ):  # fmt: skip
        made = tones(seconds, hz, on_s, off_s)
        yield not_speech("keys and tones", f"tones {hz}", with_level(made, -20))
    for dbfs in (-18, -30):
        rng = rng_of(take + f"knock {dbfs}")
        clicks = bursts(seconds, (0.0003, 0.004), (0.05, 1.0), 0, rng)
        yield not_speech("clicks and knocks", f"clicks {dbfs}", clicks * 10 ** (dbfs / 20) * 8)
        knocks = bursts(seconds, (0.02, 0.06), (0.1, 1.5), 5, rng)
        yield not_speech("clicks and knocks", f"knocks {dbfs}", knocks * 10 ** (dbfs / 20) * 5)
        breath = bursts(seconds, (0.3, 1.2), (0.5, 2.0), 2, rng)
        yield not_speech("breath and wind", f"breath {dbfs}", breath * 10 ** (dbfs / 20) * 3)
        wind = bursts(seconds, (0.2, 2.0), (0.0, 0.5), 6, rng)
        yield not_speech("breath and wind", f"wind {dbfs}", wind * 10 ** (dbfs / 20) * 3)
    for dbfs in (-22, -32):
        for style, bpm, partials_, decay_s, drums, vibrato in (
            ("piano", 96, 6, 0.5, False, 0.0), ("organ", 72, 8, 5.0, False, 0.0),
            ("strings", 60, 10, 3.0, False, 0.003), ("pop", 120, 8, 0.4, True, 0.0),
            ("bells", 84, 3, 1.0, False, 0.0),
            ("strings, strong vibrato", 66, 10, 3.0, False, 0.006),
        ):  # fmt: skip
            rng = rng_of(take + f"{style} {dbfs}")
            made = music(seconds, bpm, partials_, decay_s, rng, drums=drums, vibrato=vibrato)
            yield not_speech("music", f"{style} {dbfs}", with_level(made, dbfs))
    for dbfs in (-45, -35):
        yield not_speech("babble", f"crowd {dbfs}", crowd(seconds, dbfs, f"{take}crowd {dbfs}"))
    for loss_db in (20, 25, 30, 40):
        yield from _echoes(seconds, loss_db, take)


def _echoes(seconds: float, loss_db: float, take: str) -> Iterator[Scene]:
    floor = with_level(noise(seconds, 0, rng_of(take + "floor")), -65)
    for first, delay_s in enumerate((0.04, 0.12, 0.25, 0.45)):
        talk = agent_talk(seconds, 2 * first)
        heard = echo_of(talk, loss_db, delay_s, rng_of(take + f"echo {delay_s}"))
        name = f"{AGENT_DBFS - loss_db} dBFS after {delay_s} s"
        kind = f"echo of -{loss_db:g} dB"
        yield Scene(kind, name, on_the_line(heard + floor), on_the_line(talk))
