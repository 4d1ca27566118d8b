"""Notices that the caller begins to speak, from the caller's own audio, about 80 ms into the voice.

A leaky sum of what each hop has of a voice has to pass a threshold, which takes three good hops in
a row or nearly so: one event, however loud, cannot do it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from callconsole.audio.voice_signs import (
    BANDS,
    HOP,
    TINY_POWER,
    TO_BANDS,
    Decibels,
    Spectra,
    VoiceSigns,
    hops,
)

_KEPT, _KEPT_IN_SILENCE = 0.75, 0.5
# While the agent is heard, a false onset would cut it off: more is asked for then.
_THRESHOLD, _THRESHOLD_OVER_AGENT = 1.6, 2.0
_PERHAPS_SPEECH = 0.8
_VOICE = 0.15
_HANGOVER_HOPS = 25
_COOLDOWN_HOPS = 40
_MOST_LEAD_HOPS = 25


_SILENT_HOP = np.zeros(HOP, np.int16)


class _Echo:
    """How loud the agent's voice may come back, band by band.

    It comes back up to half a second late, so the loudest of the last 400 to 600 ms counts. The
    loss on the way is taken to be small at first and then learned: what is heard while nobody
    is known to speak is the most that can have come back.
    """

    _FIRST_LOSS_DB = 17.0
    _NO_ECHO_DB = 60.0
    _MARGIN_DB = 3.0
    _LEARNING_HOPS = 40
    _BLOCK_HOPS = 10
    # Line noise hardly ever stands so far above its own floor; what does may be an echo.
    _MORE_THAN_NOISE_DB = 10.0
    _AUDIBLE_DB = -55.0

    def __init__(self) -> None:
        self._spectra = Spectra()
        self._nothing = np.full(BANDS, -120.0)
        self._blocks = [self._nothing] * 3
        self._loudest = self._nothing
        self._hops = 0
        self._loss_db = np.full(BANDS, self._FIRST_LOSS_DB)
        self._former_least_db = np.full(BANDS, self._NO_ECHO_DB)
        self.forget()
        self.audible = False

    @property
    def level_db(self) -> Decibels:
        """The loudest echo to expect, shape (15,)."""
        level_db: Decibels = self._loudest - self._loss_db
        return level_db

    def follow(self, hop: NDArray[np.int16] | None) -> None:
        """What is played to the caller next, shape (160,); None is silence."""
        if not self.audible and (hop is None or not hop.any()):
            return
        self._hops += 1
        if self._hops % self._BLOCK_HOPS == 0:
            self._blocks = [*self._blocks[1:], self._nothing]
        self._spectra.take(_SILENT_HOP if hop is None else hop)
        # Every second hop will do for what is held so long.
        if self._hops % 2:
            return
        heard_db = 10 * np.log10(np.dot(self._spectra.power(), TO_BANDS) + TINY_POWER)
        oldest, older, newest = self._blocks
        self._blocks[2] = newest = np.maximum(newest, heard_db)
        self._loudest = np.maximum(np.maximum(oldest, older), newest)
        self.audible = float(self._loudest.max()) > self._AUDIBLE_DB

    def learn(self, heard_db: Decibels, above_db: Decibels) -> None:
        """One hop, shapes (15,), of what came from the caller's side while only the agent spoke."""
        loss_db = np.where(
            above_db > self._MORE_THAN_NOISE_DB, self._loudest - heard_db, self._NO_ECHO_DB
        )
        np.minimum(self._least_db, loss_db, out=self._least_db)
        self._learned_hops += 1
        if self._learned_hops == self._LEARNING_HOPS:
            least_db = np.minimum(self._least_db, self._former_least_db) - self._MARGIN_DB
            change_db = np.maximum(least_db, self._FIRST_LOSS_DB) - self._loss_db
            self._loss_db += np.where(change_db > 0, 0.5, 1.0) * change_db
            self._former_least_db = self._least_db
            self.forget()

    def forget(self) -> None:
        """Drop what was learned last: it was the caller."""
        self._least_db = np.full(BANDS, self._NO_ECHO_DB)
        self._learned_hops = 0


class OnsetDetector:
    """Says once when the caller begins to speak; one per call, 8000 Hz.

    It is for flushing playback early: a wrong onset costs the agent's sentence, so it would
    rather be late than wrong. What it cannot tell from a caller: other people who speak or sing
    near the phone as loudly, and now and then strings with vibrato.

    Attributes:
        in_speech: from an onset until half a second after the last sound of a voice.
    """

    in_speech: bool

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything, the line's noise and echo included; the next sample is the first."""
        self.in_speech = False
        self._signs = VoiceSigns()
        self._echo = _Echo()
        self._evidence = 0.0
        self._quiet_hops = 0
        self._hops_since_onset = _COOLDOWN_HOPS
        self._agent_lead_hops = 0
        self._caller_rest = np.zeros(0, np.int16)
        self._agent_rest = np.zeros(0, np.int16)

    def agent(self, pcm: NDArray[np.int16]) -> None:
        """What is being played to the caller, shape (n,), int16, any n, as it is heard or sent.

        Optional, but without it the agent's own echo may pass for the caller. What is missing
        against the caller's audio is taken for silence.

        Raises:
            ValueError: `pcm` is not one row of 16-bit samples.
        """
        whole, self._agent_rest = hops(self._agent_rest, pcm)
        for hop in whole:
            self._echo.follow(hop)
        self._agent_lead_hops = min(_MOST_LEAD_HOPS, self._agent_lead_hops + len(whole))

    def process(self, pcm: NDArray[np.int16], *, agent_playing: bool) -> bool:
        """The caller's next samples.

        Args:
            pcm: shape (n,), int16, any n; looked at in steps of `HOP`.
            agent_playing: the caller is hearing the agent just now.

        Returns:
            True once for each time that speech begins, at most every 0.8 s.

        Raises:
            ValueError: `pcm` is not one row of 16-bit samples.
        """
        whole, self._caller_rest = hops(self._caller_rest, pcm)
        threshold = _THRESHOLD_OVER_AGENT if agent_playing else _THRESHOLD
        began = False
        for hop in whole:
            if self._agent_lead_hops:
                self._agent_lead_hops -= 1
            else:
                self._echo.follow(None)
            self._listen(hop)
            began = self._decide(threshold) or began
        return began

    def _listen(self, hop: NDArray[np.int16]) -> None:
        """Take one hop in: evidence, floor, echo."""
        signs, echo = self._signs, self._echo
        signs.take(hop, echo.level_db if echo.audible else None)
        if echo.audible and not self.in_speech:
            echo.learn(signs.heard_db, signs.above_db)
        signs.follow_floor(speech=self.in_speech or self._evidence > _PERHAPS_SPEECH)
        kept = _KEPT if signs.stands_out_db > 0.1 else _KEPT_IN_SILENCE
        self._evidence = self._evidence * kept + signs.voice
        self._quiet_hops = 0 if signs.voice > _VOICE else self._quiet_hops + 1

    def _decide(self, threshold: float) -> bool:
        """Whether speech begins with the hop just taken in."""
        self._hops_since_onset += 1
        if self.in_speech:
            self.in_speech = self._quiet_hops <= _HANGOVER_HOPS
            return False
        if self._evidence <= threshold or self._hops_since_onset <= _COOLDOWN_HOPS:
            return False
        self.in_speech = True
        self._hops_since_onset = 0
        self._echo.forget()
        return True
