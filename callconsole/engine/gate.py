"""Nobody is spoken to before a person is there: holds what the agent says until it may be heard."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from callconsole.engine.ports import (
    AgentAudio,
    AgentCutOff,
    AgentEvent,
    AgentGenerated,
    AgentTurnDone,
    AgentWords,
)

_RATE_HZ = 24_000


class Hold(Enum):
    """Why the agent may not be heard."""

    UNDECIDED = "it is not decided who answered"
    NO_LINE = "the audio stream is away"
    TAKEN_OVER = "the operator speaks"
    MUTED = "the operator has muted it"
    ON_HOLD = "the callee is on hold"


# What would have been said meanwhile is out of place afterwards.
_IN_VAIN = frozenset({Hold.TAKEN_OVER, Hold.MUTED, Hold.ON_HOLD})


class Gate:
    """Passes the agent's events on, or keeps them in order while anything holds it shut.

    While the operator keeps it shut, what is said is for nobody and is discarded, turn by turn.

    Only what is said is held. Words of the caller, functions and news of the connection pass at
    any time, because the call goes on while the agent waits.

    Args:
        deliver: takes the events that pass.
    """

    def __init__(self, deliver: Callable[[AgentEvent], None]) -> None:
        self._deliver = deliver
        self._holds: set[Hold] = set()
        self._held: list[AgentEvent] = []
        self._unfinished = False
        self._discarding = False
        self._begun = False

    @property
    def open(self) -> bool:
        """True where the agent may be heard."""
        return not self._holds

    def holds(self, reason: Hold) -> bool:
        """True while it is shut for this reason."""
        return reason in self._holds

    @property
    def in_vain(self) -> bool:
        """True while the operator keeps it shut: nobody waits for what is said."""
        return bool(self._holds & _IN_VAIN)

    @property
    def held_ms(self) -> float:
        """Milliseconds of speech that wait."""
        samples = sum(len(event.pcm) for event in self._held if isinstance(event, AgentAudio))
        return samples * 1000 / _RATE_HZ

    def shut(self, reason: Hold) -> None:
        """Hold what is said from now on."""
        self._holds.add(reason)

    def release(self, reason: Hold) -> None:
        """This reason is gone; without another, what waits is delivered in its order."""
        self._holds.discard(reason)
        if self._holds:
            return
        held, self._held, self._unfinished = self._held, [], False
        for event in held:
            self._say(event)

    def take(self, event: AgentEvent) -> None:
        """Deliver an event, keep it, or discard it with the turn it belongs to."""
        if isinstance(event, AgentTurnDone) and (self._discarding or self.in_vain):
            self._discarding = False
            self._say(event)
        elif not _is_said(event):
            self._take_other(event)
        elif self._discarding:
            return
        elif self.in_vain:
            self._discarding = True
        elif self._holds:
            self._held.append(event)
            self._unfinished = not isinstance(event, AgentTurnDone)
        else:
            self._say(event)

    def drop(self) -> float:
        """Forget what waits, and the rest of its turn; return its milliseconds.

        A turn that was heard in part ends all the same, where its end is among what waits.
        """
        dropped_ms = self.held_ms
        ended = self._begun and any(isinstance(event, AgentTurnDone) for event in self._held)
        self._discarding = self._discarding or self._unfinished
        self._held.clear()
        self._unfinished = False
        if ended:
            self._say(AgentTurnDone())
        return dropped_ms

    def _say(self, event: AgentEvent) -> None:
        self._begun = not isinstance(event, AgentTurnDone)
        self._deliver(event)

    def _take_other(self, event: AgentEvent) -> None:
        if isinstance(event, AgentCutOff) and self._holds:
            self.drop()
            if self.in_vain:
                # What plays meanwhile is not the agent's, and its own turn is cut already.
                return
        self._deliver(event)


def _is_said(event: AgentEvent) -> bool:
    if isinstance(event, AgentWords):
        return not event.by_caller
    return isinstance(event, (AgentAudio, AgentGenerated, AgentTurnDone))
