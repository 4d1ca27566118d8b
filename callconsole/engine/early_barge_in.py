"""Decides to fall silent when the caller begins to speak, before the model has noticed."""

from __future__ import annotations

from enum import Enum

from callconsole.audio.onset import OnsetDetector
from callconsole.engine.ports import Pcm16
from callconsole.engine.timeline import RATE_HZ

# The model answers speech with `interrupted` within about this time, or did not take it for
# speech; then the agent goes on with its sentence.
VERDICT_MS = 900
# A caller who talks on is not talked over, whatever the model thinks of it; nor for ever.
LONGEST_MS = 4000


class Wish(Enum):
    """What should happen to the agent's audio now."""

    NOTHING = "nothing"
    PAUSE = "pause"
    RESUME = "resume"


class EarlyBargeIn:
    """Listens to both sides of one call; counts time in samples of call audio."""

    def __init__(self) -> None:
        self._onset = OnsetDetector()
        self._paused_ms = 0.0

    def heard(self, caller: Pcm16, agent: Pcm16, *, playing: bool, paused: bool) -> Wish:
        """Take in both sides, equal length, int16, 8000 Hz.

        Args:
            caller: from the phone.
            agent: what was played at the same time; its echo is not taken for the caller.
            playing: agent audio waits or plays.
            paused: the agent is silent by an earlier wish.
        """
        self._onset.agent(agent)
        began = self._onset.process(caller, agent_playing=playing and not paused)
        if not paused:
            self._paused_ms = 0.0
            return Wish.PAUSE if began and playing else Wish.NOTHING
        self._paused_ms += len(caller) * 1000 / RATE_HZ
        waited = self._paused_ms >= VERDICT_MS and not self._onset.in_speech
        return Wish.RESUME if waited or self._paused_ms >= LONGEST_MS else Wish.NOTHING
