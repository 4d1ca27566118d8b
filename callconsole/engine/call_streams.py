"""A call's audio streams, one after another: the conversation outlives each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from callconsole.domain import events
from callconsole.engine import tasks
from callconsole.engine.bridge import Bridge
from callconsole.engine.call_recording import CallRecording
from callconsole.engine.call_state import CallState
from callconsole.engine.ports import Clock, MediaLine
from callconsole.engine.stream_tokens import StreamTokens
from callconsole.engine.timeline import Timeline

# How long the agent's session waits for a stream to come back. A new one was measured to come
# 0.8 to 1.9 s after the old one (reference: twilio.md, section 5).
REJOIN_S = 6.0
# A call that ends takes its stream with it; the news of that may come a moment later.
MISSED_AFTER_S = 0.7
# A stream that breaks again and again helps nobody.
RETURNS_AT_MOST = 8
# The end of the code of an order about which nobody knows whether the carrier has carried it
# out: either the stream goes on, or the new one comes.
PERHAPS_DONE = ".perhaps_done"


class CallStreams:
    """Serves a call's streams and waits for the next one where one is lost.

    Args:
        state: the call's state.
        bridge: carries each stream.
        timeline: is told of the gap between two streams.
        recording: goes on over all of them.
        tokens: each stream has to present a fresh one.
        clock: for durations.
        begun: called at the start of each stream; True for the first.
        lost: called where no stream came back.

    Attributes:
        line: the stream that is open now, or None.
    """

    def __init__(
        self,
        state: CallState,
        bridge: Bridge,
        timeline: Timeline,
        recording: CallRecording,
        tokens: StreamTokens,
        clock: Clock,
        begun: Callable[[bool], None],
        lost: Callable[[], None],
    ) -> None:
        self._state = state
        self._bridge = bridge
        self._timeline = timeline
        self._recording = recording
        self._tokens = tokens
        self._clock = clock
        self._begun = begun
        self._lost = lost
        self._left_at: float | None = None
        self._losses = 0
        self._patience_s: float | None = REJOIN_S
        self._waiting: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self.line: MediaLine | None = None

    def token_after_loss(self) -> str | None:
        """The secret of a stream in the place of one that broke; None where too many have."""
        if self._losses >= RETURNS_AT_MOST:
            return None
        self._losses += 1
        return self.token()

    def token(self, within_s: float = REJOIN_S) -> str:
        """The secret of a stream that will follow the present one; it is waited for so long."""
        self._patience_s = within_s
        if self._waiting is not None:
            self._wait_anew()
        return self._tokens.mint(self._state.call.sid)

    async def gone_within(self, limit_s: float) -> bool:
        """Return True as soon as no stream is open, False where one still is after `limit_s`."""
        changes = self._state.changes
        return await changes.until(lambda: self.line is None or not self._state.live, limit_s)

    def leave_for_good(self) -> None:
        """The present stream will stop, and none is waited for until a token is minted."""
        self._patience_s = None

    def stay(self, token: str = "") -> None:
        """No other stream will come after all: the present one goes on."""
        if token:
            self._tokens.drop(token)
        self._patience_s = REJOIN_S

    async def serve(self, line: MediaLine) -> None:
        """Carry the call over this stream until it or the call ends.

        A stream that comes while another is still open takes its place: the carrier has one at a
        time, so that the old one is dead and does not know it.
        """
        if self.line is not None:
            await self.line.close()
        async with self._turn:
            if not self._state.going_on:
                await line.close()
                return
            await self._carry(line)

    async def close(self) -> None:
        """The call is over: close what is open, wait for nothing more."""
        await tasks.stop(self._waiting)
        if self.line is not None:
            await self.line.close()
        async with self._turn:
            return

    async def _carry(self, line: MediaLine) -> None:
        self.line = line
        self._wait_no_more()
        self._patience_s = REJOIN_S
        self._begin(line)
        try:
            await self._bridge.run(line)
        finally:
            self.line = None
            self._left_at = self._clock.monotonic()
            await line.close()
            self._state.tell(events.StreamStopped)
            self._state.changes.happened()
            if self._state.going_on:
                self._wait_anew()

    def _begin(self, line: MediaLine) -> None:
        self._state.answered()
        gap_ms = None
        if self._left_at is not None:
            gap_ms = round((self._clock.monotonic() - self._left_at) * 1000)
            self._timeline.rejoined(gap_ms)
        self._state.change(away=False)
        self._state.tell(events.StreamStarted, stream_sid=line.stream_sid, gap_ms=gap_ms)
        if gap_ms is None:
            self._recording.begin(self._clock.now())
        self._begun(gap_ms is None)

    def _wait_no_more(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.cancel()

    def _wait_anew(self) -> None:
        self._wait_no_more()
        self._waiting = tasks.start(self._wait(), name="wait for the stream")

    async def _wait(self) -> None:
        """Until a stream comes back, which ends this task, or the call is over."""
        if await self._ended_within(MISSED_AFTER_S):
            return
        if self._patience_s is not None and not self._state.call.away:
            self._state.change(away=True)
            self._state.tell(events.StreamMissed)
        if not await self._ended_within(self._patience_s):
            self._lost()

    async def _ended_within(self, limit_s: float | None) -> bool:
        try:
            async with asyncio.timeout(limit_s):
                await self._state.over.wait()
        except TimeoutError:
            return False
        return True
