"""Listening in: this computer's speaker hears the call that has the operator's ear."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from callconsole.audio.meter import level_dbfs
from callconsole.domain.events import Service, ServiceChanged, ServiceState
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks
from callconsole.engine.ports import Pcm16, Speaker

logger = logging.getLogger(__name__)

CHECK_S = 0.5
RETRY_S = 2.0  # to open a device again where there is none
RETURN_S = 5.0  # to look for the chosen device again while another plays; doubles if in vain
LONGEST_RETURN_S = 60.0
PAUSE_S = 0.6  # of the conversation, in which looking is not heard
QUIET_DBFS = -45.0


class Listening:
    """Switches the speaker on and off and feeds it the focused call.

    The device is opened in a thread, because that takes up to half a second, and only while
    there is something to hear. A device that vanishes is replaced by the default one, or by
    silence and a problem, and is taken again once it is there; the call knows nothing of it.

    Attributes:
        problem: why nothing can be heard, or None.
    """

    def __init__(self, speaker: Speaker | None, report: Callable[[ServiceChanged], None]) -> None:
        self._speaker = speaker
        self._report = report
        self._wanted = False
        self._running = False
        self._stale = False
        self._paused = False
        self._busy: asyncio.Task[object] | None = None
        self._watching: asyncio.Task[object] | None = None
        self._focus: str | None = None
        self._speaking = False
        self._return_s = RETURN_S
        self._opened_at_s = 0.0
        self._spoke_at_s = 0.0
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

    def pause(self, on: bool) -> None:
        """Play nothing for a while, though the device stays open; False goes on with what is new.

        Opening a device takes up to half a second of a call, which keeping it does not.
        """
        if on and not self._paused and self._speaker is not None and self._running:
            self._speaker.flush()
        self._paused = on

    def set_volume(self, fraction: float) -> None:
        """Loudness, 0 to 1."""
        if self._speaker is not None:
            self._speaker.set_volume(fraction)

    def set_balance(self, position: float) -> None:
        """-1 is the caller alone, 0 both alike, 1 the agent alone."""
        if self._speaker is not None:
            self._speaker.set_balance(position)

    def choose(self, device: str | None) -> None:
        """Play on this `SoundDevice.id` from now on, None: on the system's default."""
        if self._speaker is not None:
            self._speaker.choose(device)
            self._return_s = RETURN_S
            self.problem = None
            self._stale = True
            self._settle()

    def focus(self, call_sid: str | None, *, speaking: bool = False) -> None:
        """Listen to this call from now on; None closes the device.

        An operator who is speaking to it hears it whether they want to listen or not.
        """
        if call_sid != self._focus and self._speaker is not None and self._running:
            self._speaker.flush()
        self._focus, self._speaking = call_sid, speaking
        self._settle()

    def heard(self, call_sid: str, caller: Pcm16, agent: Pcm16) -> None:
        """Both sides of a call, equal length, int16, 8000 Hz."""
        if not self._running or call_sid != self._focus or self._speaker is None:
            return
        if self._paused:
            return
        if self._speaker.fallen_back and max(level_dbfs(caller), level_dbfs(agent)) > QUIET_DBFS:
            self._spoke_at_s = _now_s()
        self._speaker.play(caller, agent)

    async def close(self) -> None:
        """Let go of the device."""
        self._wanted = self._speaking = False
        watching, self._watching = self._watching, None
        await tasks.stop(watching)
        while self._busy is not None:
            await asyncio.wait([self._busy])
        if self._running and self._speaker is not None:
            self._running = False
            await asyncio.to_thread(self._speaker.stop)

    # The device -------------------------------------------------------------------------------

    @property
    def _needed(self) -> bool:
        return (self._wanted or self._speaking) and self._focus is not None

    def _settle(self) -> None:
        """Open, close or open anew, as is wanted and unless it is being done."""
        if self._speaker is None:
            return
        self._look_after(self._speaker)
        if self._busy is not None:
            return
        if self._needed != self._running or (self._needed and self._stale):
            self._busy = tasks.start(self._switch(self._speaker), name="sound device")
            self._busy.add_done_callback(self._settled)

    def _settled(self, _: object) -> None:
        self._busy = None
        if self.problem is None or not self._needed:
            self._settle()

    async def _switch(self, speaker: Speaker) -> None:
        was_running, self._running = self._running, False
        if not self._needed:
            await asyncio.to_thread(speaker.stop)
            return
        self._stale = False
        self._opened_at_s = _now_s()
        before = self.problem
        try:
            name = await asyncio.to_thread(speaker.start)
        except ProblemError as error:
            self.problem = error.problem
            if before != error.problem or was_running:
                self._tell(ServiceState.FAILED, error.problem.title, error.problem)
            return
        self.problem = None
        self._running = True
        instead = ", the chosen device is missing" if speaker.fallen_back else ""
        self._tell(ServiceState.READY, name + instead, None)

    def _look_after(self, speaker: Speaker) -> None:
        """Watch the device for as long as it is needed."""
        if self._needed and self._watching is None:
            self._watching = tasks.start(self._watch(speaker), name="sound watch")
        elif not self._needed and self._watching is not None:
            self._watching.cancel()
            self._watching = None

    async def _watch(self, speaker: Speaker) -> None:
        while True:
            await asyncio.sleep(CHECK_S)
            if self._busy is None and self._should_reopen(speaker):
                self._stale = True
                self._settle()

    def _should_reopen(self, speaker: Speaker) -> bool:
        now_s = _now_s()
        since_s = now_s - self._opened_at_s
        if not self._running:
            return since_s >= RETRY_S
        if not speaker.healthy:
            logger.warning("the sound device takes no more sound")
            soon = since_s < 2 * RETURN_S
            self._return_s = min(LONGEST_RETURN_S, 2 * self._return_s) if soon else RETURN_S
            return True
        paused = now_s - self._spoke_at_s >= PAUSE_S
        return speaker.fallen_back and paused and since_s >= self._return_s

    def _tell(self, state: ServiceState, detail: str, problem: Problem | None) -> None:
        self._report(
            ServiceChanged(service=Service.SOUND, state=state, detail=detail, problem=problem)
        )


def _now_s() -> float:
    return asyncio.get_running_loop().time()
