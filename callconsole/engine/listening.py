"""Listening in: this computer's speaker hears the call that has the operator's ear."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from callconsole.domain.events import Service, ServiceChanged, ServiceState
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks
from callconsole.engine.ports import Pcm16, Speaker

logger = logging.getLogger(__name__)


class Listening:
    """Switches the speaker on and off and feeds it the focused call.

    The device is opened in a thread, because that takes up to half a second, and only while
    there is something to hear.
    """

    def __init__(self, speaker: Speaker | None, report: Callable[[ServiceChanged], None]) -> None:
        self._speaker = speaker
        self._report = report
        self._wanted = False
        self._running = False
        self._busy: asyncio.Task[object] | None = None
        self._focus: str | None = None
        self.problem: Problem | None = None

    @property
    def on(self) -> bool:
        """True while the operator wants to listen."""
        return self._wanted

    def listen(self, on: bool) -> None:
        """The operator switches listening on or off; it takes effect as soon as it can."""
        self._wanted = on
        if on:
            self.problem = None
        self._settle()

    def set_volume(self, fraction: float) -> None:
        """Loudness, 0 to 1."""
        if self._speaker is not None:
            self._speaker.set_volume(fraction)

    def focus(self, call_sid: str | None) -> None:
        """Listen to this call from now on; None closes the device."""
        if call_sid != self._focus and self._speaker is not None and self._running:
            self._speaker.flush()
        self._focus = call_sid
        self._settle()

    def heard(self, call_sid: str, caller: Pcm16, agent: Pcm16) -> None:
        """Both sides of a call, equal length, int16, 8000 Hz."""
        if self._running and call_sid == self._focus and self._speaker is not None:
            self._speaker.play(caller, agent)

    async def close(self) -> None:
        """Let go of the device."""
        self._wanted = False
        if self._busy is not None:
            await asyncio.wait([self._busy])
        if self._running and self._speaker is not None:
            self._running = False
            await asyncio.to_thread(self._speaker.stop)

    def _settle(self) -> None:
        if self._busy is not None or self._speaker is None:
            return
        if (self._wanted and self._focus is not None) != self._running:
            self._busy = tasks.start(self._switch(self._speaker), name="sound device")
            self._busy.add_done_callback(self._settled)

    def _settled(self, _: object) -> None:
        self._busy = None
        if self.problem is None:
            self._settle()

    async def _switch(self, speaker: Speaker) -> None:
        if self._running:
            self._running = False
            await asyncio.to_thread(speaker.stop)
            return
        try:
            name = await asyncio.to_thread(speaker.start)
        except ProblemError as error:
            self.problem = error.problem
            self._wanted = False
            self._tell(ServiceState.FAILED, error.problem.title, error.problem)
            return
        self.problem = None
        self._running = True
        self._tell(ServiceState.READY, name, None)

    def _tell(self, state: ServiceState, detail: str, problem: Problem | None) -> None:
        self._report(
            ServiceChanged(service=Service.SOUND, state=state, detail=detail, problem=problem)
        )
