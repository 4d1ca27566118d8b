"""What is sent to the phone, what the carrier still holds, and what has been heard."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable

from callconsole.audio import mulaw
from callconsole.engine.ports import Clock, MediaLine
from callconsole.engine.round_trip import RoundTrip

FRAME_BYTES = 160
FRAME_MS = 20
# Audio sent ahead of time rides out stalls of our loop, the window's included, and of the
# network. It costs nothing on barge-in, because `clear` empties the carrier's buffer as well
# (Twilio docs, "clear" message).
LEAD_MS = 1500
# Once the lead is full it is topped up in steps of this size, so that a call does not wake the
# loop for every frame.
REFILL_MS = 100
# Twilio takes messages of any size; tiny ones cost us and jitter at word starts.
MESSAGE_MS = 100
MARK_EVERY_MS = 200
# A stream that breaks takes with it whatever was under way, and our clock cannot know how much:
# the next stream begins where the last echo proves that something was heard. Repeating half a
# word after a hole helps the ear; without echoes, more than this would only be said twice.
REPEATED_MS_AT_MOST = 600
# Nobody listens to more in one go; it also bounds memory should a model never stop.
LONGEST_WAIT_MS = 600_000
# A model that speaks no faster than real time leaves small holes; they are no end of speech.
QUIET_S = 0.2
# What is shorter is not heard as a hole, and our idea of the carrier's clock is no finer.
GAP_MS = 40


def _nobody(_gap_ms: int) -> None:
    """Nobody wants to know."""


class Playout:
    """Sends agent audio in whole 20 ms frames, paced by absolute deadlines.

    Attributes:
        overflow_ms: audio that was given up because ten minutes were waiting already.
        on_gap: given the milliseconds of each hole that is heard in the middle of a turn, once it
            is over.

    Without a line, everything waits for `attach`. `on_sent` is given what left for the carrier;
    `on_drained` is called when everything has been played and nothing more has come for
    `QUIET_S`.

    Bytes are μ-law, 8000 a second. Positions are milliseconds of agent audio since the call's
    first, counted without pauses.
    """

    def __init__(
        self,
        line: MediaLine | None,
        clock: Clock,
        on_sent: Callable[[bytes], None],
        on_drained: Callable[[], None],
    ) -> None:
        self._line = line
        self._clock = clock
        self._on_sent = on_sent
        self._on_drained = on_drained
        self._queue = bytearray()
        self._timer: asyncio.TimerHandle | None = None
        self._end_at = 0.0
        self._fed_ms = 0.0
        self._sent_ms = 0
        self._heard_ms = 0
        self._lost_ms = 0.0
        self._marks: deque[tuple[str, int, float]] = deque()
        self._round_trip = RoundTrip()
        self._cleared_marks: set[str] = set()
        self._marked_ms = 0
        self._mark_count = 0
        self._whole = False
        self._flowing = False
        self.overflow_ms = 0.0
        self.on_gap: Callable[[int], None] = _nobody
        self._flight = bytearray()
        self._paused = line is None
        self._closed = False

    @property
    def buffered_ms(self) -> int:
        """Audio that the carrier holds and has not yet played, by our clock."""
        return max(0, round((self._end_at - self._clock.monotonic()) * 1000))

    @property
    def waiting_ms(self) -> int:
        """Audio that has not been sent yet."""
        return len(self._queue) // 8

    @property
    def fed_ms(self) -> float:
        """Everything ever given to this playout."""
        return self._fed_ms

    @property
    def heard_ms(self) -> float:
        """What has been played to the ear: proven by marks, carried on by the clock between."""
        return max(float(self._heard_ms), self._sent_ms - self._lost_ms - self.buffered_ms)

    @property
    def proven_ms(self) -> float:
        """What the carrier's echoes prove to have been played."""
        return float(self._heard_ms)

    @property
    def round_trip_ms(self) -> int | None:
        """To the carrier and back, by what the echoes of this stream are late; None without one."""
        return self._round_trip.ms

    @property
    def busy(self) -> bool:
        """True while anything is waiting or playing."""
        return bool(self._queue) or self.buffered_ms > 0

    def feed(self, data: bytes) -> None:
        """Queue μ-law audio; what fits into the lead leaves at once, in this call."""
        room = LONGEST_WAIT_MS * 8 - len(self._queue)
        if len(data) > room:
            self.overflow_ms += (len(data) - max(0, room)) / 8
            data = data[: max(0, room)]
        if self._closed or not data:
            return
        self._whole = False
        self._queue += data
        self._fed_ms += len(data) / 8
        self._pump()

    def finish(self) -> None:
        """The turn is whole: fill its last frame with silence, send it and mark its end."""
        if self._closed:
            return
        tail = len(self._queue) % FRAME_BYTES
        if tail:
            padding = bytes([mulaw.SILENCE]) * (FRAME_BYTES - tail)
            self._queue += padding
            self._fed_ms += len(padding) / 8
        self._whole = True
        self._pump()

    def expect_pause(self) -> None:
        """The speaker has a reason to fall silent: the silence that follows is no hole."""
        self._flowing = False

    def clear(self) -> float:
        """Drop everything not yet heard, here and at the carrier.

        Returns:
            Milliseconds of audio that will never be heard.
        """
        held = self.buffered_ms
        dropped = len(self._queue) / 8 + held
        self._queue.clear()
        self._paused = self._line is None
        self._fed_ms -= dropped
        self._recall(held)
        return dropped

    def _recall(self, held_ms: float) -> None:
        """Empty the carrier's buffer; what it held was sent in vain."""
        self._lost_ms += held_ms
        self._flowing = False
        self._flight.clear()
        self._end_at = self._clock.monotonic()
        self._cleared_marks.update(name for name, _, _ in self._marks)
        self._marks.clear()
        self._marked_ms = self._sent_ms
        self._stop_timer()
        if not self._closed and self._line is not None:
            self._line.clear()

    def pause(self) -> None:
        """Fall silent at once: take back what the carrier holds, and keep it for `resume`."""
        if self._paused or self._closed:
            return
        self._paused = True
        held_ms = self.buffered_ms
        self._take_back(held_ms // FRAME_MS)
        self._recall(held_ms)

    def _take_back(self, frames: int) -> int:
        """Put the frames that were sent last in front of the queue; return how many there were."""
        frames = min(frames, len(self._flight) // FRAME_BYTES)
        if frames:
            self._queue[:0] = self._flight[-frames * FRAME_BYTES :]
        return frames

    def resume(self) -> None:
        """Go on where `pause` fell silent."""
        if self._paused:
            self._paused = False
            self._pump()

    @property
    def paused(self) -> bool:
        """True between `pause` and `resume` or `clear`."""
        return self._paused

    def detach(self) -> None:
        """The stream is gone: keep what is not proven to be heard for the next one."""
        if not self._paused and not self._closed:
            self._paused = True
            self._recall(self._take_back(math.ceil(self._unproven_ms() / FRAME_MS)) * FRAME_MS)
        self._line = None

    def _unproven_ms(self) -> float:
        """What was sent and may not have been heard, by the echoes first and by our clock."""
        sent_ms = self._sent_ms - self._lost_ms
        left_ms = (self._end_at - self._clock.monotonic()) * 1000
        return max(0.0, min(sent_ms - self._heard_ms, left_ms + REPEATED_MS_AT_MOST))

    def attach(self, line: MediaLine) -> None:
        """Go on over this stream, with what the last one did not play."""
        self._line = line
        self._cleared_marks.clear()
        self._round_trip.forget()
        self._paused = False
        self._pump()

    @property
    def all_heard(self) -> bool:
        """True where the carrier's echo proves that everything fed has been played, or dropped."""
        return not self._queue and not self._marks and self._marked_ms == self._sent_ms

    def mark_echoed(self, name: str) -> None:
        """The carrier says that it has played up to this mark, or has cleared it."""
        if name in self._cleared_marks:
            self._cleared_marks.discard(name)
            return
        while self._marks:
            known, position_ms, end_at = self._marks.popleft()
            self._heard_ms = max(self._heard_ms, position_ms)
            if known == name:
                self._round_trip.echoed(self._clock.monotonic(), end_at)
                return

    def close(self) -> None:
        """Send nothing more."""
        self._closed = True
        self._queue.clear()
        self._stop_timer()

    def _pump(self) -> None:
        if self._paused or self._line is None:
            return
        now = self._clock.monotonic()
        # Half a frame of tolerance, so that a rounding error is not a frame.
        ahead_ms = max(0.0, self._end_at - now) * 1000
        room = int((LEAD_MS + FRAME_MS / 2 - ahead_ms) / FRAME_MS)
        frames = min(len(self._queue) // FRAME_BYTES, room)
        if frames > 0:
            self._go_on(now)
        while frames > 0:
            frames -= self._send(self._line, min(frames, MESSAGE_MS // FRAME_MS))
        if self._whole and not self._queue:
            self._flowing = False
            self._mark(self._line)
        self._schedule(now)

    def _go_on(self, now: float) -> None:
        """Audio leaves after what was sent before it, or after the hole that it has left."""
        late_ms = round((now - self._end_at) * 1000)
        if late_ms > 0:
            self._end_at = now
        if self._flowing and late_ms >= GAP_MS:
            self.on_gap(late_ms)
        self._flowing = True

    def _send(self, line: MediaLine, frames: int) -> int:
        """Send so many frames as one message, or fewer where a mark is due between them."""
        frames = min(frames, (MARK_EVERY_MS - self._sent_ms + self._marked_ms) // FRAME_MS)
        data = bytes(self._queue[: frames * FRAME_BYTES])
        del self._queue[: frames * FRAME_BYTES]
        self._flight += data
        del self._flight[: -(LEAD_MS + REPEATED_MS_AT_MOST) * 8]
        line.send_audio(data)
        self._end_at += frames * FRAME_MS / 1000
        self._sent_ms += frames * FRAME_MS
        self._on_sent(data)
        if self._sent_ms - self._marked_ms >= MARK_EVERY_MS:
            self._mark(line)
        return frames

    def _mark(self, line: MediaLine) -> None:
        if self._marked_ms == self._sent_ms:
            return
        self._marked_ms = self._sent_ms
        self._mark_count += 1
        name = f"played-{self._mark_count}"
        # Where nothing is held any more, the carrier echoes as soon as the mark is there.
        end_at = max(self._end_at, self._clock.monotonic())
        self._marks.append((name, round(self._sent_ms - self._lost_ms), end_at))
        line.send_mark(name)

    def _schedule(self, now: float) -> None:
        """Wake when the lead has room again, or when it has been quiet for a while.

        A timer that is set already may come too early by then; it looks again instead of being
        set anew for every frame.
        """
        left = self._end_at - now
        if self._closed or left <= 0:
            return
        loop = asyncio.get_running_loop()
        if len(self._queue) >= FRAME_BYTES:
            self._stop_timer()
            wait = left - (LEAD_MS - REFILL_MS) / 1000
            self._timer = loop.call_later(max(0.0, wait), self._wake)
        elif self._timer is None:
            self._timer = loop.call_later(left + QUIET_S, self._wake)

    def _wake(self) -> None:
        self._timer = None
        now = self._clock.monotonic()
        if len(self._queue) >= FRAME_BYTES:
            self._pump()
        elif self._end_at > now:
            self._schedule(now)
        else:
            self._on_drained()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
