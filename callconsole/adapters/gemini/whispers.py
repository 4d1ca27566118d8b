"""All that the model was told to keep in mind: it waits for its turn, and outlives connections."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from callconsole.adapters.gemini.uplink import Uplink
from callconsole.adapters.gemini.whisper import Whisper
from callconsole.engine.ports import Clock

# A turn is shorter; a server that never says that one is complete must not swallow a whisper.
HELD_S = 20.0
# A server that refuses a turn does so at once.
REFUSED_S = 5.0
# A handle that comes sooner after a whisper may have been made before it.
_KNOWN_AFTER_S = 0.5
# Of a call's whispers, so many are told again.
_KEPT = 20
_EARLIER = (
    "What you were told in confidence earlier in this call follows. Keep it in mind, but do not "
    "do again what has been done already:"
)


@dataclass(slots=True, eq=False)
class _Told:
    """What was told: `kept` once a resumption handle remembers it, `heeded` once a turn began."""

    text: str
    whisper: Whisper
    sent_at: float | None = None
    kept: bool = False
    heeded: bool = False


class Whispers:
    """The whispers of one conversation, over as many connections as it takes.

    Any turn that a client sends may cut the model off while it speaks, so a whisper waits until
    the model is silent; audio goes on meanwhile.

    Args:
        uplink: where whispers go once they may be sent.
        clock: for durations.

    Attributes:
        plainly: they have to be realtime text, because a turn was refused.
    """

    def __init__(self, uplink: Uplink, clock: Clock) -> None:
        self.plainly = False
        self._uplink = uplink
        self._clock = clock
        self._told: deque[_Told] = deque(maxlen=_KEPT)
        self._held: list[Whisper] = []
        self._speaking = False
        self._timer: asyncio.TimerHandle | None = None

    def add(self, text: str) -> None:
        """Queue a whisper, or hold it while the model speaks."""
        whisper = Whisper(text)
        self._told.append(_Told(text, whisper))
        if not self._speaking:
            self._uplink.add_text(whisper)
            return
        self._held.append(whisper)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(HELD_S, self.release)

    def release(self) -> None:
        """Queue what is held, now."""
        self.close()
        held, self._held = self._held, []
        for whisper in held:
            self._uplink.add_text(whisper)

    def heed(self, *, speaking: bool) -> None:
        """Take in whether the model is in the middle of a turn."""
        if speaking is not self._speaking:
            self._speaking = speaking
            if not speaking:
                self.release()

    def turn_began(self) -> None:
        """The model speaks: it knows what it was told before."""
        for told in self._told:
            told.heeded = told.heeded or told.sent_at is not None

    def sent(self, whisper: Whisper) -> None:
        """A whisper has gone out."""
        for told in self._told:
            if told.whisper is whisper:
                told.sent_at = self._clock.monotonic()

    def remembered(self) -> None:
        """A handle has come: it knows what had arrived by then."""
        arrived = self._clock.monotonic() - _KNOWN_AFTER_S
        for told in self._told:
            told.kept = told.kept or (told.sent_at is not None and told.sent_at <= arrived)

    def refused(self, at: float) -> bool:
        """True where a turn that was sent just before `at` (monotonic seconds) may be at fault.

        From then on whispers are realtime text, which every model takes.
        """
        times = [told.sent_at for told in self._told if told.sent_at is not None]
        if self.plainly or not any(at - sent_at < REFUSED_S for sent_at in times):
            return False
        self.plainly = True
        return True

    def moved(self, *, fresh: bool) -> list[Whisper]:
        """The conversation is on another connection: what has to be told again, before all else.

        Args:
            fresh: a new session, which knows nothing; else the newest handle was resumed.
        """
        self.heed(speaking=False)
        again: list[Whisper] = []
        lost = [t for t in self._told if t.sent_at is not None and (fresh or not t.kept)]
        earlier = [told for told in lost if fresh and told.heeded]
        if earlier:
            again.append(Whisper("\n".join((_EARLIER, *(told.text for told in earlier)))))
        for told in lost:
            if told in earlier:
                told.whisper = again[0]
            elif told.whisper not in again:
                again.append(told.whisper)
            told.sent_at, told.kept, told.heeded = None, False, told in earlier
        return again

    def close(self) -> None:
        """Leave no timer behind."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
