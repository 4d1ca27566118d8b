"""Speak the labelled answers: every text of every script once, with espeak-ng, as mu-law clips.

Needs the program espeak-ng. Run from a checkout: ``python -m tools.make_answer_set``.
The clips are committed, so that tests and bench never need a synthesizer. Levels, noise, pauses
and tones are not in them: `tests/support/answer_calls.py` puts the calls together.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import wave
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np
import soxr
from numpy.typing import NDArray

from callconsole.audio import mulaw, wavfile
from support.answer_scripts import Script, scripts

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "answers"
RATE_HZ = 8000
PEAK = 10 ** (-6 / 20)
TRIM_LEVEL = 10 ** (-40 / 20)
SPEEDS = (150, 165, 180, 170, 190)
PITCHES = (50, 42, 58, 50, 66)


def spoken(voice: str, text: str, speed: int, pitch: int) -> NDArray[np.int16]:
    """The text as speech, shape (n,), 8000 Hz, from its first sound to its last, peak -6 dBFS."""
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout", text]
    speech = subprocess.run(command, check=True, capture_output=True).stdout
    # espeak-ng does not know the length when it writes the header to a pipe.
    with wave.open(io.BytesIO(speech)) as wav:
        source_rate_hz = wav.getframerate()
    body = speech[44:]
    pcm = np.frombuffer(body[: len(body) // 2 * 2], dtype="<i2").astype(np.float64)
    sound = np.asarray(soxr.resample(pcm, source_rate_hz, RATE_HZ, quality="VHQ"))
    loud = np.flatnonzero(np.abs(sound) > TRIM_LEVEL * np.abs(sound).max())
    trimmed = sound[loud[0] : loud[-1] + 1]
    scaled: NDArray[np.int16] = np.rint(trimmed * (PEAK / np.abs(trimmed).max() * 32767)).astype(
        np.int16
    )
    return scaled


def make(script: Script, number: int, folder: Path) -> int:
    """Write a script's clips; returns their bytes."""
    size = 0
    for index, text in enumerate(script.texts):
        style = number % len(SPEEDS)
        pcm = spoken(script.voice_of(index), text, SPEEDS[style], PITCHES[style])
        path = folder / f"{script.id}_{index}.wav"
        wavfile.write_mulaw(path, mulaw.encode(pcm), RATE_HZ)
        size += path.stat().st_size
    return size


def main() -> None:
    """Make all clips anew and say how much that is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the clips go")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for former in folder.glob("*.wav"):
        former.unlink()
    sizes = [make(script, number, folder) for number, script in enumerate(scripts())]
    print(f"{len(sizes)} scripts, {sum(sizes) / 1e6:.2f} MB in {folder}")


if __name__ == "__main__":
    main()
