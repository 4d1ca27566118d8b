"""The steps between pressing Call and a ringing phone, and where they stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callconsole.domain.problems import Problem, ProblemError


class Step(StrEnum):
    """What is checked or opened, in this order, before a phone rings."""

    NUMBER = "number"
    PROMPT = "prompt"
    TUNNEL = "tunnel"
    AGENT = "agent"
    CARRIER = "carrier"


class StepState(StrEnum):
    """How a step went."""

    OK = "ok"
    FAILED = "failed"
    NOT_STARTED = "not started"


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step's outcome; `at` is aware UTC, or None where the step was not reached."""

    step: Step
    state: StepState
    detail: str
    at: datetime | None


class DialError(ProblemError):
    """No phone rang; `steps` tells how far dialling got, all five in order."""

    def __init__(self, problem: Problem, steps: tuple[StepResult, ...]) -> None:
        super().__init__(problem)
        self.steps = steps
