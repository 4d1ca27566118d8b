"""A fault that an operator can read: what happened, why, and what cures it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in plain words.

    Attributes:
        code: stable name for programs and tests, such as ``twilio.21219`` or ``number.invalid``.
        title: what the operator noticed, as a headline of a few words.
        cause: why it happened, one sentence.
        cure: what to do now, one sentence.
        link: a page that helps, or None.
    """

    code: str
    title: str
    cause: str
    cure: str
    link: str | None = None

    def sentence(self) -> str:
        """The whole problem as one line for a terminal or a log."""
        return f"{self.title}: {self.cause} {self.cure}".strip()


class ProblemError(Exception):
    """Raised where an action cannot go on; carries the `Problem` to show."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence())
        self.problem = problem
