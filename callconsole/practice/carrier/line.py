"""The voice path of an answered call: 20 ms ticks on absolute deadlines, in both directions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from callconsole.practice.carrier.person import Person, Sound
from callconsole.practice.carrier.playout import FRAME_MS, SILENT_FRAME

FrameSource = Callable[[], bytes]
FrameSink = Callable[[bytes, int], None]


class Line:
    """Joins a callee with whatever plays to it and listens to it just now.

    Attributes:
        heard: all that the callee was played since the answer, mu-law, silence included: byte n
            was heard n / 8000 seconds after `answered_at_s`.
        spoken: all that the callee said, on the same clock.
        answered_at_s: the loop's monotonic time of the first sample.
        sinks: are given each 160 bytes from the callee and their time since the answer in ms.
    """

    def __init__(self, person: Person) -> None:
        self.heard = bytearray()
        self.spoken = bytearray()
        self.answered_at_s = asyncio.get_running_loop().time()
        self.sinks: list[FrameSink] = []
        self._person = person
        self._source: FrameSource | None = None
        self._sound = Sound.SPEECH
        self._ticks = 0

    @property
    def elapsed_ms(self) -> int:
        """Audio time since the answer."""
        return self._ticks * FRAME_MS

    def play(self, source: FrameSource, sound: Sound = Sound.SPEECH) -> None:
        """Let the callee hear a source, asked for 160 bytes every 20 ms, in place of any other."""
        self._source, self._sound = source, sound

    def stop(self, source: FrameSource) -> None:
        """Let the callee hear silence, unless another source has taken this one's place."""
        if self._source == source:
            self._source, self._sound = None, Sound.SPEECH

    async def run(self) -> None:
        """Tick until the callee hangs up. Late ticks are caught up, so the clock never drifts."""
        loop = asyncio.get_running_loop()
        while self._tick():
            due_s = self.answered_at_s + self._ticks * FRAME_MS / 1000
            await asyncio.sleep(max(0.0, due_s - loop.time()))

    def _tick(self) -> bool:
        played = self._source() if self._source else SILENT_FRAME
        said = self._person.frame(played, self._sound)
        if said is None:
            return False
        self.heard += played
        self.spoken += said
        for sink in tuple(self.sinks):
            sink(said, self.elapsed_ms)
        self._ticks += 1
        return True
