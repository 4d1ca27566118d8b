"""Runs the steps before a phone rings, remembers each one's time, and explains a refusal."""

from __future__ import annotations

from collections.abc import Callable

from callconsole.domain.dialling import DialError, Step, StepResult, StepState
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import Clock

OnStep = Callable[[StepResult], None]


class DialSteps:
    """Collects one dialling's steps; every outcome is told to `on_step` at once."""

    def __init__(self, clock: Clock, on_step: OnStep | None) -> None:
        self._clock = clock
        self._on_step = on_step
        self._results: list[StepResult] = []

    def ok(self, step: Step, detail: str) -> None:
        """A step succeeded."""
        self._add(step, StepState.OK, detail)

    def failed(self, step: Step, error: ProblemError) -> DialError:
        """A step failed: the error to raise, with the steps never reached."""
        self._add(step, StepState.FAILED, error.problem.title)
        reached = {result.step for result in self._results}
        rest = tuple(
            StepResult(other, StepState.NOT_STARTED, "", None)
            for other in Step
            if other not in reached
        )
        return DialError(error.problem, (*self._results, *rest))

    def _add(self, step: Step, state: StepState, detail: str) -> None:
        result = StepResult(step, state, detail, self._clock.now())
        self._results.append(result)
        if self._on_step is not None:
            self._on_step(result)
