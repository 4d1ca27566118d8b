"""The findings as lines for a terminal and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from callconsole import __version__
from callconsole.domain.checkup import Finding, Status
from callconsole.domain.problems import Problem

_MARKS: Final = {
    Status.GREEN: "ok",
    Status.AMBER: "warn",
    Status.RED: "FAIL",
    Status.SKIPPED: "-",
    Status.RUNNING: "...",
    Status.WAITING: "...",
}


def line(finding: Finding) -> str:
    """One finding: mark, title, detail, and where something is amiss cause and cure."""
    said = [finding.detail] if finding.detail and finding.problem is None else []
    if finding.problem is not None:
        said.append(finding.problem.sentence())
        if finding.problem.link:
            said.append(finding.problem.link)
    return f"{_MARKS[finding.status]:<5} {finding.check.title:<20} {' '.join(said)}".rstrip()


def worst(findings: Iterable[Finding]) -> Status:
    """Red, amber or green, whichever is the worst of them."""
    found = {finding.status for finding in findings}
    return next((status for status in (Status.RED, Status.AMBER) if status in found), Status.GREEN)


def closing(findings: Sequence[Finding]) -> str:
    """The last line: is everything ready?"""
    red = sum(finding.status is Status.RED for finding in findings)
    amber = sum(finding.status is Status.AMBER for finding in findings)
    if red:
        return f"{red} to mend, from top to bottom."
    return f"Ready, with {amber} to look at." if amber else "Everything is ready."


def as_json(findings: Sequence[Finding], line: str) -> dict[str, Any]:
    """JSON-ready; ids and statuses are stable.

    Args:
        findings: in the order of the board.
        line: "practice" or "phone".
    """
    return {
        "version": __version__,
        "line": line,
        "status": worst(findings).value,
        "checks": [_finding(finding) for finding in findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    action = finding.action
    return {
        "id": finding.check.id,
        "title": finding.check.title,
        "group": finding.check.group.value,
        "needed": finding.check.needed,
        "status": finding.status.value,
        "detail": finding.detail,
        "problem": _problem(finding.problem),
        "action": None
        if action is None
        else {"kind": action.kind.value, "label": action.label, "target": action.target},
    }


def _problem(problem: Problem | None) -> dict[str, Any] | None:
    if problem is None:
        return None
    return {
        "code": problem.code,
        "title": problem.title,
        "cause": problem.cause,
        "cure": problem.cure,
        "link": problem.link,
    }
