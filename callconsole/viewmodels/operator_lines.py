"""Brings what the operator does in a live call into its transcript."""

from __future__ import annotations

from callconsole.domain import events
from callconsole.domain.json_ready import json_ready
from callconsole.viewmodels.operator_deeds import DeedLines
from callconsole.viewmodels.transcript_line import Manner
from callconsole.viewmodels.transcript_model import TranscriptModel


def tell(
    worded: DeedLines, transcript: TranscriptModel, event: events.CallEvent, offset_s: float
) -> None:
    """Add what this event leaves at `offset_s` seconds of the call; nothing for most events."""
    match event:
        case events.Whispered(whisper_id=whisper_id, text=text):
            transcript.whisper(whisper_id, text, offset_s)
        case events.WhisperHeeded(whisper_id=whisper_id, delay_ms=delay_ms):
            transcript.heed(whisper_id, delay_ms)
        case events.SayAsked():
            transcript.expect_said()
        case events.OperatorTookOver() | events.OperatorHandedBack() | events.MutingChanged():
            if isinstance(event, events.OperatorTookOver):
                # What was asked for and not said yet will not be said any more.
                transcript.expect_said(False)
            for line in worded.lines(type(event).__name__, json_ready(event)):
                manner = Manner.YOURS if line.yours else Manner.PLAIN
                transcript.note(line.text, offset_s, line.icon, manner)
