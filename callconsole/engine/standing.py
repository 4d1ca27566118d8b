"""How the parts stand, and therefore whether a call can start."""

from __future__ import annotations

from collections.abc import Sequence

from callconsole.domain.events import Service, ServiceChanged, ServiceState
from callconsole.domain.problems import Problem
from callconsole.engine.world import STARTING, STOPPING, World

# Calls go on without these.
_DISPENSABLE = frozenset({Service.SOUND, Service.HISTORY})


class Standing:
    """The last word of every part, and what a check-up has found.

    Attributes:
        checked: what a check-up of the present line has found that forbids calls.
        stopping: the console ends.
    """

    def __init__(self) -> None:
        self._services: dict[Service, ServiceChanged] = {}
        self.checked: Sequence[Problem] = ()
        self.stopping = False

    def take(self, change: ServiceChanged) -> None:
        """A part came up or went down."""
        self._services[change.service] = change

    def services(self) -> dict[Service, ServiceChanged]:
        """The last word of every part."""
        return dict(self._services)

    def problem_of(self, service: Service) -> Problem | None:
        """What is wrong with a part, or None."""
        change = self._services.get(service)
        return change.problem if change is not None else None

    def obstacles(self, world: World | None) -> list[Problem]:
        """Why a call cannot start in this world now; empty where one can."""
        if self.stopping:
            return [STOPPING]
        if world is None:
            return [STARTING]
        failed = [
            change.problem
            for service, change in self._services.items()
            if service not in _DISPENSABLE
            and change.state is ServiceState.FAILED
            and change.problem is not None
        ]
        found = [*world.obstacles, *failed]
        known = {problem.code for problem in found}
        return [*found, *(problem for problem in self.checked if problem.code not in known)]

    def as_json(self) -> dict[str, object]:
        """JSON-ready: each part's state, and its detail or what is wrong."""
        return {
            service.value: {
                "state": change.state.value,
                "detail": change.problem.title if change.problem else change.detail,
            }
            for service, change in self._services.items()
        }
