"""The one microphone of this desk, and the call that it speaks to."""

from __future__ import annotations

import asyncio

from callconsole.audio.meter import FLOOR_DBFS, level_dbfs
from callconsole.domain.problems import ProblemError
from callconsole.engine import refusals, tasks
from callconsole.engine.operator_desk import OperatorDesk
from callconsole.engine.ports import Microphone, Pcm16


class TakingOver:
    """Opens the microphone for one call at a time.

    Args:
        microphone: this computer's input, or None where there is none.

    Attributes:
        dbfs: loudness of the last frame.
    """

    def __init__(self, microphone: Microphone | None) -> None:
        self._microphone = microphone
        self._call_sid: str | None = None
        self._desk: OperatorDesk | None = None
        self._changing = asyncio.Lock()
        self._open = False
        self.dbfs = FLOOR_DBFS

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
        except ProblemError:
            self.end(call_sid)
            raise

    async def _settle(self) -> None:
        """Open the microphone or close it, as it is wanted by then. Raises `ProblemError`."""
        async with self._changing:
            wanted = self._call_sid is not None
            if self._microphone is None or wanted == self._open:
                return
            if wanted:
                await self._microphone.start(self._hear)
            else:
                await self._microphone.stop()
            self._open = wanted

    def _hear(self, frame: Pcm16) -> None:
        if self._desk is not None:
            self.dbfs = level_dbfs(frame)
            self._desk.hear(frame)
