"""Audio sent to the phone and not yet heard: a buffer that drains in real time, with marks."""

from __future__ import annotations

from collections import deque

FRAME_BYTES = 160
FRAME_MS = 20
SILENCE = 0xFF
SILENT_FRAME = bytes([SILENCE]) * FRAME_BYTES
BYTES_PER_S = 8000
CAPACITY_BYTES = 600 * BYTES_PER_S


class PlayoutBuffer:
    """First in, first out; mu-law, 8000 bytes a second.

    A mark stands at the end of the audio queued before it and is due when all of that has been
    played. One frame is on the air between two calls of `take`, and counts as heard only at the
    second of them. The ten-minute limit is Twilio's (error 31931).
    """

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._marks: deque[tuple[int, str]] = deque()
        self._queued = 0
        self._taken = 0
        self._heard = 0

    @property
    def buffered_ms(self) -> float:
        """Audio that has not started to play, in ms."""
        return len(self._waiting) * 1000 / BYTES_PER_S

    def put(self, mulaw: bytes) -> bool:
        """Queue audio; False where the buffer is full and the audio was dropped."""
        if len(self._waiting) + len(mulaw) > CAPACITY_BYTES:
            return False
        self._waiting += mulaw
        self._queued += len(mulaw)
        return True

    def mark(self, name: str) -> bool:
        """Set a mark; True where it is due at once because nothing is left to be played."""
        if self._heard >= self._queued and not self._marks:
            return True
        self._marks.append((self._queued, name))
        return False

    def take(self) -> tuple[bytes, list[str]]:
        """The next 160 bytes to play, silence where audio is short, and the marks now due."""
        self._heard = self._taken
        due = []
        while self._marks and self._marks[0][0] <= self._heard:
            due.append(self._marks.popleft()[1])
        frame = bytes(self._waiting[:FRAME_BYTES])
        del self._waiting[:FRAME_BYTES]
        self._taken += len(frame)
        return frame.ljust(FRAME_BYTES, SILENT_FRAME[:1]), due

    def clear(self) -> list[str]:
        """Drop what is queued; the pending marks, which are echoed although never heard."""
        self._waiting.clear()
        self._queued = self._taken
        names = [name for _, name in self._marks]
        self._marks.clear()
        return names
