"""A call as lines in a terminal: state changes, the live transcript, and a summary."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import TextIO

from callconsole.domain import events, phone
from callconsole.domain.call import Call, EndedBy, Ending, Outcome
from callconsole.domain.transcript import Speaker, Turn

NAMES = {Speaker.AGENT: "AI", Speaker.CALLER: "Callee", Speaker.SYSTEM: "—"}
ENDED_BY = {
    EndedBy.CALLER: "the callee hung up",
    EndedBy.AGENT: "the AI hung up",
    EndedBy.OPERATOR: "you hung up",
    EndedBy.CONSOLE: "the console hung up",
    EndedBy.CARRIER: "ended by the phone network",
}
OUTCOMES = {
    Outcome.COMPLETED: "Completed",
    Outcome.BUSY: "Busy",
    Outcome.NO_ANSWER: "No answer",
    Outcome.DECLINED: "Declined",
    Outcome.CANCELED: "Canceled",
    Outcome.VOICEMAIL: "Voicemail, no message left",
    Outcome.FAILED: "Failed",
}


def say(text: str = "", stream: TextIO | None = None) -> None:
    """Write one line at once. A windowed program has no stdout; then nothing is written."""
    out = stream if stream is not None else sys.stdout
    if out is not None:
        out.write(text + "\n")
        out.flush()


def clock(seconds: float) -> str:
    """``02:41``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02d}:{rest:02d}"


def ending_line(ending: Ending) -> str:
    """One line: outcome and who ended it, with the cure where there is one."""
    line = f"{OUTCOMES[ending.outcome]}, {ENDED_BY[ending.by]}"
    if ending.problem is not None:
        line += f". {ending.problem.cause} {ending.problem.cure}"
    return line


class CallScript:
    """Prints what happens in one call; a listener for `Console.subscribe`.

    On a terminal, words appear while they are spoken; into a pipe, each turn is one line.
    """

    def __init__(self, write: Callable[[str], None] = say, *, live: bool | None = None) -> None:
        self._write = write
        self._live = sys.stdout is not None and sys.stdout.isatty() if live is None else live
        self._shown: dict[int, str] = {}
        self._growing: int | None = None

    def __call__(self, event: events.Event) -> None:
        """Print the event where a person wants to read of it."""
        match event:
            case events.CallQueued(call=call):
                self._line(f"Queued      {phone.pretty(call.to)}")
            case events.CallRinging():
                self._line("Ringing")
            case events.CallAnswered():
                self._line("In progress")
            case events.AnswerJudged(answered_by=answered_by):
                self._line(f"Answered by {answered_by.value}")
            case events.AgentInterrupted(dropped_ms=dropped_ms):
                self._line(f"            The callee cut in; {dropped_ms} ms were not played")
            case events.TurnChanged(turn=turn):
                self._turn(turn)
            case events.AgentLost(problem=problem):
                self._line(problem.sentence())
            case events.CallEnded(ending=ending):
                self._line(f"Ended       {ending_line(ending)}")
            case _:
                pass

    def _line(self, text: str) -> None:
        self._end_growing()
        self._write(text)

    def _turn(self, turn: Turn) -> None:
        if turn.final:
            if self._shown.get(turn.id) != turn.text:
                self._end_growing()
                self._shown[turn.id] = turn.text
                self._write(f"  {clock(turn.offset_s)} {NAMES[turn.speaker]:<7} {turn.text}")
        elif self._live:
            self._growing = turn.id
            sys.stdout.write(f"\r  {clock(turn.offset_s)} {NAMES[turn.speaker]:<7} {turn.text} …")
            sys.stdout.flush()

    def _end_growing(self) -> None:
        """Overwrite the half-said line."""
        if self._growing is not None:
            self._growing = None
            sys.stdout.write("\r\x1b[K")


def summary(call: Call, turns: list[Turn]) -> list[str]:
    """What is worth knowing of a call that is over."""
    spoken = timedelta(seconds=round(call.duration_s(call.ended_at or call.placed_at)))
    ending = ending_line(call.ending) if call.ending is not None else "still live"
    said = sum(turn.speaker is Speaker.CALLER for turn in turns)
    answered = sum(turn.speaker is Speaker.AGENT for turn in turns)
    return [
        "",
        f"Call        {call.sid}",
        f"Number      {phone.pretty(call.to)}",
        f"Prompt      {call.prompt}",
        f"Ending      {ending}",
        f"Duration    {spoken}",
        f"Turns       callee {said}, AI {answered}",
        f"Recording   {call.recording or 'none'}",
    ]
