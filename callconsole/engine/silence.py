"""Notices that nobody has spoken for long, so that no call is left open."""

from __future__ import annotations

from enum import Enum

# Somebody who looks for a paper is back by then; music on hold is a sound.
ASK_AFTER_MS = 20_000
END_AFTER_MS = 45_000


class SilenceStep(Enum):
    """What is due."""

    ASK = "ask whether anybody is there"
    END = "end the call"


class LongSilence:
    """Counts in ms of call audio."""

    def __init__(self) -> None:
        self._since_ms: float | None = None
        self._asked = False

    def forget(self) -> None:
        """Nobody was asked to speak until now: count anew."""
        self._since_ms = None
        self._asked = False

    def after(self, now_ms: float, *, caller: bool, agent: bool) -> SilenceStep | None:
        """What is due now, once each.

        Args:
            now_ms: call audio so far.
            caller: the person makes a sound just now.
            agent: the agent does; once it has asked, only the person's sound counts as life.
        """
        if self._since_ms is None or caller or (agent and not self._asked):
            self._since_ms = now_ms
            self._asked = False
            return None
        passed_ms = now_ms - self._since_ms
        if not self._asked and passed_ms >= ASK_AFTER_MS:
            self._asked = True
            return SilenceStep.ASK
        if passed_ms >= END_AFTER_MS:
            self.forget()
            return SilenceStep.END
        return None
