"""The story of a call that reached nobody: what they noticed, what to do, what happened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from callconsole.domain.call import Call, Outcome
from callconsole.domain.dialling import Step, StepResult, StepState
from callconsole.domain.problems import Problem
from callconsole.viewmodels.dialler import DialFailure
from callconsole.viewmodels.progress import RowState, StepRow, local_time, step_rows

# Codes of problems that lie with the number itself.
_NUMBER = re.compile(
    r"number\..*|call\.unreachable|twilio\.(sip_(404|410|480|484|604)|21211|21214|13224)"
)


class Cure(Enum):
    """What a failure page offers beside words and calling again."""

    NONE = "none"
    PROMPTS = "prompts"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Failure:
    """What the failure page says.

    Attributes:
        noticed: the headline: what the person on the other end noticed.
        explanation: why, in one or two sentences.
        tone, symbol: how the headline is marked.
        cure_title: name of the first thing to do.
        cure: the first thing to do.
        offered: where the cure can be carried out.
        again_title: name of the second thing to do, which is to call again.
        urge_again: False where calling again at once would be of no use or no kindness.
        link: a page that helps, or None.
        rows: the steps with their times.
        code: the problem's stable name.
    """

    noticed: str
    explanation: str
    cure_title: str
    cure: str
    rows: tuple[StepRow, ...]
    code: str
    tone: str = "danger"
    symbol: str = "phone-x-fill"
    offered: Cure = Cure.NONE
    again_title: str = "Then call again"
    urge_again: bool = True
    link: str | None = None

    @property
    def perhaps_placed(self) -> bool:
        """True where nobody can tell whether a phone rings."""
        return perhaps_placed(self.code)


@dataclass(frozen=True, slots=True)
class _Told:
    """What an outcome is called on the page, apart from the carrier's own words."""

    noticed: str
    did: str
    cure_title: str
    again_title: str = "Then call again"
    urge_again: bool = True
    tone: str = "danger"
    symbol: str = "phone-x-fill"


_TOLD = {
    Outcome.BUSY: _Told("Their line was busy", "Busy", "Let them finish"),
    Outcome.NO_ANSWER: _Told(
        "Their phone rang, and nobody answered",
        "Not answered",
        "Leave it for now",
        tone="warning",
        symbol="phone-slash-fill",
    ),
    Outcome.DECLINED: _Told(
        "The call was declined",
        "Declined",
        "Leave them in peace for now",
        "Call again, but not at once",
        urge_again=False,
    ),
}


def of_dialling(failure: DialFailure) -> Failure:
    """The story of an attempt that the phone company never got, refused, or did not answer."""
    problem = failure.problem
    perhaps = perhaps_placed(problem.code)
    what = f"{problem.title}. {problem.cause}"
    offered = _offered(problem)
    if _stopped_at(failure.steps) is Step.NUMBER:
        offered = Cure.NUMBER
    return Failure(
        noticed="Their phone may be ringing" if perhaps else "Their phone never rang",
        explanation=what if perhaps else f"{what} They heard nothing.",
        tone="warning" if perhaps else "danger",
        symbol="phone-call-fill" if perhaps else "phone-x-fill",
        cure_title="Find out first" if perhaps else "Put this right",
        cure=problem.cure,
        offered=offered,
        again_title="Only then call again" if perhaps else "Then call again",
        urge_again=not perhaps and offered is not Cure.NUMBER,
        link=problem.link,
        rows=tuple(_unsure(row) if perhaps else row for row in step_rows(failure.steps)),
        code=problem.code,
    )


def of_call(call: Call, steps: Sequence[StepResult]) -> Failure:
    """The story of a call that was placed and came to nothing."""
    ending = call.ending
    outcome = ending.outcome if ending is not None else Outcome.FAILED
    problem = ending.problem if ending is not None else None
    offered = _offered(problem)
    told = _TOLD.get(outcome) or _failed(call, offered)
    return Failure(
        noticed=told.noticed,
        explanation=problem.cause if problem else "The phone network did not say why.",
        tone=told.tone,
        symbol=told.symbol,
        cure_title=told.cure_title,
        cure=problem.cure if problem else "Call again in a moment.",
        offered=offered,
        again_title=told.again_title,
        urge_again=told.urge_again,
        link=problem.link if problem else None,
        rows=tuple(_rows(call, steps, told.did, problem)),
        code=problem.code if problem else f"call.{outcome}",
    )


def perhaps_placed(code: str) -> bool:
    """True for a problem that leaves open whether a phone rings."""
    return code.endswith(".perhaps_placed")


def _unsure(row: StepRow) -> StepRow:
    if row.state is not RowState.FAILED:
        return row
    return replace(row, text="No word from the phone company")


def _failed(call: Call, offered: Cure) -> _Told:
    if call.answered_at is not None:
        noticed = "The line went dead during the call"
    else:
        noticed = "Their phone rang, then stopped" if call.rang_at else "Their phone never rang"
    wrong = offered is Cure.NUMBER
    return _Told(
        noticed,
        "Call broke off" if call.answered_at else "Not put through",
        "Check the number" if wrong else "Before you call again",
        urge_again=not wrong,
    )


def _offered(problem: Problem | None) -> Cure:
    if problem is None:
        return Cure.NONE
    if problem.code.startswith("prompt."):
        return Cure.PROMPTS
    return Cure.NUMBER if _NUMBER.fullmatch(problem.code) else Cure.NONE


def _stopped_at(steps: Sequence[StepResult]) -> Step | None:
    return next((step.step for step in steps if step.state is StepState.FAILED), None)


def _rows(
    call: Call, steps: Sequence[StepResult], did: str, problem: Problem | None
) -> list[StepRow]:
    rows = step_rows(steps)
    if call.rang_at is not None:
        rang = ""
        if call.answered_at is None and call.ended_at is not None:
            rang = f"for {round((call.ended_at - call.rang_at).total_seconds())} s"
        rows.append(StepRow(RowState.OK, "Their phone rang", rang, local_time(call.rang_at)))
    if call.answered_at is not None:
        rows.append(StepRow(RowState.OK, "Answered", "", local_time(call.answered_at)))
    if call.ended_at is not None:
        title = problem.title if problem is not None else ""
        rows.append(StepRow(RowState.FAILED, did, title, local_time(call.ended_at)))
    return rows
