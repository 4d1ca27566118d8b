"""The end that carries one call's sound: the two-way media stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LineAudio:
    """Audio from the phone.

    Attributes:
        mulaw: G.711 μ-law bytes, 8000 a second, any length (Twilio sends 160).
        timestamp_ms: presentation time since the stream began, in ms.
    """

    mulaw: bytes
    timestamp_ms: int


@dataclass(frozen=True, slots=True)
class LineMark:
    """The carrier has played everything before this mark, or has cleared it."""

    name: str


@dataclass(frozen=True, slots=True)
class LineDigit:
    """A key pressed on the phone."""

    digit: str


LineEvent = LineAudio | LineMark | LineDigit


class MediaLine(Protocol):
    """The two-way audio stream of one call. Sending never blocks; order is kept."""

    @property
    def call_sid(self) -> str:
        """The call whose audio this is."""
        ...

    @property
    def stream_sid(self) -> str:
        """The carrier's name of this stream; a call may have several after one another."""
        ...

    def events(self) -> AsyncIterator[LineEvent]:
        """What arrives, until the stream stops; ends normally on a stop and on a lost socket."""
        ...

    def send_audio(self, mulaw: bytes) -> None:
        """Queue μ-law audio, 8000 bytes a second, to be played in order."""
        ...

    def send_mark(self, name: str) -> None:
        """Ask for an echo when everything sent before has been played."""
        ...

    def clear(self) -> None:
        """Drop what is queued here and buffered at the carrier; pending marks are echoed."""
        ...

    async def close(self) -> None:
        """Close the stream within a second; safe to call twice."""
        ...
