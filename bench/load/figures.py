"""From what phones and agents noted to the figures of one measurement."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from load import codes, gemini, phone
from numpy.typing import NDArray

from callconsole.audio import mulaw

LATE_MS = 60.0
"""A frame that was under way for longer is late: three frames are what a phone's buffer hides."""

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Window:
    """The measured part of the endless turn, in seconds of CLOCK_MONOTONIC."""

    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Passage:
    """One direction of one call.

    Attributes:
        delays_ms: of the frames that came, in order.
        sent: frames that were sent in the window.
        filter_samples: how much later than its frame a code lay, at the receiver's rate.
    """

    delays_ms: Times
    sent: int
    filter_samples: int | None


def spread(values_ms: Times | Sequence[float]) -> dict[str, float | None]:
    """Median, 99th percentile and largest; None where there is nothing."""
    if not len(values_ms):
        return {"p50": None, "p99": None, "max": None}
    p50, p99, largest = np.percentile(np.asarray(values_ms), [50, 99, 100])
    return {"p50": float(p50), "p99": float(p99), "max": float(largest)}


def upward(
    log: gemini.AgentLog, spoken: phone.PhoneLog, number: int, window: Window, hint: int | None
) -> Passage:
    """Caller to agent: from the frame's sending to the message that completes its code."""
    pieces = [np.frombuffer(gemini.audio_of(message), "<i2") for _, message in log.heard]
    arrivals = np.array([at for at, _ in log.heard])
    return _passage(pieces, arrivals, 16000, spoken.sent, codes.CALL_STEP * number, window, hint)


def downward(
    log: phone.PhoneLog, spoken: gemini.AgentLog, first_code: int, window: Window, hint: int | None
) -> Passage:
    """Agent to caller: from the message that completes a frame to the frame that has its code."""
    began = spoken.sent[0] if spoken.sent else window.ended
    ended = spoken.sent[-1] + 2.0 if spoken.sent else window.ended
    heard = [(at, message) for at, message in log.media if began <= at < ended]
    pieces = [mulaw.decode(phone.audio_of(message)) for _, message in heard]
    arrivals = np.array([at for at, _ in heard])
    return _passage(pieces, arrivals, 8000, spoken.sent, first_code, window, hint)


def _passage(
    pieces: list[NDArray[np.int16]],
    arrivals: Times,
    rate_hz: int,
    sent: list[float],
    first_code: int,
    window: Window,
    hint: int | None,
) -> Passage:
    sent_at = np.array(sent)
    wanted = np.flatnonzero((sent_at >= window.began) & (sent_at < window.ended))
    if not pieces:
        return Passage(np.empty(0), len(wanted), None)
    stream = np.concatenate(pieces)
    delay = codes.find_delay(stream[_sounding_from(stream, rate_hz) :], rate_hz, hint)
    if delay is None:
        return Passage(np.empty(0), len(wanted), None)
    found = codes.read(stream, rate_hz, delay)
    frame = rate_hz * codes.FRAME_MS // 1000
    ends = np.arange(len(found)) * frame + delay + codes.last_sample(rate_hz)
    lengths = np.cumsum([len(piece) for piece in pieces])
    came = np.searchsorted(lengths, ends, side="right")
    inside = (came < len(arrivals)) & (found >= 0)
    came_at, code = arrivals[came[inside]], found[inside]
    newest = np.searchsorted(sent_at, came_at, side="right") - 1
    frames = newest - (newest + first_code - code) % codes.CODES
    good = (frames >= 0) & _trusted(frames)
    frames, came_at = frames[good], came_at[good]
    frames, once = np.unique(frames, return_index=True)
    measured = np.isin(frames, wanted)
    delays_ms = (came_at[once] - sent_at[frames])[measured] * 1000
    return Passage(delays_ms, len(wanted), delay)


def _sounding_from(stream: NDArray[np.int16], rate_hz: int) -> int:
    """The begin of the first frame with sound, in samples."""
    frame = rate_hz * codes.FRAME_MS // 1000
    loud = np.abs(stream.astype(np.int32)) > 2000
    return int(loud.argmax()) // frame * frame


def _trusted(frames: NDArray[np.int64]) -> NDArray[np.bool_]:
    """True for frames that stand beside a neighbour of theirs; a misread code does not."""
    steps = np.diff(frames) == 1
    return np.concatenate(([False], steps)) | np.concatenate((steps, [False]))


def lost_and_late(passages: list[Passage]) -> tuple[int, int, int]:
    """Frames sent, lost, and late."""
    sent = sum(p.sent for p in passages)
    came = sum(len(p.delays_ms) for p in passages)
    late = sum(int((p.delays_ms > LATE_MS).sum()) for p in passages)
    return sent, sent - came, late


def barge_in_ms(agent: gemini.AgentLog, line: phone.PhoneLog) -> tuple[list[float], int]:
    """From `interrupted` to `clear`, and how many were not answered before the next turn."""
    found, missing = [], 0
    for cut in agent.cuts:
        at = bisect_left(line.clears, cut)
        if at < len(line.clears) and line.clears[at] < cut + gemini.PAUSE_S:
            found.append((line.clears[at] - cut) * 1000)
        else:
            missing += 1
    return found, missing


def gaps_and_leaks(agent: gemini.AgentLog, line: phone.PhoneLog) -> tuple[int, int, int]:
    """Of the turns in bursts: frames played, gaps that the ear heard, frames after a `clear`.

    A gap: the phone had played everything it had when the next frame of the turn came.
    """
    played = gaps = leaks = 0
    times = [at for at, _ in line.media]
    nexts = [*agent.turns[1:], float("inf")]
    for began, cut, following in zip(agent.turns, agent.cuts, nexts, strict=False):
        silent_until = min(following, cut + gemini.PAUSE_S)
        at = bisect_left(line.clears, cut)
        cleared = line.clears[at] if at < len(line.clears) else silent_until
        until = min(cleared, silent_until)
        end = 0.0
        for arrival, message in line.media[bisect_left(times, began) : bisect_left(times, until)]:
            gaps += int(0.0 < end < arrival)
            frames = len(phone.audio_of(message)) / 160
            played += round(frames)
            end = max(end, arrival) + frames * phone.FRAME_S
        leaks += bisect_left(times, silent_until) - bisect_left(times, until)
    return played, gaps, leaks
