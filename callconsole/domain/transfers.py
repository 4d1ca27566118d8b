"""Whom an operator passes a call on to: somebody that the prompt names, or any number."""

from __future__ import annotations

from collections.abc import Sequence

from callconsole.domain import phone
from callconsole.domain.abilities import TransferTarget
from callconsole.domain.problems import Problem, ProblemError

NOTE_CHARS = 300
"""How much the colleague is told before they talk."""

_THE_CALLEE = Problem(
    "number.callee",
    "That is the number of this call",
    "Nobody can be passed on to themselves.",
    "Type the number of the colleague.",
)


def target_of(
    to: str, targets: Sequence[TransferTarget], *, callee: str, region: str
) -> TransferTarget:
    """Read what the operator typed or chose.

    Args:
        to: a target's label, in whatever case, or a number as typed.
        targets: whom the prompt names.
        callee: the call's own number, E.164.
        region: ISO country of numbers without ``+``.

    Returns:
        The prompt's own target where it is one, else one without a label.

    Raises:
        ProblemError: it is no number, must not be called, or is the callee's.
    """
    wanted = to.strip().casefold()
    named = next((target for target in targets if target.label.casefold() == wanted), None)
    number = phone.parse(named.number if named is not None else to, region).e164
    if number == callee:
        raise ProblemError(_THE_CALLEE)
    known = next((target for target in targets if target.number == number), None)
    return named or known or TransferTarget("", number)
