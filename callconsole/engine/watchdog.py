"""Notices an agent that has fallen silent or makes no sense, and says what to do next.

Silent stalls are known from the field (googleapis/python-genai #2117, #2715;
google-gemini/gemini-live-api-examples #40, #48): no answer, turns without audio, audio of
near-zero level, words without audio, a tone that never ends. None of them raises an error.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

# A person on the phone begins to say "hello?" after about this long.
PATIENCE_MS = 4000
# What follows a remedy that did not help; a new session needs longer than a nudge.
NEXT_REMEDY_MS = 4500
WORDS_ONLY_MS = 2500
FAINT_DBFS = -60.0
FAINT_MS = 1500
# Speech swings by tens of dB within a second or two; a tone does not.
TONE_SWING_DB = 3.0
TONE_MS = 5000
TONE_LOOK_MS = 500
# A cough or a passing car is no question: it earns a nudge, and nothing stronger.
NOISE_MS = 300


class Stall(StrEnum):
    """What is wrong."""

    NO_ANSWER = "no answer"
    EMPTY_TURN = "a turn without sound"
    WORDS_ONLY = "words without sound"
    FAINT = "sound too faint to hear"
    TONE = "a tone instead of speech"


class Remedy(StrEnum):
    """What to do about it, in this order until one helps."""

    NUDGE = "nudged"
    RESUME = "session resumed"
    RENEW = "new session"
    GIVE_UP = "given up"


_ORDER = tuple(Remedy)


class Watchdog:
    """Follows one call; all times are milliseconds of call audio.

    Feed it what happens and ask `check` now and then; it answers with a stall and the next
    remedy, or None.
    """

    def __init__(self) -> None:
        self._waiting_since: float | None = None
        self._voiced_ms = 0.0
        self._worded = False
        self._words_since: float | None = None
        self._faint_since: float | None = None
        self._levels: deque[tuple[float, float]] = deque()
        self._tone = False
        self._tone_looked_at = 0.0
        self._empty_turn = False
        self._acted = False
        self._next = 0
        self._not_before = 0.0

    def caller_sounds(self, now_ms: float, duration_ms: float) -> None:
        """The caller made a sound of this length just now."""
        self._voiced_ms += duration_ms
        self._waiting_since = now_ms

    def caller_words(self) -> None:
        """The caller's sound was understood as words."""
        self._worded = True

    def agent_acted(self) -> None:
        """The agent called a function: a turn without sound is no stall."""
        self._acted = True

    def forgive(self) -> None:
        """Nobody waited for an answer so far; look only at what comes from now on."""
        self._answered()
        self._words_since = self._faint_since = None
        self._forget_levels()

    def agent_words(self, now_ms: float) -> None:
        """The agent's transcript grew."""
        if self._words_since is None:
            self._words_since = now_ms

    def agent_sounds(self, level_dbfs: float, now_ms: float) -> None:
        """Agent audio was played just now, at this level."""
        self._words_since = None
        self._keep_level(level_dbfs, now_ms)
        if level_dbfs < FAINT_DBFS:
            self._faint_since = self._faint_since if self._faint_since is not None else now_ms
            return
        self._faint_since = None
        if not self._tone:
            self._answered()

    def agent_quiet(self) -> None:
        """Nothing of the agent is playing."""
        self._faint_since = None
        self._forget_levels()

    def turn_done(self, *, had_audio: bool) -> None:
        """The model says that its turn is complete."""
        self._words_since = None
        waited = self._waiting_since is not None and self._worded
        if not had_audio and waited and not self._acted:
            self._empty_turn = True
        self._acted = False

    def check(self, now_ms: float) -> tuple[Stall, Remedy] | None:
        """What is wrong and what to do about it now; None where all is well or being mended."""
        stall = self._stall(now_ms)
        if stall is None or now_ms < self._not_before:
            return None
        remedy = _ORDER[min(self._next, len(_ORDER) - 1)]
        if remedy is not Remedy.NUDGE and stall is Stall.NO_ANSWER and not self._worded:
            return None
        self._next += 1
        self._not_before = now_ms + NEXT_REMEDY_MS
        self._empty_turn = False
        self._faint_since = self._words_since = None
        self._forget_levels()
        return stall, remedy

    def _stall(self, now_ms: float) -> Stall | None:
        if self._empty_turn:
            return Stall.EMPTY_TURN
        if self._tone:
            return Stall.TONE
        if self._faint_since is not None and now_ms - self._faint_since >= FAINT_MS:
            return Stall.FAINT
        if self._words_since is not None and now_ms - self._words_since >= WORDS_ONLY_MS:
            return Stall.WORDS_ONLY
        waited = self._waiting_since is not None and now_ms - self._waiting_since >= PATIENCE_MS
        if waited and (self._worded or self._voiced_ms >= NOISE_MS):
            return Stall.NO_ANSWER
        return None

    def _forget_levels(self) -> None:
        self._levels.clear()
        self._tone = False

    def _keep_level(self, level_dbfs: float, now_ms: float) -> None:
        self._levels.append((now_ms, level_dbfs))
        while self._levels[-1][0] - self._levels[0][0] > TONE_MS:
            self._levels.popleft()
        if abs(now_ms - self._tone_looked_at) >= TONE_LOOK_MS:
            self._tone_looked_at = now_ms
            self._tone = self._is_tone()

    def _is_tone(self) -> bool:
        if len(self._levels) < 2 or self._levels[-1][0] - self._levels[0][0] < TONE_MS * 0.95:
            return False
        heights = [level for _, level in self._levels]
        return max(heights) - min(heights) < TONE_SWING_DB and max(heights) > FAINT_DBFS

    def _answered(self) -> None:
        self._waiting_since = None
        self._voiced_ms = 0.0
        self._worded = False
        self._empty_turn = False
        self._next = 0
        self._not_before = 0.0
