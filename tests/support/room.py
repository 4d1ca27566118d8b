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
from callconsole.domain.answering import AnsweredBy, JudgedBy
from callconsole.domain.call import Call
from callconsole.domain.events import Event
from callconsole.domain.transcript import Speaker
from callconsole.engine.ports import Microphone
from callconsole.practice import clips
from callconsole.practice.carrier.call import PracticeCall
from callconsole.practice.world import PracticeWorld
from callconsole.settings import Settings


async def until_audio(call: PracticeCall, ms: float) -> None:
    """Return once so much call audio has passed since an answered call's answer."""
    assert call.line is not None
    reached = asyncio.Event()

    def look(_frame: bytes, elapsed_ms: int) -> None:
        if elapsed_ms >= ms:
            reached.set()

    call.line.sinks.append(look)
    try:
        await reached.wait()
    finally:
        call.line.sinks.remove(look)


def on_the_phone(clip: str) -> bytes:
    """What the agent's clip is by the time that it comes out of the phone, mu-law."""
    down = Downsampler()
    pcm = clips.load("agent")[clip].pcm
    return mulaw.encode(down.process(pcm)) + mulaw.encode(down.flush())


class Room:
    """An app on the practice line, and everything that its console said."""

    def __init__(
        self,
        data: Path,
        world: PracticeWorld,
        microphone: Microphone | None = None,
        **settings: object,
    ) -> None:
        values = {"CALLCONSOLE_DATA_DIR": data, "server_port": 0, **settings}
        self.world = world
        self.app = App(Settings(_env_file=None, **values), microphone=microphone)
        self.said: list[Event] = []
        self._said_more = asyncio.Event()
        self.app.console.subscribe(self._keep)

    def _keep(self, event: Event) -> None:
        self.said.append(event)
        self._said_more.set()

    def of(self, kind: type) -> list:
        return [event for event in self.said if isinstance(event, kind)]

    async def until(self, true: Callable[[], bool], limit_s: float = 90) -> None:
        async with asyncio.timeout(limit_s):
            while not true():
                self._said_more.clear()
                await self._said_more.wait()

    async def until_over(self, call: Call) -> Call:
        """The call as it stands once it has ended and, where it was answered, is recorded."""

        def over() -> bool:
            began, saved = (
                any(e.call_sid == call.sid for e in self.of(kind))
                for kind in (events.RecordingStarted, events.RecordingSaved)
            )
            return not self.now(call).live and began == saved

        await self.until(over)
        return self.now(call)

    async def until_agent_free(self) -> None:
        """Return once every connection to the practice agent is closed."""
        await self.world.agent.until(lambda: all(s.closed_at for s in self.world.agent.sessions))

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

    def verdicts(self, call: Call) -> list[tuple[AnsweredBy, JudgedBy]]:
        """The verdicts on a call that were obeyed: what was said, and by whom."""
        return [
            (e.answered_by, e.by)
            for e in self.of(events.AnswerJudged)
            if e.obeyed and e.call_sid == call.sid
        ]

    def first_heard_ms(self, call: Call) -> float:
        """When the other end heard the first sound, in ms of call audio since the answer."""
        heard = mulaw.decode(self.world.carrier.calls[call.sid].heard).astype(int)
        return float(np.flatnonzero(np.abs(heard) > 100)[0]) / 8

    def audible_ms(self, call: Call) -> float:
        """How long the other end heard anything louder than the line's silence."""
        heard = mulaw.decode(self.world.carrier.calls[call.sid].heard)
        return float(np.count_nonzero(np.abs(heard.astype(int)) > 100)) / 8

    def last_words_were_heard_whole(self, call: Call) -> bool:
        """The last clip that the agent said came out of the phone to its last sample."""
        said = next(s.said for s in reversed(self.world.agent.sessions) if s.said)
        return on_the_phone(said[-1]) in self.world.carrier.calls[call.sid].heard
