"""The practice line's speech: short clips of real words for the agent and for the callees."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from callconsole import paths
from callconsole.audio import mulaw

Role = Literal["agent", "callee"]

_WAVE_FORMAT_MULAW = 7


@dataclass(frozen=True)
class Clip:
    """One recorded line. The sound is read from its file at its first use and kept.

    Attributes:
        id: the clip's name, such as ``person_hello``.
        role: "agent" or "callee".
        voice: the synthesizer's voice.
        text: the words.
        path: the WAV file, mono, G.711 mu-law (format tag 7).
        rate_hz: 24000 for the agent, 8000 for callees.
        duration_s: length of the sound.
    """

    id: str
    role: str
    voice: str
    text: str
    path: Path
    rate_hz: int
    duration_s: float

    @cached_property
    def mulaw(self) -> bytes:
        """The sound as mu-law bytes, `rate_hz` a second. Raises ValueError, OSError."""
        return _mulaw_data(self.path)

    @cached_property
    def pcm(self) -> NDArray[np.int16]:
        """The sound as int16, shape (n,), `rate_hz` a second. Raises ValueError, OSError."""
        return mulaw.decode(self.mulaw)


def load(role: Role, folder: Path | None = None) -> dict[str, Clip]:
    """Every clip of a role by its id, from the shipped manifest or that of another folder."""
    place = folder or paths.resources() / "practice"
    entries = json.loads((place / "clips.json").read_text(encoding="utf-8"))
    return {
        entry["id"]: Clip(
            id=entry["id"],
            role=entry["role"],
            voice=entry["voice"],
            text=entry["text"],
            path=place / entry["file"],
            rate_hz=entry["rate_hz"],
            duration_s=entry["duration_s"],
        )
        for entry in entries
        if entry["role"] == role
    }


def _mulaw_data(path: Path) -> bytes:
    """The bytes of a mu-law WAV file's ``data`` chunk."""
    content = path.read_bytes()
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise ValueError(f"{path.name} is not a WAV file")
    offset = 12
    while offset + 8 <= len(content):
        name = content[offset : offset + 4]
        (size,) = struct.unpack_from("<I", content, offset + 4)
        body = content[offset + 8 : offset + 8 + size]
        if name == b"fmt " and struct.unpack_from("<HH", body) != (_WAVE_FORMAT_MULAW, 1):
            raise ValueError(f"{path.name} is not mono mu-law")
        if name == b"data":
            return body
        offset += 8 + size + size % 2
    raise ValueError(f"{path.name} holds no sound")
