"""What an operator who looks elsewhere is told: a call was answered, ended, or needs a person."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from callconsole.domain import events
from callconsole.domain.abilities import Ability
from callconsole.domain.call import Call, EndedBy
from callconsole.viewmodels import headline
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.parties import Parties
from callconsole.viewmodels.relay import Relay

UNDECIDED_MS = 2500
"""Of call audio after the answer: what is not decided by then may wait for the operator's word."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One message.

    Attributes:
        title: whom the call is with.
        text: what happened, a short sentence.
        urgent: the call is broken: to be heard even where the window is looked at.
    """

    call_sid: str
    title: str
    text: str
    urgent: bool = False


class Alerts(QObject):
    """Raises each alert once; a stall anew only after the agent was heard in between.

    Signals:
        raised: an `Alert`.
    """

    raised = Signal(object)

    def __init__(
        self, desk: Desk, relay: Relay, parties: Parties, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._parties = parties
        self._stalled: set[str] = set()
        self._undecided: set[str] = set()
        relay.call_event.connect(self._on_event)

    def _on_event(self, event: events.CallEvent) -> None:
        call = self._desk.call(event.call_sid)
        match event:
            case events.IncomingCallRang():
                if call is not None and call.live:
                    self._raise(event, "Calls you.", urgent=True)
            case events.CallAnswered() if call is None or not call.incoming:
                self._raise(event, "Answered.")
            case events.AnswerWeighed(weighing=weighing):
                if weighing.elapsed_ms >= UNDECIDED_MS and call is not None and call.deciding:
                    self._doubt(event)
            case events.AgentStalled() if event.call_sid not in self._stalled:
                self._stalled.add(event.call_sid)
                self._raise(event, f"The AI has stalled: {event.stall}.", urgent=True)
            case events.AgentHeard():
                self._stalled.discard(event.call_sid)
            case events.AgentLost(problem=problem):
                self._raise(event, f"{problem.title}.", urgent=True)
            case events.AbilityUsed(ability=Ability.TRANSFER_CALL, done=False):
                self._raise(event, "They ask for somebody, and the AI cannot pass them on.")
            case events.TransferEnded(reached=False):
                yours = call is not None and call.taken_over
                words = "you have the call again" if yours else "the AI has the call again"
                self._raise(event, f"Nobody was reached: {words}.", urgent=yours)
            case events.CallEnded():
                self._stalled.discard(event.call_sid)
                self._undecided.discard(event.call_sid)
                if call is not None and call.incoming and call.answered_at is None:
                    self._on_untaken(event, call)
                elif call is not None:
                    self._raise(event, f"{headline.outcome(call).text}: the call is over.")

    def _on_untaken(self, event: events.CallEnded, call: Call) -> None:
        """Nobody picked up: what the operator does not know yet is told."""
        if event.ending.problem is not None:
            self._raise(event, f"Called you. {event.ending.problem.title}.")
        elif event.ending.by is not EndedBy.OPERATOR:
            self._raise(event, "Called you, and nobody answered.")

    def _doubt(self, event: events.CallEvent) -> None:
        if event.call_sid not in self._undecided:
            self._undecided.add(event.call_sid)
            self._raise(event, "Who answered is not decided: your word counts.")

    def _raise(self, event: events.CallEvent, text: str, *, urgent: bool = False) -> None:
        call = self._desk.call(event.call_sid)
        if call is not None:
            title = self._parties.of(call).title
            self.raised.emit(Alert(call.sid, title, text, urgent))
