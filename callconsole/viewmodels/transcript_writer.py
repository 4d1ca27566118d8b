"""Brings what happens in the call that is shown into its transcript."""

from __future__ import annotations

from datetime import datetime

from callconsole.domain import events
from callconsole.viewmodels.call_marks import mark_of
from callconsole.viewmodels.call_view import CallView, Remark
from callconsole.viewmodels.operator_deeds import DeedLines
from callconsole.viewmodels.operator_lines import tell
from callconsole.viewmodels.transcript_model import TranscriptModel


class TranscriptWriter:
    """Writes one call at a time: turns, marks, remarks, and what the operator did."""

    def __init__(self, transcript: TranscriptModel) -> None:
        self._transcript = transcript
        self._view = CallView()
        self._deeds = DeedLines()

    def turn_to(self, view: CallView) -> None:
        """Write this call from now on, after what has happened in it already."""
        self._view = view
        self._deeds = DeedLines()
        self._transcript.clear()
        self._transcript.retell(True)
        for event in view.log:
            self.write(event)
        self._transcript.retell(False)

    def write(self, event: events.CallEvent | Remark) -> None:
        """Add what an event leaves, which may be nothing."""
        match event:
            case Remark(text=text, icon=icon, at=at):
                self._note(text, icon, at)
                return
            case events.TurnChanged(turn=turn):
                self._transcript.put(turn)
                return
            case events.MomentStarred(turn_id=turn_id) | events.MomentUnstarred(turn_id=turn_id):
                starred = isinstance(event, events.MomentStarred)
                self._transcript.set_star(turn_id, starred)
                return
            case events.StreamStarted():
                self._transcript.set_started_at(self._view.sound_began_at)
            case events.CallEnded(at=at):
                self._note(self._view.headline.text, "phone-disconnect", at)
        if self._view.call is not None:
            tell(self._deeds, self._transcript, event, self._offset_s(event.at))
        mark = mark_of(event)
        if mark is not None:
            self._note(mark.text, mark.icon, event.at)

    def _note(self, text: str, icon: str, at: datetime) -> None:
        if self._view.call is not None:
            self._transcript.note(text, self._offset_s(at), icon)

    def _offset_s(self, at: datetime) -> float:
        call = self._view.call
        answered_at = call.answered_at if call is not None else None
        began = self._view.sound_began_at or answered_at
        return max(0.0, (at - began).total_seconds()) if began is not None else 0.0
