"""An app on the practice line, with everything that its console said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np

from callconsole.app import App
from callconsole.audio import mulaw
from callconsole.audio.resample import Downsampler
from callconsole.domain import events
from callconsole.domain.call import Call
from callconsole.domain.events import Event
from callconsole.domain.transcript import Speaker
from callconsole.practice import clips
from callconsole.practice.world import PracticeWorld
from callconsole.settings import Settings


class Room:
    """An app on the practice line, and everything that its console said."""

    def __init__(self, data: Path, world: PracticeWorld, **settings: object) -> None:
        values = {"CALLCONSOLE_DATA_DIR": data, "server_port": 0, **settings}
        self.world = world
        self.app = App(Settings(_env_file=None, **values))
        self.said: list[Event] = []
        self._said_more = asyncio.Event()
        self.app.console.subscribe(self._keep)

    def _keep(self, event: Event) -> None:
        self.said.append(event)
        self._said_more.set()

    def of(self, kind: type) -> list:
        return [event for event in self.said if isinstance(event, kind)]

    async def until(self, true: Callable[[], bool], limit_s: float = 50) -> None:
        async with asyncio.timeout(limit_s):
            while not true():
                self._said_more.clear()
                await self._said_more.wait()

    async def ended(self, number: str) -> Call:
        call = await self.app.console.place_call(number)
        await self.until(lambda: bool(self.of(events.CallEnded)))
        return self.now(call)

    def now(self, call: Call) -> Call:
        found = self.app.console.call(call.sid)
        assert found is not None
        return found

    def spoken(self, call: Call, speaker: Speaker) -> list[str]:
        return [t.text for t in self.app.console.turns(call.sid) if t.speaker is speaker]

    def audible_ms(self, call: Call) -> float:
        """How long the other end heard anything louder than the line's silence."""
        heard = mulaw.decode(self.world.carrier.calls[call.sid].heard)
        return float(np.count_nonzero(np.abs(heard.astype(int)) > 100)) / 8

    def last_words_were_heard_whole(self, call: Call) -> bool:
        """The last clip that the agent said came out of the phone to its last sample."""
        said = next(s.said for s in reversed(self.world.agent.sessions) if s.said)
        down = Downsampler()
        pcm = clips.load("agent")[said[-1]].pcm
        played = mulaw.encode(down.process(pcm)) + mulaw.encode(down.flush())
        return played in self.world.carrier.calls[call.sid].heard
