"""What a kept call's page says in figures and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from callconsole.domain.answering import AnsweredBy, JudgedBy
from callconsole.domain.call import Call, EndedBy
from callconsole.domain.prompt import Prompt
from callconsole.domain.record import CallRecord
from callconsole.engine.words import ANSWERED
from callconsole.viewmodels.clock_text import clock_text
from callconsole.viewmodels.history_rows import inside, when_text
from callconsole.viewmodels.readings import money

NONE = "—"

_WHO = {
    AnsweredBy.PERSON: "A person",
    AnsweredBy.VOICEMAIL: "Voicemail",
    AnsweredBy.SCREENING: "Screening",
    AnsweredBy.MENU: "A menu",
    AnsweredBy.FAX: "A fax",
    AnsweredBy.UNKNOWN: "Not known",
}
_JUDGED = {
    JudgedBy.EAR: "heard",
    JudgedBy.CARRIER: "by Twilio",
    JudgedBy.OPERATOR: "by you",
    JudgedBy.LIMIT: "not sure",
}
_ENDED = {
    EndedBy.CALLER: "Callee",
    EndedBy.AGENT: "AI, goodbye",
    EndedBy.OPERATOR: "You",
    EndedBy.CONSOLE: "The console",
    EndedBy.CARRIER: "The line",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A caption over a value with a quiet aside; `hint` says more on hover."""

    caption: str
    value: str
    aside: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One note, ready to show.

    Attributes:
        clock: call time at which it was taken.
        details: its names and values in one line, or "".
        due: when to call back in words, or "" for a plain note.
    """

    text: str
    clock: str
    details: str
    due: str
    by_operator: bool


def figures(record: CallRecord, call: Call) -> list[Figure]:
    """The row of facts; `call` is the record's call as it is now."""
    return [
        Figure("Prompt", Prompt(call.prompt, "").title or NONE),
        _reply(record),
        Figure("Interrupted", _interrupted(record)),
        _answered(record, call),
        _cost(record),
        _ended(call),
    ]


def notes(record: CallRecord, now: datetime) -> list[NoteLine]:
    """What was noted, oldest first."""
    began = record.call.answered_at or record.call.placed_at
    return [
        NoteLine(
            text=note.text,
            clock=clock_text((note.at - began).total_seconds()),
            details=", ".join(f"{name}: {value}" for name, value in note.details.items()),
            due=f"Call back {inside(when_text(note.due, now))}" if note.due else "",
            by_operator=note.by_operator,
        )
        for note in sorted(record.notes, key=lambda note: note.at)
    ]


def _reply(record: CallRecord) -> Figure:
    replies = record.figures.get("replies")
    heard_ms = replies.get("heard_median_ms") if isinstance(replies, Mapping) else None
    if not isinstance(heard_ms, int | float):
        return Figure("Reply", NONE)
    hint = "From the callee's last sound until the answer was heard"
    return Figure("Reply", f"{heard_ms / 1000:.1f} s", "median", hint)


def _interrupted(record: CallRecord) -> str:
    count = record.figures.get("interruptions")
    return str(count) if isinstance(count, int) and record.call.answered_at else NONE


def _answered(record: CallRecord, call: Call) -> Figure:
    if call.answered_at is None:
        return Figure("Answered by", "Nobody")
    if call.incoming:
        acts = [e.details.get("act") for e in record.events if e.name == "OperatorActed"]
        return Figure("Answered by", "You" if ANSWERED in acts else "The AI")
    verdict = record.verdict
    answered_by = verdict.answered_by if verdict is not None else call.answered_by
    by = verdict.by if verdict is not None else call.judged_by
    known = answered_by is not AnsweredBy.UNKNOWN or by is JudgedBy.LIMIT
    aside = _JUDGED[by] if by is not None and known else ""
    return Figure("Answered by", _WHO[answered_by], aside, verdict.reason if verdict else "")


def _cost(record: CallRecord) -> Figure:
    """The estimate that was kept; older records have none."""
    kept = record.figures.get("cost")
    if not isinstance(kept, Mapping):
        return Figure("Cost", NONE)
    amount, currency = kept.get("amount"), kept.get("currency")
    if not isinstance(amount, int | float) or not isinstance(currency, str):
        return Figure("Cost", NONE)
    whole = money(Decimal(str(amount)), currency)
    of_when = f"Estimate, prices of {kept.get('prices_of')}"
    if not kept.get("charged", True):
        return Figure("Cost", "Free", hint=f"Practice. On the phone line: {whole}. {of_when}")
    return Figure("Cost", whole, hint=of_when)


def _ended(call: Call) -> Figure:
    if call.ending is None:
        return Figure("Ended by", "Still on" if call.live else NONE)
    problem = call.ending.problem
    hint = f"{problem.title}. {problem.cause}" if problem is not None else ""
    by = _ENDED[call.ending.by]
    if call.incoming and call.ending.by is EndedBy.CALLER:
        by = "Caller"
    return Figure("Ended by", by, hint=hint)
