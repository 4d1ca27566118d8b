"""A call's way to the other end as lines: the steps of dialling, then ringing, then the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from callconsole.domain.call import Call
from callconsole.domain.dialling import Step, StepResult, StepState


class RowState(Enum):
    """How a line is marked."""

    OK = "ok"
    FAILED = "failed"
    RUNNING = "running"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step as a line: mark, words, detail, local time."""

    state: RowState
    text: str
    detail: str
    time: str


_DONE = {
    Step.NUMBER: "Number checked",
    Step.PROMPT: "Prompt read",
    Step.TUNNEL: "Way in for the phone company",
    Step.AGENT: "AI session opened",
    Step.CARRIER: "Call handed to the phone company",
}
_RUNNING = {
    Step.NUMBER: "Checking the number",
    Step.PROMPT: "Reading the prompt",
    Step.TUNNEL: "Looking for the way in",
    Step.AGENT: "Opening the AI session",
    Step.CARRIER: "Handing over to the phone company",
}
_FAILED = {
    Step.NUMBER: "Number refused",
    Step.PROMPT: "Prompt not usable",
    Step.TUNNEL: "No way in for the phone company",
    Step.AGENT: "AI session not opened",
    Step.CARRIER: "Not taken by the phone company",
}
_STATES = {
    StepState.OK: RowState.OK,
    StepState.FAILED: RowState.FAILED,
    StepState.NOT_STARTED: RowState.WAITING,
}


def step_rows(steps: Sequence[StepResult]) -> list[StepRow]:
    """Finished dialling as lines."""
    return [_row(step) for step in steps]


def progress_rows(steps: Sequence[StepResult], call: Call | None) -> list[StepRow]:
    """Dialling that goes on, as lines: what is done, what runs now, what waits."""
    rows = step_rows(steps)
    if call is None:
        rest = list(Step)[len(steps) :]
        for index, step in enumerate(rest):
            state = RowState.RUNNING if index == 0 else RowState.WAITING
            rows.append(StepRow(state, _RUNNING[step] if index == 0 else _DONE[step], "", ""))
        rows.append(StepRow(RowState.WAITING, "Their phone rings", "", ""))
        return rows
    if call.rang_at is None:
        rows.append(StepRow(RowState.RUNNING, "Waiting for the phone to ring", "", ""))
    else:
        rows.append(StepRow(RowState.RUNNING, "Their phone rings", "", local_time(call.rang_at)))
    return rows


def local_time(at: datetime) -> str:
    """Local clock time with tenths: ``18:41:02.1``."""
    local = at.astimezone()
    return f"{local:%H:%M:%S}.{local.microsecond // 100_000}"


def _row(step: StepResult) -> StepRow:
    names = _FAILED if step.state is StepState.FAILED else _DONE
    detail = step.detail or ("not started" if step.state is StepState.NOT_STARTED else "")
    time = local_time(step.at) if step.at is not None else "—"
    return StepRow(_STATES[step.state], names[step.step], detail, time)
