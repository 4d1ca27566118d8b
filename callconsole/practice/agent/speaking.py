"""Turn a clip into the service's messages: words ahead of sound, in pieces, at a pace."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator
from itertools import cycle

from callconsole.practice.agent.faults import AgentFaults
from callconsole.practice.agent.pace import Pace
from callconsole.practice.agent.pieces import Piece
from callconsole.practice.agent.protocol import OUTPUT_RATE_HZ, Pcm16
from callconsole.practice.clips import Clip

_WORDS_PER_PIECE = 3
# All words are out by the time this share of the sound is: text runs ahead of audio.
_WORDS_BY_SHARE = 0.6


def plan_reply(clip: Clip, chunk_ms: tuple[int, ...]) -> list[Piece]:
    """Cut a 24000 Hz clip into pieces of the given lengths, each with the words to say first."""
    sounds: list[Pcm16] = []
    start, lengths = 0, cycle(chunk_ms)
    while start < len(clip.pcm):
        stop = start + next(lengths) * OUTPUT_RATE_HZ // 1000
        sounds.append(clip.pcm[start:stop])
        start = stop
    groups = split_words(clip.text, _WORDS_PER_PIECE)
    places = [int(i * len(sounds) * _WORDS_BY_SHARE / len(groups)) for i in range(len(groups))]
    return [
        Piece(sound, tuple(g for g, place in zip(groups, places, strict=True) if place == index))
        for index, sound in enumerate(sounds)
    ]


def split_words(text: str, count: int) -> list[str]:
    """`text` in groups of `count` words that join to the text again."""
    words = text.split()
    groups = [" ".join(words[start : start + count]) for start in range(0, len(words), count)]
    return [group if index == 0 else f" {group}" for index, group in enumerate(groups)]


async def paced(
    pieces: list[Piece], pace: Pace, faults: AgentFaults
) -> AsyncGenerator[Piece, None]:
    """The pieces at the times at which the service would have generated them."""
    speed = faults.audio_speed or pace.speed
    loop = asyncio.get_running_loop()
    began, generated_s, gap_due = loop.time(), 0.0, faults.gap_ms > 0
    for piece in pieces:
        if gap_due and generated_s * 1000 >= faults.gap_after_ms:
            gap_due = False
            began += faults.gap_ms / 1000
        due = began + (0.0 if math.isinf(speed) else generated_s / speed)
        await asyncio.sleep(max(0.0, due - loop.time()))
        yield piece
        generated_s += piece.duration_s
