"""Keeps a "Hello?" away from an agent whose greeting is ready, so that it does not begin again."""

from __future__ import annotations

import numpy as np

from callconsole.engine.ports import Pcm16

# A longer utterance is no answer to the phone: the agent has to hear a menu, a machine or a
# person who begins to tell something. Private greetings are below this (reference: twilio.md,
# section 4).
HELLO_MS = 1800
# Nothing older is of use to anybody.
KEPT_MS = 6000
_SAMPLES_PER_MS = 8


class GreetingShield:
    """Passes the caller's audio on, or silence in its place.

    Silence rather than nothing: the model needs an unbroken stream to end turns.
    """

    def __init__(self) -> None:
        self._up = True
        self._kept: list[Pcm16] = []
        self._kept_samples = 0

    @property
    def up(self) -> bool:
        """True while the agent hears silence."""
        return self._up

    def lower(self) -> None:
        """The greeting is over: the agent hears everything from now on."""
        self._up = False
        self._kept.clear()

    def pass_on(self, pcm: Pcm16, utterance_ms: int) -> Pcm16:
        """What the agent hears now.

        Args:
            pcm: caller audio, shape (n,), int16, 8000 Hz.
            utterance_ms: how long the caller has been speaking without a pause.

        Returns:
            The same audio, silence of the same length, or all of a long utterance at once.
        """
        if not self._up:
            return pcm
        self._keep(pcm, utterance_ms)
        if utterance_ms <= HELLO_MS:
            return np.zeros_like(pcm)
        kept = np.concatenate(self._kept)
        self.lower()
        return kept

    def _keep(self, pcm: Pcm16, utterance_ms: int) -> None:
        if utterance_ms == 0:
            # The pieces just before a sound hold its first syllable.
            del self._kept[:-10]
            self._kept_samples = sum(map(len, self._kept))
        self._kept.append(pcm)
        self._kept_samples += len(pcm)
        while self._kept_samples > KEPT_MS * _SAMPLES_PER_MS:
            self._kept_samples -= len(self._kept.pop(0))
