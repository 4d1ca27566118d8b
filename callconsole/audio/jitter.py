"""Evens out sound that comes in pieces from one thread and is taken in others by another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CAPACITY_MS = 1000
FADE_MS = 5


class JitterBuffer:
    """A ring of stereo frames with one writer and one reader, made for a sound callback.

    The reader waits until `prime_ms` are there, then plays without a break. Above `cap_ms` the
    oldest sound is dropped down to `target_ms`. Every break, jump and start is faded over 5 ms,
    so that none of them clicks.

    The writer changes `_written`, `_flushed_to` and what it aims at, the reader everything else;
    each is one number, so that no lock is needed. `read_into` makes no array and raises nothing.

    Args:
        rate_hz: frames a second.
        prime_ms: sound that is gathered before the first frame is played.
        target_ms: what is left after a drop.
        cap_ms: more than this is not kept waiting.
    """

    def __init__(
        self, rate_hz: int, *, prime_ms: int = 60, target_ms: int = 80, cap_ms: int = 200
    ) -> None:
        self._rate_hz = rate_hz
        self._prime = self._usual_prime = rate_hz * prime_ms // 1000
        self._target = rate_hz * target_ms // 1000
        self._cap = rate_hz * cap_ms // 1000
        self._size = rate_hz * max(CAPACITY_MS, 2 * cap_ms) // 1000
        self._ring = np.zeros((self._size, 2), np.float32)
        self._written = 0
        self._read = 0
        self._flushed_to = 0
        self._playing = False
        self._fade = max(1, rate_hz * FADE_MS // 1000)
        self._rise = (np.arange(1, self._fade + 1, dtype=np.float32) / self._fade)[:, None]
        self._fall = np.ascontiguousarray(1 - self._rise)
        self._last = np.zeros((1, 2), np.float32)
        self._old = np.zeros((self._fade, 2), np.float32)
        self._old_at = -1
        self._rise_left = 0
        self._tail_left = 0
        self.ran_dry = 0
        self.drops = 0

    @property
    def buffered_ms(self) -> float:
        """Sound that waits to be played, in ms."""
        start = max(self._read, self._flushed_to)
        return max(0, self._written - start) * 1000 / self._rate_hz

    @property
    def playing(self) -> bool:
        """True while sound is taken, False while it is gathered."""
        return self._playing

    @property
    def taken(self) -> int:
        """Frames that were played or voided so far."""
        return max(self._read, self._flushed_to)

    @property
    def room(self) -> int:
        """How many frames can be written now."""
        return self._size - (self._written - self._read)

    # The writer's side -----------------------------------------------------------------------

    def write(self, frames: NDArray[np.float32]) -> None:
        """Queue frames, shape (n, 2), -1 to 1. What does not fit, because nobody reads, is lost."""
        count = min(len(frames), self.room)
        start = self._written % self._size
        first = min(count, self._size - start)
        self._ring[start : start + first] = frames[:first]
        self._ring[: count - first] = frames[first:count]
        self._written += count

    def flush(self) -> None:
        """Void what is queued; the reader fades out and gathers anew, after `finish` as well."""
        self._prime = self._usual_prime
        self._flushed_to = self._written

    def finish(self) -> None:
        """No more will come: what is there is played without waiting for more."""
        self._prime = 0

    def aim(self, target_ms: float) -> None:
        """Gather this much before the next start, and leave this much after a drop."""
        spare = self._cap - self._target
        self._target = self._prime = self._usual_prime = int(self._rate_hz * target_ms / 1000)
        self._cap = self._target + spare

    # The reader's side -----------------------------------------------------------------------

    def read_into(self, out: NDArray[np.float32]) -> None:
        """Fill `out`, shape (n, 2), with the next sound, and with silence where there is none."""
        self._obey_flush()
        if not self._playing and self._tail_left:
            # New sound may have come already, which begins out of silence.
            tail = min(self._tail_left, len(out))
            self._fade_out(out[:tail])
            if tail == len(out):
                return
            out = out[tail:]
        waiting = self._written - self._read
        if not self._playing and (waiting < self._prime or waiting == 0):
            self._fade_out(out)
            return
        starts = not self._playing
        self._playing = True
        if waiting > self._cap and (starts or self._rise_left == 0):
            waiting = self._drop()
        if starts:
            self._blend_from(-1)
        count = min(waiting, len(out))
        self._take(self._read, out[:count])
        self._read += count
        self._blend(out[:count])
        if count:
            self._last[0] = out[count - 1]
        if count < len(out):
            self._playing = False
            self.ran_dry += 1
            self._tail_left = self._fade
            self._fade_out(out[count:])

    def _obey_flush(self) -> None:
        if self._flushed_to > self._read:
            self._read = self._flushed_to
            if self._playing:
                self._playing = False
                self._tail_left = self._fade

    def _drop(self) -> int:
        """Jump to `target_ms` behind the writer; return the frames that still wait."""
        self._blend_from(self._read)
        self._read = self._written - self._target
        self.drops += 1
        return self._target

    def _blend_from(self, old_at: int) -> None:
        """Let what comes next rise over 5 ms, out of the sound at `old_at` or of silence (-1)."""
        self._old_at = old_at
        self._rise_left = self._fade

    def _blend(self, out: NDArray[np.float32]) -> None:
        count = min(self._rise_left, len(out))
        begun = self._fade - self._rise_left
        self._rise_left -= count
        out[:count] *= self._rise[begun : begun + count]
        if self._old_at >= 0:
            old = self._old[:count]
            self._take(self._old_at, old)
            old *= self._fall[begun : begun + count]
            out[:count] += old
            self._old_at += count

    def _take(self, at: int, out: NDArray[np.float32]) -> None:
        start = at % self._size
        first = min(len(out), self._size - start)
        out[:first] = self._ring[start : start + first]
        out[first:] = self._ring[: len(out) - first]

    def _fade_out(self, out: NDArray[np.float32]) -> None:
        """Let the last frame die away over 5 ms, then silence."""
        count = min(self._tail_left, len(out))
        begun = self._fade - self._tail_left
        np.multiply(self._last, self._fall[begun : begun + count], out=out[:count])
        out[count:] = 0
        self._tail_left -= count
