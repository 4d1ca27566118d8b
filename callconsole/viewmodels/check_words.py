"""The words and marks of the check-up's board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from callconsole.domain.checkup import Action, Finding, Group, Status
from callconsole.viewmodels.desk import PHONE

_MARKS: Final = {
    Status.WAITING: ("minus-circle", "muted"),
    Status.RUNNING: ("spinner-gap", "accent"),
    Status.GREEN: ("check-circle-fill", "success"),
    Status.AMBER: ("warning-fill", "warning"),
    Status.RED: ("x-circle-fill", "danger"),
    Status.SKIPPED: ("minus-circle", "muted"),
}
_WORDS: Final = {
    Status.WAITING: "not checked yet",
    Status.RUNNING: "checking…",
    Status.GREEN: "all is well",
    Status.AMBER: "to be looked at",
    Status.RED: "to be mended",
    Status.SKIPPED: "not needed",
}
_OUTSIDE: Final = (Group.TWILIO, Group.GEMINI)


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check as the board shows it.

    Attributes:
        id: of the check.
        title: one or two words.
        detail: how it stands, or what is amiss and why.
        cure: what to do; empty where nothing is to be done.
        word: the status in words, for those who do not see the symbol.
        symbol: icon; `tone`: its colour.
        running: it is being looked at.
        wrong: amber or red.
        action: what one press does about it, or None.
    """

    id: str
    title: str
    detail: str
    cure: str
    word: str
    symbol: str
    tone: str
    running: bool = False
    wrong: bool = False
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """The checks under one heading."""

    title: str
    rows: tuple[CheckRow, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The headline of the board."""

    title: str
    line: str
    symbol: str
    tone: str


def row(finding: Finding, *, offered: bool = True, acting: bool = False) -> CheckRow:
    """A finding as the board shows it.

    Args:
        finding: what was found.
        offered: what its button does can be done here.
        acting: that is being done now.
    """
    symbol, tone = _MARKS[Status.RUNNING if acting else finding.status]
    problem = finding.problem
    wrong = problem is not None and finding.over
    detail = finding.detail or _WORDS[finding.status].capitalize()
    if problem is not None:
        detail = f"{problem.title}. {problem.cause}"
    return CheckRow(
        id=finding.check.id,
        title=finding.check.title,
        detail=detail[:1].upper() + detail[1:],
        cure=problem.cure if problem is not None else "",
        word=_WORDS[finding.status],
        symbol=symbol,
        tone=tone,
        running=acting or finding.status is Status.RUNNING,
        wrong=wrong,
        action=finding.action if offered else None,
    )


def heading(group: Group, *, practising: bool) -> str:
    """What stands over a group's rows."""
    return f"{group.value}, on the practice line" if practising and group in _OUTSIDE else group


def ready(line: str) -> str:
    """The headline where nothing is red."""
    return "Ready for real calls" if line == PHONE else "The practice line is ready"


def look_at(count: int) -> str:
    """How many things are amber."""
    return (
        "One thing should be looked at." if count == 1 else f"{count} things should be looked at."
    )


def mend(count: int, *, blocked: bool, line: str) -> Summary:
    """The headline where so many checks are red; `blocked`: some of them forbid calls."""
    what = "One thing is to be mended" if count == 1 else f"{count} things are to be mended"
    if blocked and line == PHONE:
        title = "Real calls cannot be made yet"
        return Summary(title, f"{what}, from top to bottom.", "x-circle", "danger")
    title = "Not everything works"
    return Summary(title, f"{what}; calls on this line can be made.", "warning", "danger")
