"""A call as lines in a terminal: what happens, the live transcript, and a summary."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import TextIO

from callconsole.domain import events, phone
from callconsole.domain.answering import AnsweredBy, JudgedBy
from callconsole.domain.call import Call, EndedBy, Ending, Outcome
from callconsole.domain.record import Note
from callconsole.domain.transcript import Speaker, Turn

NAMES = {
    Speaker.AGENT: "AI",
    Speaker.CALLER: "Callee",
    Speaker.OPERATOR: "You",
    Speaker.SYSTEM: "—",
}
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
    Outcome.MISSED: "Missed",
    Outcome.CANCELED: "Canceled",
    Outcome.VOICEMAIL: "Voicemail, no message left",
    Outcome.FAILED: "Failed",
}

ANSWERED_BY = {
    AnsweredBy.UNKNOWN: "somebody unknown",
    AnsweredBy.PERSON: "a person",
    AnsweredBy.VOICEMAIL: "voicemail",
    AnsweredBy.SCREENING: "call screening",
    AnsweredBy.MENU: "a phone menu",
    AnsweredBy.FAX: "a fax machine",
}
JUDGED_BY = {
    JudgedBy.EAR: "heard here",
    JudgedBy.CARRIER: "says the phone network",
    JudgedBy.OPERATOR: "you say so",
    JudgedBy.LIMIT: "the time to decide is up",
}
MORE = " " * 12


# Why what was said could not be written, where that has happened.
_lost: list[OSError] = []


def say(text: str = "", stream: TextIO | None = None) -> None:
    """Write one line at once. A windowed program has no stdout; then nothing is written.

    Nor is anything once whoever read it has gone, as with ``| head``; the command goes on.
    """
    _put(text + "\n", stream if stream is not None else sys.stdout)


def flush() -> None:
    """Write what waits to be written; for the end of a program, which then has nothing to tell."""
    for stream in (sys.stdout, sys.stderr):
        _put("", stream)


def exit_code(code: int) -> int:
    """The exit code of a command: no success where its words could not be written."""
    told = [error for error in _lost if not isinstance(error, BrokenPipeError)]
    if not told:
        return code
    say(f"Not everything could be written: {told[0].strerror}.", sys.stderr)
    return code or 1


def _put(text: str, out: TextIO | None) -> None:
    if out is None:
        return
    try:
        out.write(text)
        out.flush()
    except OSError as error:
        _lost.append(error)
        with contextlib.suppress(OSError, ValueError):
            # What is still in the buffer would fail again when the program ends.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, out.fileno())
            os.close(nowhere)


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


def lines_of(event: events.Event) -> list[str]:
    """What a person wants to read of an event, the transcript apart; of most events nothing."""
    match event:
        case events.CallQueued(call=call):
            return [f"Queued      {phone.pretty(call.to)}"]
        case events.IncomingCallRang(call=call):
            return [f"Calls you   {phone.pretty(call.other) or 'number withheld'}"]
        case events.CallRinging():
            return ["Ringing"]
        case events.CallAnswered():
            return ["In progress"]
        case events.AnswerJudged():
            return _verdict_lines(event)
        case events.AgentInterrupted(dropped_ms=dropped_ms):
            return [f"{MORE}The callee cut in; {dropped_ms} ms were not played"]
        case events.StreamStarted(gap_ms=int() as gap_ms):
            return [f"{MORE}The sound is back after {gap_ms} ms"]
        case events.AgentLost(problem=problem):
            return [problem.sentence()]
        case events.CallEnded(ending=ending):
            return [f"Ended       {ending_line(ending)}"]
        case _:
            return _act_lines(event)


def _act_lines(event: events.Event) -> list[str]:
    """What somebody has done besides talking."""
    match event:
        case events.OperatorActed(act=act, detail=detail):
            return [f"{MORE}You {act}" + (f": {detail}" if detail else "")]
        case events.AbilityUsed(done=False, ability=ability, outcome=outcome):
            # What was done tells of itself, by an event of its own.
            return [f"{MORE}The AI could not {ability.replace('_', ' ')}: {outcome}"]
        case events.NoteTaken(note=note):
            return [_note_line(note)]
        case events.KeysPressed(digits=digits, by_operator=by_operator):
            return [f"Keys        {digits}, pressed by {'you' if by_operator else 'the AI'}"]
        case events.KeyReceived(digit=digit):
            return [f"{MORE}The callee pressed {digit}"]
        case events.FarewellBegan():
            return ["Farewell    The AI ends the call"]
        case events.FarewellCalledOff():
            return [f"{MORE}The callee went on talking, and so does the AI"]
        case _:
            return _transfer_lines(event)


def _transfer_lines(event: events.Event) -> list[str]:
    match event:
        case events.TransferBegan(to=to, label=label):
            return [f"Transfer    To {label}, {phone.pretty(to)}"]
        case events.TransferAnswered(to=to):
            return [f"{MORE}{phone.pretty(to)} has picked up"]
        case events.TransferEnded(reached=reached, reason=reason):
            return [f"{MORE}{'They have talked' if reached else 'Nobody was reached'}: {reason}"]
        case _:
            return []


def _verdict_lines(event: events.AnswerJudged) -> list[str]:
    """Who answered, whose word that is, and why."""
    who, after_s = ANSWERED_BY[event.answered_by], event.after_ms / 1000
    told = f"{who} ({JUDGED_BY[event.by]}, after {after_s:.1f} s)"
    if not event.obeyed:
        return [f"{MORE}It sounds like {told}; the call goes on"]
    reasons = [event.reason] if event.reason else []
    reasons += [f"{evidence.weight:+4d} {evidence.text}" for evidence in event.evidence]
    return [f"Answered by {told}", *(f"{MORE}{reason}" for reason in reasons)]


def _note_line(note: Note) -> str:
    details = "; ".join(f"{name}: {value}" for name, value in note.details.items())
    text = f"{note.text} ({details})" if details else note.text
    if note.due is None:
        return f"Note        {text}"
    return f"Call back   {note.due.astimezone():%a %d %b %Y, %H:%M}: {text}"


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
        if isinstance(event, events.TurnChanged):
            self._turn(event.turn)
        for line in lines_of(event):
            self._line(line)

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
            _put(f"\r  {clock(turn.offset_s)} {NAMES[turn.speaker]:<7} {turn.text} …", sys.stdout)

    def _end_growing(self) -> None:
        """Overwrite the half-said line."""
        if self._growing is not None:
            self._growing = None
            _put("\r\x1b[K", sys.stdout)


def summary(call: Call, turns: list[Turn]) -> list[str]:
    """What is worth knowing of a call that is over."""
    spoken = timedelta(seconds=round(call.duration_s(call.ended_at or call.placed_at)))
    ending = ending_line(call.ending) if call.ending is not None else "still live"
    said = sum(turn.speaker is Speaker.CALLER for turn in turns)
    answered = sum(turn.speaker is Speaker.AGENT for turn in turns)
    return [
        "",
        f"Call        {call.sid}",
        f"Number      {phone.pretty(call.other) or 'withheld'}",
        f"Prompt      {call.prompt}",
        f"Ending      {ending}",
        f"Duration    {spoken}",
        f"Turns       callee {said}, AI {answered}",
        f"Recording   {call.recording or 'none'}",
    ]
