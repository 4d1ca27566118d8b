"""Cuts what comes over a phone line into utterances of a voice, leaving noise, tones and music out.

An utterance begins where hops with the signs of a voice add up, and is dated back to where the
sound rose out of the line's noise. It goes on while the sound stands out and a voice is now and
then in it, over the short gaps between words, and ends with its last sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from callconsole.audio.voice_signs import HOP, RATE_HZ, VoiceSigns

HOP_MS: Final = HOP * 1000 // RATE_HZ

_THRESHOLD = 1.3
_KEPT, _KEPT_IN_SILENCE = 0.75, 0.5
_PERHAPS_SPEECH = 0.8
_VOICE = 0.12
_STANDS_OUT_DB = 1.0
# What is so much softer than the one who speaks is somebody else in the room, or a television.
_BELOW_PEAK = 10 ** (-20 / 10)
# The room is listened to again after a while: the next voice may be a soft one. By 3 dB a second
# in a pause, 1 while somebody speaks.
_PEAK_KEPT, _PEAK_KEPT_IN_SPEECH = 10 ** (-0.06 / 10), 10 ** (-0.02 / 10)
# A stop consonant closes for a tenth of a second, a comma takes up to three.
GAP_HOPS: Final = 20
"""So many hops of quiet end an utterance."""
_MOST_LEAD_HOPS = 12
_SHORTEST_HOPS = 6
_LEAST_VOICED_HOPS = 3
_TONE_HOPS = 4
_RINGING_HOPS = 10
_MOSTLY_TONES = 0.6
_MUSIC_HOPS = 50
# Of what people say, voices are found in 40 % of the hops and more.
_HARDLY_VOICED = 0.25

_AUDIBLE = 10 ** (-48 / 10)
_TONAL_PITCH = 0.6


@dataclass(slots=True)
class Span:
    """An utterance, in hops since the first sample; `end` moves while it goes on."""

    start: int
    end: int
    voiced: int = 0
    tonal: int = 0

    @property
    def start_ms(self) -> int:
        """Where it began."""
        return self.start * HOP_MS

    @property
    def end_ms(self) -> int:
        """Where its last sound so far ended."""
        return self.end * HOP_MS


class UtteranceListener:
    """Follows the utterances of one signal, hop by hop.

    Attributes:
        spans: every utterance so far, in order; the last one may still go on.
        speaking: the last one does. It is found to have ended 400 ms after its end.
        music_hops: how many hops had a pitch but were no voice: music, ringing.
    """

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.speaking = False
        self.music_hops = 0
        self._hop = 0
        self._evidence = 0.0
        self._risen_at: int | None = None
        self._quiet_hops = 0
        self._voice_at = -GAP_HOPS
        self._peak = 0.0

    def take(self, signs: VoiceSigns, tone_hops: int) -> None:
        """The hop just taken by `signs`, and how long a tone has sounded, which is no voice."""
        if self.speaking:
            self._peak = max(self._peak * _PEAK_KEPT_IN_SPEECH, signs.total)
        else:
            self._peak *= _PEAK_KEPT
        near = signs.total > _BELOW_PEAK * self._peak
        voice = signs.voice if near and tone_hops < _TONE_HOPS else 0.0
        kept = _KEPT if signs.stands_out_db > 0.1 else _KEPT_IN_SILENCE
        self._evidence = self._evidence * kept + voice
        loud = near and signs.stands_out_db > _STANDS_OUT_DB
        if self.speaking:
            self._go_on(voice, tone_hops, loud)
        else:
            self._wait(signs, loud)
        signs.follow_floor(speech=self.speaking or self._evidence > _PERHAPS_SPEECH)
        self._hop += 1

    def _wait(self, signs: VoiceSigns, loud: bool) -> None:
        if signs.total > _AUDIBLE and signs.pitch > _TONAL_PITCH and signs.voice < _VOICE:
            self.music_hops += 1
        self._quiet_hops = 0 if loud else self._quiet_hops + 1
        if loud and self._risen_at is None:
            self._risen_at = self._hop
        elif self._quiet_hops > 2:
            self._risen_at = None
        if self._evidence > _THRESHOLD:
            risen_at = self._hop if self._risen_at is None else self._risen_at
            start = max(risen_at, self._hop - _MOST_LEAD_HOPS)
            self.spans.append(Span(start, self._hop + 1, voiced=2))
            self.speaking = True
            self._voice_at = self._hop

    def _go_on(self, voice: float, tone_hops: int, loud: bool) -> None:
        span = self.spans[-1]
        if voice > _VOICE:
            span.voiced += 1
            self._voice_at = self._hop
        if tone_hops >= _TONE_HOPS:
            span.tonal += _TONE_HOPS if tone_hops == _TONE_HOPS else 1
        if loud and self._hop - self._voice_at < GAP_HOPS:
            span.end = self._hop + 1
        if _is_music(span):
            self.music_hops += span.end - span.start
            self._end(drop=True)
        elif self._hop + 1 - span.end >= GAP_HOPS:
            short = span.end - span.start < _SHORTEST_HOPS
            self._end(drop=short or span.voiced < _LEAST_VOICED_HOPS)

    def _end(self, *, drop: bool) -> None:
        self.speaking = False
        self._risen_at = None
        self._evidence = 0.0
        if drop:
            self.spans.pop()


def _is_music(span: Span) -> bool:
    """Tones for the most part, as in ringing, or hardly anything that only a voice has."""
    hops = span.end - span.start
    ringing = span.tonal > _RINGING_HOPS and span.tonal > _MOSTLY_TONES * hops
    return ringing or (hops > _MUSIC_HOPS and span.voiced < _HARDLY_VOICED * hops)
