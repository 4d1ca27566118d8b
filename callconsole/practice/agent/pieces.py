"""The pieces that a reply comes in, and what faults of the voice make of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from callconsole.practice.agent.protocol import (
    OUTPUT_RATE_HZ,
    Json,
    Pcm16,
    audio_part,
    server_content,
)

# Seen in the field: full-length audio with peaks of 18, where speech has thousands.
_FAINT_PEAK = 18
_TONE_HZ = 440
_TONE_PEAK = 8000
_TONE_PIECE_S = 0.2


class Spoiling(StrEnum):
    """What is wrong with a reply."""

    FAINT = "faint"
    """Audio of full length that nobody can hear."""
    WORDS_ONLY = "words only"
    """The transcript comes, the audio does not."""
    TONE = "tone"
    """A tone that goes on and on instead of speech; the words stall."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of a reply: `pcm` is shape (n,), int16, 24000 Hz; `words` go before it."""

    pcm: Pcm16
    words: tuple[str, ...] = ()

    @property
    def duration_s(self) -> float:
        """How long the piece plays."""
        return len(self.pcm) / OUTPUT_RATE_HZ

    def messages(self, *, transcribed: bool, bundled: bool) -> list[Json]:
        """What the service sends for it, words and sound in one event where `bundled`."""
        words = self.words if transcribed else ()
        spoken = [server_content(outputTranscription={"text": text}) for text in words]
        if not len(self.pcm):
            return spoken
        sound = audio_part(self.pcm)
        if spoken and bundled:
            joint = server_content(modelTurn=sound, outputTranscription={"text": words[-1]})
            return [*spoken[:-1], joint]
        return [*spoken, server_content(modelTurn=sound)]


def spoil(pieces: list[Piece], how: Spoiling, tone_s: float) -> list[Piece]:
    """The same reply with a fault; `tone_s` is the length of a tone."""
    if how is Spoiling.WORDS_ONLY:
        return [replace(piece, pcm=piece.pcm[:0]) for piece in pieces]
    if how is Spoiling.FAINT:
        return [replace(piece, pcm=_faint(piece.pcm)) for piece in pieces]
    tone = _tone(_TONE_PIECE_S)
    first = Piece(tone, pieces[0].words if pieces else ())
    return [first, *[Piece(tone)] * (round(tone_s / _TONE_PIECE_S) - 1)]


def _faint(pcm: Pcm16) -> Pcm16:
    peak = max(1, int(np.abs(pcm.astype(np.int32)).max(initial=0)))
    return (pcm.astype(np.float64) * min(1.0, _FAINT_PEAK / peak)).round().astype(np.int16)


def _tone(duration_s: float) -> Pcm16:
    # Whole periods, so that pieces join without a click.
    times = np.arange(round(duration_s * OUTPUT_RATE_HZ)) / OUTPUT_RATE_HZ
    return (_TONE_PEAK * np.sin(2 * np.pi * _TONE_HZ * times)).astype(np.int16)
