"""Puts labelled answers together, plays them to an ear, and scores what it says.

Everything is 8000 Hz int16 after μ-law, from fixed seeds: the clips at their level, pauses, tones
and the line's noise, and the words as a transcript would bring them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, partial
from pathlib import Path
from statistics import median

import numpy as np

from callconsole.audio import wavfile
from callconsole.domain.answering import AnsweredBy, JudgedBy, Verdict
from callconsole.engine.answer_ear import AnswerEar
from support import onset_sounds
from support.answer_scripts import Script, Tones
from support.onset_sounds import (
    RATE_HZ,
    Pcm16,
    Sound,
    at_level,
    babble,
    bursts,
    clip,
    clip_ids,
    hum,
    music,
    noise,
    on_the_line,
    rng_of,
    with_level,
)

CLIPS = Path(__file__).parents[1] / "answers"
FRAME = 160
LEAD_S = 0.3
TONE_DBFS = -18.0


class Words(StrEnum):
    """How the transcript comes: after each utterance, in pieces while it is said, or never."""

    AFTER = "words after"
    PIECES = "words in pieces"
    NONE = "sound only"


@dataclass(frozen=True, slots=True)
class Said:
    """A text of a call, in ms: where it really begins and ends."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A call as it is heard: samples, what was said when, and when its words come."""

    script: Script
    mode: Words
    pcm: Pcm16
    said: tuple[Said, ...]
    words: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an ear made of one answer.

    Attributes:
        verdicts: every change, in order.
    """

    answer: Answer
    verdicts: tuple[Verdict, ...] = ()

    @property
    def first(self) -> AnsweredBy | None:
        """The first verdict; None where there was none."""
        return self.verdicts[0].answered_by if self.verdicts else None

    @property
    def last(self) -> AnsweredBy | None:
        """What it came to in the end."""
        return self.verdicts[-1].answered_by if self.verdicts else None

    @property
    def sure_ms(self) -> int | None:
        """When the ear's first verdict of its own came, by call audio."""
        own = (v.after_ms for v in self.verdicts if v.by is JudgedBy.EAR)
        return next(own, None)

    @property
    def ever_a_person(self) -> bool:
        """The agent would have spoken."""
        return any(v.answered_by is AnsweredBy.PERSON for v in self.verdicts)

    @property
    def wait_ms(self) -> int | None:
        """From the end of the person's first utterance to the verdict; None where none came."""
        texts = self.answer.said
        mine = texts[-1] if self.answer.script.at_first else texts[0]
        for verdict in self.verdicts:
            if verdict.answered_by is AnsweredBy.PERSON:
                return verdict.after_ms - mine.end_ms
        return None


# What lies under the speech -----------------------------------------------------------------


def _television(seconds: float, rng: np.random.Generator) -> Sound:
    """Somebody talks on and on, with a tune under it."""
    voices = [clip(c) for c in clip_ids("agent")]
    talk = np.concatenate([at_level(voice, -20) for voice in voices])
    tune = with_level(music(seconds, 110, 6, 0.5, rng), -34)
    looped = np.resize(np.roll(talk, int(rng.integers(len(talk)))), len(tune))
    return looped + tune


def _street(seconds: float, rng: np.random.Generator) -> Sound:
    """A brown rumble with swells of passing cars."""
    rumble = with_level(noise(seconds, 6, rng), -26)
    cars = bursts(seconds, (0.8, 2.5), (0.3, 1.5), 5, rng)
    return rumble + 0.08 * cars


def _background(name: str, seconds: float, rng: np.random.Generator) -> Sound:
    voices = partial(map, clip)
    match name:
        case "line" | "white":
            return noise(seconds, 0, rng)
        case "pink":
            return noise(seconds, 3, rng)
        case "hum":
            return hum(seconds, 50, (1.0, 0.1, 0.6, 0.05, 0.4, 0.03, 0.25, 0.02, 0.15))
        case "music":
            return music(seconds, 104, 6, 0.5, rng, drums=True)
        case "babble":
            return babble(seconds, list(voices(clip_ids("callee") + clip_ids("agent"))), rng)
        case "knocks":
            return bursts(seconds, (0.02, 0.06), (0.1, 1.5), 5, rng)
        case "television":
            return _television(seconds, rng)
        case "street":
            return _street(seconds, rng)
    raise ValueError(name)


def _tones(tones: Tones) -> Sound:
    one = onset_sounds.tones(tones.on_s + tones.off_s, tones.hz, tones.on_s, tones.off_s + 1e-9)
    ramp = np.minimum(1, np.arange(len(one)) / 40)
    on = int(tones.on_s * RATE_HZ)
    one[:on] *= np.minimum(ramp[:on], ramp[:on][::-1])
    return np.tile(with_level(one[:on], TONE_DBFS).max() * one / max(1, len(tones.hz)), tones.times)


# Calls --------------------------------------------------------------------------------------


@cache
def _clip(name: str) -> Sound:
    pcm, _ = wavfile.read(CLIPS / f"{name}.wav")
    return pcm.reshape(-1) / 32768


def answer(script: Script, mode: Words, stretch: float = 1.0) -> Answer:
    """The call of a script.

    Args:
        stretch: how much longer the pauses between two texts are than the script says.
    """
    pcm, said = _sound(script, stretch)
    words = tuple(_words(said, mode, rng_of(f"{script.id}, {mode}")))
    return Answer(script, mode, pcm, said, words)


@cache
def _sound(script: Script, stretch: float) -> tuple[Pcm16, tuple[Said, ...]]:
    pieces: list[Sound] = [np.zeros(int(LEAD_S * RATE_HZ))]
    said: list[Said] = []
    for part in script.parts:
        at = sum(map(len, pieces))
        if isinstance(part, str):
            pieces.append(at_level(_clip(f"{script.id}_{len(said)}"), script.dbfs))
            said.append(Said(part, at // 8, (at + len(pieces[-1])) // 8))
        elif isinstance(part, Tones):
            pieces.append(_tones(part))
        else:
            inside = said and len(said) < len(script.texts)
            pieces.append(np.zeros(int(part * (stretch if inside else 1) * RATE_HZ)))
    sound = np.concatenate(pieces)
    name, dbfs = script.background
    under = with_level(_background(name, len(sound) / RATE_HZ + 0.1, rng_of(script.id)), dbfs)
    return on_the_line(sound + under[: len(sound)]), tuple(said)


def _words(
    said: Iterable[Said], mode: Words, rng: np.random.Generator
) -> Iterator[tuple[int, str]]:
    """Pieces of transcript and the ms at which they come, in order."""
    for one in said:
        late_ms = int(rng.integers(300, 900))
        if mode is Words.AFTER:
            yield one.end_ms + late_ms, " " + one.text
        elif mode is Words.PIECES:
            words = one.text.split()
            for at in range(0, len(words), 3):
                piece = " ".join(words[at : at + 3])
                share = min(1.0, (at + 3) / len(words))
                spoken_ms = one.start_ms + int(share * (one.end_ms - one.start_ms))
                yield spoken_ms + late_ms, " " + piece


def outcome(heard: Answer, ear: AnswerEar | None = None) -> Outcome:
    """Play one answer to an ear in frames of 20 ms."""
    ear = ear or AnswerEar()
    words = list(heard.words)
    verdicts: list[Verdict] = []
    for at in range(0, len(heard.pcm) - FRAME + 1, FRAME):
        while words and words[0][0] * 8 <= at:
            ear.words(words.pop(0)[1])
        ear.hear(heard.pcm[at : at + FRAME])
        verdict = ear.verdict
        if verdict is not None and (not verdicts or verdict != verdicts[-1]):
            verdicts.append(verdict)
    return Outcome(heard, tuple(verdicts))


def outcomes(scripts: Iterable[Script], modes: Iterable[Words] = Words) -> list[Outcome]:
    """Every script in every mode, each a call of its own."""
    modes = list(modes)
    return [outcome(answer(script, mode)) for script in scripts for mode in modes]


# Figures ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Figures:
    """Counts over some outcomes.

    Attributes:
        confusion: by who was there, by what came out last (None: no verdict).
        spoken_to: voicemails and faxes that were taken for a person at any time.
        waits_ms: of persons who were found, not those behind a screening or menu.
        missed: persons who never were.
    """

    confusion: dict[AnsweredBy, dict[AnsweredBy | None, int]] = field(default_factory=dict)
    sure_ms: dict[AnsweredBy, list[int]] = field(default_factory=dict)
    spoken_to: list[Outcome] = field(default_factory=list)
    waits_ms: list[int] = field(default_factory=list)
    missed: list[Outcome] = field(default_factory=list)

    @property
    def median_wait_ms(self) -> float:
        return median(self.waits_ms)

    def add(self, one: Outcome) -> None:
        truth = one.answer.script.answered_by
        row = self.confusion.setdefault(truth, {})
        row[one.last] = row.get(one.last, 0) + 1
        if one.sure_ms is not None:
            self.sure_ms.setdefault(truth, []).append(one.sure_ms)
        if truth in (AnsweredBy.VOICEMAIL, AnsweredBy.FAX) and one.ever_a_person:
            self.spoken_to.append(one)
        if truth is AnsweredBy.PERSON:
            if one.last is not AnsweredBy.PERSON:
                self.missed.append(one)
            elif one.wait_ms is not None and not one.answer.script.at_first:
                self.waits_ms.append(one.wait_ms)


def figures(some: Iterable[Outcome]) -> Figures:
    """Count."""
    total = Figures()
    for one in some:
        total.add(one)
    return total
