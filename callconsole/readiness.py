"""Whether the services would work now: they are asked, and what they are is told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from callconsole.domain.events import Service, ServiceChanged, ServiceState
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.world import PRACTICE
from callconsole.settings import Settings

if TYPE_CHECKING:
    from callconsole.lines import Line

logger = logging.getLogger(__name__)


class Readiness:
    """Reports each service as it comes up, fails, or answers that it would work.

    Args:
        report: told each change.
        probe_sound: names the sound device; blocks, and raises `ProblemError` without one. None
            where nobody listens.
    """

    def __init__(
        self,
        report: Callable[[ServiceChanged], None],
        probe_sound: Callable[[], str] | None = None,
    ) -> None:
        self._report = report
        self._probe_sound = probe_sound

    def tell(self, service: Service, state: ServiceState, detail: str) -> None:
        """This service is now so."""
        self._report(ServiceChanged(service=service, state=state, detail=detail))

    def fail(self, service: Service, problem: Problem) -> None:
        """This service would not work."""
        logger.warning("%s is not ready: %s", service.value, problem.code)
        self._report(
            ServiceChanged(service=service, state=ServiceState.FAILED, detail="", problem=problem)
        )

    async def check(self, line: Line, settings: Settings) -> None:
        """Ask both services of a line and the sound device at once.

        Args:
            line: the line that is open.
            settings: what it was opened with.
        """
        await asyncio.gather(
            self._look(Service.CARRIER, line.carrier.check()),
            self._look(Service.AGENT, _agent_check(line, settings)),
            self._look_at_sound(),
        )

    async def _look_at_sound(self) -> None:
        if self._probe_sound is not None:
            await self._look(Service.SOUND, asyncio.to_thread(self._probe_sound))

    async def _look(self, service: Service, check: Awaitable[str]) -> None:
        try:
            detail = await check
        except ProblemError as error:
            self.fail(service, error.problem)
            return
        self.tell(service, ServiceState.READY, detail)


async def _agent_check(line: Line, settings: Settings) -> str:
    await line.agent.check()
    if line.name == PRACTICE:
        return "practice agent"
    model = settings.gemini_model
    return f"{model} on Vertex AI" if settings.both_back_ends else model
