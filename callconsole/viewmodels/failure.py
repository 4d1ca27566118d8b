"""The story of a call that reached nobody: what they noticed, what to do, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callconsole.domain.call import Call, Outcome
from callconsole.domain.dialling import StepResult
from callconsole.viewmodels.dialler import DialFailure
from callconsole.viewmodels.progress import RowState, StepRow, local_time, step_rows

_NOTICED = {
    Outcome.BUSY: "The line was busy",
    Outcome.NO_ANSWER: "The phone rang, and nobody answered",
    Outcome.DECLINED: "The call was declined",
}
_DIDS = {
    Outcome.BUSY: "Busy",
    Outcome.NO_ANSWER: "Not answered",
    Outcome.DECLINED: "Declined",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What the failure page says.

    Attributes:
        noticed: the headline: what the person on the other end noticed.
        explanation: why, in one or two sentences.
        cure_title: name of the first thing to do.
        cure: the first thing to do.
        open_prompts: True where the cure is on the Prompts page.
        link: a page that helps, or None.
        rows: the steps with their times.
        code: the problem's stable name.
    """

    noticed: str
    explanation: str
    cure_title: str
    cure: str
    open_prompts: bool
    link: str | None
    rows: tuple[StepRow, ...]
    code: str


def of_dialling(failure: DialFailure) -> Failure:
    """The story of an attempt that the phone company never got, or refused."""
    problem = failure.problem
    return Failure(
        noticed="Their phone never rang",
        explanation=f"{problem.title}. {problem.cause} They heard nothing.",
        cure_title="Put this right",
        cure=problem.cure,
        open_prompts=problem.code.startswith("prompt."),
        link=problem.link,
        rows=tuple(step_rows(failure.steps)),
        code=problem.code,
    )


def of_call(call: Call, steps: Sequence[StepResult]) -> Failure:
    """The story of a call that was placed and came to nothing."""
    ending = call.ending
    outcome = ending.outcome if ending is not None else Outcome.FAILED
    problem = ending.problem if ending is not None else None
    rows = step_rows(steps)
    if call.rang_at is not None:
        rows.append(StepRow(RowState.OK, "The phone rang", "", local_time(call.rang_at)))
    if call.answered_at is not None:
        rows.append(StepRow(RowState.OK, "Answered", "", local_time(call.answered_at)))
    if call.ended_at is not None:
        title = problem.title if problem is not None else ""
        word = _DIDS.get(outcome, "Call failed")
        rows.append(StepRow(RowState.FAILED, word, title, local_time(call.ended_at)))
    return Failure(
        noticed=_NOTICED.get(outcome) or _broken(call),
        explanation=problem.cause if problem else "The phone network did not say why.",
        cure_title="Before you call again",
        cure=problem.cure if problem else "Call again in a moment.",
        open_prompts=False,
        link=problem.link if problem else None,
        rows=tuple(rows),
        code=problem.code if problem else f"call.{outcome}",
    )


def _broken(call: Call) -> str:
    if call.answered_at is not None:
        return "The line went dead during the call"
    return "Their phone rang, then stopped" if call.rang_at else "Their phone never rang"
