"""The run of a check-up: side by side, each within its time, told as it comes."""

from __future__ import annotations

import asyncio
import logging

import pytest

from callconsole.domain.checkup import (
    Action,
    ActionKind,
    Check,
    Finding,
    Group,
    Status,
    in_the_way,
)
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.checkup import Examination, Probe, Verdict, amber, green, red, run, skipped

pytestmark = pytest.mark.virtual_time

PROBLEM = Problem("x.y", "It failed", "Because.", "Mend it.", "https://example.com/help")


def examination(
    name: str, probe: Probe, *, needed: bool = False, limit_s: float = 5
) -> Examination:
    return Examination(Check(name, name.title(), Group.TWILIO, needed), probe, limit_s)


def says(verdict: Verdict) -> Probe:
    async def probe() -> Verdict:
        return verdict

    return probe


async def raises() -> Verdict:
    raise ProblemError(PROBLEM)


async def never() -> Verdict:
    await asyncio.Event().wait()
    return green("")


async def test_findings_are_in_order_and_told_as_they_come() -> None:
    opened = asyncio.Event()

    async def slow() -> Verdict:
        await opened.wait()
        return green("at last")

    async def fast() -> Verdict:
        opened.set()  # the slow one can only end because both run at once
        return green("at once")

    told: list[tuple[str, Status]] = []
    found = await run(
        [examination("slow", slow), examination("fast", fast)],
        lambda finding: told.append((finding.check.id, finding.status)),
    )
    assert [(f.check.id, f.detail) for f in found] == [("slow", "at last"), ("fast", "at once")]
    assert told == [
        ("slow", Status.RUNNING),
        ("fast", Status.RUNNING),
        ("fast", Status.GREEN),
        ("slow", Status.GREEN),
    ]


async def test_a_problem_is_red_and_its_page_is_the_button() -> None:
    (found,) = await run([examination("x", raises)], lambda _finding: None)
    assert (found.status, found.problem) == (Status.RED, PROBLEM)
    assert found.action == Action(ActionKind.PAGE, "Open page", "https://example.com/help")
    own = Action(ActionKind.COMMAND, "Copy command", "make it")
    (found,) = await run([examination("x", says(red(PROBLEM, action=own)))], lambda _finding: None)
    assert found.action == own


async def test_what_never_ends_is_red_and_holds_nothing_up() -> None:
    found = await run(
        [examination("stuck", never, limit_s=0.05), examination("well", says(green("yes")))],
        lambda _finding: None,
    )
    assert [f.status for f in found] == [Status.RED, Status.GREEN]
    assert found[0].problem is not None
    assert found[0].problem.code == "check.time_out"
    assert found[0].problem.title == "Stuck could not be checked"


async def test_a_time_out_of_the_probes_own_is_not_ours(caplog: pytest.LogCaptureFixture) -> None:
    async def probe() -> Verdict:
        raise TimeoutError

    with caplog.at_level(logging.CRITICAL):
        (found,) = await run([examination("x", probe)], lambda _finding: None)
    assert found.problem is not None
    assert found.problem.code == "check.failed"


async def test_a_check_that_breaks_does_not_hide_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken() -> Verdict:
        raise LookupError("secret words")

    found = await run(
        [examination("broken", broken), examination("well", says(green("yes")))],
        lambda _finding: None,
    )
    assert [f.status for f in found] == [Status.RED, Status.GREEN]
    assert found[0].problem is not None
    assert "LookupError" in found[0].problem.cause
    assert "secret words" not in found[0].problem.sentence()
    assert "the check broken failed (LookupError)" in caplog.text
    assert "secret words" not in caplog.text


async def test_a_run_that_is_cancelled_leaves_nothing() -> None:
    running = asyncio.create_task(run([examination("x", never)], lambda _finding: None))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def test_only_needed_reds_are_in_the_way() -> None:
    needed, other = Check("a", "A", Group.TWILIO, True), Check("b", "B", Group.SOUND)
    assert in_the_way([]) == []
    assert in_the_way(
        [
            Finding(needed, Status.AMBER, "", PROBLEM),
            Finding(other, Status.RED, "", PROBLEM),
            Finding(needed, Status.RUNNING),
            Finding(needed, Status.RED, "", PROBLEM),
        ]
    ) == [PROBLEM]


def test_what_is_over() -> None:
    over = {status: Finding(Check("a", "A", Group.SOUND), status).over for status in Status}
    assert [status for status, is_over in over.items() if not is_over] == [
        Status.WAITING,
        Status.RUNNING,
    ]
    assert (amber(PROBLEM).status, skipped("no").status) == (Status.AMBER, Status.SKIPPED)
