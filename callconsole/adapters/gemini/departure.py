"""Why a connection is left, and what has to be said again on the next one."""

from __future__ import annotations

from dataclasses import dataclass

from callconsole.adapters.gemini.seeding import Recollection, answer_now, carry_on
from callconsole.adapters.gemini.unanswered import Unanswered
from callconsole.domain.problems import Problem

_REASONS = {
    "agent.lost": "connection lost",
    "agent.unavailable": "Gemini was not available",
    "agent.unreachable": "network lost",
    "agent.time_out": "Gemini did not answer",
}


@dataclass(frozen=True, slots=True)
class Departure:
    """Why a connection is left.

    Attributes:
        reason: for the operator, in a few words.
        at: monotonic seconds.
        problem: what broke it, or None where we leave by ourselves.
        fresh: do not resume.
        quiet: nobody was speaking and nothing was waiting for an answer.
    """

    reason: str
    at: float
    problem: Problem | None = None
    fresh: bool = False
    quiet: bool = False


def broken(problem: Problem, at: float) -> Departure:
    """The departure from a connection that did not hold."""
    return Departure(_REASONS.get(problem.code, problem.title), at, problem)


def to_repeat(
    known: Recollection, unanswered: Unanswered, *, fresh: bool, unfinished: bool
) -> list[bytes | str]:
    """What the model has not got, and what it owes: audio and texts to send first of all.

    Args:
        known: what has been said, as far as anybody knows.
        unanswered: what was sent before, and may be lost.
        fresh: the session has been told what is known.
        unfinished: the model was cut off in the middle of its speech.
    """
    heard = unanswered.has_speech
    if known.owes_answer and (fresh or not heard):
        # The caller's words are known in writing, so they must not be heard a second time.
        return [*unanswered.texts(), answer_now()]
    again: list[bytes | str] = unanswered.items() if heard else [*unanswered.texts()]
    if unfinished and known.agent_has_spoken and not heard:
        again.append(carry_on(known))
    return again
