"""What was sent and may be lost with a connection: the model has not answered it yet."""

from __future__ import annotations

from collections import deque

import numpy as np

from callconsole.adapters.gemini.uplink import BYTES_PER_MS

KEPT_MS = 6000
_TEXTS = 10
# A peak of -33 dBFS: speech on a phone line is well above, its noise below.
_SPEECH_PEAK = 700


class Unanswered:
    """The newest caller audio, at most `kept_ms`, and the newest texts, in order."""

    def __init__(self, kept_ms: int = KEPT_MS) -> None:
        self._kept_bytes = kept_ms * BYTES_PER_MS
        self._items: deque[bytes | str] = deque()
        self._audio_bytes = 0
        self._texts = 0

    def sent(self, item: bytes | str) -> None:
        """Take note of what has gone out."""
        self._items.append(item)
        if isinstance(item, bytes):
            self._audio_bytes += len(item)
        else:
            self._texts += 1
        while self._audio_bytes > self._kept_bytes or self._texts > _TEXTS:
            self._forget_oldest()

    def answered(self) -> None:
        """The model has begun to speak: what came before has reached it."""
        if self._items:
            self._items.clear()
            self._audio_bytes = self._texts = 0

    def remembered(self) -> None:
        """The server has issued a handle, which remembers what the caller said before it.

        A text stays: it may be on its way still, and wants an answer.
        """
        texts = self.texts()
        self.answered()
        for text in texts:
            self.sent(text)

    def texts(self) -> list[str]:
        """The texts alone."""
        return [item for item in self._items if isinstance(item, str)]

    def items(self) -> list[bytes | str]:
        """Everything, oldest first."""
        return list(self._items)

    @property
    def has_speech(self) -> bool:
        """True where the audio is more than silence and noise."""
        return any(
            int(np.abs(np.frombuffer(item, "<i2").astype(np.int32)).max()) > _SPEECH_PEAK
            for item in self._items
            if isinstance(item, bytes)
        )

    def _forget_oldest(self) -> None:
        item = self._items.popleft()
        if isinstance(item, bytes):
            self._audio_bytes -= len(item)
        else:
            self._texts -= 1
