"""Keeps what happens in calls: hears every event, and hands on what belongs on the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from callconsole.domain.answering import Verdict
from callconsole.domain.call import Call
from callconsole.domain.events import (
    AgentSessionAged,
    AnswerJudged,
    AnswerWeighed,
    CallBegan,
    CallEnded,
    CallEvent,
    Event,
    FloorChanged,
    LevelsMeasured,
    NoteTaken,
    RecordingSaved,
    SpeechGapped,
    TurnChanged,
    UsageMeasured,
    as_json,
)
from callconsole.domain.record import LoggedEvent
from callconsole.engine.ports import History

# What changes many times in a call; what it comes to is among the figures.
_PASSING = (
    LevelsMeasured,
    AnswerWeighed,
    FloorChanged,
    SpeechGapped,
    UsageMeasured,
    AgentSessionAged,
)


def logged(event: CallEvent) -> LoggedEvent:
    """The event as it stands on the record, without what the record says of itself."""
    details = as_json(event)
    for name in ("event", "call_sid", "at"):
        del details[name]
    if isinstance(event, CallBegan):
        del details["call"]
    return LoggedEvent(event.at, type(event).__name__, details)


class Archivist:
    """A listener of the bus.

    Args:
        history: where to keep it.
        call_of: a call's present state by its SID, or None.
        figures_of: what was counted in it so far, JSON-ready, or None.
    """

    def __init__(
        self,
        history: History,
        call_of: Callable[[str], Call | None],
        figures_of: Callable[[str], Mapping[str, Any] | None],
    ) -> None:
        self._history = history
        self._call_of = call_of
        self._figures_of = figures_of
        self._live: set[str] = set()
        self._recorded_s: dict[str, float] = {}

    def listen(self, event: Event) -> None:
        """Keep what the event says."""
        if not isinstance(event, CallEvent) or isinstance(event, _PASSING):
            return
        if isinstance(event, TurnChanged):
            self._history.keep_turn(event.call_sid, event.turn)
            return
        self._keep_call(event)
        self._history.keep_event(event.call_sid, logged(event))
        match event:
            case AnswerJudged(obeyed=True):
                self._keep_verdict(event)
            case NoteTaken(call_sid=call_sid, note=note):
                self._history.keep_note(call_sid, note)
            case RecordingSaved(call_sid=call_sid, duration_s=duration_s):
                self._recorded_s[call_sid] = duration_s
                self._keep_figures(call_sid)
            case CallEnded(call_sid=call_sid):
                self._live.discard(call_sid)
                self._keep_figures(call_sid)
            case _:
                pass

    async def close(self) -> None:
        """Keep what is known of calls that still live, and wait until it is on the disk."""
        for call_sid in self._live:
            if (call := self._call_of(call_sid)) is not None:
                self._history.keep_call(call)
            self._keep_figures(call_sid)
        await self._history.flush()

    def _keep_call(self, event: CallEvent) -> None:
        if isinstance(event, CallBegan):
            self._live.add(event.call_sid)
        call = self._call_of(event.call_sid)
        if call is None and isinstance(event, CallBegan):
            call = event.call
        if call is not None:
            self._history.keep_call(call)

    def _keep_verdict(self, event: AnswerJudged) -> None:
        verdict = Verdict(event.answered_by, event.by, event.reason, event.after_ms, event.evidence)
        self._history.keep_verdict(event.call_sid, verdict)

    def _keep_figures(self, call_sid: str) -> None:
        """Figures with the recording's length; whichever of the two ends comes last has both."""
        figures = self._figures_of(call_sid)
        if figures is not None:
            self._history.keep_figures(call_sid, figures, self._recorded_s.get(call_sid, 0.0))
        if call_sid not in self._live:
            self._recorded_s.pop(call_sid, None)
