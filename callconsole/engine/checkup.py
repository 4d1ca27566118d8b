"""Runs checks side by side, each within its own time, and tells each result as it comes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from callconsole.domain.checkup import Action, Check, Finding, Status, page
from callconsole.domain.problems import Problem, ProblemError

logger = logging.getLogger(__name__)

LIMIT_S = 15.0

OnFinding = Callable[[Finding], None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a probe says where it does not raise.

    Attributes:
        status: green, amber, red or skipped.
        detail: in words.
        problem: why it is amber or red, and the cure.
        action: what one press does about it; None leaves that to the problem's usual remedy.
    """

    status: Status
    detail: str = ""
    problem: Problem | None = None
    action: Action | None = None


def green(detail: str) -> Verdict:
    """All is well."""
    return Verdict(Status.GREEN, detail)


def amber(problem: Problem, detail: str = "", action: Action | None = None) -> Verdict:
    """Calls can be made; somebody should know."""
    return Verdict(Status.AMBER, detail, problem, action)


def red(problem: Problem, detail: str = "", action: Action | None = None) -> Verdict:
    """It has to be mended."""
    return Verdict(Status.RED, detail, problem, action)


def skipped(detail: str) -> Verdict:
    """It does not apply here, or cannot be known yet."""
    return Verdict(Status.SKIPPED, detail)


Probe = Callable[[], Awaitable[Verdict]]
Remedy = Callable[[Problem], Action | None]


@dataclass(frozen=True, slots=True)
class Examination:
    """A check and how it is made.

    Attributes:
        check: what is looked at.
        probe: looks; raises `ProblemError` for what is red. It must not block the event loop.
        limit_s: seconds after which it counts as red.
    """

    check: Check
    probe: Probe
    limit_s: float = LIMIT_S


class Examiner(Protocol):
    """What a front end asks to look at everything."""

    def checks(self) -> list[Check]:
        """What will be looked at on the present line, in the order of the board."""
        ...

    async def examine(self, on_finding: OnFinding, *, aloud: bool) -> list[Finding]:
        """Look at everything.

        Args:
            on_finding: is told of each check when it begins and when it is over.
            aloud: a tone may be played.
        """
        ...

    async def save_bundle(self, path: Path, findings: Sequence[Finding]) -> None:
        """Write what helps a supporter to a zip file, redacted. Raises `ProblemError`."""
        ...


@dataclass(frozen=True, slots=True)
class OutsideAnswer:
    """How our public address answered from outside, there and back.

    Attributes:
        health_ms: of a plain request.
        websocket_ms: of a message over a WebSocket, as a call's audio goes.
    """

    health_ms: float
    websocket_ms: float


class OutsideProbe(Protocol):
    """Reaches our own server through its public address, as the phone company does."""

    async def __call__(self, address: str) -> OutsideAnswer:
        """Ask it, and wait for both answers. Raises `ProblemError` where it is not us."""
        ...


def page_of(problem: Problem) -> Action | None:
    """The button that opens a problem's page, where it has one."""
    return page(problem.link)


async def run(
    examinations: Sequence[Examination], on_finding: OnFinding, remedy: Remedy = page_of
) -> list[Finding]:
    """Make every examination at the same time; the findings are in the order given.

    Args:
        examinations: what is looked at.
        on_finding: is told of each check when it begins and when it is over.
        remedy: what one press does about a problem whose probe offers nothing itself.
    """
    for examination in examinations:
        on_finding(Finding(examination.check, Status.RUNNING))
    return list(await asyncio.gather(*(_made(one, on_finding, remedy) for one in examinations)))


async def _made(examination: Examination, on_finding: OnFinding, remedy: Remedy) -> Finding:
    found = await _verdict(examination)
    usual = remedy(found.problem) if found.problem is not None else None
    action = found.action or usual
    finding = Finding(examination.check, found.status, found.detail, found.problem, action)
    on_finding(finding)
    return finding


async def _verdict(examination: Examination) -> Verdict:
    limit = asyncio.timeout(examination.limit_s)
    try:
        async with limit:
            return await examination.probe()
    except ProblemError as error:
        return red(error.problem)
    except Exception as error:
        if isinstance(error, TimeoutError) and limit.expired():
            return red(_too_late(examination))
        # One check that fails in a way nobody thought of must not hide the other ones.
        # Its words are not logged: they may hold what is secret.
        logger.error("the check %s failed (%s)", examination.check.id, type(error).__name__)
        return red(_broken(error))


def _too_late(examination: Examination) -> Problem:
    return Problem(
        "check.time_out",
        f"{examination.check.title} could not be checked",
        f"There was no answer within {examination.limit_s:.0f} s.",
        "Check this computer's connection to the internet, then check again.",
    )


def _broken(error: Exception) -> Problem:
    return Problem(
        "check.failed",
        "This could not be checked",
        f"The check itself failed ({type(error).__name__}).",
        "Check again. If it stays, save a support bundle and report it.",
    )
