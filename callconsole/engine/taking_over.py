"""The one microphone of this desk, and the call that it speaks to."""

from __future__ import annotations

import asyncio
import logging

from callconsole.audio.meter import FLOOR_DBFS, level_dbfs
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import refusals, tasks
from callconsole.engine.operator_desk import OperatorDesk
from callconsole.engine.ports import Microphone, Pcm16

logger = logging.getLogger(__name__)

CHECK_S = 0.5
RETRY_S = 2.0  # to open a microphone again where there is none


class TakingOver:
    """Opens the microphone for one call at a time.

    One that stops to give sound is replaced by the default one, or by silence and a problem, and
    is looked for again until one is there; the call stays the operator's.

    Args:
        microphone: this computer's input, or None where there is none.

    Attributes:
        dbfs: loudness of the last frame.
        problem: why the operator is not heard, or is heard through another microphone than the
            chosen one; None otherwise.
    """

    def __init__(self, microphone: Microphone | None) -> None:
        self._microphone = microphone
        self._call_sid: str | None = None
        self._desk: OperatorDesk | None = None
        self._changing = asyncio.Lock()
        self._open = False
        self._watching: asyncio.Task[None] | None = None
        self.dbfs = FLOOR_DBFS
        self.problem: Problem | None = None
        self._instead: Problem | None = None

    @property
    def call_sid(self) -> str | None:
        """The call that the operator speaks to, or None."""
        return self._call_sid

    async def begin(self, call_sid: str, desk: OperatorDesk) -> None:
        """The agent falls silent at once; the microphone is open within half a second.

        Raises:
            ProblemError: another call has the microphone, or it cannot be opened; then the agent
                goes on.
        """
        self._free_for(call_sid)
        if self._call_sid == call_sid:
            return
        desk.take_over()
        self._call_sid, self._desk = call_sid, desk
        await self._open_for(call_sid)

    async def prepare(self, call_sid: str) -> None:
        """Open the microphone for a call that is about to be answered; `attach` has to follow.

        Raises:
            ProblemError: as `begin`.
        """
        self._free_for(call_sid)
        self._call_sid, self._desk = call_sid, None
        await self._open_for(call_sid)

    def attach(self, call_sid: str, desk: OperatorDesk) -> None:
        """The prepared call has a desk, which takes over by itself once the call is answered."""
        if self._call_sid == call_sid:
            self._desk = desk

    def end(self, call_sid: str, note: str = "") -> None:
        """Hand the call back at once; nothing where the microphone is not this call's."""
        desk = self._desk
        if self._call_sid != call_sid:
            return
        self._call_sid = self._desk = None
        self.dbfs = FLOOR_DBFS
        if desk is not None:
            desk.hand_back(note)
        tasks.start(self._settle(), name="microphone")

    def leave(self, call_sid: str) -> None:
        """The call is with somebody else for a while: close the microphone, hand nothing back."""
        if self._call_sid == call_sid:
            self._call_sid = self._desk = None
            self.dbfs = FLOOR_DBFS
            tasks.start(self._settle(), name="microphone")

    async def close(self) -> None:
        """Let go of the device."""
        self._call_sid = self._desk = None
        await self._settle()

    def _free_for(self, call_sid: str) -> None:
        if self._microphone is None:
            raise ProblemError(refusals.NO_MICROPHONE)
        if self._call_sid not in (None, call_sid):
            raise ProblemError(refusals.ELSEWHERE)

    async def _open_for(self, call_sid: str) -> None:
        try:
            await self._settle()
        except BaseException:
            # Whatever it was, the callee is not left to somebody who is not heard.
            self.end(call_sid)
            raise

    async def _settle(self) -> None:
        """Open the microphone or close it, as it is wanted by then. Raises `ProblemError`."""
        async with self._changing:
            wanted = self._call_sid is not None
            if self._microphone is None or wanted == self._open:
                return
            if wanted:
                await self._start(self._microphone)
                self._watching = tasks.start(self._watch(self._microphone), name="microphone watch")
            else:
                watching, self._watching = self._watching, None
                if watching is not None:
                    watching.cancel()
                self.problem = self._instead = None
                await self._microphone.stop()
                await tasks.stop(watching)
            self._open = wanted

    async def _start(self, microphone: Microphone) -> None:
        name = await microphone.start(self._hear)
        self._instead = refusals.other_microphone(name) if microphone.fallen_back else None

    async def _watch(self, microphone: Microphone) -> None:
        while True:
            await asyncio.sleep(CHECK_S)
            if microphone.healthy:
                continue
            if self.problem in (None, self._instead):
                logger.warning("the microphone gives no more sound")
            self.problem, self.dbfs = refusals.SILENT_MICROPHONE, FLOOR_DBFS
            try:
                await self._start(microphone)
            except ProblemError:
                await asyncio.sleep(RETRY_S)

    def _hear(self, frame: Pcm16) -> None:
        self.problem = self._instead
        if self._desk is not None:
            self.dbfs = level_dbfs(frame)
            self._desk.hear(frame)
