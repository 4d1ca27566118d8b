"""Prints how well and how soon the onset detector finds a caller, beside a plain energy gate.

``python bench/onset_figures.py [--json]``; what each column means stands in ``bench/README.md``.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import sys
import timeit
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Protocol

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np

from callconsole.audio.meter import level_dbfs
from callconsole.audio.onset import OnsetDetector
from support import onset_scenes
from support.onset_sounds import Pcm16, Scene, Sound, clip, clip_ids, spoken

FRAME = 160
IN_TIME_MS = 400
AFTER_END_MS = 200

_ENGLISH = (
    *("Yes.", "No.", "Stop.", "Hello?", "Okay."),
    *("Wait a moment please.", "What is this about?", "Sorry, who is calling?"),
)
# None of these voices was heard while the detector's numbers were chosen.
VOICES: dict[str, Sequence[str]] = {
    "en-gb-scotland+f3": _ENGLISH,
    "en-029+m7": _ENGLISH,
    "en-us-nyc+f4": _ENGLISH,
    "en-gb-x-gbclan+m2": _ENGLISH,
    "it+m1": ("Sì.", "No.", "Basta.", "Pronto?", "Un momento, per favore.", "Chi parla?"),
    "pt-br+f1": ("Sim.", "Não.", "Pare.", "Alô?", "Um momento, por favor.", "Quem fala?"),
    "nl+f2": ("Ja.", "Nee.", "Stop.", "Hallo?", "Een ogenblik alstublieft.", "Wie is dat?"),
    "ru+m4": ("Да.", "Нет.", "Стоп.", "Алло?", "Подождите, пожалуйста.", "Кто это говорит?"),
    "pl+f5": ("Tak.", "Nie.", "Stop.", "Halo?", "Chwileczkę, proszę.", "Kto mówi?"),
    "tr+m6": ("Evet.", "Yok.", "Dur.", "Alo?", "Bir dakika lütfen.", "Kim o?"),
}


class Detector(Protocol):
    """What is measured."""

    def agent(self, pcm: Pcm16) -> None: ...

    def process(self, pcm: Pcm16, *, agent_playing: bool) -> bool: ...


class EnergyGate:
    """Baseline: speech is what lies above -42 dBFS for 60 ms, until 500 ms below."""

    def __init__(self) -> None:
        self._loud = 0
        self._quiet = 0
        self._open = False

    def agent(self, pcm: Pcm16) -> None:
        """It knows nothing of echo."""

    def process(self, pcm: Pcm16, *, agent_playing: bool) -> bool:
        loud = level_dbfs(pcm) > -42
        self._loud = self._loud + 1 if loud else 0
        self._quiet = 0 if loud else self._quiet + 1
        if self._open:
            self._open = self._quiet <= 25
            return False
        self._open = self._loud >= 3
        return self._open


SYSTEMS: dict[str, Callable[[], Detector]] = {
    "callconsole": OnsetDetector,
    "energy gate": EnergyGate,
}


@dataclass(slots=True)
class Score:
    """What was found in the scenes of one kind.

    Attributes:
        said: utterances there were.
        found: utterances found within 400 ms of their voice.
        late: utterances found later.
        false: onsets where nobody spoke.
        minutes: how long the scenes are.
        after_voice_ms: from the voice's beginning to the onset, for each that was found.
        after_start_ms: the same from the first sound, which may be a hiss or a breath.
    """

    said: int = 0
    found: int = 0
    late: int = 0
    false: int = 0
    minutes: float = 0.0
    after_voice_ms: list[float] = field(default_factory=list)
    after_start_ms: list[float] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found / self.said

    @property
    def precision(self) -> float:
        return (self.found + self.late) / max(1, self.found + self.late + self.false)

    def add(self, other: Score) -> None:
        self.said += other.said
        self.found += other.found
        self.late += other.late
        self.false += other.false
        self.minutes += other.minutes
        self.after_voice_ms += other.after_voice_ms
        self.after_start_ms += other.after_start_ms


def onsets(detector: Detector, scene: Scene, frame: int = FRAME) -> Iterator[int]:
    """Samples of the scene that had come when the detector spoke up."""
    for at in range(0, len(scene.caller), frame):
        if scene.agent is not None:
            detector.agent(scene.agent[at : at + frame])
        pcm = scene.caller[at : at + frame]
        if detector.process(pcm, agent_playing=scene.agent is not None):
            yield at + len(pcm)


def score(detector: Detector, scene: Scene) -> Score:
    """Hold what a detector finds in one scene against its labels."""
    unclaimed = list(onsets(detector, scene))
    result = Score(said=len(scene.said), minutes=len(scene.caller) / 8000 / 60)
    for utterance in scene.said:
        until = utterance.end + AFTER_END_MS * 8
        claimed = [at for at in unclaimed if utterance.start <= at <= until]
        unclaimed = [at for at in unclaimed if at not in claimed]
        if claimed and claimed[0] - utterance.voiced <= IN_TIME_MS * 8:
            result.found += 1
            result.after_voice_ms.append((claimed[0] - utterance.voiced) / 8)
            result.after_start_ms.append((claimed[0] - utterance.start) / 8)
        elif claimed:
            result.late += 1
    result.false = len(unclaimed)
    return result


def scores(make: Callable[[], Detector], scenes: Iterable[Scene]) -> dict[str, Score]:
    """By kind of scene; every scene is a call of its own."""
    table: dict[str, Score] = {}
    for scene in scenes:
        table.setdefault(scene.kind, Score()).add(score(make(), scene))
    return table


def whole(table: dict[str, Score]) -> Score:
    """All kinds together."""
    total = Score()
    for one in table.values():
        total.add(one)
    return total


def voices() -> list[tuple[str, Sequence[Sound]]]:
    """Ten of espeak-ng's, or the practice clips where that is not installed."""
    if shutil.which("espeak-ng") is None:
        return [(c, [clip(c)]) for c in clip_ids("callee")]
    return [(voice, [spoken(voice, text) for text in texts]) for voice, texts in VOICES.items()]


def all_scenes() -> list[Scene]:
    """What the detector's numbers were chosen on is another take of the sounds, other voices."""
    return [*onset_scenes.speech(voices()), *onset_scenes.sounds(60, take="bench")]


def costs_us(rounds: int = 15, calls: int = 1000) -> dict[str, float]:
    """Median microseconds of processor time per 20 ms frame, the systems taking turns."""
    rng = np.random.default_rng(3)
    noise = np.rint(rng.normal(0, 3000, FRAME)).astype(np.int16)
    gate, ours = EnergyGate(), OnsetDetector()
    runs: dict[str, Callable[[], object]] = {
        "energy gate": lambda: gate.process(noise, agent_playing=True),
        "callconsole": lambda: ours.process(noise, agent_playing=True),
        "callconsole, agent's side": lambda: ours.agent(noise),
    }
    spent: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            spent[name].append(timeit.timeit(run, timer=thread_time, number=calls) / calls * 1e6)
    return {name: median(values) for name, values in spent.items()}


def figures(one: Score) -> dict[str, float | int | None]:
    """What is printed of a score; None where there is no such figure."""
    row: dict[str, float | int | None] = {
        "said": one.said,
        "recall %": 100 * one.recall if one.said else None,
        "late": one.late,
        "false": one.false,
        "false/min": one.false / one.minutes,
    }
    for name, times_ms in (("voice", one.after_voice_ms), ("start", one.after_start_ms)):
        p50, p95 = np.percentile(times_ms, (50, 95)) if times_ms else (None, None)
        row |= {f"{name} p50 ms": p50, f"{name} p95 ms": p95}
    return row


def _shown(value: float | int | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def print_table(name: str, table: dict[str, Score]) -> None:
    total = whole(table)
    rows = {kind: figures(one) for kind, one in table.items()} | {"all": figures(total)}
    print(f"\n{name}: precision {100 * total.precision:.1f} %, recall {100 * total.recall:.1f} %")
    print(f"{'':26}" + "".join(f"{column:>14}" for column in rows["all"]))
    for kind, row in rows.items():
        print(f"{kind:26}" + "".join(f"{_shown(value):>14}" for value in row.values()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    as_json = parser.parse_args().json
    scenes = all_scenes()
    tables = {name: scores(make, scenes) for name, make in SYSTEMS.items()}
    costs = costs_us()
    if as_json:
        machine = {"python": platform.python_version(), "numpy": np.__version__}
        shown = {
            name: {kind: figures(one) for kind, one in (table | {"all": whole(table)}).items()}
            | {"precision %": 100 * whole(table).precision}
            for name, table in tables.items()
        }
        print(json.dumps({"machine": machine, "figures": shown, "us per frame": costs}, indent=2))
        return
    for name, table in tables.items():
        print_table(name, table)
    print("\nus per 20 ms frame: " + ", ".join(f"{n} {v:.1f}" for n, v in costs.items()))


if __name__ == "__main__":
    main()
