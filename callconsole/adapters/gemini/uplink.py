"""What waits to be sent to the model: never blocks the caller, never grows without bound."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from callconsole.adapters.gemini.tool_answer import ToolAnswer
from callconsole.adapters.gemini.whisper import Whisper
from callconsole.engine.ports import Pcm16

RATE_HZ = 16_000
BYTES_PER_MS = RATE_HZ * 2 // 1000
# A line that stays slow would be this late for ever; a change of connection ends soon.
KEPT_MS = 2000
KEPT_WHILE_MOVING_MS = 12_000
CHUNK_MS = 100

Item = bytes | str | Whisper | ToolAnswer


def to_bytes(pcm: Pcm16) -> bytes:
    """Samples as Gemini takes them, int16 little-endian."""
    return pcm.astype("<i2", copy=False).tobytes()


class Uplink:
    """Audio, text and results in order; beyond `kept_ms` the oldest audio goes, nothing else does.

    While realtime input is withheld, results go first, text waits and audio is dropped.
    Not for threads; one consumer.

    Attributes:
        withheld: True while nothing but results may be sent.
        dropped_ms: audio given up so far.
    """

    def __init__(self, kept_ms: int = KEPT_MS) -> None:
        self._usually_kept_bytes = self._kept_bytes = kept_ms * BYTES_PER_MS
        self.withheld = False
        self._items: deque[Item] = deque()
        self._waiting_bytes = 0
        self._dropped_bytes = 0
        self._filled = asyncio.Event()

    @property
    def dropped_ms(self) -> float:
        """Milliseconds of caller audio that the model never got."""
        return self._dropped_bytes / BYTES_PER_MS

    @property
    def idle(self) -> bool:
        """True where nothing waits and nothing is on its way."""
        return not self._items

    def hold(self, kept_ms: int = KEPT_WHILE_MOVING_MS) -> None:
        """Keep more audio until the queue has been empty once; nobody sends just now."""
        self._kept_bytes = kept_ms * BYTES_PER_MS

    def put_back(self, items: Sequence[Item]) -> None:
        """Put what has to be sent again before all that waits."""
        self._items.extendleft(reversed(items))
        self._waiting_bytes += sum(len(item) for item in items if isinstance(item, bytes))
        if self._items:
            self._filled.set()

    def add_audio(self, pcm: Pcm16) -> None:
        """Queue audio, shape (n,), int16, mono, 16000 Hz; the samples are copied."""
        self.add_bytes(to_bytes(pcm))

    def add_bytes(self, data: bytes) -> None:
        """Queue audio as `to_bytes` makes it."""
        if not data:
            return
        self._items.append(data)
        self._waiting_bytes += len(data)
        while self._waiting_bytes > self._kept_bytes:
            self._drop_oldest_audio()
        self._filled.set()

    def add_text(self, text: str | Whisper) -> None:
        """Queue text to act on, or to keep in mind."""
        self._items.append(text)
        self._filled.set()

    def add_answer(self, answer: ToolAnswer) -> None:
        """Queue a function's result; before all else that is withheld until it has been sent."""
        place = len(self._items)
        if self.withheld:
            others = (n for n, item in enumerate(self._items) if not isinstance(item, ToolAnswer))
            place = next(others, place)
        self._items.insert(place, answer)
        self._filled.set()

    def withhold(self, withheld: bool) -> None:
        """Send nothing but results from now on, and drop the audio that waits; or go on."""
        self.withheld = withheld
        if withheld:
            for item in [item for item in self._items if isinstance(item, bytes)]:
                self._remove(item)
                self._dropped_bytes += len(item)
        self._filled.set()

    def drop(self, data: bytes) -> None:
        """Count audio that is not even queued."""
        self._dropped_bytes += len(data)

    async def next(self) -> Item:
        """Wait for what is due next and leave it queued until `sent`.

        Audio that has piled up comes in one piece of at most 100 ms or one chunk as it was added.
        """
        while not self._may_send():
            self._filled.clear()
            await self._filled.wait()
        self._join_audio()
        return self._items[0]

    def sent(self, item: Item) -> None:
        """Forget the item that `next` gave, unless it has been dropped meanwhile."""
        self.remove(item)
        if not self._items:
            self._kept_bytes = self._usually_kept_bytes

    def remove(self, item: Item) -> None:
        """Take an item out that is not wanted any more; it need not be there."""
        # Something may have been put before it while it was being sent.
        if any(waiting is item for waiting in self._items):
            self._remove(item)

    def _may_send(self) -> bool:
        return bool(self._items) and (not self.withheld or isinstance(self._items[0], ToolAnswer))

    def _remove(self, item: Item) -> None:
        del self._items[next(n for n, waiting in enumerate(self._items) if waiting is item)]
        if isinstance(item, bytes):
            self._waiting_bytes -= len(item)

    def _join_audio(self) -> None:
        pieces: list[bytes] = []
        length = 0
        while self._items and isinstance(piece := self._items[0], bytes):
            if pieces and length + len(piece) > CHUNK_MS * BYTES_PER_MS:
                break
            self._items.popleft()
            pieces.append(piece)
            length += len(piece)
        if pieces:
            self._items.appendleft(pieces[0] if len(pieces) == 1 else b"".join(pieces))

    def _drop_oldest_audio(self) -> None:
        for index, item in enumerate(self._items):
            if isinstance(item, bytes):
                del self._items[index]
                self._waiting_bytes -= len(item)
                self._dropped_bytes += len(item)
                return
