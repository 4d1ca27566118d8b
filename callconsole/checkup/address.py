"""The check of our public address: reached from outside, there and back."""

from __future__ import annotations

from typing import Final

from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.checkup import OutsideProbe, Verdict, amber, green, skipped

SLOW_MS: Final = 1000


async def public(url: str | None, problem: Problem | None, probe: OutsideProbe | None) -> Verdict:
    """Reach our own server as Twilio does.

    Args:
        url: our public address, or None while there is none.
        problem: why there is none, where that is known.
        probe: reaches it; None where nothing here can.
    """
    if url is None:
        if problem is not None:
            raise ProblemError(problem)
        return skipped("there is no public address yet")
    shown = url.removeprefix("https://")
    if probe is None:
        return skipped(f"{shown}, not tried from outside")
    answer = await probe(url)
    detail = (
        f"{shown}, {answer.health_ms:.0f} ms there and back, "
        f"{answer.websocket_ms:.0f} ms as audio goes"
    )
    slowest = max(answer.health_ms, answer.websocket_ms)
    return green(detail) if slowest <= SLOW_MS else amber(_slow(slowest), detail)


def _slow(ms: float) -> Problem:
    return Problem(
        "address.slow",
        "The way to us is slow",
        f"An answer took {ms / 1000:.1f} s there and back.",
        "Check this computer's connection; callees would wait for the AI.",
    )
