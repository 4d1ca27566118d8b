"""Ends a call now, whatever its state, by two ways that do not need one another."""

from __future__ import annotations

import asyncio
import logging

from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.engine import tasks
from callconsole.engine.bridge import Bridge
from callconsole.engine.call_state import CallState
from callconsole.engine.call_streams import CallStreams
from callconsole.engine.ports import Carrier

logger = logging.getLogger(__name__)

# The carrier's last word comes within this.
LAST_WORD_S = 5.0


class HangingUp:
    """The end of one call; the first ending that is asked for is the one that counts."""

    def __init__(
        self, state: CallState, bridge: Bridge, streams: CallStreams, carrier: Carrier
    ) -> None:
        self._state = state
        self._bridge = bridge
        self._streams = streams
        self._carrier = carrier

    async def now(self, ending: Ending) -> None:
        """End the call by the carrier's interface and by closing the stream.

        Either of the two ends it, so that neither a broken socket nor a slow interface keeps a
        call open. Returns when the call is over.
        """
        if self._request(ending):
            await self._end(ending)
        else:
            await self._state.over.wait()

    def soon(self, ending: Ending) -> None:
        """The same without waiting; from this moment on nobody is spoken to."""
        if self._request(ending):
            tasks.start(self._end(ending), name="hang up")

    def give_up(self) -> None:
        """Take the call for ended without the carrier's word, if it still lives."""
        self._state.end(self._state.requested or Ending(Outcome.COMPLETED, EndedBy.CONSOLE))

    def _request(self, ending: Ending) -> bool:
        if not self._state.going_on:
            return False
        self._state.requested = ending
        self._bridge.cut_short()
        return True

    async def _end(self, ending: Ending) -> None:
        line = self._streams.line
        closing = line.close() if line is not None else asyncio.sleep(0)
        ended = self._carrier.end_call(self._state.call.sid)
        for result in await asyncio.gather(ended, closing, return_exceptions=True):
            if isinstance(result, Exception):
                logger.warning("a way to hang up failed: %s", type(result).__name__)
        try:
            async with asyncio.timeout(LAST_WORD_S):
                await self._state.over.wait()
        except TimeoutError:
            self._state.end(ending)
